//! Values as JSON, as Go's `encoding/json` writes them, and back.

use fjord_json::{Value as Json, go_float_json, write_string};

use crate::budget::{BYTES, Budget};
use crate::error::Failure;
use crate::value::{Element, Entries, List, Map, Text, Value};

/// How JSON is written.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Style {
    /// `<`, `>` and `&` as they are.
    pub raw: bool,
    /// Members on lines of their own.
    pub pretty: bool,
}

/// A value as JSON. Not a number and infinity aren't JSON.
pub(crate) fn write(budget: &mut Budget, value: &Value<'_>, style: Style) -> Result<String, Failure> {
    let mut writer = Writer { out: Vec::new(), budget, style };
    writer.value(value, 0)?;
    // Only texts have been put together.
    String::from_utf8(writer.out).map_err(|_| Failure::new("invalid UTF-8 in JSON"))
}

struct Writer<'b> {
    out: Vec<u8>,
    budget: &'b mut Budget,
    style: Style,
}

// === impl Writer ===

impl Writer<'_> {
    fn push(&mut self, text: &str) -> Result<(), Failure> {
        self.budget.keep(text.len())?;
        self.out.extend_from_slice(text.as_bytes());
        Ok(())
    }

    fn value(&mut self, value: &Value<'_>, depth: usize) -> Result<(), Failure> {
        self.budget.descend(depth)?;
        match value {
            Value::Missing | Value::Nil => self.push("null"),
            Value::Bool(value) => self.push(if *value { "true" } else { "false" }),
            Value::Int(number) | Value::Int64(number) => self.push(&number.to_string()),
            Value::Byte(number) => self.push(&number.to_string()),
            Value::Float(number) if !number.is_finite() => {
                Err(Failure::Message(format!("json: unsupported value: {}", fjord_json::go_float_v(*number))))
            }
            Value::Float(number) => self.push(&go_float_json(*number)),
            Value::Number(text) => self.push(text),
            Value::String(text) => self.string(text),
            Value::List(list) if list.is_nil() => self.push("null"),
            Value::List(list) => {
                self.push("[")?;
                for (i, item) in list.iter().enumerate() {
                    self.separate(i, depth + 1)?;
                    self.value(&item, depth + 1)?;
                }
                self.end(list.len(), depth, "]")
            }
            Value::Map(map) => {
                self.push("{")?;
                self.budget.keep_items(map.len())?;
                for (i, (key, member)) in map.entries().into_iter().enumerate() {
                    self.separate(i, depth + 1)?;
                    self.string(&key)?;
                    self.push(if self.style.pretty { ": " } else { ":" })?;
                    self.value(&member, depth + 1)?;
                }
                self.end(map.len(), depth, "}")
            }
        }
    }

    fn separate(&mut self, index: usize, depth: usize) -> Result<(), Failure> {
        if index > 0 {
            self.push(",")?;
        }
        if self.style.pretty { self.line(depth) } else { Ok(()) }
    }

    fn end(&mut self, count: usize, depth: usize, close: &str) -> Result<(), Failure> {
        if self.style.pretty && count > 0 {
            self.line(depth)?;
        }
        self.push(close)
    }

    fn line(&mut self, depth: usize) -> Result<(), Failure> {
        self.push("\n")?;
        self.push(&"  ".repeat(depth))
    }

    fn string(&mut self, text: &str) -> Result<(), Failure> {
        // An escape is six times as long as what it stands for.
        let escapes = text.bytes().filter(|byte| matches!(byte, 0..0x20 | b'<' | b'>' | b'&' | b'"' | b'\\'));
        let longest = text.len().saturating_add(6 * escapes.count()).saturating_add(2);
        self.budget.keep(longest)?;
        if !self.style.raw {
            write_string(text, &mut self.out);
            return Ok(());
        }
        self.out.push(b'"');
        for piece in text.split_inclusive(['<', '>', '&']) {
            let (plain, sign) = match piece.char_indices().next_back() {
                Some((at, '<' | '>' | '&')) => piece.split_at(at),
                _ => (piece, ""),
            };
            let mut quoted = Vec::with_capacity(plain.len() + 2);
            write_string(plain, &mut quoted);
            self.out.extend_from_slice(quoted.get(1..quoted.len() - 1).unwrap_or_default());
            self.out.extend_from_slice(sign.as_bytes());
        }
        self.out.push(b'"');
        Ok(())
    }
}

/// A text as a value: numbers become floats, as Go reads them.
pub(crate) fn read<'a>(budget: &mut Budget, text: &str) -> Result<Value<'a>, Failure> {
    // A value takes a multiple of its text.
    budget.keep(text.len().saturating_mul(2))?;
    let parsed = Json::parse(text.as_bytes()).map_err(|error| match error {
        fjord_json::DecodeError::Empty => Failure::new("unexpected end of JSON input"),
        fjord_json::DecodeError::Excess(_) => Failure::Limit(BYTES),
        other => Failure::Message(other.to_string()),
    })?;
    convert(budget, parsed)
}

fn convert<'a>(budget: &mut Budget, value: Json) -> Result<Value<'a>, Failure> {
    budget.spend(1)?;
    Ok(match value {
        Json::Null => Value::Nil,
        Json::Bool(value) => Value::Bool(value),
        Json::Float(value) => Value::Float(value),
        Json::Number(text) => match text.parse::<f64>() {
            Ok(value) if value.is_finite() => Value::Float(value),
            _ => {
                let message = format!("json: cannot unmarshal number {text} into Go value of type float64");
                return Err(Failure::Message(message));
            }
        },
        Json::String(text) => Value::String(Text::from(text)),
        Json::Array(items) => {
            budget.keep_items(items.len())?;
            let items = items.into_iter().map(|item| convert(budget, item));
            Value::List(List::new(items.collect::<Result<_, _>>()?, Element::Any))
        }
        Json::Object(members) => {
            budget.keep_items(members.len())?;
            let mut entries = Entries::new();
            for (key, member) in members {
                entries.insert(key.into(), convert(budget, member)?);
            }
            Value::Map(Map::new(entries, Element::Any))
        }
    })
}
