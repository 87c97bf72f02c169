//! Generated and damaged texts against `serde_json` and a model on values.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use serde_json::{Value as Json, json};

use super::model::{Options, shaped};
use super::{fitting, shape, text, through};
use crate::explain::explain;
use crate::{Body, Data, DecodeError, Form, Object, Piece, Shape, Value, decode, write_data};

fn blank() -> impl Strategy<Value = String> {
    prop_oneof![8 => Just(String::new()), 1 => "[ \n\r\t]{1,20}"]
}

fn string() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => "[ -!#-\\[\\]-~]{0,20}",
        2 => "[é日😀\u{2028}\u{7f}]{0,9}",
        1 => r#"\\["\\/bfnrt]"#,
        1 => r"\\u00[0-9a-fA-F]{2}",
        1 => Just(r"\ud83D\uDe00".to_owned()),
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

fn key() -> impl Strategy<Value = String> {
    let few = prop::sample::select(vec![r#""a""#, r#""b""#, r#""c""#, r#""""#, r#""\u0061""#, r#""b\/""#]);
    prop_oneof![6 => few.prop_map(str::to_owned), 1 => string()]
}

fn scalar() -> impl Strategy<Value = String> {
    prop_oneof![
        string(),
        r"-?(0|[1-9][0-9]{0,24})(\.[0-9]{1,24})?([eE][+-]?[0-9]{1,2})?",
        prop::sample::select(vec!["null", "true", "false"]).prop_map(str::to_owned),
    ]
}

/// JSON of any kind, with blanks, escapes and repeated keys.
fn any_json() -> impl Strategy<Value = String> {
    scalar().prop_recursive(6, 60, 8, |inner| {
        prop_oneof![
            object_of(inner.clone()),
            (blank(), prop::collection::vec((blank(), inner, blank()), 0..8)).prop_map(|(inside, items)| {
                let items: Vec<String> = items.into_iter().map(|(a, item, b)| a + &item + &b).collect();
                if items.is_empty() { format!("[{inside}]") } else { format!("[{}]", items.join(",")) }
            }),
        ]
    })
}

fn object_of(inner: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let member = (blank(), key(), blank(), blank(), inner, blank());
    (blank(), prop::collection::vec(member, 0..8)).prop_map(|(inside, members)| {
        let member = |(a, key, b, c, value, d)| format!("{a}{key}{b}:{c}{value}{d}");
        let members: Vec<String> = members.into_iter().map(member).collect();
        if members.is_empty() { format!("{{{inside}}}") } else { format!("{{{}}}", members.join(",")) }
    })
}

fn object() -> impl Strategy<Value = String> {
    object_of(any_json())
}

/// A text with a few bytes changed, dropped, doubled or cut.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let byte =
        prop_oneof![3 => prop::sample::select(b"\"\\{}[]:,0-.eEtu \n\0\x1f".to_vec()), 1 => any::<u8>()];
    let damage = (any::<prop::sample::Index>(), 0..4, byte);
    (object(), prop::collection::vec(damage, 0..4)).prop_map(|(text, damages)| {
        let mut text = text.into_bytes();
        for (at, kind, byte) in damages {
            let at = at.index(text.len() + 1);
            match kind {
                0 => text.insert(at, byte),
                1 => text.truncate(at.max(1)),
                2 if at < text.len() => drop(text.remove(at)),
                _ if at < text.len() => text[at] = byte,
                _ => {}
            }
        }
        text
    })
}

fn path() -> impl Strategy<Value = String> {
    prop::collection::vec("[abc]?", 1..4).prop_map(|keys| keys.join("."))
}

fn options() -> impl Strategy<Value = Options> {
    let paths = || prop::collection::vec(path(), 0..4);
    let name = || prop_oneof![2 => Just(String::new()), 1 => "[abc]"];
    let target = prop_oneof![2 => Just(String::new()), 1 => path()];
    (target, paths(), paths(), prop::collection::vec(("[abcx]", "[abcx](\\.x)?"), 0..3), name())
        .prop_map(|(target, allow, deny, mapping, group)| Options { target, allow, deny, mapping, group })
}

fn flatmap_entries() -> impl Strategy<Value = Json> {
    let steps = || prop::collection::vec(prop::sample::select(vec!["a", "b", "c", "*", "0", "1"]), 1..5);
    let op = (prop::sample::select(vec!["move", "append", "del"]), steps(), steps());
    prop::collection::vec(op, 1..4).prop_map(|ops| {
        let entry = |(kind, from, to): (&str, Vec<&str>, Vec<&str>)| {
            json!({"type": kind, "args": [from.join("."), to.join(".")]})
        };
        ops.into_iter().map(entry).collect()
    })
}

fn options_json(options: &Options) -> Json {
    let mapping: Vec<Json> = options.mapping.iter().map(|(from, to)| json!([from, to])).collect();
    json!({"target": options.target, "allow": options.allow, "deny": options.deny, "group": options.group,
        "mapping": mapping})
}

fn spans(body: &[u8]) -> Data {
    decode(Body::from(body), Form::Json, &Shape::default()).expect("it is JSON")
}

fn built(data: &Data) -> Data {
    data.as_ref().map(|object| Object::from_map(object.to_map().expect("it is not deep")))
}

fn serde(text: &str) -> Json {
    serde_json::from_str(text).expect("it is JSON")
}

/// Lone surrogates and invalid UTF-8 are repaired here, refused there.
fn is_sound(text: &[u8]) -> bool {
    let surrogate = |at: &[u8]| at.starts_with(b"\\ud") || at.starts_with(b"\\uD");
    std::str::from_utf8(text).is_ok() && !text.windows(3).any(surrogate)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn members_are_those_of_serde(body in object()) {
        let want: BTreeMap<String, Box<RawValue>> = serde_json::from_str(&body).expect("it is JSON");
        let got = spans(body.as_bytes()).expect("it is an object");
        prop_assert_eq!(got.len(), want.len());
        for (key, piece) in got.iter() {
            let Piece::Span(span) = piece else { panic!("members are spans") };
            prop_assert_eq!(span.bytes(), want[&*key].get().as_bytes());
            let mut again = Vec::new();
            piece.to_value().expect("it is not deep").write(&mut again);
            prop_assert_eq!(serde_json::from_slice::<Json>(&again).expect("it is JSON"), serde(want[&*key].get()));
        }
        prop_assert_eq!(serde(&text(&Some(got))), serde(&body));
    }

    #[test]
    fn values_are_those_of_serde(body in any_json()) {
        let value = Value::parse(body.as_bytes()).expect("it is JSON");
        prop_assert_eq!(serde(&String::from_utf8_lossy(&value.to_json())), serde(&body));
        prop_assert_eq!(Value::parse(&value.to_json()), Ok(value.clone()));
        let ascii = value.to_ascii_json();
        prop_assert!(ascii.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{}", ascii);
        prop_assert_eq!(Value::parse(ascii.as_bytes()), Ok(value));
    }

    #[test]
    fn damage_is_found(body in damaged()) {
        let got = through(&body, Form::Json, &Shape::default());
        let reason = explain(&body, 10_000, false);
        match decode(Body::from(&body[..]), Form::Json, &Shape::default()) {
            Ok(_) | Err(DecodeError::Type { .. }) => prop_assert_eq!(reason, None),
            Err(error) => prop_assert_eq!(reason, Some(error)),
        }
        // As texts: serde_json refuses numbers that no float can hold once it has to build them.
        let first = serde_json::Deserializer::from_slice(&body).into_iter::<Box<RawValue>>().next();
        let value = |text: &str| serde_json::from_str::<Json>(text).ok();
        match (&got, first) {
            (Ok(text), first) => {
                prop_assert!(serde_json::from_str::<IgnoredAny>(text).is_ok());
                match first.and_then(Result::ok).map(|want| value(want.get())) {
                    Some(Some(want)) => prop_assert_eq!(value(text), Some(want)),
                    Some(None) => {}
                    None => prop_assert!(!is_sound(&body), "only here accepted"),
                }
            }
            (Err(_), Some(Ok(want))) => prop_assert!(!want.get().starts_with('{'), "only there accepted"),
            (Err(_), _) => {}
        }
        prop_assert_eq!(Value::parse(&body).is_ok(), explain(&body, 512, true).is_none());
    }

    #[test]
    fn any_bytes_do_no_harm(body: Vec<u8>, options in options()) {
        let shape = shape(&options_json(&options));
        for form in [Form::Json, Form::Collection, Form::Safe] {
            let _ = through(&body, form, &shape);
        }
    }

    #[test]
    fn shapes_do_what_the_model_does(body in object(), options in options()) {
        let shape = shape(&options_json(&options));
        let want = shaped(serde(&body), &options);
        prop_assert_eq!(serde(&through(body.as_bytes(), Form::Json, &shape).expect("it is JSON")), want.clone());
        let data = spans(body.as_bytes());
        prop_assert_eq!(serde(&fitting(shape.apply(built(&data)))), want.clone());
        prop_assert_eq!(serde(&fitting(shape.apply(data))), want);
    }

    #[test]
    fn flatmap_is_the_same_on_spans_and_values(body in object(), entries in flatmap_entries()) {
        let flatmap = shape(&json!({ "flatmap_filter": entries }));
        // Sorted, as maps are: the matches of a wildcard come in the order of the members.
        let data = spans(serde(&body).to_string().as_bytes());
        let on_values = fitting(flatmap.apply(built(&data)));
        prop_assert_eq!(serde(&fitting(flatmap.apply(data))), serde(&on_values));
    }

    #[test]
    fn merging_is_that_of_maps(bodies in prop::collection::vec(object(), 1..5)) {
        let mut want = serde_json::Map::new();
        let mut got = Object::new();
        for body in &bodies {
            let Json::Object(members) = serde(body) else { panic!("it is an object") };
            want.extend(members);
            got.merge(spans(body.as_bytes()).expect("it is an object")).expect("there is room");
        }
        let mut out = Vec::new();
        write_data(&Some(got), &mut out);
        prop_assert_eq!(serde_json::from_slice::<Json>(&out).expect("it is JSON"), Json::Object(want));
    }
}
