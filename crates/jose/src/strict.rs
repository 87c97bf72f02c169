//! JSON objects as go-jose reads them: no key twice anywhere, numbers are floats.

use fjord_json::{Map, Value};

/// The object that `text` is; none if it is anything else, names a member twice, or has a number out of range.
///
/// Two readers that see different members of one token are how attackers get past one of them.
pub fn object(text: &[u8]) -> Option<Map> {
    let mut value = Value::parse(text).ok()?;
    let members = count(&mut value)?;
    match value {
        Value::Object(map) if members == colons(text) => Some(map),
        _ => None,
    }
}

/// The members of all objects inside; numbers become floats on the way. Values are never deeper than a stack bears.
fn count(value: &mut Value) -> Option<usize> {
    match value {
        Value::Number(text) => {
            let number: f64 = text.parse().ok().filter(|number: &f64| number.is_finite())?;
            *value = Value::Float(number);
            Some(0)
        }
        Value::Array(items) => items.iter_mut().try_fold(0, |sum, item| Some(sum + count(item)?)),
        Value::Object(map) => map.values_mut().try_fold(0, |sum, item| Some(sum + 1 + count(item)?)),
        _ => Some(0),
    }
}

/// The colons outside of strings in valid JSON: one for each member, also for those of equal names.
fn colons(text: &[u8]) -> usize {
    let (mut colons, mut quoted, mut escaped) = (0, false, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b':' if !quoted => colons += 1,
            _ => {}
        }
    }
    colons
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_objects_have_floats() {
        let map = object(br#" {"a:\":":[{"b":1.50},{"b":2}],"c":{},"d\\":":"} "#).unwrap();
        assert_eq!(map["a:\":"].as_array().unwrap()[0].get("b"), Some(&Value::Float(1.5)));
        assert_eq!(object(b"{}"), Some(Map::new()));
    }

    #[test]
    fn what_two_readers_could_read_differently_is_nothing() {
        let deep = "{\"a\":".repeat(100_000);
        for text in [
            "",
            "[]",
            "null",
            "\"x\"",
            "{} {}",
            "{\"a\":1,\"a\":1}",
            "{\"a\":1,\"\\u0061\":2}",
            "{\"x\":[{\"a\":1,\"a\":1}]}",
            "{\"a\":1e400}",
            "{\"a\":1",
            "{a:1}",
            &deep,
        ] {
            assert_eq!(object(text.as_bytes()), None, "{text:.40}");
        }
    }
}
