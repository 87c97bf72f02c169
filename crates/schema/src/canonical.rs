//! Values as texts that are the same if and only if the values are equal: `1.0` is `1`, members have no order.

use std::collections::BTreeMap;

use fjord_document::node::{Kind, Node};
use fjord_json::Value;

use super::number::Decimal;

/// The canonical text of a value of a body.
pub(super) fn of_value(value: &Value) -> String {
    let mut out = String::new();
    write_value(value, &mut out);
    out
}

/// The canonical text of a string.
pub(super) fn of_text(text: &str) -> String {
    let mut out = String::new();
    write_text(text, &mut out);
    out
}

/// The canonical text of a value of the schema.
pub(super) fn of_node(node: &Node) -> String {
    of_value(&to_value(node))
}

/// A value of the schema as a message shows it: Go's JSON.
pub(super) fn print(node: &Node) -> String {
    String::from_utf8_lossy(&to_value(node).to_json()).into_owned()
}

/// Numbers as floating-point ones, as the configuration holds them, where that loses nothing.
fn to_value(node: &Node) -> Value {
    match &node.kind {
        Kind::Null => Value::Null,
        Kind::Bool(value) => Value::Bool(*value),
        Kind::Number(text) => match text.parse::<f64>() {
            Ok(float) if Decimal::from_f64(float) == Decimal::parse(text) => Value::Float(float),
            _ => Value::Number(text.clone()),
        },
        Kind::String(text) => Value::String(text.to_string()),
        Kind::Array(items) => Value::Array(items.iter().map(to_value).collect()),
        Kind::Object(members) => {
            let members = members.iter().map(|member| (member.key.to_string(), to_value(&member.value)));
            Value::Object(members.collect::<BTreeMap<_, _>>())
        }
    }
}

// The parser of bodies bounds the depth of values, the one of configurations that of nodes.
fn write_value(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push('n'),
        Value::Bool(true) => out.push('t'),
        Value::Bool(false) => out.push('f'),
        Value::Number(text) => write_number(Decimal::parse(text), text, out),
        Value::Float(float) => write_number(Decimal::from_f64(*float), "NaN", out),
        Value::String(text) => write_text(text, out),
        Value::Array(items) => {
            out.push('[');
            items.iter().for_each(|item| write_value(item, out));
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (key, value) in members {
                write_text(key, out);
                write_value(value, out);
            }
            out.push('}');
        }
    }
}

fn write_number(number: Option<Decimal>, text: &str, out: &mut String) {
    match number {
        Some(number) => number.write_canonical(out),
        None => out.push_str(text),
    }
}

/// The length first: no text can imitate what follows.
fn write_text(text: &str, out: &mut String) {
    out.push('"');
    out.push_str(&text.len().to_string());
    out.push(':');
    out.push_str(text);
}
