use proptest::prelude::*;

use fjord_json::{Map, Value};
use fjord_memory::Excess;

use crate::testing::{lines, value};

use super::decode;

fn render(data: &Value) -> String {
    super::render(data).expect("it is short")
}

/// What yaml.v3 wrote of data with every kind of text, key and nesting.
#[test]
fn renders_as_yaml_v3() {
    for case in lines(include_str!("../../tests/data/yaml_render.jsonl")) {
        let data = value(&case["data"]);
        assert_eq!(render(&data), case["yaml"].as_str().unwrap(), "{data:?}");
    }
}

/// Where yaml.v3 writes what YAML 1.2 reads as another text, the text itself is written.
#[test]
fn texts_that_yaml_v3_damages_are_kept() {
    for (text, yaml) in [
        ("\nx", "- |2-\n\n  x\n"),
        (" x\ny", "- |2-\n   x\n  y\n"),
        ("\n", "- |2+\n\n"),
        ("a\u{2028}b", "- \"a\\Lb\"\n"),
        ("a\n\u{2029}", "- \"a\\n\\P\"\n"),
    ] {
        assert_eq!(render(&Value::Array(vec![Value::String(text.into())])), yaml, "{text:?}");
    }
}

#[test]
fn deep_data_needs_no_stack() {
    let mut data = Value::Null;
    for _ in 0..2_000 {
        data = Value::Array(vec![Value::Object(Map::from([("a".to_owned(), data)]))]);
    }
    assert!(render(&data).starts_with("- a:\n    - a:\n"));
}

/// Keys whose order goes round in a circle are written all the same.
#[test]
fn orders_that_contradict_themselves_do_no_harm() {
    let keys = (0..2_000_u32).map(|i| {
        let c = |shift: u32| char::from(b"a0-9Z_1"[(i.wrapping_mul(2_654_435_761) >> shift) as usize % 7]);
        ([c(3), c(9), c(15), c(21)].iter().collect::<String>(), Value::Null)
    });
    let data: Map = keys.collect();
    let count = data.len();
    assert_eq!(render(&Value::Object(data)).lines().count(), count);
}

fn json(text: &str) -> Value {
    value(&serde_json::from_str(text).unwrap())
}

#[test]
fn decodes() {
    for (yaml, expected) in [
        ("a: 1\nb: [x, 'y', \"z\"]\n", r#"{"a":1,"b":["x","y","z"]}"#),
        (
            r#"{"a":1,"b":{"c":[true,null,"x"]},"e":"\u00e9"}"#,
            r#"{"a":1,"b":{"c":[true,null,"x"]},"e":"\u00e9"}"#,
        ),
        ("a: 0x1F\nb: 0o17\nc: 1_000\nd: +5\ne: -017\n", r#"{"a":31,"b":15,"c":1000,"d":5,"e":-15}"#),
        ("a: .5\nb: 1.\n", r#"{"a":{"$f":0.5},"b":{"$f":1}}"#),
        (
            "a: yes\nb: ~\nc:\nd: !!str 5\ne: 2024-01-02\n",
            r#"{"a":"yes","b":null,"c":null,"d":"5","e":"2024-01-02"}"#,
        ),
        ("1: a\ntrue: b\n", r#"{"1":"a","true":"b"}"#),
        ("a: &x {b: 1}\nc: *x\nd: {<<: *x, e: 2}\n", r#"{"a":{"b":1},"c":{"b":1},"d":{"b":1,"e":2}}"#),
        ("a: |\n  x\n  y\nb: >-\n  x\n  y\n", r#"{"a":"x\ny\n","b":"x y"}"#),
        ("a: 1\n---\nb: 2\n", r#"{"a":1}"#),
        ("{}", "{}"),
    ] {
        assert_eq!(Value::Object(decode(yaml.as_bytes(), false).unwrap()), json(expected), "{yaml}");
    }
    // A number keeps its text.
    assert_eq!(decode(b"n: 4.20", false).unwrap()["n"], Value::Number("4.20".into()));
    assert_eq!(Value::Object(decode(b"- 1\n- a\n", true).unwrap()), json(r#"{"collection":[1,"a"]}"#));
}

#[test]
fn refuses() {
    let bomb = (0..30).fold("a0: &a0 [lol, lol]\n".to_owned(), |bomb, i| {
        bomb + &format!("a{}: &a{} [*a{i}, *a{i}, *a{i}]\n", i + 1, i + 1)
    });
    for (yaml, error) in [
        ("", "EOF"),
        ("- 1", "yaml: cannot unmarshal !!seq into map[string]interface {}"),
        ("x", "yaml: cannot unmarshal a scalar into map[string]interface {}"),
        ("a: .inf", "yaml: a number is infinite or NaN"),
        ("{a: b}: c", "yaml: a key of an object isn't a string"),
        (&bomb, "yaml: document contains excessive aliasing"),
        (
            &format!("a: {}", "[".repeat(250)),
            "yaml: line 2: while parsing a node, did not find expected node content",
        ),
    ] {
        assert_eq!(decode(yaml.as_bytes(), false).unwrap_err().to_string(), error);
    }
    for yaml in [&b"\xff"[..], b"a: [", b"a: b: c", b"*x", b"a: \"\\", b"%", b"a: 'x"] {
        assert!(decode(yaml, false).is_err(), "{yaml:?}");
    }
    for opening in ["[", "{a: ", "- ", "? ", "[{a: "] {
        assert!(decode(opening.repeat(100_000).as_bytes(), false).is_err(), "{opening}");
    }
}

/// Texts as a parser sees them: numbers of bodies come out as text, all others as they were.
fn as_text(value: Value) -> Value {
    match value {
        Value::Number(text) => Value::String(text.into()),
        Value::Array(items) => Value::Array(items.into_iter().map(as_text).collect()),
        Value::Object(members) => Value::Object(members.into_iter().map(|(k, v)| (k, as_text(v))).collect()),
        other => other,
    }
}

/// What was recorded from yaml.v3 reads back as the data it came from, and so does what is rendered here.
#[test]
fn renders_read_back() {
    for case in lines(include_str!("../../tests/data/yaml_render.jsonl")) {
        let Value::Object(data) = value(&case["data"]) else { continue };
        if case["data"].to_string().contains("$f") || data.keys().any(|key| key.len() > 128) {
            continue;
        }
        let yaml = render(&Value::Object(data.clone()));
        let read = decode(yaml.as_bytes(), false).map(Value::Object);
        assert_eq!(read, Ok(as_text(Value::Object(data))), "{yaml}");
    }
}

fn tree() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<String>().prop_map(Value::String),
        "[ \n\t:#?!&*|>'\"%@`,\\[\\]{}a0-9._~-]{0,8}".prop_map(Value::String),
        any::<bool>().prop_map(Value::Bool),
        Just(Value::Null),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::btree_map("[ \n:#?!&*a-c0-9'\"-]{0,5}", inner.clone(), 0..4)
                .prop_map(Value::Object),
            prop::collection::vec(inner, 0..4).prop_map(Value::Array),
        ]
    })
}

proptest! {
    #[test]
    fn any_data_reads_back(data in tree()) {
        let data = Map::from([("r".to_owned(), data)]);
        let yaml = render(&Value::Object(data.clone()));
        prop_assert_eq!(decode(yaml.as_bytes(), false), Ok(data), "{}", yaml);
    }

    #[test]
    fn any_bytes_are_decoded_or_refused(body in "[ \n\t:#?!&*|>'\"%@,\\[\\]{}ab0<-]{0,40}") {
        let _ = decode(body.as_bytes(), false);
    }
}

#[test]
fn memory_is_limited() {
    let error = |body: &str| decode(body.as_bytes(), false).map_err(|error| error.to_string()).err();
    let list = |item: &str, count: usize| format!("a:\n{}", format!("- {item}\n").repeat(count));
    assert_eq!(error(&list("text", 100_000)), None);
    for large in [list("b", 400_000), list("{}", 100_000), list("[]", 600_000)] {
        assert_eq!(error(&large).as_deref(), Some("the body takes more than 16 MB as values"));
    }
}

#[test]
fn blanks_before_lines_make_no_long_answer() {
    let lines = Value::String("x\n".repeat(100_000));
    let deep = (0..200).fold(lines, |value, _| Value::Object(Map::from([("a".to_owned(), value)])));
    assert_eq!(super::render(&deep), Err(Excess::Output));
}
