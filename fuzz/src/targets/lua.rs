//! Any script: it ends within its limits, twice in the same way, and leaves data that are JSON.
//!
//! What is after a line `--post` runs after the call.

use fjord_json::Value;
use fjord_lua::{HttpResponse, Limits, LuaError, Options, PlainHost, Request, Response, Scope, Script, Step};
use serde::de::IgnoredAny;

use crate::{Target, seeds};

pub const TARGET: Target = Target {
    name: "lua",
    run,
    seeds: || {
        let files = ["base64", "collection", "decorator", "json"];
        let mut inputs: Vec<_> =
            files.iter().map(|name| seeds::file(&format!("crates/lua/tests/data/{name}.lua"))).collect();
        for name in ["language", "library"] {
            let text = seeds::file(&format!("crates/lua/src/tests/{name}.txt"));
            inputs.extend(String::from_utf8_lossy(&text).split("\n\n").map(|case| case.as_bytes().to_vec()));
        }
        inputs.extend(seeds::of(&[
            "local r = request.load(); r:headers('X-A', r:path()..'?'); r:params('id', '7'); r:body('b')",
            "--post\nlocal r = response.load(); local d = r:data(); d:set('x', d:get('a')); d:del('b'); d:get('l'):set(0, d)",
            "local h = http_response.new('http://a.test/', 'POST', 'body', {['X-A']='b'}); print(h:statusCode(), h:body())",
            "custom_error('no', 418, 'text/plain')",
            "for w in string.gmatch(('ab '):rep(9), '%a+') do print(w) end; print(('x'):rep(99):find('(x*)(x*)y'))",
            "local c = coroutine.wrap(function(a) while true do a = coroutine.yield(a .. a) end end); print(c('x'), pcall(c, 1))",
            "local t = setmetatable({}, {__index = function(t, k) return k * 2 end, __call = error}); print(t[4], pcall(t))",
        ]));
        inputs
    },
    words: &[
        "function f(...) ",
        " end ",
        "return ",
        "local a <const> = ",
        "for i = 1, 10 do ",
        "while true do ",
        "goto x ::x:: ",
        "string.format('%5.2f', ",
        "string.rep('a', ",
        "setmetatable({}, {__index=",
        "pcall(",
        "coroutine.wrap(",
        "..",
        "#",
        "[[",
        "]]",
        "0x",
        "1e",
        "request.load()",
        "response.load()",
        "\n--post\n",
        "luaTable.new()",
        "table.sort(",
        "string.gsub('a', '",
    ],
};

fn run(input: &[u8]) {
    let source = String::from_utf8_lossy(input);
    let (pre, post) = source.split_once("--post\n").unwrap_or((&source, ""));
    let limits = Limits { instructions: 50_000, memory: 1 << 20 };
    for scope in [Scope::Proxy, Scope::Endpoint] {
        let options = Options { scope, open_libs: true, limits };
        let Ok(script) = Script::compile(&[], pre, post, options) else { continue };
        assert_eq!(execute(&script), execute(&script), "a script does the same twice");
    }
}

fn execute(script: &Script) -> (PlainHost, Vec<Result<(), LuaError>>) {
    let data = r#"{"a":1,"b":"t","l":[1,{"c":null}],"o":{"d":[]}}"#;
    let Ok(Value::Object(data)) = Value::parse(data.as_bytes()) else { unreachable!("it is an object") };
    let request =
        Request { method: "GET".into(), path: "/a".into(), url: "/a?b=c".into(), ..Request::default() };
    let mut host = PlainHost { request, now: 1_700_000_000.5, random: 0.5, ..PlainHost::default() };
    let mut execution = script.start();
    let mut results = Vec::new();
    for after in [false, true] {
        if after {
            host.response =
                Some(Response { is_complete: true, status: 200, data: data.clone(), ..Response::default() });
        }
        let mut step = if after { execution.post(&mut host) } else { execution.pre(&mut host) };
        let mut calls = 0;
        results.push(loop {
            match step {
                Step::Done(result) => break result,
                Step::HttpCall(_) => {
                    calls += 1;
                    let answer =
                        HttpResponse { status: 200, body: b"{}".to_vec(), ..HttpResponse::default() };
                    let answer = if calls < 4 { Ok(answer) } else { Err("no more calls".to_owned()) };
                    assert!(calls < 100_000, "calls cost instructions");
                    step = execution.resume(&mut host, answer);
                }
            }
        });
    }
    if let Some(response) = &host.response {
        let json = Value::Object(response.data.clone()).to_json();
        if let Err(error) = serde_json::from_slice::<IgnoredAny>(&json) {
            assert!(
                error.to_string().contains("recursion limit"),
                "{error}: {}",
                String::from_utf8_lossy(&json)
            );
        }
    }
    let printed: usize = host.printed.iter().map(String::len).sum();
    assert!(printed <= 4 << 20, "what is printed is bounded: {printed}");
    (host, results)
}
