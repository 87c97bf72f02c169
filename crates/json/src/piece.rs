//! One member's value: a span of a body, an object or array put together from spans, or a value.

use std::borrow::Cow;
use std::rc::Rc;

use fjord_memory::Budget;

use super::body::Body;
use super::error::DecodeError;
use super::explain::explain;
use super::object::Object;
use super::parse::{self, MAX_VALUE_DEPTH};
use super::scan;
use super::text::unquote;
use super::value::{Kind, Map, Value};
use super::write::{list, list_len};

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

/// What an item of a list of pieces costs a budget, in the list and as a node of a flatmap.
pub(super) const ITEM: usize = 64;

/// What room for a member of an object costs, with its place in the table that finds repeated keys.
pub(super) const MEMBER: usize = 48;

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
    pub(super) fn to_items(&self, budget: &mut Budget) -> Option<Vec<Piece>> {
        let text = self.body.padded();
        let mut items = Vec::new();
        scan::items(text, self.start, |start| {
            let end = scan::value(text, start, 1)?;
            budget.grow(&mut items, ITEM)?;
            items.push(Piece::Span(Span { body: Rc::clone(&self.body), start, end }));
            Some(end)
        })?;
        Some(items)
    }

    /// The value, built. Fails if it has more than [`MAX_VALUE_DEPTH`] levels, or costs more than `budget` has.
    fn to_value(&self, budget: &mut Budget) -> Result<Value, DecodeError> {
        match parse::value(self.body.padded(), self.start, 0, budget) {
            Some((value, _)) => Ok(value),
            None => {
                budget.checked()?;
                Err(explain(self.bytes(), MAX_VALUE_DEPTH, true).unwrap_or(DecodeError::End))
            }
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

    /// The value, built.
    ///
    /// # Errors
    /// If it has more than [`MAX_VALUE_DEPTH`] levels or takes too much memory.
    pub fn to_value(&self) -> Result<Value, DecodeError> {
        self.build(&mut Budget::new())
    }

    pub(super) fn build(&self, budget: &mut Budget) -> Result<Value, DecodeError> {
        match self {
            Self::Span(span) => span.to_value(budget),
            Self::Object(object) => object.build(budget).map(Value::Object),
            Self::Array(items) => {
                items.iter().map(|item| item.build(budget)).collect::<Result<_, _>>().map(Value::Array)
            }
            Self::Value(value) => {
                budget.take(value.cost());
                budget.checked()?;
                Ok(Value::clone(value))
            }
        }
    }

    /// What a copy of the piece costs: spans and values are shared.
    pub(super) fn cost(&self) -> usize {
        ITEM + match self {
            Self::Span(_) | Self::Value(_) => 0,
            Self::Object(object) => object.members.iter().map(|member| MEMBER + member.value.cost()).sum(),
            Self::Array(items) => items.iter().map(Self::cost).sum(),
        }
    }

    /// The members, if this is an object.
    pub(super) fn into_object(self, budget: &mut Budget) -> Option<Object> {
        match self {
            Self::Span(span) => span.to_object(budget),
            Self::Object(object) => Some(object),
            Self::Array(_) => None,
            Self::Value(value) => match Rc::unwrap_or_clone(value) {
                Value::Object(map) => Some(Object::from_map(map)),
                _ => None,
            },
        }
    }

    /// The items, if this is an array.
    pub(super) fn into_items(self, budget: &mut Budget) -> Option<Vec<Piece>> {
        match self {
            Self::Span(span) => span.to_items(budget),
            Self::Object(_) => None,
            Self::Array(items) => Some(items),
            Self::Value(value) => match Rc::unwrap_or_clone(value) {
                Value::Array(items) => Some(items.into_iter().map(Self::from).collect()),
                _ => None,
            },
        }
    }

    /// At most how many bytes [`Piece::write`] appends: exact but for floats.
    pub fn written_len(&self) -> usize {
        match self {
            Self::Span(span) => span.end - span.start,
            Self::Object(object) => object.written_len(),
            Self::Array(items) => list_len(items.iter().map(Self::written_len)),
            Self::Value(value) => value.written_len(),
        }
    }

    /// Appends the value as JSON.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Span(span) => out.extend_from_slice(span.bytes()),
            Self::Object(object) => object.write(out),
            Self::Array(items) => list(items, *b"[]", out, Self::write),
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
