//! Go's literals: strings, characters, numbers.

use crate::ast::Number;
use crate::print::quote;

const INVALID: &str = "invalid syntax";

/// The text of a quoted or raw string. Bytes that aren't UTF-8 (`"\xff"`) are refused: values are text here.
pub(crate) fn unquote(written: &str) -> Result<String, &'static str> {
    if let Some(raw) = written.strip_prefix('`') {
        return Ok(raw.strip_suffix('`').unwrap_or(raw).replace('\r', ""));
    }
    let mut rest = written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).ok_or(INVALID)?;
    let mut bytes = Vec::with_capacity(rest.len());
    while !rest.is_empty() {
        let (unit, tail) = unit(rest, '"').ok_or(INVALID)?;
        match unit {
            Unit::Byte(byte) => bytes.push(byte),
            Unit::Char(c) => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        rest = tail;
    }
    String::from_utf8(bytes).map_err(|_| "a string that isn't UTF-8")
}

/// What a piece of a string stands for.
enum Unit {
    Byte(u8),
    Char(char),
}

/// The first character or escape of `text`, and what follows it.
fn unit(text: &str, quote: char) -> Option<(Unit, &str)> {
    let mut chars = text.chars();
    match chars.next()? {
        '\\' => {}
        '\n' => return None,
        c if c == quote => return None,
        c => return Some((Unit::Char(c), chars.as_str())),
    }
    let escape = chars.next()?;
    let rest = chars.as_str();
    let plain = match escape {
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        '\\' => '\\',
        '\'' | '"' if escape == quote => quote,
        'x' => {
            let byte = u8::from_str_radix(digits(rest, 2, 16)?, 16).ok()?;
            return Some((Unit::Byte(byte), rest.get(2..)?));
        }
        'u' | 'U' => {
            let length = if escape == 'u' { 4 } else { 8 };
            let code = u32::from_str_radix(digits(rest, length, 16)?, 16).ok()?;
            return Some((Unit::Char(char::from_u32(code)?), rest.get(length..)?));
        }
        '0'..='7' => {
            let octal = text.get(1..4)?;
            let byte = u8::from_str_radix(digits(octal, 3, 8)?, 8).ok()?;
            return Some((Unit::Byte(byte), text.get(4..)?));
        }
        _ => return None,
    };
    Some((Unit::Char(plain), rest))
}

/// The first `length` digits of `text`, if that's what it starts with.
fn digits(text: &str, length: usize, radix: u32) -> Option<&str> {
    text.get(..length).filter(|digits| digits.chars().all(|c| c.is_digit(radix)))
}

/// The number of a character constant.
pub(crate) fn character(written: &str) -> Result<Number, String> {
    let inner = written.get(1..).unwrap_or_default();
    let (found, rest) = unit(inner, '\'').ok_or(INVALID)?;
    if rest != "'" {
        return Err(format!("malformed character constant: {written}"));
    }
    let code = match found {
        Unit::Byte(byte) => u32::from(byte),
        Unit::Char(c) => u32::from(c),
    };
    Ok(Number { text: written.into(), int: Some(code.into()), float: Some(code.into()) })
}

/// A number, which counts as every type that can take it without loss.
pub(crate) fn number(text: &str) -> Result<Number, String> {
    if text.ends_with('i') {
        return Err(format!("complex numbers are not supported: {}", quote(text)));
    }
    if let Some((negative, size)) = unsigned(text) {
        let int = if negative { 0_i64.checked_sub_unsigned(size) } else { i64::try_from(size).ok() };
        // Above the integers there are the unsigned ones, which have no sign.
        if int.is_some() || !text.starts_with(['+', '-']) {
            let float = int.map_or(size as f64, |value| value as f64);
            return Ok(Number { text: text.into(), int, float: Some(float) });
        }
    }
    let illegal = || format!("illegal number syntax: {}", quote(text));
    let value = float(text).ok_or_else(illegal)?;
    if !text.contains(['.', 'e', 'E', 'p', 'P']) {
        return Err(format!("integer overflow: {}", quote(text)));
    }
    Ok(Number { text: text.into(), int: whole(value), float: Some(value) })
}

/// A float without a fraction as an integer.
fn whole(value: f64) -> Option<i64> {
    const TWO_POW_63: f64 = 9_223_372_036_854_775_808.0;
    (value.fract() == 0.0 && (-TWO_POW_63..TWO_POW_63).contains(&value)).then_some(value as i64)
}

/// Go's `ParseInt(text, 0, 64)` before it looks at the sign.
pub(crate) fn unsigned(text: &str) -> Option<(bool, u64)> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (radix, body, prefixed) = match digits.get(..2) {
        Some("0x" | "0X") => (16, &digits[2..], true),
        Some("0b" | "0B") => (2, &digits[2..], true),
        Some("0o" | "0O") => (8, &digits[2..], true),
        Some(_) if digits.starts_with('0') => (8, &digits[1..], true),
        _ => (10, digits, false),
    };
    let plain = without_underscores(body, prefixed)?;
    if plain.starts_with(['+', '-']) {
        return None;
    }
    u64::from_str_radix(&plain, radix).ok().map(|value| (negative, value))
}

/// Digits without the underscores between them; `None` if one is elsewhere. A prefix counts as a digit.
fn without_underscores(digits: &str, prefixed: bool) -> Option<String> {
    let mut after_digit = prefixed;
    let mut plain = String::with_capacity(digits.len());
    for c in digits.chars() {
        if c == '_' {
            if !after_digit {
                return None;
            }
            after_digit = false;
        } else {
            // Behind a sign, a point or an exponent an underscore separates nothing.
            after_digit = c.is_ascii_hexdigit();
            plain.push(c);
        }
    }
    (!digits.ends_with('_')).then_some(plain)
}

/// Go's `ParseFloat`, without what has no digits (`inf`).
pub(crate) fn float(text: &str) -> Option<f64> {
    let (sign, body) = match text.strip_prefix('-') {
        Some(body) => (-1.0, body),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    if let Some(hex) = body.strip_prefix("0x").or_else(|| body.strip_prefix("0X")) {
        return hex_float(&without_underscores(hex, true)?).map(|value| sign * value);
    }
    let plain = without_underscores(body, false)?;
    let digits = plain.bytes().all(|c| matches!(c, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    let value: f64 =
        if digits && !plain.starts_with(['+', '-']) { plain.parse().ok()? } else { return None };
    value.is_finite().then_some(sign * value)
}

/// `1.8p3` is 12. More than 15 digits would have to be rounded: nobody writes them.
fn hex_float(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once(['p', 'P'])?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || digits.len() > 15 || digits.starts_with(['+', '-']) {
        return None;
    }
    let value = i64::from_str_radix(&digits, 16).ok()?;
    let exponent = exponent.parse::<i32>().ok()?.checked_sub(i32::try_from(4 * fraction.len()).ok()?)?;
    let value = value as f64 * 2f64.powi(exponent);
    value.is_finite().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_every_type_that_takes_them() {
        for (text, int, float) in [
            ("12", Some(12), Some(12.0)),
            ("-0x1F", Some(-31), Some(-31.0)),
            ("0b101", Some(5), Some(5.0)),
            ("017", Some(15), Some(15.0)),
            ("1_000", Some(1000), Some(1000.0)),
            ("1e3", Some(1000), Some(1000.0)),
            ("1.5", None, Some(1.5)),
            ("0x1.8p3", Some(12), Some(12.0)),
            ("-9223372036854775808", Some(i64::MIN), Some(i64::MIN as f64)),
            ("18446744073709551615", None, Some(u64::MAX as f64)),
        ] {
            let number = number(text).expect("it is a number");
            assert_eq!((number.int, number.float), (int, float), "{text}");
        }
        for text in ["1__0", "_1", "1_", "0x", "089", "1e", "18446744073709551616", "2i", ".", "1e999"] {
            assert!(number(text).is_err(), "{text}");
        }
    }

    #[test]
    fn strings_are_unquoted() {
        for (written, want) in [
            (r#""a\tb\"\\""#, Ok("a\tb\"\\")),
            (r#""\x41\101\u00e9\U0001F600""#, Ok("AA\u{e9}\u{1f600}")),
            (r#""\xc3\xa9""#, Ok("\u{e9}")),
            ("`a\\n\r\nb`", Ok("a\\n\nb")),
            (r#""\xff""#, Err("a string that isn't UTF-8")),
            (r#""\q""#, Err(INVALID)),
            (r#""\'""#, Err(INVALID)),
            (r#""\ud800""#, Err(INVALID)),
            (r#""\400""#, Err(INVALID)),
        ] {
            assert_eq!(unquote(written).as_deref().map_err(|error| *error), want, "{written}");
        }
    }
}
