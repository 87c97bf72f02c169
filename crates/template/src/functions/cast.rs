//! Any value as a number, as Sprig's `cast` does it: anything else counts as 0.

use crate::literal;
use crate::value::Value;

const TWO_POW_63: f64 = 9_223_372_036_854_775_808.0;

/// Any value as an integer.
pub(super) fn to_int(value: &Value<'_>) -> i64 {
    match value {
        Value::Int(value) | Value::Int64(value) => *value,
        Value::Byte(value) => i64::from(*value),
        // Out of range Go's processors give the least integer.
        Value::Float(value) if (-TWO_POW_63..TWO_POW_63).contains(value) => *value as i64,
        Value::Float(_) => i64::MIN,
        Value::String(text) | Value::Number(text) => parse_int(without_zero_decimals(text)).unwrap_or(0),
        Value::Bool(value) => i64::from(*value),
        _ => 0,
    }
}

/// Any value as a float.
pub(super) fn to_float(value: &Value<'_>) -> f64 {
    match value {
        Value::Int(value) | Value::Int64(value) => *value as f64,
        Value::Byte(value) => f64::from(*value),
        Value::Float(value) => *value,
        Value::String(text) | Value::Number(text) => parse_float(text).unwrap_or(0.0),
        Value::Bool(value) => f64::from(u8::from(*value)),
        _ => 0.0,
    }
}

/// Go's `ParseInt(text, 0, 64)`: `0x1f`, `017` and `1_000` are numbers.
fn parse_int(text: &str) -> Option<i64> {
    let (negative, size) = literal::unsigned(text)?;
    if negative { 0_i64.checked_sub_unsigned(size) } else { i64::try_from(size).ok() }
}

/// Go's `ParseFloat`.
fn parse_float(text: &str) -> Option<f64> {
    let (sign, word) = match text.strip_prefix('-') {
        Some(word) => (-1.0, word),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    match word.to_ascii_lowercase().as_str() {
        "inf" | "infinity" => Some(sign * f64::INFINITY),
        "nan" => Some(f64::NAN),
        _ => literal::float(text),
    }
}

/// `3.00` without the point and what follows it, if that is zeros.
fn without_zero_decimals(text: &str) -> &str {
    match text.rsplit_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|c| c == b'0') => whole,
        _ => text,
    }
}
