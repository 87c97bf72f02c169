use super::*;
use crate::platform::{AnswerBody, Passed, Stream};
use fjord_document::Document;

fn changes(options: &str) -> ResponseHeaders {
    let root = Document::parse(options).unwrap().root;
    ResponseHeaders::read(&Options::of(&root, &NAMESPACE)).unwrap()
}

fn applied(options: &str, fields: &[(&'static str, &str)]) -> Vec<(String, String)> {
    let mut headers: Headers = fields.iter().copied().collect();
    changes(options).apply(&mut headers);
    headers.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn pairs(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn the_order_is_delete_rename_replace_add() {
    let all = r#"{"add": {"x-b": ["4"]}, "replace": {"X-B": ["2", "3"]}, "rename": {"x-a": "X-B"}, "delete": ["x-B"]}"#;
    assert_eq!(
        applied(all, &[("X-A", "1"), ("X-B", "0")]),
        pairs(&[("X-B", "2"), ("X-B", "3"), ("X-B", "4")])
    );
    let deleted = r#"{"rename": {"X-A": "X-B"}, "delete": ["X-A"]}"#;
    assert_eq!(applied(deleted, &[("X-A", "1"), ("X-B", "0")]), pairs(&[("X-B", "0")]));
}

#[test]
fn a_header_keeps_all_its_values_under_its_new_name() {
    let renamed = r#"{"rename": {"x-a": "x-b"}}"#;
    let fields = [("X-B", "0"), ("X-A", "1"), ("X-C", "2"), ("X-A", "3")];
    assert_eq!(applied(renamed, &fields), pairs(&[("X-B", "1"), ("X-C", "2"), ("X-B", "3")]));
    // Nothing is overwritten by what isn't there.
    assert_eq!(applied(renamed, &[("X-B", "0")]), pairs(&[("X-B", "0")]));
}

#[test]
fn cookies_are_lines_of_their_own() {
    let cookies = r#"{"add": {"Set-Cookie": ["b=2", "c=3"]}, "@add": {"X": ["1"]}}"#;
    let expected = pairs(&[("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Set-Cookie", "c=3")]);
    assert_eq!(applied(cookies, &[("Set-Cookie", "a=1")]), expected);
}

#[test]
fn lines_that_nobody_read_are_not_sent() {
    let passed = |seen_behind| Answer {
        status: 200,
        headers: Headers::new(),
        passed: Some(Passed { of: Stream(1), without_type: false, seen_behind }),
        body: AnswerBody::Stream(Stream(1)),
    };
    let changes = changes(r#"{"delete": ["Server"]}"#);
    assert!(changes.change(passed(None)).is_none());
    let seen = changes.change(passed(Some(2))).unwrap().passed.unwrap();
    assert_eq!(seen.seen_behind, Some(0));
}
