//! Any expression: where this implementation and the crate `cel` both find a value, it is the same.
//!
//! A second line, if it is a JSON object, holds the variables; numbers are doubles in both.

use std::collections::BTreeMap;

use cel::objects::Key as TheirKey;
use cel::{Context, Env, Value as Theirs};
use fjord_cel::{CelValue, Key, Numbers, Program, Variables};
use fjord_json::{Map, Value};

use crate::{Target, seeds};

pub const TARGET: Target = Target {
    name: "cel",
    run,
    seeds: || {
        let suite = seeds::json("crates/cel/tests/data/cel.json");
        let mut inputs = seeds::texts(suite["cases"].as_array().expect("the suite has cases"), "expr");
        inputs.extend(seeds::texts(&seeds::lines("crates/cel/tests/data/cel-go.jsonl"), "expr"));
        inputs.extend(seeds::of(&[
            "req_headers['X-A'].exists(h, h.startsWith('a')) && !('b' in req_params)\n{\"req_headers\":{\"X-A\":[\"ab\"]},\"req_params\":{}}",
            "JWT.aud.all(a, a != JWT.iss) ? size(JWT.sub) > 2 : has(JWT.x.y)\n{\"JWT\":{\"aud\":[\"a\"],\"iss\":\"b\",\"sub\":\"ccc\",\"x\":{}}}",
            "d.l.map(x, x * 2.0).filter(x, x > 3.0)[1] == 6.0\n{\"d\":{\"l\":[1,2,3]}}",
            "string(1) + 'a'.matches('a+') + int('7') % -3 - uint(2)",
        ]));
        inputs
    },
    words: &[
        "&&",
        "||",
        "!",
        "? 1 : 2",
        " in ",
        "[0]",
        ".a",
        "has(a.b)",
        ".all(x, x)",
        ".map(x, x)",
        "size(",
        "string(",
        "int(",
        "1u",
        "-9223372036854775808",
        "1e309",
        "b'\\xff'",
        "'\\u00e9'",
        "r'\\d'",
        ".matches('",
        "timestamp('2024-01-01T00:00:00Z')",
        "duration('1h')",
        "{'a': 1}",
        "[1, 2]",
        "null",
        "==",
        "%",
        "dyn(",
    ],
};

struct Bound(Map);

impl Variables for Bound {
    fn get<'v>(&'v self, name: &str) -> Option<CelValue<'v>> {
        self.0.get(name).map(|value| CelValue::from_json(value, Numbers::Doubles))
    }
}

/// What both have; times and types are written otherwise.
#[derive(Debug, Clone, PartialEq)]
enum Plain {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(u64),
    String(String),
    Bytes(Vec<u8>),
    List(Vec<Plain>),
    Map(BTreeMap<String, Plain>),
}

fn run(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let (source, bound) = match text.split_once("\n{") {
        Some((source, rest)) => (source, format!("{{{rest}")),
        None => (&*text, "{}".to_owned()),
    };
    let Ok(Value::Object(bound)) = Value::parse(bound.as_bytes()) else { return };
    let Ok(program) = Program::compile(source) else { return };
    let _ = (program.check(&|_| None), program.variables(), program.lookups());
    let bound = Bound(bound);
    let ours = program.eval(&bound);
    assert_eq!(format!("{ours:?}"), format!("{:?}", program.eval(&bound)));
    // Theirs has no limit on work or depth, prints numbers as Rust does, and walks maps in any order.
    if source.contains("string(")
        || source.contains(".map(")
        || source.contains(".filter(")
        || source.len() > 120
        || source.matches(['(', '[', '{', '?', '-', '!']).count() > 16
    {
        return;
    }
    let Some(ours) = ours.ok().as_ref().and_then(plain) else { return };
    let Some(theirs) = evaluated(source, &bound.0) else { return };
    assert_eq!(ours, theirs, "{source}");
}

fn evaluated(source: &str, bound: &Map) -> Option<Plain> {
    let program = Env::stdlib().compile(source).ok()?;
    let mut context = Context::default();
    for (name, value) in bound {
        context.add_variable_from_value(name.as_str(), theirs(value));
    }
    plain_of_theirs(&program.execute(&context).ok()?)
}

fn theirs(value: &Value) -> Theirs {
    match value {
        Value::Null => Theirs::Null,
        Value::Bool(value) => Theirs::Bool(*value),
        Value::Number(text) => Theirs::Float(text.parse().unwrap_or(f64::NAN)),
        Value::Float(value) => Theirs::Float(*value),
        Value::String(text) => Theirs::String(text.clone().into()),
        Value::Array(items) => Theirs::List(items.iter().map(theirs).collect::<Vec<_>>().into()),
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| (key.clone(), theirs(value)))
            .collect::<std::collections::HashMap<_, _>>()
            .into(),
    }
}

fn plain(value: &CelValue<'_>) -> Option<Plain> {
    Some(match value {
        CelValue::Null => Plain::Null,
        CelValue::Bool(value) => Plain::Bool(*value),
        CelValue::Int(value) => Plain::Int(*value),
        CelValue::Uint(value) => Plain::Uint(*value),
        CelValue::Double(value) => double(*value),
        CelValue::String(text) => Plain::String(text.to_string()),
        CelValue::Bytes(bytes) => Plain::Bytes(bytes.to_vec()),
        CelValue::List(list) => Plain::List(list.iter().map(|item| plain(&item)).collect::<Option<_>>()?),
        CelValue::Map(map) => {
            let entries = map.keys().into_iter().map(|key| {
                let name = match &key {
                    Key::Bool(key) => format!("{key}"),
                    Key::Int(key) => format!("{key}"),
                    Key::Uint(key) => format!("{key}"),
                    Key::String(key) => format!("{:?}", &**key),
                };
                Some((name, plain(&map.get(&key)?)?))
            });
            Plain::Map(entries.collect::<Option<_>>()?)
        }
        CelValue::Timestamp(_) | CelValue::Duration(_) | CelValue::Type(_) => return None,
    })
}

fn plain_of_theirs(value: &Theirs) -> Option<Plain> {
    Some(match value {
        Theirs::Null => Plain::Null,
        Theirs::Bool(value) => Plain::Bool(*value),
        Theirs::Int(value) => Plain::Int(*value),
        Theirs::UInt(value) => Plain::Uint(*value),
        Theirs::Float(value) => double(*value),
        Theirs::String(text) => Plain::String(text.to_string()),
        Theirs::Bytes(bytes) => Plain::Bytes(bytes.to_vec()),
        Theirs::List(list) => Plain::List(list.iter().map(plain_of_theirs).collect::<Option<_>>()?),
        Theirs::Map(map) => {
            let entries = map.map.iter().map(|(key, value)| {
                let name = match key {
                    TheirKey::Bool(key) => format!("{key}"),
                    TheirKey::Int(key) => format!("{key}"),
                    TheirKey::Uint(key) => format!("{key}"),
                    TheirKey::String(key) => format!("{key:?}"),
                };
                Some((name, plain_of_theirs(value)?))
            });
            Plain::Map(entries.collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

/// NaN is itself, zero has no sign.
fn double(value: f64) -> Plain {
    Plain::Double(if value.is_nan() { f64::NAN.to_bits() } else { (value + 0.0).to_bits() })
}
