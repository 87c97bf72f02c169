//! Reads YAML bodies: YAML 1.2 with the scalars of yaml.v3; numbers keep their text where JSON has the same.
//!
//! `saphyr-parser` (events only) adds 130 KB to the edge module.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use fjord_json::{Map, Value, cost};
use fjord_memory::{Budget, afford};

use super::plain::{is_infinity, is_number};
use crate::{DecodeError, MAX_DEPTH};

/// A collection that is open.
struct Frame {
    kind: Open,
    anchor: usize,
}

enum Open {
    Array(Vec<Value>),
    Object { members: Map, key: Option<String>, merged: Vec<Value> },
}

/// Builds a value from events.
struct Builder {
    frames: Vec<Frame>,
    anchors: BTreeMap<usize, Value>,
    budget: Budget,
    root: Option<Value>,
}

/// Decodes the first document of `body`: an object, or with `is_collection` an array as the member `collection`.
///
/// # Errors
/// If the body isn't YAML, isn't of the form, or takes more memory than there is.
pub fn decode(body: &[u8], is_collection: bool) -> Result<Map, DecodeError> {
    // A text grows to twice its size.
    afford(2 * body.len())?;
    let text = std::str::from_utf8(body).map_err(|_| fault("invalid UTF-8"))?;
    match (parse(text)?, is_collection) {
        (Some(Value::Object(members)), false) => Ok(members),
        (Some(items @ Value::Array(_)), true) => Ok(Map::from([("collection".to_owned(), items)])),
        (None, _) => Err(DecodeError::Eof),
        (Some(other), _) => {
            let kind = match other {
                Value::Object(_) => "!!map",
                Value::Array(_) => "!!seq",
                _ => "a scalar",
            };
            let wanted = if is_collection { "[]interface {}" } else { "map[string]interface {}" };
            Err(fault(&format!("cannot unmarshal {kind} into {wanted}")))
        }
    }
}

fn parse(text: &str) -> Result<Option<Value>, DecodeError> {
    let mut builder =
        Builder { frames: Vec::new(), anchors: BTreeMap::new(), budget: Budget::new(), root: None };
    let mut events = Parser::new_from_str(text);
    while let Some(event) = events.next_event() {
        let (event, _) =
            event.map_err(|error| fault(&format!("line {}: {}", error.marker().line(), error.info())))?;
        builder.event(event)?;
        builder.budget.checked()?;
        if builder.root.is_some() {
            break;
        }
    }
    Ok(builder.root)
}

// === impl Builder ===

impl Builder {
    fn event(&mut self, event: Event<'_>) -> Result<(), DecodeError> {
        match event {
            Event::Scalar(text, style, anchor, tag) => self.scalar(&text, style, anchor, tag.as_deref()),
            Event::Alias(anchor) => {
                let value = self.anchors.get(&anchor).ok_or_else(|| fault("unknown anchor"))?;
                let value = copied(value, &mut self.budget)?;
                self.value(value, 0)
            }
            Event::SequenceStart(anchor, _) => self.open(Open::Array(Vec::new()), anchor),
            Event::MappingStart(anchor, _) => {
                self.open(Open::Object { members: Map::new(), key: None, merged: Vec::new() }, anchor)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            _ => Ok(()),
        }
    }

    fn open(&mut self, kind: Open, anchor: usize) -> Result<(), DecodeError> {
        if self.frames.len() >= MAX_DEPTH {
            return Err(fault(&format!("nested deeper than {MAX_DEPTH} collections")));
        }
        self.budget.take(if matches!(kind, Open::Object { .. }) { cost::OBJECT } else { cost::VALUE });
        self.frames.push(Frame { kind, anchor });
        Ok(())
    }

    fn close(&mut self) -> Result<(), DecodeError> {
        let Some(Frame { kind, anchor }) = self.frames.pop() else { return Ok(()) };
        let value = match kind {
            Open::Array(items) => Value::Array(items),
            Open::Object { mut members, merged, .. } => {
                for value in merged {
                    merge(&mut members, value)?;
                }
                Value::Object(members)
            }
        };
        self.value(value, anchor)
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
    ) -> Result<(), DecodeError> {
        // As a key, text is text whatever it looks like.
        if let Some(Frame { kind: Open::Object { key: key @ None, .. }, .. }) = self.frames.last_mut() {
            self.budget.take(cost::MEMBER);
            self.budget.text(text.len());
            *key = Some(text.to_owned());
            if anchor != 0 {
                let name = copied(&Value::String(text.to_owned()), &mut self.budget)?;
                self.anchors.insert(anchor, name);
            }
            return Ok(());
        }
        let plain = style == ScalarStyle::Plain && tag.is_none_or(|tag| tag.suffix != "str");
        self.budget.take(cost::VALUE);
        self.budget.text(text.len());
        let value = if plain { resolve(text)? } else { Value::String(text.to_owned()) };
        self.value(value, anchor)
    }

    /// Puts a complete value where it belongs.
    fn value(&mut self, value: Value, anchor: usize) -> Result<(), DecodeError> {
        if anchor != 0 {
            self.anchors.insert(anchor, copied(&value, &mut self.budget)?);
        }
        match self.frames.last_mut().map(|frame| &mut frame.kind) {
            None => self.root = Some(value),
            Some(Open::Array(items)) => items.push(value),
            Some(Open::Object { members, key, merged }) => match (key.take(), value) {
                (None, Value::String(text)) => *key = Some(text),
                (None, _) => return Err(fault("a key of an object isn't a string")),
                (Some(name), value)
                    if name == "<<" && matches!(value, Value::Object(_) | Value::Array(_)) =>
                {
                    merged.push(value);
                }
                (Some(name), value) => {
                    members.insert(name, value);
                }
            },
        }
        Ok(())
    }
}

/// `<<`: adds the members that are not there; of several objects the first counts.
fn merge(members: &mut Map, value: Value) -> Result<(), DecodeError> {
    let objects = match value {
        Value::Array(items) => items,
        one => vec![one],
    };
    for object in objects {
        let Value::Object(object) = object else {
            return Err(fault("map merge requires map or sequence of maps as the value"));
        };
        for (key, value) in object {
            members.entry(key).or_insert(value);
        }
    }
    Ok(())
}

/// What a plain scalar means.
fn resolve(text: &str) -> Result<Value, DecodeError> {
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ if is_infinity(text) => return Err(fault("a number is infinite or NaN")),
        _ if is_json_number(text) => Value::Number(text.into()),
        _ => {
            let compact = text.replace('_', "");
            let starts = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.'));
            match integer(&compact) {
                Some(value) if starts && is_number(&compact) => Value::Number(value.to_string().into()),
                _ if starts && is_number(&compact) => compact.parse().map_or(Value::Null, Value::Float),
                _ => Value::String(text.to_owned()),
            }
        }
    })
}

/// The value of an integer that is not written as in JSON.
fn integer(text: &str) -> Option<i128> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (base, digits) = match unsigned.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &unsigned[2..]),
        [b'0', b'o' | b'O', ..] => (8, &unsigned[2..]),
        [b'0', b'b' | b'B', ..] => (2, &unsigned[2..]),
        [b'0', _, ..] => (8, &unsigned[1..]),
        _ => (10, unsigned),
    };
    let value = i128::from_str_radix(digits, base).ok()?;
    Some(if text.starts_with('-') { -value } else { value })
}

fn is_json_number(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let leads = matches!(unsigned.as_bytes(), [b'0'] | [b'0', b'.' | b'e' | b'E', ..] | [b'1'..=b'9', ..]);
    leads
        && unsigned.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'))
        && !unsigned.contains(".e")
        && !unsigned.contains(".E")
        && !unsigned.ends_with('.')
        && text.parse().is_ok_and(f64::is_finite)
}

/// A copy of what an anchor names. Aliases of aliases multiply, so each copy is paid for.
fn copied(value: &Value, budget: &mut Budget) -> Result<Value, DecodeError> {
    budget.take(value.cost()).ok_or_else(|| fault("document contains excessive aliasing"))?;
    Ok(value.clone())
}

fn fault(message: &str) -> DecodeError {
    DecodeError::Yaml(format!("yaml: {message}"))
}
