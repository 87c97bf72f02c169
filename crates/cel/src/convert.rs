//! Conversions between types, with the texts Go reads and writes.

use fjord_json::go_float_v;

use super::ast::Target;
use super::budget::Budget;
use super::error::EvalError;
use super::time::{Duration, Timestamp};
use super::value::{CelValue, Key, Shared, whole_number};

/// The value as one of another type.
pub(super) fn convert<'a>(
    value: CelValue<'a>,
    target: Target,
    budget: &mut Budget,
) -> Result<CelValue<'a>, EvalError> {
    use CelValue as V;
    if let V::String(text) = &value {
        budget.read(text.len())?;
    }
    let result = match (target, &value) {
        (Target::Bool, V::String(text)) => bool_of(text).map(V::Bool),
        (Target::Int, V::Uint(number)) => i64::try_from(*number).ok().map(V::Int),
        (Target::Int, V::Double(number)) => int_of(*number).map(V::Int),
        (Target::Int, V::String(text)) => text.parse().ok().map(V::Int),
        (Target::Int, V::Timestamp(time)) => Some(V::Int(time.unix())),
        (Target::Int, V::Duration(span)) => Some(V::Int(span.0)),
        (Target::Uint, V::Int(number)) => u64::try_from(*number).ok().map(V::Uint),
        (Target::Uint, V::Double(number)) => uint_of(*number).map(V::Uint),
        // Go takes no sign here.
        (Target::Uint, V::String(text)) if !text.starts_with('+') => text.parse().ok().map(V::Uint),
        #[expect(clippy::cast_precision_loss, reason = "the rounding is the semantics")]
        (Target::Double, V::Int(number)) => Some(V::Double(*number as f64)),
        #[expect(clippy::cast_precision_loss, reason = "the rounding is the semantics")]
        (Target::Double, V::Uint(number)) => Some(V::Double(*number as f64)),
        (Target::Double, V::String(text)) => double_of(text).map(V::Double),
        (Target::String, V::Bytes(bytes)) => {
            budget.keep(bytes.len())?;
            std::str::from_utf8(bytes).ok().map(|text| V::owned_text(text.to_owned()))
        }
        (Target::String, other) => text_of(other).map(V::owned_text),
        (Target::Bytes, V::String(text)) => {
            budget.keep(text.len())?;
            Some(V::Bytes(Shared::Counted(text.as_bytes().into())))
        }
        (Target::Timestamp, V::Int(seconds)) => Timestamp::from_unix(*seconds).map(V::Timestamp),
        (Target::Timestamp, V::String(text)) => Timestamp::parse(text).map(V::Timestamp),
        (Target::Duration, V::String(text)) => Duration::parse(text).map(V::Duration),
        _ => None,
    };
    match result {
        Some(result) => Ok(result),
        None if value.type_name() == target.name() => Ok(value),
        None => Err(EvalError::Conversion { from: value.type_name(), to: target.name() }),
    }
}

fn bool_of(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// The number without its fraction; the ends of the range are outside, as no double is exact there.
fn int_of(number: f64) -> Option<i64> {
    match whole_number(number.trunc()) {
        Some(Key::Int(whole)) if whole > i64::MIN => Some(whole),
        _ => None,
    }
}

fn uint_of(number: f64) -> Option<u64> {
    match whole_number(number.trunc()) {
        Some(Key::Int(whole)) if number >= 0.0 => u64::try_from(whole).ok(),
        Some(Key::Uint(whole)) => Some(whole),
        _ => None,
    }
}

fn double_of(text: &str) -> Option<f64> {
    let number: f64 = text.parse().ok()?;
    // A number too large for a double is an error, the word for infinity is not.
    (!number.is_infinite() || !text.contains(|c: char| c.is_ascii_digit())).then_some(number)
}

fn text_of(value: &CelValue<'_>) -> Option<String> {
    Some(match value {
        CelValue::Bool(value) => value.to_string(),
        CelValue::Int(value) => value.to_string(),
        CelValue::Uint(value) => value.to_string(),
        CelValue::Double(value) => go_float_v(*value),
        CelValue::Timestamp(time) => time.text(),
        CelValue::Duration(span) => span.text(),
        _ => return None,
    })
}
