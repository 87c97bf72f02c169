//! Any bytes: accepted and refused as `serde_json` does, with the same members at the same places.

use std::collections::BTreeMap;

use fjord_json::{Body, DecodeError, Form, Piece, Shape, Value, decode, write_data};
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::{Target, seeds};

pub const TARGET: Target = Target {
    name: "json",
    run,
    seeds: || {
        let mut inputs = seeds::texts(&seeds::lines("crates/encoding/tests/data/feed_decode.jsonl"), "feed");
        inputs.extend(seeds::of(&[
            r#"{"a":1,"b":[true,false,null],"c":{"d":"e\u00e9\n"},"a":-1.5e+7}"#,
            r#"{"\ud83d\ude00":"\ud800","x":[[[[{}]]]],"y":0}"#,
            r#" null {"a":1}"#,
            "[1,2]",
        ]));
        inputs
    },
    words: &["null", "true", "\\u", "\\ud83d\\ude00", "1e308", "{\"a\":", "[[", "\"\":", "-0"],
};

/// `serde_json` stops at 128 levels, Go at 10,000.
fn is_flat(text: &[u8]) -> bool {
    text.iter().filter(|byte| matches!(byte, b'{' | b'[')).count() < 120
}

/// Lone surrogates and invalid UTF-8 are repaired here, refused there.
fn is_sound(text: &[u8]) -> bool {
    let surrogate = |at: &[u8]| at.starts_with(b"\\ud") || at.starts_with(b"\\uD");
    std::str::from_utf8(text).is_ok() && !text.windows(3).any(surrogate)
}

fn run(text: &[u8]) {
    let got = decode(Body::from(text), Form::Json, &Shape::default());
    let _ = Value::parse(text);
    let mut out = Vec::new();
    if let Ok(data) = &got {
        write_data(data, &mut out);
        assert!(
            !is_flat(text) || serde_json::from_slice::<IgnoredAny>(&out).is_ok(),
            "what is written is JSON"
        );
        assert!(std::str::from_utf8(&out).is_ok());
    }
    if !is_flat(text) || !is_sound(text) {
        return;
    }
    let first = serde_json::Deserializer::from_slice(text).into_iter::<Box<RawValue>>().next();
    match (got, first.and_then(Result::ok)) {
        (Ok(Some(object)), Some(raw)) => {
            let want: BTreeMap<String, Box<RawValue>> =
                serde_json::from_str(raw.get()).expect("it was accepted");
            assert_eq!(object.len(), want.len());
            for (key, piece) in object.iter() {
                let Piece::Span(span) = piece else { panic!("members are spans") };
                assert_eq!(span.bytes(), want[&*key].get().as_bytes());
            }
        }
        // Go takes the `null` of `nullx`, `serde_json` wants it to end there.
        (Ok(None), _) => assert_eq!(out, b"null"),
        (Ok(Some(_)), None) => panic!("only here accepted"),
        (Err(DecodeError::Type { .. }), raw) => assert!(raw.is_none_or(|raw| !raw.get().starts_with('{'))),
        (Err(_), Some(raw)) => panic!("only there accepted: {}", raw.get()),
        (Err(_), None) => {}
    }
}
