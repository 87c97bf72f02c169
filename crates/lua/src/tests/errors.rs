//! The texts of errors, mostly from the tests of KrakenD's Lua component.

use super::recorded::{host, run_both};
type Sources = &'static [(&'static str, &'static str)];

#[test]
fn errors_name_scripts_as_krakend_does() {
    const BAD_CODE: &str = "function really() end\n\n\n\nreally.really_bad()\n";
    const BAD_FUNC: &str = "function badfunc(n)\n  local a = n\n  return not_there(a)\nend\n";
    let cases: &[(Sources, &str, &str, &str)] = &[
        (
            &[],
            "local req = request.load()\nlokal a = 1()\nlocal b = 2",
            "",
            "'a': parse error (pre-script:L2)",
        ),
        (&[], "local req = request.load();lokal a = 1();local b = 2", "", "'a': parse error (pre-script:L1)"),
        (
            &[],
            "local req = request.load();method_does_not_exist();local test = 1",
            "",
            "attempt to call a non-function object (pre-script:L1)",
        ),
        (
            &[],
            "local req = request.load()\nmethod_does_not_exist()\nlocal test = 1",
            "",
            "attempt to call a non-function object (pre-script:L2)",
        ),
        (
            &[],
            "local req = request.load()\nreq:method('POST')\n\n\n\nreqw:body(req:body())",
            "",
            "attempt to index a non-table object(nil) with key 'body' (pre-script:L6)",
        ),
        (&[], "custom_error()", "", "need arguments (pre-script:L1)"),
        (
            &[("../lua/bad-code.lua", BAD_CODE)],
            "custom_error(\"wont reach here\")",
            "",
            "attempt to index a non-table object(function) with key 'really_bad' (bad-code.lua:L5)",
        ),
        (
            &[("../lua/bad-func.lua", BAD_FUNC)],
            "badfunc(1)",
            "",
            "attempt to call a non-function object (bad-func.lua:L3)",
        ),
        (
            &[],
            "local req = request.load(); req:headerList(\"X-Test\", \"string\")",
            "",
            "invalid header value, must be a luaList (pre-script:L1)",
        ),
        (
            &[],
            "",
            "local req = request.load();lokal a = 1();local b = 2",
            "'a': parse error (post-script:L1)",
        ),
        (
            &[],
            "",
            "local resp = response.load()\nlocal responseData = resp:data()\nlocal data = {}\nlocal col = responseDataBad:get(\"items\")",
            "attempt to index a non-table object(nil) with key 'get' (post-script:L4)",
        ),
        (&[], "", "custom_error()", "need arguments (post-script:L1)"),
        (
            &[],
            "",
            "local res = response.load(); res:headerList(\"X-Test\", \"string\")",
            "invalid header value, must be a luaList (post-script:L1)",
        ),
        // golden/validate-105
        (
            &[],
            "local x = nil; x.y = 1",
            "",
            "attempt to index a non-table object(nil) with key 'y' (pre-script:L1)",
        ),
        (&[], "error(\"boom\")", "", "boom (pre-script:L1)"),
        // A script that begins with a line break has fewer lines, as KrakenD counts them, than the error's line.
        (&[], "\nerror('late')", "", "late"),
        (&[], "custom_error('no place')", "", "no place"),
        (&[], "error('a: b')", "", "a: b (pre-script:L1)"),
        (&[("s.lua", "x = 1")], "error('here')", "", "here (s.lua:L1)"),
        (
            &[],
            "request.load():headers(1, {})",
            "",
            "bad argument #3 to headers (string expected, got table) (pre-script:L1)",
        ),
        (
            &[],
            "request.load().method()",
            "",
            "bad argument #1 to method (userdata expected, got nil) (pre-script:L1)",
        ),
        (&[], "request.load().method(luaNil.new())", "", "request expected (pre-script:L1)"),
        (
            &[],
            "string.upper('x')",
            "",
            "attempt to index a non-table object(nil) with key 'upper' (pre-script:L1)",
        ),
        (
            &[],
            "return ('x'):upper()",
            "",
            "attempt to index a non-table object(string) with key 'upper' (pre-script:L1)",
        ),
    ];
    for (sources, pre, post, expected) in cases {
        let error = run_both(&mut host("{}"), sources, pre, post, false).unwrap_err();
        assert_eq!(error.message, *expected, "{pre}{post}");
        assert_eq!(error.status, None, "{pre}{post}");
    }
    // The true place is kept beside the text.
    let error = run_both(
        &mut host("{}"),
        &[("a.lua", "x = 1\n"), ("dir/b.lua", "\nfunction f() error('x') end")],
        "\n\nf()",
        "",
        false,
    );
    let place = error.unwrap_err().place.unwrap();
    assert_eq!((place.script.as_str(), place.line), ("b.lua", 2));
}

#[test]
fn custom_errors_carry_a_status() {
    let cases: &[(&str, &str, Option<u16>, Option<&str>)] = &[
        ("custom_error('expect me')", "expect me", None, None),
        ("custom_error('expect me', 404)", "expect me", Some(404), None),
        ("custom_error('{\"msg\":\"expect me\"}', 404)", "{\"msg\":\"expect me\"}", Some(404), None),
        (
            "custom_error('{\"msg\":\"expect me\"}', 404, 'application/json')",
            "{\"msg\":\"expect me\"}",
            Some(404),
            Some("application/json"),
        ),
        ("custom_error(\"get\", 405, \"text/lua\")", "get", Some(405), Some("text/lua")),
        ("custom_error('x', 99999)", "x", Some(500), None),
        ("local ok, e = pcall(custom_error, 'again', 418) error(e, 0)", "again", Some(418), None),
        ("pcall(custom_error, 'caught', 418)", "", None, None),
    ];
    for (code, message, status, content_type) in cases {
        for (pre, post) in [(*code, ""), ("", *code)] {
            let error = run_both(&mut host("{}"), &[], pre, post, false).err();
            let got = error.map(|e| (e.message, e.status, e.content_type));
            let expected = (!message.is_empty())
                .then(|| ((*message).to_owned(), *status, content_type.map(str::to_owned)));
            assert_eq!(got, expected, "{code}");
        }
    }
}
