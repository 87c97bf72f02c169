use proptest::prelude::*;

use super::*;
use crate::testing::{base64, lines, value};
use fjord_memory::Excess;

fn render(data: &Map) -> Option<Vec<u8>> {
    super::render(data).expect("it is short")
}

/// What KrakenD's own decoder (mxj on Go's `encoding/xml`) said of documents, good, broken and odd.
#[test]
fn decodes_as_mxj() {
    for case in lines(include_str!("../../tests/data/xml_decode.jsonl")) {
        let body = match &case["bytes"] {
            serde_json::Value::String(bytes) => base64(bytes),
            _ => case["xml"].as_str().unwrap().as_bytes().to_vec(),
        };
        let shown = String::from_utf8_lossy(&body);
        match decode(&body, false) {
            Ok(data) => assert_eq!(Value::Object(data), value(&case["data"]), "{shown}"),
            Err(error) => assert_eq!(Some(error.to_string().as_str()), case["error"].as_str(), "{shown}"),
        }
    }
}

/// What KrakenD's own render (mxj) wrote of data; nothing where it failed.
#[test]
fn renders_as_mxj() {
    for case in lines(include_str!("../../tests/data/xml_render.jsonl")) {
        let Value::Object(data) = value(&case["data"]) else { panic!("not an object: {case}") };
        let xml = render(&data).map(|xml| String::from_utf8(xml).unwrap());
        assert_eq!(xml.as_deref(), case["xml"].as_str(), "{}", case["data"]);
    }
}

#[test]
fn collections_are_wrapped() {
    let data = decode(b"<l><i>1</i><i>2</i></l>", true).unwrap();
    let items = Value::Array(vec![Value::String("1".into()), Value::String("2".into())]);
    let list = Value::Object(Map::from([("l".into(), Value::Object(Map::from([("i".into(), items)])))]));
    assert_eq!(data, Map::from([("collection".into(), list)]));
}

#[test]
fn hostile_documents_are_refused() {
    let deep = "<a>".repeat(100_000);
    assert_eq!(
        decode(deep.as_bytes(), false).unwrap_err().to_string(),
        "xml.Decoder.Token() - xml: nested deeper than 256 elements"
    );
    let bomb = r#"<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>"#;
    assert_eq!(
        decode(bomb.as_bytes(), false).unwrap_err().to_string(),
        "xml.Decoder.Token() - XML syntax error on line 1: invalid character entity &b;"
    );
    let wide = format!("<a b=\"{}\">{}</a>", "x".repeat(1 << 20), "<i/>".repeat(100_000));
    assert!(decode(wide.as_bytes(), false).is_ok());
    let nested = "<".repeat(100_000);
    assert!(decode(nested.as_bytes(), false).is_err());
    let directive = format!("<!D{}", "<".repeat(100_000));
    assert!(decode(directive.as_bytes(), false).is_err());
}

#[test]
fn renders_of_deep_data_need_no_stack() {
    let mut data = Value::Null;
    for _ in 0..5_000 {
        data = Value::Array(vec![Value::Object(Map::from([("a".to_owned(), data)]))]);
    }
    let xml = render(&Map::from([("r".to_owned(), data)])).unwrap();
    assert!(xml.starts_with(b"<r><a><a>"));
}

/// KrakenD decodes the text anew with each declaration, which doubles every character that isn't ASCII.
#[test]
fn only_the_first_declaration_changes_the_charset() {
    let mut body = "<?xml version='1.0' encoding='latin1'?>".repeat(64).into_bytes();
    body.extend_from_slice(b"<a>\xe9</a>");
    assert_eq!(decode(&body, false).unwrap()["a"], Value::String("\u{e9}".to_owned()));
}

fn tree() -> impl Strategy<Value = Value> {
    let leaf = "[ -~\u{e9}\u{1F600}]{0,8}".prop_map(|text| Value::String(text.trim().to_owned()));
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::btree_map("-?[a-z]{1,3}", inner.clone(), 1..4).prop_map(Value::Object),
            prop::collection::vec(inner, 2..4).prop_map(Value::Array),
        ]
    })
}

proptest! {
    /// What was decoded once is a fixed point: rendered and decoded again it is the same.
    #[test]
    fn decoded_data_survives_a_round_trip(data in prop::collection::btree_map("[a-z]{1,3}", tree(), 1..4)) {
        if let Some(xml) = render(&data) {
            let decoded = decode(&xml, false).unwrap();
            let again = render(&decoded).unwrap();
            prop_assert_eq!(decode(&again, false).unwrap(), decoded);
        }
    }

    #[test]
    fn any_bytes_are_decoded_or_refused(body in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = decode(&body, false);
    }

    #[test]
    fn any_soup_of_markup_is_decoded_or_refused(body in "[<>/!?a\\[\\]&;#x\"'= \r\n-]{0,40}") {
        let _ = decode(body.as_bytes(), true);
    }
}

#[test]
fn memory_is_limited() {
    let error = |body: String| decode(body.as_bytes(), false).map_err(|error| error.to_string()).err();
    let wrapped = |text: &str, count: usize| format!("<a>{}</a>", text.repeat(count));
    assert_eq!(error(wrapped("<b>text</b>", 100_000)), None);
    let numbered: String = (0..200_000).map(|i| format!("<b{i}/>")).collect();
    let declared = format!("<?xml version='1.0' encoding='latin1'?>{}", wrapped("<b>x</b>", 800_000));
    for large in [wrapped("<b/>", 1_000_000), wrapped("<b c='d'/>", 300_000), wrapped(&numbered, 1), declared]
    {
        assert_eq!(error(large).as_deref(), Some("the body takes more than 16 MB as values"));
    }
}

#[test]
fn a_long_name_said_often_is_no_long_answer() {
    let data = Map::from([
        ("a".repeat(100_000), Value::Array(vec![Value::Bool(true); 1000])),
        ("b".into(), Value::Bool(true)),
    ]);
    assert_eq!(super::render(&data), Err(Excess::Output));
}
