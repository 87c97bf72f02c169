//! One member's value: a span of a body, an object or array put together from spans, or a value.

use std::borrow::Cow;
use std::rc::Rc;

use super::body::Body;
use super::error::DecodeError;
use super::explain::explain;
use super::object::Object;
use super::parse::{self, MAX_VALUE_DEPTH};
use super::scan;
use super::text::unquote;
use super::value::{Kind, Map, Value};

/// A valid JSON value in a body, without the blanks around it.
#[derive(Debug, Clone)]
pub struct Span {
    pub(super) body: Rc<Body>,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The value of a member.
#[derive(Debug, Clone)]
pub enum Piece {
    /// A value as it was received.
    Span(Span),
    /// An object whose members were picked.
    Object(Object),
    /// An array whose items were picked.
    Array(Vec<Piece>),
    /// A value that was built.
    Value(Rc<Value>),
}

// === impl Span ===

impl Span {
    /// The value's text. Blanks inside are as they were received.
    pub fn bytes(&self) -> &[u8] {
        self.body.padded().get(self.start..self.end).unwrap_or_default()
    }

    /// The value's kind, which its first byte tells.
    pub fn kind(&self) -> Kind {
        match self.bytes().first() {
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::Array,
            Some(b'"') => Kind::String,
            Some(b't' | b'f') => Kind::Bool,
            Some(b'n') => Kind::Null,
            _ => Kind::Number,
        }
    }

    /// The items, if this is an array.
    pub(super) fn to_items(&self) -> Option<Vec<Piece>> {
        let text = self.body.padded();
        let mut items = Vec::new();
        scan::items(text, self.start, |start| {
            let end = scan::value(text, start, 1)?;
            items.push(Piece::Span(Span { body: Rc::clone(&self.body), start, end }));
            Some(end)
        })?;
        Some(items)
    }

    /// The value, built. Fails if it has more than [`MAX_VALUE_DEPTH`] levels.
    pub fn to_value(&self) -> Result<Value, DecodeError> {
        match parse::value(self.body.padded(), self.start, 0) {
            Some((value, _)) => Ok(value),
            None => Err(explain(self.bytes(), MAX_VALUE_DEPTH, true).unwrap_or(DecodeError::End)),
        }
    }
}

// === impl Piece ===

impl Piece {
    /// A string.
    pub fn text(text: impl Into<String>) -> Piece {
        Value::String(text.into()).into()
    }

    /// The value's kind.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Span(span) => span.kind(),
            Self::Object(_) => Kind::Object,
            Self::Array(_) => Kind::Array,
            Self::Value(value) => value.kind(),
        }
    }

    /// The text, if this is a string.
    pub fn as_text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Span(span) => Some(unquote(span.bytes().strip_prefix(b"\"")?.strip_suffix(b"\"")?)),
            Self::Object(_) | Self::Array(_) => None,
            Self::Value(value) => value.as_str().map(Cow::Borrowed),
        }
    }

    /// The value, built. Fails if it has more than [`MAX_VALUE_DEPTH`] levels.
    pub fn to_value(&self) -> Result<Value, DecodeError> {
        match self {
            Self::Span(span) => span.to_value(),
            Self::Object(object) => object.to_map().map(Value::Object),
            Self::Array(items) => {
                items.iter().map(Self::to_value).collect::<Result<_, _>>().map(Value::Array)
            }
            Self::Value(value) => Ok(Value::clone(value)),
        }
    }

    /// The members, if this is an object.
    pub fn into_object(self) -> Option<Object> {
        match self {
            Self::Span(span) => span.to_object(),
            Self::Object(object) => Some(object),
            Self::Array(_) => None,
            Self::Value(value) => match Rc::unwrap_or_clone(value) {
                Value::Object(map) => Some(Object::from_map(map)),
                _ => None,
            },
        }
    }

    /// The items, if this is an array.
    pub fn into_items(self) -> Option<Vec<Piece>> {
        match self {
            Self::Span(span) => span.to_items(),
            Self::Object(_) => None,
            Self::Array(items) => Some(items),
            Self::Value(value) => match Rc::unwrap_or_clone(value) {
                Value::Array(items) => Some(items.into_iter().map(Self::from).collect()),
                _ => None,
            },
        }
    }

    /// About how many bytes [`Piece::write`] appends.
    pub(super) fn written_len(&self) -> usize {
        match self {
            Self::Span(span) => span.end - span.start,
            Self::Object(object) => object.written_len(),
            Self::Array(items) => 32 * items.len(),
            Self::Value(_) => 32,
        }
    }

    /// Appends the value as JSON.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Span(span) => out.extend_from_slice(span.bytes()),
            Self::Object(object) => object.write(out),
            Self::Array(items) => {
                out.push(b'[');
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        out.push(b',');
                    }
                    item.write(out);
                }
                out.push(b']');
            }
            Self::Value(value) => value.write(out),
        }
    }
}

impl From<Value> for Piece {
    fn from(value: Value) -> Self {
        Self::Value(Rc::new(value))
    }
}

impl From<Map> for Piece {
    fn from(members: Map) -> Self {
        Value::Object(members).into()
    }
}

impl From<Object> for Piece {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}
