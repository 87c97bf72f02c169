//! Scripts whose effect was recorded from KrakenD CE 2.11.2, or is written in the tests of its Lua component.

use super::*;
use crate::{Request, Response};
use fjord_json::{Map, Value};

const COLLECTION: &str = include_str!("../../tests/data/collection.lua");
const BASE64: &str = include_str!("../../tests/data/base64.lua");
const JSON: &str = include_str!("../../tests/data/json.lua");
const DECORATOR: &str = include_str!("../../tests/data/decorator.lua");

fn json(text: &str) -> Map {
    fn value(json: &serde_json::Value) -> Value {
        match json {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(b) => Value::Bool(*b),
            serde_json::Value::Number(n) => Value::Number(n.to_string().into()),
            serde_json::Value::String(s) => Value::String(s.clone()),
            serde_json::Value::Array(items) => Value::Array(items.iter().map(value).collect()),
            serde_json::Value::Object(map) => {
                Value::Object(map.iter().map(|(k, v)| (k.clone(), value(v))).collect())
            }
        }
    }
    match value(&serde_json::from_str(text).unwrap()) {
        Value::Object(map) => map,
        other => panic!("no object: {other:?}"),
    }
}

fn text(map: &Map) -> String {
    fn write(value: &Value) -> serde_json::Value {
        match value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(b) => (*b).into(),
            Value::Number(n) => serde_json::from_str(n).unwrap(),
            Value::Float(n) if n.fract() == 0.0 && n.abs() < 1e15 => (*n as i64).into(),
            Value::Float(n) => (*n).into(),
            Value::String(s) => s.clone().into(),
            Value::Array(items) => items.iter().map(write).collect(),
            Value::Object(map) => {
                map.iter().map(|(k, v)| (k.clone(), write(v))).collect::<serde_json::Map<_, _>>().into()
            }
        }
    }
    write(&Value::Object(map.clone())).to_string()
}

pub fn host(data: &str) -> PlainHost {
    let request = Request {
        method: "GET".into(),
        path: "/some-path".into(),
        url: "https://some.host.tld/path/to/resource?and=querystring".into(),
        params: map(&[("Id", "42")]),
        headers: [("X-To-Delete".to_owned(), vec!["deleteme".to_owned()])].into(),
        body: "initial req content".into(),
        ..Request::default()
    };
    let response = Response {
        data: json(data),
        headers: [("X-Not-Needed".to_owned(), vec!["deleteme".to_owned()])].into(),
        body: "initial resp content".into(),
        is_complete: true,
        ..Response::default()
    };
    PlainHost { request, response: Some(response), ..PlainHost::default() }
}

/// Runs both scripts.
pub fn run_both(
    host: &mut PlainHost,
    sources: &[(&str, &str)],
    pre: &str,
    post: &str,
    open_libs: bool,
) -> Result<(), LuaError> {
    let script = Script::compile(sources, pre, post, Options { open_libs, ..options() })?;
    let mut execution = script.start();
    finish(execution.pre(host))?;
    finish(execution.post(host))
}

#[test]
fn post_scripts_change_data() {
    let cases = [
        // golden/validate-105
        (
            "local d = response.load():data(); local k = d:keys(); d:set(\"nkeys\", k:len()); d:set(\"first\", k:get(0))",
            r#"{"collection":{"id":67}}"#,
            r#"{"collection":{"id":67},"first":"collection","nkeys":1}"#,
        ),
        (
            "local d = response.load():data(); d:set(\"has\", d:keyExists(\"id\")); d:set(\"no\", d:keyExists(\"nope\"))",
            r#"{"id":false}"#,
            r#"{"has":true,"id":false,"no":false}"#,
        ),
        (
            "response.load():data():set(\"f\", 1.5); response.load():data():set(\"g\", 1e21)",
            "{}",
            r#"{"f":1.5,"g":1e+21}"#,
        ),
        ("response.load():data():set(\"skipped\", true)", "{}", r#"{"skipped":true}"#),
        (
            "local d = response.load():data(); local t = luaTable.new(); t:set(\"k\", \"v\"); d:set(\"t\", t); local l = luaList.new(); l:set(0, \"a\"); l:set(1, 2); d:set(\"l\", l)",
            "{}",
            r#"{"l":["a",2],"t":{"k":"v"}}"#,
        ),
        // spec/unit_cases I15, I16
        (
            "response.load():data():set('more', {ids={1,42,0}, supu={tupu='some'}, bar=120})",
            "{}",
            r#"{"more":{"bar":120,"ids":[1,42,0],"supu":{"tupu":"some"}}}"#,
        ),
        ("response.load():data():set('paths', {'x','y'})", "{}", r#"{"paths":{"1":"x","2":"y"}}"#),
        (
            "response.load():data():set('t', {e = {}, f = print, b = false})",
            "{}",
            r#"{"t":{"b":false,"e":null}}"#,
        ),
        // null, missing, numbers
        (
            "local d = response.load():data(); d:set('null', d:get('n')); d:set('kind', type(d:get('n'))); d:set('missing', type((d:get('m'))))",
            r#"{"n":null}"#,
            r#"{"kind":"userdata","missing":"nil","n":null,"null":null}"#,
        ),
        ("local d = response.load():data(); d:set('id', d:get('id') + 1)", r#"{"id":1}"#, r#"{"id":2}"#),
        ("local d = response.load():data(); d:set('x', luaNil.new())", "{}", r#"{"x":null}"#),
        // references
        (
            "local d = response.load():data(); local u = d:get('u'); u:set('x', 1); u:get('in'):set('y', 2); u:del('gone')",
            r#"{"u":{"gone":1,"in":{}}}"#,
            r#"{"u":{"in":{"y":2},"x":1}}"#,
        ),
        (
            "local d = response.load():data(); local l = d:get('l'); l:set(0, 'x'); l:get(1):set('k', 'v')",
            r#"{"l":[1,{}]}"#,
            r#"{"l":["x",{"k":"v"}]}"#,
        ),
        (
            "local d = response.load():data(); local l = d:get('l'); l:set(5, 'far')",
            r#"{"l":[1]}"#,
            r#"{"l":[1]}"#,
        ),
        (
            "local d = response.load():data(); local l = d:get('l'); l:set(3, 'far'); d:set('l', l)",
            r#"{"l":[1]}"#,
            r#"{"l":[1,null,null,"far"]}"#,
        ),
        (
            "local d = response.load():data(); local l = d:get('l'); l:del(0)",
            r#"{"l":[1,2,3]}"#,
            r#"{"l":[2,3,null]}"#,
        ),
        (
            "local d = response.load():data(); local l = d:get('l'); l:del(0); d:set('l', l); d:set('n', l:len())",
            r#"{"l":[1,2,3]}"#,
            r#"{"l":[2,3],"n":2}"#,
        ),
        (
            "local d = response.load():data(); local t = d:get('t'); d:set('a', t); d:set('b', t); t:set('x', 1)",
            r#"{"t":{}}"#,
            r#"{"a":{"x":1},"b":{"x":1},"t":{"x":1}}"#,
        ),
        (
            "local l = luaList.new() l:set(0, 'foo') l:set(2, 'bar') response.load():data():set('grow_list', l)",
            "{}",
            r#"{"grow_list":["foo",null,"bar"]}"#,
        ),
        (
            "local d = response.load():data() local items = d:get('data') for i = 0, items:len() - 1 do local e = items:get(i) d:set(e:get('key'), e:get('value')) end d:del('data')",
            r#"{"data":[{"key":"name","value":"Impala"},{"key":"IBU","value":null}]}"#,
            r#"{"IBU":null,"name":"Impala"}"#,
        ),
        (
            "local r = response.load():data() local col = r:get('items') local size = col:len() r:set('total', size) local names = {} for i=0,size-1 do table.insert(names, col:get(i):get('long_name')) end r:set('names', names) r:del('items')",
            r#"{"items":[{"long_name":"foo bar"},{"long_name":"foo2 bar2"}]}"#,
            r#"{"names":{"1":"foo bar","2":"foo2 bar2"},"total":2}"#,
        ),
    ];
    for (post, data, expected) in cases {
        let mut host = host(data);
        assert_eq!(run_both(&mut host, &[], "", post, false), Ok(()), "{post}");
        assert_eq!(text(&host.response.unwrap().data), expected, "{post}");
    }
    let mut host = host("{}");
    let post = "response.load():data():set(\"up\", string.upper(\"abc\") .. math.floor(2.7))";
    assert_eq!(run_both(&mut host, &[], "", post, true), Ok(()));
    assert_eq!(text(&host.response.unwrap().data), r#"{"up":"ABC2"}"#);
}

#[test]
fn both_scripts_share_a_machine() {
    let mut host = host(
        r#"{"ok":true,"collection":[{"id":1,"comment":"none"},{"id":42,"comment":"some"},{"id":99,"comment":"to be removed"},{"id":0,"comment":"last"}],"to_be_removed":123456}"#,
    );
    let factorial =
        "function fact (n)\n  if n == 0 then\n    return 1\n  else\n    return n * fact(n-1)\n  end\nend\n";
    let pre = "local req = request.load() req:method('POST') req:params('foo', 'some_new_value')
        req:headers('Accept', 'application/xml') req:headers('X-To-Delete', nil)
        local multi_header = luaList.new() multi_header:set(0, 'A') multi_header:set(1, 'B') req:headerList('X-Multi', multi_header)
        req:url(req:url() .. '&more=true') req:body(req:body() .. ' foo' .. req:headers('unknown')) shared = 'kept'";
    let post = "local resp = response.load() resp:isComplete(true) local responseData = resp:data() responseData:set('foo', 'some_new_value')
        local data = {} data['bar'] = fact(5) data['foobar'] = true data['supu'] = {} data['supu']['tupu'] = 'some' data['supu']['original'] = responseData:get('ok')
        local original_collection = responseData:get('collection') original_collection:del(2) responseData:set('collection', original_collection)
        local col = responseData:get('collection') data['collection_size'] = col:len()
        local id_list = {} for i=0,data['collection_size']-1 do local element = col:get(i) local id = element:get('id') table.insert(id_list, id) end
        data['ids'] = id_list responseData:set('more', data) local bar = string.find('banana', 'an') responseData:set('bar', bar)
        responseData:set('keys', responseData:keys()) responseData:del('to_be_removed')
        if responseData:keyExists('to_be_removed') then custom_error('unexpected key') end
        if not responseData:keyExists('bar') then custom_error('missing required key') end
        resp:headers('Content-Type', 'application/xml') resp:headers('X-Not-Needed', nil)
        local res_header = luaList.new() res_header:set(0, 'X') res_header:set(1, 'Y') resp:headerList('X-Multi-Res', res_header)
        resp:statusCode(200) resp:body(resp:body() .. ' bar' .. resp:headers('unknown')) if shared ~= 'kept' then custom_error('lost') end";
    assert_eq!(run_both(&mut host, &[("../lua/factorial.lua", factorial)], pre, post, true), Ok(()));
    let (request, response) = (host.request, host.response.unwrap());
    assert_eq!((request.method.as_str(), request.params["foo"].as_str()), ("POST", "some_new_value"));
    assert_eq!(request.headers["Accept"], ["application/xml"]);
    assert_eq!(request.headers["X-Multi"], ["A", "B"]);
    assert!(!request.headers.contains_key("X-To-Delete"));
    assert_eq!(request.url, "https://some.host.tld/path/to/resource?and=querystring&more=true");
    assert_eq!(request.body.bytes(), b"initial req content foo");
    assert_eq!(response.status, 200);
    assert_eq!(response.headers["Content-Type"], ["application/xml"]);
    assert_eq!(response.headers["X-Multi-Res"], ["X", "Y"]);
    assert!(!response.headers.contains_key("X-Not-Needed"));
    assert_eq!(response.body.bytes(), b"initial resp content bar");
    assert_eq!(
        text(&response.data),
        r#"{"bar":2,"collection":[{"comment":"none","id":1},{"comment":"some","id":42},{"comment":"last","id":0}],"foo":"some_new_value","keys":["bar","collection","foo","more","ok","to_be_removed"],"more":{"bar":120,"collection_size":3,"foobar":true,"ids":[1,42,0],"supu":{"original":true,"tupu":"some"}},"ok":true}"#
    );
}

#[test]
fn the_integration_specs_of_krakend_ce() {
    let sources = [("lua/json.lua", JSON), ("lua/base64.lua", BASE64), ("lua/collection.lua", COLLECTION)];
    // lua_1
    let items = [r#"{"path":"/collection/1"}"#; 10].join(",");
    let mut gateway = host(&format!(r#"{{"collection":[{items}]}}"#));
    gateway.request.url = "http://127.0.0.1:8081/collection/".into();
    let token = "bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWQiOjEsImlhdCI6MTUxNjIzOTAyMn0.X_M6O0tdAGnnqqYoV_Q4xQZeG58gth-PG7KSW96tsic";
    gateway.request.headers.insert("Authorization".into(), vec![token.into()]);
    let ended =
        run_both(&mut gateway, &sources, "pre_backend(request.load())", "post_proxy(response.load())", true);
    assert_eq!(ended, Ok(()));
    assert_eq!(gateway.request.url, "http://127.0.0.1:8081/collection/1");
    let paths: Vec<String> = ["1", "10", "2", "3", "4", "5", "6", "7", "8", "9"]
        .map(|n| format!("\"{n}\":\"/collection/1\""))
        .into();
    assert_eq!(
        text(&gateway.response.unwrap().data),
        format!("{{\"paths\":{{{}}},\"total\":10}}", paths.join(","))
    );
    // lua_2
    let error = run_both(&mut host("{}"), &[("lua/collection.lua", COLLECTION)], "json_error()", "", false)
        .unwrap_err();
    assert_eq!(
        (error.message.as_str(), error.status),
        (r#"{"msg":"I refuse to make any coffee, I am a teapot!"}"#, Some(418))
    );
    // lua_3, lua_4
    for (message, result) in [("Successfully! All record has been fetched.", "success"), ("oops", "failed")] {
        let mut gateway = host(&format!(r#"{{"source_result":{{"message":"{message}"}}}}"#));
        let ended = run_both(
            &mut gateway,
            &[("lua/decorator.lua", DECORATOR)],
            "",
            "post_proxy_decorator(response.load())",
            true,
        );
        assert_eq!(ended, Ok(()));
        assert_eq!(gateway.response.unwrap().data["result"], Value::String(result.into()));
    }
    // sequential_3, sequential_4
    let mut gateway = host("{}");
    gateway.request.url = "http://127.0.0.1:8081/param_forwarding/".into();
    gateway.request.params = map(&[("Resp0_first.foo", "42"), ("Resp0", "{\"message\":\"pong\"}")]);
    let pre =
        "local req = request.load(); local foo = req:params(\"Resp0_first.foo\"); req:url(req:url() .. foo)";
    assert_eq!(run_both(&mut gateway, &[], pre, "", false), Ok(()));
    let pre =
        "local req = request.load(); local m = req:params(\"Resp0\"); req:url(req:url() .. to_base64(m))";
    assert_eq!(run_both(&mut gateway, &[("lua/base64.lua", BASE64)], pre, "", true), Ok(()));
    assert_eq!(gateway.request.url, "http://127.0.0.1:8081/param_forwarding/42eyJtZXNzYWdlIjoicG9uZyJ9");
}
