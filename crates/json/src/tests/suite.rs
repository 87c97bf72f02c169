//! The public parsing suite: what must be accepted and what must be refused.

use serde_json::Value as Json;

use super::through;
use crate::{Form, Shape, Value};

const SUITE: &str = include_str!("../../tests/data/json-parsing.json");

fn base64(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bits = 0u32;
    let mut held = 0;
    let mut out = Vec::new();
    for byte in text.bytes().filter(|byte| *byte != b'=') {
        let value = ALPHABET.iter().position(|other| *other == byte).expect("it is base64");
        bits = bits << 6 | value as u32;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
        }
    }
    out
}

#[test]
fn all_files() {
    let suite: Json = serde_json::from_str(SUITE).expect("the suite is JSON");
    let cases = suite["cases"].as_array().expect("it has cases");
    assert_eq!(cases.len(), 318);
    for case in cases {
        let name = &case["name"];
        let bytes = match case["base64"].as_str() {
            Some(text) => base64(text),
            None => {
                let times = case["repeat"][1].as_u64().expect("a number of times") as usize;
                case["repeat"][0].as_str().expect("a text").repeat(times).into_bytes()
            }
        };
        // Whole: as a value. Behind a key: through the scanner, which must come to the member behind.
        let value = Value::parse(&bytes);
        let wrapped = [b"{\"a\":", bytes.as_slice(), b",\"z\":0}"].concat();
        let scanned = through(&wrapped, Form::Json, &Shape::default()).map_err(|_| ());
        let scanned = scanned.and_then(|text| if text.ends_with(",\"z\":0}") { Ok(text) } else { Err(()) });
        let member = scanned.as_ref().ok().map(|text| Value::parse(text.as_bytes()));
        match case["expect"].as_str() {
            Some("y") => {
                assert!(value.is_ok(), "{name}: {value:?}");
                let Some(Ok(Value::Object(map))) = member else { panic!("{name}: {scanned:?}") };
                assert_eq!(map.get("a"), value.as_ref().ok(), "{name}");
            }
            Some("n") => {
                assert!(value.is_err(), "{name}");
                assert!(scanned.is_err(), "{name}");
            }
            _ => assert_eq!(value.is_ok(), scanned.is_ok(), "{name}: both readers agree"),
        }
    }
}
