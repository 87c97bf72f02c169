//! Sources that try to exhaust the isolate. Each must end soon, with an error, and cannot catch its limit.

use super::*;

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
