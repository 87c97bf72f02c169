//! Sources that try to exhaust the isolate. Each must end soon, with an error, and cannot catch its limit.

use super::*;
use crate::HttpResponse;

fn outcome(text: &str) -> String {
    match run(text).1 {
        Ok(()) => "ok".to_owned(),
        Err(error) => error.message,
    }
}

#[test]
fn limits_hold() {
    const INSTRUCTIONS: &str = "instruction limit exceeded (pre-script:L1)";
    const MEMORY: &str = "memory limit exceeded (pre-script:L1)";
    let cases = [
        ("while true do end", INSTRUCTIONS),
        ("repeat until false", INSTRUCTIONS),
        ("for i = 1, math.huge do end", INSTRUCTIONS),
        ("for i = 2, 1, 0 do end", INSTRUCTIONS),
        ("::a:: goto a", INSTRUCTIONS),
        ("local function f() return f() end f()", INSTRUCTIONS),
        ("while true do pcall(function() while true do end end) end", INSTRUCTIONS),
        ("pcall(function() while true do end end) print('caught')", INSTRUCTIONS),
        ("xpcall(function() while true do end end, function() return 1 end)", INSTRUCTIONS),
        ("coroutine.resume(coroutine.create(function() while true do end end))", INSTRUCTIONS),
        (
            "local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) return t[k] end return t.x",
            "stack overflow (pre-script:L1)",
        ),
        ("local function f() return 1 + f() end f()", "stack overflow (pre-script:L1)"),
        ("local function f() pcall(f) end f() error('deep', 0)", "deep"),
        ("local function f(...) return f(1, ...) end f()", INSTRUCTIONS),
        (
            "local t = {} t = setmetatable(t, {__call = t}) t()",
            "attempt to call a non-function object (pre-script:L1)",
        ),
        ("string.rep('x', 1e9)", MEMORY),
        ("local s = 'x' while true do s = s .. s end", MEMORY),
        ("local t = {} while true do t[#t + 1] = {} end", MEMORY),
        ("local t = {} for i = 1, 1e9 do t['k' .. i] = i end", MEMORY),
        ("local t = {} while true do t[#t + 1] = string.rep('y', 1000) .. #t end", MEMORY),
        ("local t = {} while true do t = {t} end", MEMORY),
        ("local t = {} while true do t[#t + 1] = coroutine.create(print) end", MEMORY),
        ("pcall(string.rep, 'x', 1e9) print('caught')", MEMORY),
        ("local t = luaTable.new() for i = 1, 1e9 do t:set('k' .. i, i) end", MEMORY),
        ("local l = luaList.new() l:set(1e12, 1)", MEMORY),
        ("local t = {} for i = 1, 1e9 do t[i] = luaTable.new() end", MEMORY),
        (
            "string.find(string.rep('a', 1e4), string.rep('a?', 90) .. string.rep('a', 200) .. 'b')",
            INSTRUCTIONS,
        ),
        ("string.find(string.rep('a', 1e5), '.-.-.-b')", INSTRUCTIONS),
        ("string.find(string.rep('a', 1e6), string.rep('a', 1e5) .. 'b', 1, true)", INSTRUCTIONS),
        ("string.gsub(string.rep('a', 1e6), '', string.rep('b', 1e6))", MEMORY),
        ("string.find(string.rep('a', 1e5), '[' .. string.rep('b', 8000) .. ']c')", INSTRUCTIONS),
        ("string.find(string.rep('a', 1e6), '[' .. string.rep('b', 8000) .. 'a]*c')", INSTRUCTIONS),
        ("string.find(string.rep('a', 1e4), '(.-)%1%1%1%1b')", INSTRUCTIONS),
        ("local s = string.rep('x', 1e6) print(unpack({s, s, s, s, s, s, s, s, s}))", MEMORY),
        (
            "local s = string.rep('x', 1e6) string.format(string.rep('%s', 9), s, s, s, s, s, s, s, s, s)",
            MEMORY,
        ),
        ("loadstring(string.rep('::a' , 1) .. '::' .. string.rep(' goto b', 300))", "ok"),
        ("string.match('x', string.rep('(', 100))", "too many captures (pre-script:L1)"),
        ("string.match('x', string.rep('x-', 1000))", "pattern too complex (pre-script:L1)"),
        ("local t = {} for i = 1, 9e4 do t[i] = i end table.concat(t, string.rep('x', 1e6))", MEMORY),
        (
            "local t = {} t.t = t local d = luaTable.new() d:set('t', t)",
            "table nested too deeply (pre-script:L1)",
        ),
        ("load(function() return 'x = 1 ' end)", INSTRUCTIONS),
        (
            "return string.format(string.rep('%99d', 1e5), unpack({}, 1, 1e4))",
            "bad argument #2 to format (number expected, got nil) (pre-script:L1)",
        ),
        ("local a = {} for i = 1, 300 do a[i] = 'pcall' end return pcall(unpack(a))", "ok"),
        ("print(pcall(pcall, unpack({pcall, pcall, pcall, pcall, error})))", "ok"),
        (
            "local co co = coroutine.wrap(function() co() end) co()",
            "can not resume a non-suspended thread (pre-script:L1)",
        ),
        (
            "local function r(n) return coroutine.wrap(function() return r(n + 1) end)() end return r(1)",
            MEMORY,
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(outcome(text), expected, "{text}");
        assert!(!run(text).0.iter().any(|l| l == "caught"), "a limit was caught: {text}");
    }
}

/// What a script holds without reaching it itself. Each round takes this many bytes for good, so the rounds are bounded
/// by the limit; `i` counts them.
#[test]
fn what_the_gateway_holds_is_counted() {
    let rounds = [
        ("while true do step() r:headers() end", 8000),
        ("while true do step() r:headerList('X-A') end", 8000),
        ("r:params('k', s) while true do step() r:params() end", 8000),
        ("local l = luaList.new() while true do step() l:set(i, s) end", 8000),
        ("local d = luaTable.new() while true do step() d:set(i .. s, 1) end", 8000),
        ("local t = {} while true do step() t[i] = loadstring('--' .. s) end", 64_000),
        ("string.gsub(string.rep('a', 1e6), 'a', function() step() return s .. i end)", 8000),
        (
            "local u = {} for j = 1, 9e3 do u[j] = setmetatable({}, {__tostring = function() step() return s .. i end}) end print(unpack(u))",
            8000,
        ),
        ("load(function() step() return '--' .. s .. i end)", 8000),
        ("while true do step() r:headers('X-' .. i, 'v') end", 32),
        ("while true do step() r:params('k' .. i, 'v') end", 32),
        ("while true do step() local l = luaList.new() l:set(9, 'v') r:headerList('X-' .. i, l) end", 320),
    ];
    for (text, bytes) in rounds {
        let mut host = PlainHost::default();
        host.request.headers.insert("X-A".to_owned(), vec!["v".repeat(8000)]);
        let source = format!(
            "local r, s, i = request.load(), string.rep('s', 8000), 0 local function step() i = i + 1 r:path('/' .. i) end {text}"
        );
        let script = Script::compile(&[], &source, "", options()).unwrap();
        finish(script.start().pre(&mut host)).expect_err(text);
        let rounds: usize = host.request.path[1..].parse().unwrap();
        assert!(rounds * bytes <= 4 * options().limits.memory, "{text}: {rounds} rounds");
    }
}

#[test]
fn answers_that_a_script_keeps_are_counted() {
    let mut host = PlainHost::default();
    let text = "local t = {} while true do t[#t + 1] = http_response.new('http://h/') end";
    let mut run = Script::compile(&[], text, "", options()).unwrap().start();
    let step = run.pre(&mut host);
    let mut calls = 0;
    let result = drive(&mut run, &mut host, step, |_| {
        calls += 1;
        Ok(HttpResponse { status: 200, body: vec![0; 100_000], ..HttpResponse::default() })
    });
    assert_eq!(result.unwrap_err().message, "memory limit exceeded (pre-script:L1)");
    assert!(calls <= 2 * options().limits.memory / 100_000, "{calls} calls");
}

#[test]
fn the_log_takes_only_so_much() {
    let (printed, result) = run("local s = string.rep('x', 1000) for i = 1, 1000 do print(s) end");
    assert_eq!((printed.len(), result), (263, Ok(())));
    assert_eq!(printed[262], "more than 256 KB were printed: the rest is left out");
}

#[test]
fn sources_cannot_nest_without_end() {
    let deep = [
        format!("x = {}1{}", "(".repeat(100_000), ")".repeat(100_000)),
        format!("x = {}", "{".repeat(100_000)),
        format!("x = {}1", "-".repeat(100_001).replace('-', "- ")),
        format!("x = {}1", "not ".repeat(100_000)),
        format!("x = {}1", "2 ^ ".repeat(100_000)),
        format!("x = {}1", "'a' .. ".repeat(100_000)),
        format!("{}{}", "do ".repeat(100_000), "end ".repeat(100_000)),
        format!("{}{}", "if x then ".repeat(100_000), "end ".repeat(100_000)),
        format!("x = {}", "function() return ".repeat(100_000)),
        format!("f{}", "(f".repeat(100_000)),
        format!("x = a{}", "[a".repeat(100_000)),
    ];
    for text in deep {
        assert!(run(&text).1.is_err(), "{}", &text[..40]);
    }
    // What is looked for one by one.
    let name = |n: usize| format!("a{n} ");
    let many = [
        (0..300).map(|n| format!("::{}:: ", name(n))).collect::<String>(),
        (0..300).map(|n| format!("goto {}", name(n))).collect(),
    ];
    for text in many {
        assert_eq!(run(&text).1.unwrap_err().message, "too many labels (pre-script:L0)");
    }
    let deep = format!(
        "return loadstring([[{}{}]])",
        format!("local {}a function f() ", "a,".repeat(198)).repeat(60),
        "x = x ".repeat(20_000)
    );
    assert_eq!(outcome(&deep), "instruction limit exceeded (pre-script:L1)");
    // What is long but flat is fine.
    let flat = [
        format!("x = 1{}", " + 1".repeat(50_000)),
        format!("t = {{}} x = t{}", " or t".repeat(10_000)),
        format!("x = {{ {} }}", "1, ".repeat(50_000)),
        format!("if false then {} end", "elseif false then ".repeat(5_000)),
        "x = 1 ".repeat(50_000),
    ];
    for text in flat {
        let result = run(&text).1;
        assert!(result.is_ok(), "{}: {result:?}", &text[..40]);
    }
}

#[test]
fn collections_keep_what_is_reached() {
    // Much more is made than the limit allows at once.
    let text = "
        local keep, names = {}, {}
        for i = 1, 50 do keep[i] = {id = i, f = function() return i end} names[i] = 'name ' .. i end
        local co = coroutine.wrap(function() local local_only = {v = 'kept'} while true do coroutine.yield(local_only.v) end end)
        co()
        for round = 1, 60000 do local t = {round, 'text ' .. round, {}} end
        for i = 1, 50 do
            if keep[i].id ~= i or keep[i].f() ~= i or names[i] ~= 'name ' .. i then error('lost ' .. i) end
        end
        print(co(), ('x'):upper(), #keep)
    ";
    let (printed, result) = run(text);
    assert_eq!(result, Ok(()));
    assert_eq!(printed, ["kept\tX\t50"]);
    // Joining byte by byte makes many times the limit in all.
    let (printed, result) = run("local s = '' for i = 1, 8000 do s = s .. 'abcdefgh' end print(#s)");
    assert_eq!((printed, result), (vec!["64000".to_owned()], Ok(())));
}

#[test]
fn any_bytes_are_a_source() {
    // A fixed sequence of pseudo-random sources, from bytes and from fragments of Lua.
    let words = [
        "local ",
        "x",
        " = ",
        "1",
        "function(",
        ")",
        " end ",
        "if ",
        " then ",
        "{",
        "}",
        "[",
        "]",
        "..",
        "(",
        ",",
        "return ",
        "for ",
        " in ",
        " do ",
        "'s'",
        "pcall",
        "error",
        "t.",
        ":m",
        "...",
        "while ",
        "goto a ",
        "::a::",
        "\n",
        "-",
        "not ",
        "#",
        "=",
    ];
    let mut state = 0x2545_f491_4f6c_dd1du64;
    let mut next = |n: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) as usize % n
    };
    let limits = Limits { instructions: 10_000, memory: 1 << 20 };
    for round in 0..20_000 {
        let text: String = if round % 4 == 0 {
            (0..next(40)).map(|_| char::from(next(128) as u8)).collect()
        } else {
            (0..next(30)).map(|_| words[next(words.len())]).collect()
        };
        if let Ok(script) = Script::compile(&[], &text, "", Options { limits, ..options() }) {
            let mut host = PlainHost::default();
            drop(script.start().pre(&mut host));
        }
    }
}
