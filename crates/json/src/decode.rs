//! From a received body to data: validates all of it, keeps what the backend's shape keeps (`spec` §7).

use std::rc::Rc;

use fjord_memory::Budget;

use super::body::Body;
use super::error::DecodeError;
use super::explain::explain;
use super::object::{Data, Object};
use super::piece::{Piece, Span};
use super::repair;
use super::scan::{self, MAX_DEPTH, byte, solid};
use super::shape::Shape;
use super::value::{Kind, Value};

/// What a backend's `encoding` and `is_collection` say about the root of the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `json`: an object, or `null` for no data.
    Json,
    /// `json` with `is_collection`: an array, which becomes the member `collection`.
    Collection,
    /// `safejson`: an object as it is, an array as `collection`, anything else as `content`.
    Safe,
}

/// What Windows programs put before UTF-8. RFC 8259 §8.1 lets readers ignore it; Go's decoder doesn't.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A text without the byte order mark before it.
pub fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text)
}

/// Decodes the first value of `body`, as Go's stream decoder does: whatever follows it is ignored, and a byte order mark
/// before it, too.
///
/// Members that the shape drops are validated like the others. Invalid UTF-8 and lone surrogates are repaired, on a second
/// reading that only such bodies need.
///
/// # Errors
/// If the body isn't JSON, isn't of the form, or takes more memory than there is.
pub fn decode(body: impl Into<Rc<Body>>, form: Form, shape: &Shape) -> Result<Data, DecodeError> {
    let body = body.into();
    let mut budget = Budget::new();
    if simdutf8::basic::from_utf8(body.as_slice()).is_ok()
        && let Some(data) = read(&body, form, shape, &mut budget)
        && budget.excess().is_none()
    {
        return data;
    }
    refused(&body, form, shape, &budget)
}

#[cold]
fn refused(body: &Body, form: Form, shape: &Shape, spent: &Budget) -> Result<Data, DecodeError> {
    spent.checked()?;
    let mut budget = Budget::new();
    let repaired = repair::repaired(body.as_slice())?.map(Rc::new);
    let read = repaired.and_then(|body| read(&body, form, shape, &mut budget));
    budget.checked()?;
    match read {
        Some(data) => data,
        None => Err(explain(without_mark(body.as_slice()), MAX_DEPTH, false).unwrap_or(DecodeError::Cut)),
    }
}

/// `None` if the body does not start with JSON, an error if it is of the wrong type. What costs more than `budget` has is
/// one of the two, or wrong.
fn read(
    body: &Rc<Body>,
    form: Form,
    shape: &Shape,
    budget: &mut Budget,
) -> Option<Result<Data, DecodeError>> {
    let text = body.padded();
    let mark = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    let start = solid(text, mark)?;
    let first = byte(text, start)?;
    if first == b'{' && form != Form::Collection {
        return shape.read(body, start, budget).map(Ok);
    }
    let end = scan::value(text, start, 0)?;
    let span = Span { body: Rc::clone(body), start, end };
    let data = match (form, span.kind()) {
        (Form::Json, Kind::Null) => None,
        (Form::Json, kind) => return Some(mismatch(kind, "map[string]interface {}")),
        (Form::Collection, Kind::Array | Kind::Null) | (Form::Safe, Kind::Array) => wrap("collection", span),
        (Form::Collection, kind) => return Some(mismatch(kind, "[]interface {}")),
        (Form::Safe, _) => wrap("content", span),
    };
    Some(shape.apply(data).map_err(DecodeError::from))
}

fn wrap(key: &str, span: Span) -> Data {
    let value = match span.kind() {
        Kind::Null => Value::Null.into(),
        _ => Piece::Span(span),
    };
    let mut object = Object::new();
    object.insert(key, value);
    Some(object)
}

fn mismatch(kind: Kind, wanted: &'static str) -> Result<Data, DecodeError> {
    Err(DecodeError::mismatch(kind, wanted))
}
