//! How much memory an answer may take, and how long it becomes.

use serde_json::json;

use fjord_memory::{Excess, with_room};

use super::{shape, text};
use crate::{Body, DecodeError, Form, Map, Object, Shape, Value, decode};

#[test]
fn an_answer_taken_apart_is_limited() {
    let del = shape(&json!({"flatmap_filter": [{"type": "del", "args": ["collection.*.a"]}]}));
    let deep = shape(
        &json!({"flatmap_filter": [{"type": "move", "args": ["collection.*.a", "collection.*.b.c.d.e"]}]}),
    );
    let twice = shape(&json!({"flatmap_filter": [
        {"type": "append", "args": ["collection.*.a", "collection.*.b"]},
        {"type": "append", "args": ["collection.*.b", "collection.*.a"]},
    ]}));
    let list = |item: &str, count: usize| format!("[{}0]", format!("{item},").repeat(count));
    let members = |count: usize| {
        let members: Vec<String> = (0..count).map(|i| format!("\"k{i}\":{i}")).collect();
        format!("{{{}}}", members.join(","))
    };
    let all = Shape::default();
    let inner = shape(&json!({"allow": ["a.k1"]}));
    let cases = [
        (list("{}", 100_000), Form::Collection, &del, true),
        (list("{}", 1_000_000), Form::Collection, &del, false),
        (list("{}", 1_000_000), Form::Collection, &all, true),
        (list("{\"a\":1}", 20_000), Form::Collection, &deep, true),
        (list("{\"a\":1}", 100_000), Form::Collection, &deep, false),
        (list("{\"a\":[],\"b\":[]}", 100_000), Form::Collection, &twice, false),
        (members(60_000), Form::Json, &all, true),
        (members(300_000), Form::Json, &all, false),
        (format!("{{\"a\":{}}}", members(300_000)), Form::Json, &all, true),
        (format!("{{\"a\":{}}}", members(300_000)), Form::Json, &inner, true),
        (format!("{{\"\\u0061\":{},\"\\ud800\":1}}", list("1", 9)), Form::Json, &all, true),
    ];
    for (body, form, shape, fits) in &cases {
        let want = (!fits).then_some(DecodeError::Excess(Excess::Tree));
        let shown = &body[..20];
        assert_eq!(decode(Body::from(body.as_bytes()), *form, shape).err(), want, "{shown} {shape:?}");
        // Repaired, it's no other body.
        let zero = if body.contains(":0") { ":0" } else { "0]" };
        let broken = body.replacen(zero, &zero.replace('0', "\"\\ud800\""), 1);
        assert_eq!(decode(Body::from(broken.as_bytes()), *form, shape).err(), want, "{shown} {shape:?}");
        if *fits {
            let little = with_room(100, || decode(Body::from(body.as_bytes()), *form, shape).err());
            assert!(matches!(little, None | Some(DecodeError::Excess(Excess::Room))), "{little:?}");
        }
    }
}

#[test]
fn what_is_written_is_as_long_as_was_said() {
    for body in [r#"{"a":[1,"x",{}],"b\u0000<":null,"c":"\u2028"}"#, "{}", r#"{"":{"a":[]}}"#] {
        let data = decode(Body::from(body.as_bytes()), Form::Json, &Shape::default()).expect("it is JSON");
        let spans = data.expect("it is an object");
        let len = text(&Some(spans.clone())).len();
        assert!((len..len + 4).contains(&spans.written_len()), "{body}");
        let built = Object::from_map(spans.to_map().expect("it is flat"));
        assert!(built.written_len() >= text(&Some(built.clone())).len(), "{body}");
    }
    for float in [
        0.1,
        -1.234_567_890_123_456_7e-6,
        -123_456_789_012_345_680_000.0,
        f64::MAX,
        f64::MIN_POSITIVE,
        f64::NAN,
    ] {
        let object = Object::from_map(Map::from([(String::new(), Value::Float(float))]));
        assert!(object.written_len() >= text(&Some(object.clone())).len(), "{float}");
    }
}
