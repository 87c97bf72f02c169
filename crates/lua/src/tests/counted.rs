//! Whatever a function does to a long text or a large table is counted: no call works through more than [`BYTES`] bytes
//! for an instruction. Counts, not times: the same on any machine.

use super::*;

/// Twice what an instruction pays for where bytes are only joined (256), the cheapest work there is.
const BYTES: i64 = 512;

/// The size of the texts, in bytes, and of the tables, in elements.
const SIZE: usize = 50_000;

/// What is prepared, and the call. `s` and `z` are equal texts of [`SIZE`] bytes, `n` is one of digits, `r` the request.
/// A table counts eight bytes for an element.
const CALLS: &[(&str, &str)] = &[
    ("", "return s == z"),
    ("", "return s < z"),
    ("", "return s <= z"),
    ("", "return rawequal(s, z)"),
    ("", "return s .. z"),
    ("", "return n + 1"),
    ("", "return -n"),
    ("local t = {[s] = 1}", "return t[z]"),
    ("local t = {[s] = 1}", "t[z] = 2"),
    ("local t = setmetatable({}, {__index = {[s] = 1}})", "return t[z]"),
    ("local t = setmetatable({}, {__newindex = {[s] = 1}})", "t[z] = 2"),
    ("local t = {[s] = 1}", "return rawget(t, z)"),
    ("local t = {[s] = 1}", "rawset(t, z, 2)"),
    ("local t = {[s] = 1}", "return next(t, z)"),
    ("local t = {} for i = 1, 5e4 do t['k' .. i] = 1 end for i = 1, 5e4 do t['k' .. i] = nil end", "next(t)"),
    ("local t = {} for i = 1, 5e4 do t[i] = 1 end for i = 1, 49999 do t[i] = nil end", "next(t)"),
    ("", "return tonumber(n)"),
    ("", "return tonumber(n, 8)"),
    ("", "return math.floor(n)"),
    ("", "pcall(error, s)"),
    ("", "pcall(assert, false, s)"),
    ("", "pcall(custom_error, s)"),
    ("", "pcall(custom_error, 'x', 400, s)"),
    ("", "pcall(function() return (nil)[s] end)"),
    ("", "pcall(require, s)"),
    ("", "loadstring('--' .. s)"),
    ("local given", "load(function() if not given then given = true return '--' .. s end end)"),
    ("", "print(s)"),
    ("local t = setmetatable({}, {__tostring = function() return s end})", "print(t)"),
    ("", "s:byte(1, 9999) s:byte(1, 9999) s:byte(1, 9999) s:byte(1, 9999) s:byte(1, 9999)"),
    ("local t = {s:byte(1, 9999)}", "string.char(unpack(t))"),
    ("", "s:find('b', 1, true)"),
    ("", "s:find(s .. 'b', 1, true)"),
    ("", "string.find('', s)"),
    ("", "string.find('', '[' .. s .. ']')"),
    ("", "string.find('b', '[' .. s .. ']')"),
    ("", "string.find('b', '[' .. s .. ']*')"),
    ("", "string.find('b', '[' .. s .. ']-x')"),
    ("", "string.find('b', '%f[' .. s .. ']')"),
    ("", "s:find('%b()')"),
    ("", "s:find('^(a*)%1b')"),
    ("", "s:match('.*')"),
    ("", "s:gmatch('.*')()"),
    ("", "s:gsub('b', 'c')"),
    ("", "s:gsub('.', '%0')"),
    ("", "s:gsub('.*', {[z] = 'x'})"),
    ("", "string.gsub('x', 'x', s)"),
    ("", "s:lower()"),
    ("", "s:upper()"),
    ("", "s:rep(2)"),
    ("", "s:reverse()"),
    ("", "s:sub(2)"),
    ("", "string.format('%s', s)"),
    ("", "string.format('%q', s)"),
    ("", "string.format(s)"),
    ("", "os.date(s)"),
    ("", "table.concat({s, z})"),
    ("", "table.concat({'', ''}, s)"),
    ("", "table.sort({s, z})"),
    ("local t = {} for i = 1, 5e4 do t['k' .. i] = 1 end", "table.maxn(t)"),
    ("local t = {} for i = 1, 5e4 do t[i] = 1 end", "table.maxn(t)"),
    ("local t = {} for i = 1, 5e4 do t[i] = 1 end", "table.insert(t, 1, 0)"),
    ("local t = {} for i = 1, 5e4 do t[i] = 1 end", "table.remove(t, 1)"),
    ("local t = {} for i = 1, 9e3 do t[i] = 1 end", "unpack(t) unpack(t) unpack(t) unpack(t) unpack(t)"),
    (
        "local t = {} for i = 1, 9e3 do t[i] = 1 end",
        "local function f(...) return select(2, ...) end f(unpack(t)) f(unpack(t))",
    ),
    ("local d = luaTable.new()", "d:get(s)"),
    ("local d = luaTable.new()", "d:set(s, 1)"),
    ("local d = luaTable.new()", "d:set('k', s)"),
    ("local d = luaTable.new()", "d:set('k', {[s] = 1})"),
    ("local d = luaTable.new() d:set('k', s)", "d:get('k')"),
    ("local d = luaTable.new()", "d:del(s)"),
    ("local d = luaTable.new()", "d:keyExists(s)"),
    ("local d = luaTable.new() d:set(s, 1)", "d:keys()"),
    ("local d = luaList.new()", "d:set(0, s)"),
    ("local d = luaList.new() d:set(0, s)", "d:set(1, 1)"),
    ("local d = luaList.new() d:set(0, s)", "d:get(0)"),
    ("local d = luaList.new() d:set(5000, 1)", "d:del(0)"),
    ("", "r:path(s)"),
    ("", "r:path(s) r:path()"),
    ("", "r:url(s)"),
    ("", "r:method(s)"),
    ("", "r:query(s)"),
    ("", "r:params('k', s)"),
    ("", "r:params(s)"),
    ("r:params('k', s)", "r:params('k')"),
    ("r:params('k', s)", "r:params()"),
    ("", "r:headers('k', s)"),
    ("", "r:headers(s)"),
    ("r:headers('k', s)", "r:headers('k')"),
    ("r:headers('k', s)", "r:headers()"),
    ("r:headers('k', s)", "r:headerList('k')"),
    ("local d = luaList.new() d:set(0, s)", "r:headerList('k', d)"),
    ("", "r:body(s)"),
    ("r:body(s)", "r:body()"),
    ("", "http_response.new(s)"),
    ("", "http_response.new('http://h/', 'POST', s)"),
    ("", "http_response.new('http://h/', 'POST', '', {['X-A'] = s})"),
    ("", "http_response.new('http://h/', 'POST', '', {['X-A'] = {s}})"),
    ("", "http_response.new('http://h/', 'POST', '', {[s] = 'x'})"),
];

/// The instructions that a script takes with nobody stopping it.
fn instructions(text: &str) -> i64 {
    let limits = Limits { instructions: 1_000_000_000, memory: 64 << 20 };
    let script = Script::compile(&[], text, "", Options { limits, ..options() }).unwrap();
    let mut run = script.start();
    if let Step::Done(Err(error)) = run.pre(&mut PlainHost::default()) {
        panic!("{error}: {text}");
    }
    limits.instructions as i64 - run.instructions_left()
}

#[test]
fn all_work_is_counted() {
    let texts = format!(
        "local s, z = string.rep('a', {SIZE}), string.rep('a', {SIZE}) local n, r = string.rep('1', {SIZE}), request.load()"
    );
    let mut free = Vec::new();
    for (before, call) in CALLS {
        let before = format!("{texts} {before}");
        let spent = instructions(&format!("{before} {call}")) - instructions(&before);
        if spent < SIZE as i64 / BYTES {
            free.push(format!("{spent} for {call}"));
        }
    }
    assert!(free.is_empty(), "not counted:\n{}", free.join("\n"));
}
