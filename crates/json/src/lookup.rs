//! Finds a value of an earlier answer for the url of a later one in a sequence, and turns it into text (`spec` §11).

use std::borrow::Cow;

use fjord_memory::Budget;

use super::number::go_float_short_e;
use super::object::Object;
use super::piece::Piece;
use super::print::go_print;
use super::value::{Map, Value};

/// An object on the way: of spans, or built.
enum Place<'a> {
    Object(Cow<'a, Object>),
    Map(&'a Map),
}

// === impl Object ===

impl Object {
    /// The text of the value at the end of `path`, `None` if there is no such member.
    ///
    /// If a step before the last is missing or no object, the walk stops there, and the last key is looked up in the deepest
    /// object reached.
    pub fn lookup_text<S: AsRef<str>>(&self, path: &[S]) -> Option<String> {
        let (last, steps) = path.split_last()?;
        let budget = &mut Budget::new();
        let mut place = Place::Object(Cow::Borrowed(self));
        for step in steps {
            match place.enter(step.as_ref(), budget) {
                Some(deeper) => place = deeper,
                None => break,
            }
        }
        match place {
            Place::Object(object) => match object.get(last.as_ref())? {
                Piece::Value(value) => Some(parameter(value)),
                piece => piece.build(budget).ok().map(|value| parameter(&value)),
            },
            Place::Map(map) => map.get(last.as_ref()).map(parameter),
        }
    }
}

// === impl Place ===

impl<'a> Place<'a> {
    fn enter(&self, key: &str, budget: &mut Budget) -> Option<Place<'a>> {
        match self {
            Place::Map(map) => map.get(key)?.as_object().map(Place::Map),
            Place::Object(Cow::Borrowed(object)) => match object.get(key)? {
                Piece::Object(object) => Some(Place::Object(Cow::Borrowed(object))),
                Piece::Value(value) => value.as_object().map(Place::Map),
                Piece::Span(span) => Some(Place::Object(Cow::Owned(span.to_object(budget)?))),
                Piece::Array(_) => None,
            },
            // A span's object has spans only.
            Place::Object(Cow::Owned(object)) => match object.get(key)? {
                Piece::Span(span) => Some(Place::Object(Cow::Owned(span.to_object(budget)?))),
                _ => None,
            },
        }
    }
}

/// A value as a parameter.
fn parameter(value: &Value) -> String {
    match value {
        Value::Array(items) => items.iter().map(go_print).collect::<Vec<_>>().join(","),
        Value::Float(value) => go_float_short_e(*value),
        other => go_print(other),
    }
}
