//! Reads the recorded cases of the tests.

use fjord_json::{Map, Value};

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
    super::base64::decode(text).unwrap()
}
