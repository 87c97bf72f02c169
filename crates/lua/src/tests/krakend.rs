//! The objects of the gateway one by one, and calls to other services.

use super::*;
use crate::{HttpCall, HttpResponse, Request, Response};

fn host() -> PlainHost {
    let headers = [("X-A".to_owned(), vec!["1".to_owned(), "2".to_owned()])];
    let mut request = Request {
        method: "GET".into(),
        path: "/a/b".into(),
        host: "gateway.test".into(),
        ..Request::default()
    };
    request.query = fjord_http::query::Query::parse("q=1&q=a+b");
    request.params = map(&[("Id", "7")]);
    request.headers = headers.clone().into();
    let response = Response { status: 201, headers: headers.into(), ..Response::default() };
    PlainHost { request, response: Some(response), ..PlainHost::default() }
}

fn printed(scope: Scope, code: &str) -> (PlainHost, Vec<String>) {
    let mut host = host();
    let script = Script::compile(&[], code, "", Options { scope, ..options() }).unwrap();
    if let Err(error) = finish(script.start().pre(&mut host)) {
        host.printed.push(format!("error: {error}"));
    }
    let lines = std::mem::take(&mut host.printed);
    (host, lines)
}

#[test]
fn objects_read_and_write() {
    let cases: &[(Scope, &str, &[&str])] = &[
        (
            Scope::Proxy,
            "local r = request.load() print(r:method(), r:path(), r:query(), r:url() == '', r:body() == '')",
            &["GET\t/a/b\tq=1&q=a+b\ttrue\ttrue"],
        ),
        (
            Scope::Proxy,
            "local r = request.load() r:method('PUT') r:path('/c') r:query('z=%20&y=2') r:url('http://x') r:body('b') print(r:method(), r:path(), r:query(), r:url(), r:body())",
            &["PUT\t/c\ty=2&z=+\thttp://x\tb"],
        ),
        (
            Scope::Proxy,
            "local r = request.load() print(r:params('Id'), r:params('id') == '', r:params():get('Id')) r:params('New', 'x') print(r:params():len(), r:params('New'))",
            &["7\ttrue\t7", "2\tx"],
        ),
        (
            Scope::Proxy,
            "local r = request.load() print(r:headers('x-a'), r:headers('nope') == '', r:headerList('x-A'):len(), r:headerList('X-a'):get(1), r:headers():get('X-A'):get(0))",
            &["1\ttrue\t2\t2\t1"],
        ),
        (
            Scope::Proxy,
            "local r = request.load() r:headers('x-new', 5) print(r:headers('X-New')) r:headers('x-a', nil) print(r:headers('X-A') == '', r:headerList('X-A'):len())",
            &["5", "true\t0"],
        ),
        (
            Scope::Proxy,
            "local r, l = request.load(), luaList.new() l:set(0, 'a') l:set(1, 1.5) l:set(2, true) r:headerList('x-l', l) print(r:headerList('X-L'):get(0), r:headerList('X-L'):get(1), r:headerList('X-L'):get(2))",
            &["a\t%!s(float64=1.5)\t%!s(bool=true)"],
        ),
        // The getter of a response's header takes the name as it is.
        (
            Scope::Proxy,
            "local r = response.load() print(r:statusCode(), r:isComplete(), r:headers('X-A'), r:headers('x-a') == '', r:headerList('x-a'):len())",
            &["201\tfalse\t1\ttrue\t2"],
        ),
        (
            Scope::Proxy,
            "local r = response.load() r:statusCode(404.7) r:isComplete(true) r:headers('x-b', 'v') r:body('body') print(r:statusCode(), r:isComplete(), r:headers('X-B'), r:body())",
            &["404\ttrue\tv\tbody"],
        ),
        (
            Scope::Proxy,
            "response.load():isComplete('yes')",
            &["error: bad argument #2 to isComplete (boolean expected, got string) (pre-script:L1)"],
        ),
        (
            Scope::Proxy,
            "print(ctx, type(request), type(request.load()), type(luaTable), getmetatable(request.load()) == request)",
            &["nil\ttable\tuserdata\ttable\ttrue"],
        ),
        (
            Scope::Endpoint,
            "local c = ctx.load() print(c:method(), c:host(), c:query('q'), c:query('none') == '', c:params('Id'), c:headers('x-a'), request, response)",
            &["GET\tgateway.test\t1\ttrue\t7\t1\tnil\tnil"],
        ),
        (
            Scope::Endpoint,
            "local c = ctx.load() c:query('q', 'new') c:headers('x-a', 'h') c:host('h.test') c:body('B') print(c:query('q'), c:headers('X-A'), c:host(), c:body())",
            &["new\th\th.test\tB"],
        ),
        (Scope::Endpoint, "ctx.load():query()", &["error: need arguments (pre-script:L1)"]),
        (
            Scope::Proxy,
            "local t = luaTable.new() t:set('a', 1) t:set('b', {x = {1, 2}}) print(t:len(), t:get('a'), t:get('b'):get('x'):get(1), t:keyExists('a'), t:keyExists('z'), t:keys():get(1), t:get('z')) t:del('a') print(t:len())",
            &["2\t1\t2\ttrue\tfalse\tb", "1"],
        ),
        (Scope::Proxy, "local t = luaTable.new() t:get()", &["error: need arguments (pre-script:L1)"]),
        (
            Scope::Proxy,
            "luaTable.get(luaList.new(), 'x')",
            &["error: attempt to call a non-function object (pre-script:L1)"],
        ),
        (
            Scope::Proxy,
            "luaTable.new().get(luaList.new(), 'x')",
            &["error: response expected (pre-script:L1)"],
        ),
        (
            Scope::Proxy,
            "local l = luaList.new() l:set(0, 'a') l:set(3, 'd') l:set(-1, 'no') print(l:len(), l:get(0), type(l:get(1)), l:get(3), l:get(9)) l:del(0) print(l:len(), l:get(2)) l:del(7)",
            &["4\ta\tuserdata\td", "3\td"],
        ),
        (Scope::Proxy, "print('a', 1, nil, true)", &["a\t1\tnil\ttrue"]),
    ];
    for (scope, code, expected) in cases {
        assert_eq!(printed(*scope, code).1, *expected, "{code}");
    }
}

#[test]
fn library_depends_on_allow_open_libs() {
    for (open_libs, expected) in [(false, "nil nil nil nil table"), (true, "table table table table table")] {
        let code = "local s = type(string) .. ' ' .. type(math) .. ' ' .. type(os) .. ' ' .. type(coroutine) .. ' ' .. type(table) print(s)";
        let mut host = host();
        let script = Script::compile(&[], code, "", Options { open_libs, ..options() }).unwrap();
        assert_eq!(finish(script.start().pre(&mut host)), Ok(()));
        assert_eq!(host.printed, [expected]);
    }
}

#[test]
fn a_call_stops_and_continues_the_script() {
    let code = "
        local function get(url) local ok, r = pcall(http_response.new, url) return ok, r end
        local r = http_response.new('http://a.test/1')
        print(r:statusCode(), r:body(), r:headers('X-Y'), r:headerList('x-y'):len(), r:headers('none') == '')
        r:close()
        local co = coroutine.wrap(function() return http_response.new('http://a.test/2', 'POST', 'data', {['content-type'] = 'text/plain', ['x-l'] = {'1', '2'}}):body() end)
        print('in a coroutine', co())
        local t = setmetatable({}, {__index = function(_, k) return http_response.new('http://a.test/' .. k):statusCode() end})
        print('in a metamethod', t.three + 1)
        print(get('http://refused.test'))
        table.sort({2, 1}, function(a, b) print('in a sort', http_response.new('http://a.test/s'):body()) return a < b end)
        http_response.new('http://refused.test')
    ";
    let mut host = host();
    let script = Script::compile(&[], code, "", options()).unwrap();
    let mut execution = script.start();
    let first = execution.pre(&mut host);
    let mut calls: Vec<HttpCall> = Vec::new();
    let ended = drive(&mut execution, &mut host, first, |call| {
        calls.push(call);
        match calls.last().unwrap().url.as_str() {
            "http://refused.test" => Err("Get \"http://refused.test\": connection refused".to_owned()),
            url => Ok(HttpResponse {
                status: 200,
                headers: vec![("x-y".into(), "1".into()), ("x-y".into(), "2".into())],
                body: format!("answer {}", &url[14..]).into_bytes(),
            }),
        }
    });
    assert_eq!(
        host.printed,
        [
            "200\tanswer 1\t1\t2\ttrue",
            "in a coroutine\tanswer 2",
            "in a metamethod\t201",
            "false\t<string>:2: Get \"http://refused.test\": connection refused",
            "in a sort\tanswer s",
        ]
    );
    assert_eq!(
        ended.unwrap_err().message,
        "Get \"http://refused.test\": connection refused (pre-script:L12)"
    );
    let call = &calls[1];
    assert_eq!((call.method.as_str(), call.body.as_slice()), ("POST", b"data".as_slice()));
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(call.headers, [header("Content-Type", "text/plain"), header("X-L", "1"), header("X-L", "2")]);
    assert_eq!(calls[0].method, "GET");
}

#[test]
fn nothing_runs_where_nothing_is_written() {
    let script = Script::compile(&[], "", "  ", options()).unwrap();
    assert!(!script.has_post());
    let mut host = host();
    let mut execution = script.start();
    assert_eq!(finish(execution.pre(&mut host)), Ok(()));
    assert_eq!(finish(execution.post(&mut host)), Ok(()));
    assert_eq!(host, self::host());
}

#[test]
fn data_that_cannot_leave_are_an_error() {
    // A knot, and shared parts that double twenty-six times.
    let knots = [
        "local d = response.load():data() d:set('self', d)",
        "local d, t = response.load():data(), luaTable.new() local u = luaTable.new() t:set('u', u) u:set('t', t) d:set('t', t)",
        "local d, t = response.load():data(), luaTable.new() for i = 1, 26 do local n = luaTable.new() n:set('a', t) n:set('b', t) t = n end d:set('t', t)",
        "local d, t = response.load():data(), luaTable.new() for i = 1, 2000 do local n = luaTable.new() n:set('a', t) t = n end d:set('t', t)",
    ];
    for post in knots {
        let script = Script::compile(&[], "", post, options()).unwrap();
        let error = finish(script.start().post(&mut host())).unwrap_err();
        assert_eq!(error.message, "data nested too deeply", "{post}");
    }
}
