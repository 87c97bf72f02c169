//! What a faulty file is told, and where.

use super::*;
use crate::lines::Lines;

/// The findings on a text: `line:column code`.
fn findings(text: &[u8]) -> Vec<String> {
    let reading = Document::read(text);
    let lines = Lines::new(&reading.text);
    let show = |d: &Diagnostic| {
        let at = lines.position(d.span.start);
        format!("{}:{} {}", at.line, at.column, d.code)
    };
    reading.diagnostics.iter().map(show).collect()
}

#[test]
fn names_each_fault_at_its_place() {
    let cases: &[(&str, &str)] = &[
        ("{\"a\": 1,}", "1:8 trailing-comma"),
        ("{\"a\": [1, 2,\n]}", "1:12 trailing-comma"),
        ("{\"a\": [1,, 2]}", "1:10 double-comma"),
        ("{\"a\" 1}", "1:6 missing-colon"),
        ("{\"a\" = 1}", "1:6 missing-colon"),
        ("{\"a\": 1 \"b\": 2}", "1:9 missing-comma"),
        ("{'a': 1}", "1:2 wrong-quotes"),
        ("{\"é\": 'x'}", "1:7 wrong-quotes"),
        ("{\u{201c}a\u{201d}: 1}", "1:2 wrong-quotes"),
        ("{a: 1}", "1:2 unquoted-key"),
        ("{ // x\n}", "1:3 comment"),
        ("{ /* x */ }", "1:3 comment"),
        ("# x\n{}", "1:1 comment"),
        ("{\"a\": NaN}", "1:7 bad-word"),
        ("{\"a\": True}", "1:7 bad-word"),
        ("{\"a\": 03}", "1:7 leading-zero"),
        ("{\"a\": +3}", "1:7 bad-number"),
        ("{\"a\": 3s}", "1:7 bad-number"),
        ("{\"a\": .5}", "1:7 bad-number"),
        ("{\"a\": {{ .x }}}", "1:7 template"),
        ("{\n<<<<<<< HEAD\n}", "2:1 merge-conflict"),
        ("{\"a\": \"x\ty\"}", "1:9 control-character"),
        ("{\"a\": \"x\ny\"}", "1:7 unclosed-string"),
        ("{\"a\": \"\\q\"}", "1:8 bad-escape"),
        ("{\"a\": \"\\ud800\"}", "1:8 lone-surrogate"),
        ("{\"a\": [1}", "1:9 mismatched-bracket"),
        ("{\"a\": [1]", "1:10 truncated"),
        ("{}}", "1:3 extra-bracket"),
        ("{}\n{}", "2:1 two-documents"),
        ("{} x", "1:4 trailing-text"),
        ("[1]", "1:1 root-not-object"),
        ("", "1:1 empty-file"),
        (" \n", "1:1 empty-file"),
        ("{\"a\":\u{a0}1}", "1:6 odd-blank"),
        ("{\"a\": \0}", "1:7 nul-byte"),
        ("{\"a\": }", "1:7 unexpected"),
    ];
    for (text, want) in cases {
        assert_eq!(findings(text.as_bytes()), [*want], "{text:?}");
    }
}

#[test]
fn reads_on_behind_clear_faults() {
    let reading = Document::read(b"{ // one\n 'a': [1,],\n b: True }");
    let codes: Vec<_> = reading.diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(codes, ["comment", "wrong-quotes", "trailing-comma", "unquoted-key", "bad-word"]);
    let root = reading.document.unwrap().root;
    assert_eq!(root.get("a").unwrap().items().len(), 1);
    assert_eq!(root.get("b").unwrap().as_bool(), Some(true));
}

#[test]
fn refuses_what_is_no_text() {
    assert_eq!(findings(b"\xff\xfe{\0"), ["1:1 utf16"]);
    assert_eq!(findings(b"{\0\n\0"), ["1:1 utf16"]);
    assert_eq!(findings(b"\x1f\x8b\x08\0\0"), ["1:1 binary-file"]);
    assert_eq!(findings(b"{\n  \"name\": \"caf\xe9\"}"), ["2:15 not-utf8"]);
    assert_eq!(Document::read(b"{\"name\": \"caf\xe9\"}").diagnostics[0].path, "/name");
}

#[test]
fn depth_is_bounded() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!("{{\"x\":{}1{}}}", open.repeat(100_000), close.repeat(100_000));
        let faults = Document::parse(&deep).unwrap_err();
        assert_eq!((faults[0].code, faults[0].path.as_str()), ("too-deep", "/x"));
    }
    let fits = format!("{{\"x\":{}1{}}}", "[".repeat(MAX_DEPTH - 1), "]".repeat(MAX_DEPTH - 1));
    assert!(Document::parse(&fits).is_ok());
}

#[test]
fn keeps_values_spans_and_duplicates() {
    let text = "\u{feff}{\"a\\u00e9\": [1.50, \"\\ud83d\\ude00\"], \"b\": {}, \"b\": null}";
    let root = Document::parse(text).unwrap().root;
    let list = root.get("aé").unwrap();
    assert_eq!(list.items()[0].kind, Kind::Number("1.50".into()));
    assert_eq!(list.items()[1].as_str(), Some("😀"));
    assert_eq!(&text[list.span.start as usize..list.span.end as usize], "[1.50, \"\\ud83d\\ude00\"]");
    assert_eq!(root.members().len(), 3);
    assert_eq!(root.get("b").unwrap().kind, Kind::Null);
}

#[test]
fn pointers_lead_to_the_innermost_value() {
    let text = r#"{"a": [1, {"b/c": "x"}, [], 2], "d": {}, "a": 3} "#;
    let root = Document::parse(text).unwrap().root;
    let cases = [
        ("{", ""),
        ("\"a\"", "/a"),
        (": [", "/a"),
        ("1,", "/a/0"),
        (", {", "/a"),
        ("\"b/c", "/a/1/b~1c"),
        ("\"x\"", "/a/1/b~1c"),
        ("[]", "/a/2"),
        ("2]", "/a/3"),
        ("], \"d", "/a"),
        (", \"d", ""),
        ("\"d\"", "/d"),
        ("3}", "/a"),
        ("} ", ""),
        (" ", ""),
    ];
    for (part, pointer) in cases {
        let at = if part == " " { text.len() - 1 } else { text.find(part).unwrap() };
        assert_eq!(pointer_at(&root, at as u32), pointer, "{part}");
    }
}

#[test]
fn no_longer_text_is_read_than_the_worker_reads() {
    let sized = |len: usize| format!("{{\"version\": 3{}}}", " ".repeat(len - 14));
    assert_eq!(findings(sized(fjord_memory::BODY).as_bytes()), Vec::<String>::new());
    let faults = Document::parse(&sized(fjord_memory::BODY + 1)).unwrap_err();
    assert_eq!(faults[0].message, "the file has 9 MB; a configuration of more than 8 MB isn't read");
}

#[test]
fn every_prefix_of_a_document_is_a_clear_fault() {
    let text = "{\"a\": [1, -2.5e3, true, null, \"\\u00e9é\\\"\"], \"b\": {\"c\": []}}";
    for end in (0..text.len()).filter(|i| text.is_char_boundary(*i)) {
        let faults = Document::parse(&text[..end]).unwrap_err();
        assert!(faults.len() <= 2, "{:?}: {faults:?}", &text[..end]);
    }
    assert!(Document::parse(text).is_ok());
}

proptest::proptest! {
    #[test]
    fn agrees_with_serde_json(text in "[\\[\\]{},:\"a0-9.e\\\\ntruefals -]{0,40}") {
        let wrapped = format!("{{\"a\":{text}}}");
        let serde = serde_json::from_str::<serde_json::Value>(&wrapped).is_ok();
        // serde_json refuses numbers that overflow, which are fine as text.
        proptest::prop_assume!(serde || !wrapped.contains('e'));
        proptest::prop_assert_eq!(Document::parse(&wrapped).is_ok(), serde);
    }

    #[test]
    fn never_panics(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
        let _ = Document::read(&bytes);
        let mut near = br#"{"a": [1, "x"], "b": {"c": true}}"#.to_vec();
        for (i, b) in bytes.iter().enumerate().take(6) {
            let at = (*b as usize + i * 7) % near.len();
            near[at] = *b;
        }
        let _ = Document::read(&near);
    }
}
