//! Tests of the language: the public suite, answers recorded from cel-go, and hostile input.

mod extension;
mod go;
mod limits;
mod suite;
mod zones;

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::value::{CelValue, Key, List, Map, Shared};
use super::{EvalError, Program, Variables};

/// Variables by name.
struct Bindings(BTreeMap<String, CelValue<'static>>);

impl Variables for Bindings {
    fn get<'v>(&'v self, name: &str) -> Option<CelValue<'v>> {
        self.0.get(name).cloned()
    }
}

fn no_variables() -> Bindings {
    Bindings(BTreeMap::new())
}

/// The value that a test file writes as `{"int": "1"}`.
fn value(json: &Json) -> CelValue<'static> {
    let (kind, value) = json.as_object().unwrap().iter().next().unwrap();
    let text = value.as_str().unwrap_or_default();
    match kind.as_str() {
        "null" => CelValue::Null,
        "bool" => CelValue::Bool(value.as_bool().unwrap()),
        "int" => CelValue::Int(text.parse().unwrap()),
        "uint" => CelValue::Uint(text.parse().unwrap()),
        "double" => CelValue::Double(text.parse().unwrap()),
        "string" => CelValue::owned_text(text.to_owned()),
        "bytes" => CelValue::Bytes(Shared::Counted(base64(text).into())),
        "type" => CelValue::Type(type_name(text)),
        "list" => CelValue::list(value.as_array().unwrap().iter().map(self::value).collect()),
        "map" => {
            let entries = value.as_array().unwrap().iter().map(|entry| {
                let key = Key::new(self::value(&entry[0])).unwrap();
                (key, self::value(&entry[1]))
            });
            CelValue::Map(Map::Entries(entries.collect::<BTreeMap<_, _>>().into()))
        }
        "timestamp" => CelValue::Timestamp(super::Timestamp::parse(text).unwrap()),
        "duration" => CelValue::Duration(super::Duration(text.parse().unwrap())),
        other => panic!("unknown kind {other}"),
    }
}

fn type_name(text: &str) -> &'static str {
    ["google.protobuf.Timestamp", "google.protobuf.Duration"]
        .into_iter()
        .find(|name| *name == text)
        .or_else(|| super::eval::type_named(text))
        .unwrap()
}

/// The same type and the same value, NaN being itself.
fn same(a: &CelValue<'_>, b: &CelValue<'_>) -> bool {
    match (a, b) {
        (CelValue::Null, CelValue::Null) => true,
        (CelValue::Bool(a), CelValue::Bool(b)) => a == b,
        (CelValue::Int(a), CelValue::Int(b)) => a == b,
        (CelValue::Uint(a), CelValue::Uint(b)) => a == b,
        (CelValue::Double(a), CelValue::Double(b)) => a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan(),
        (CelValue::String(a), CelValue::String(b)) => **a == **b,
        (CelValue::Bytes(a), CelValue::Bytes(b)) => **a == **b,
        (CelValue::Timestamp(a), CelValue::Timestamp(b)) => a == b,
        (CelValue::Duration(a), CelValue::Duration(b)) => a == b,
        (CelValue::Type(a), CelValue::Type(b)) => a == b,
        (CelValue::List(a), CelValue::List(b)) => same_lists(a, b),
        (CelValue::Map(a), CelValue::Map(b)) => {
            a.len() == b.len()
                && a.keys().iter().zip(b.keys()).all(|(x, y)| {
                    same(&x.to_value(), &y.to_value()) && same(&a.get(x).unwrap(), &b.get(&y).unwrap())
                })
        }
        _ => false,
    }
}

fn same_lists(a: &List<'_>, b: &List<'_>) -> bool {
    a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| same(&a, &b))
}

fn base64(text: &str) -> Vec<u8> {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for digit in text.bytes().filter(|digit| *digit != b'=') {
        bits = bits << 6 | u32::try_from(DIGITS.find(char::from(digit)).unwrap()).unwrap();
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push(u8::try_from(bits >> count & 0xff).unwrap());
        }
    }
    out
}
