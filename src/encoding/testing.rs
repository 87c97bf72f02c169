//! Reads the recorded cases of the tests.

use crate::json::{Map, Value};

/// The JSON documents of a file, one on each line.
pub(super) fn lines(file: &str) -> impl Iterator<Item = serde_json::Value> {
    file.split('\n').filter(|line| !line.is_empty()).map(|line| serde_json::from_str(line).unwrap())
}

/// A case's data; `{"$f": 1.5}` is a floating-point number, any other number one of a body.
pub(super) fn value(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(value) => Value::Bool(*value),
        serde_json::Value::Number(number) => Value::Number(number.to_string().into()),
        serde_json::Value::String(text) => Value::String(text.clone()),
        serde_json::Value::Array(items) => Value::Array(items.iter().map(value).collect()),
        serde_json::Value::Object(members) => match members.get("$f") {
            Some(number) => Value::Float(number.as_f64().unwrap()),
            None => Value::Object(members.iter().map(|(key, v)| (key.clone(), value(v))).collect::<Map>()),
        },
    }
}

/// Decodes base64, well-formed.
pub(super) fn base64(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text
        .bytes()
        .filter(|&b| b != b'=')
        .map(|b| {
            let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
            alphabet.iter().position(|&a| a == b).unwrap() as u32
        })
        .collect();
    let mut bytes = Vec::new();
    for group in digits.chunks(4) {
        let bits = group.iter().fold(0, |bits, digit| bits << 6 | digit) << (6 * (4 - group.len()));
        bytes.extend_from_slice(&bits.to_be_bytes()[1..group.len()]);
    }
    bytes
}
