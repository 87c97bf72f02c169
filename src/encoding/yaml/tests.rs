use crate::encoding::testing::{lines, value};
use crate::json::{Map, Value};

use super::render;

/// What yaml.v3 wrote of data with every kind of text, key and nesting.
#[test]
fn renders_as_yaml_v3() {
    for case in lines(include_str!("../../../tests/data/yaml_render.jsonl")) {
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
