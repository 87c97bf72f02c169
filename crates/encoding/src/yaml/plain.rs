//! Which plain texts YAML reads as something else than text, by the rules of yaml.v3 (YAML 1.2, and 1.1 for what 1.1 readers would misread).

/// Whether `text`, written without quotes, is read back as text by YAML 1.1 and 1.2.
pub(super) fn reads_as_text(text: &str) -> bool {
    let resolved = match text.bytes().next() {
        None => true,
        Some(b'0'..=b'9' | b'+' | b'-') => {
            is_infinity(text) || is_timestamp(text) || is_number(&text.replace('_', "")) || is_base_60(text)
        }
        Some(b'.') => is_infinity(text) || is_float(text) || is_grouped_float(text),
        _ => is_word(text),
    };
    !resolved
}

/// Words for true, false and null; those that only YAML 1.1 knows too.
fn is_word(text: &str) -> bool {
    matches!(
        text,
        "true"
            | "True"
            | "TRUE"
            | "false"
            | "False"
            | "FALSE"
            | "~"
            | "null"
            | "Null"
            | "NULL"
            | "y"
            | "Y"
            | "yes"
            | "Yes"
            | "YES"
            | "on"
            | "On"
            | "ON"
            | "n"
            | "N"
            | "no"
            | "No"
            | "NO"
            | "off"
            | "Off"
            | "OFF"
    )
}

/// Infinity and what isn't a number.
pub(super) fn is_infinity(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN")
}

/// An integer or a float, underscores taken out.
pub(super) fn is_number(text: &str) -> bool {
    is_integer(text) || is_float(text)
}

/// An integer of 64 bits: decimal, or with a prefix of Go's (`0x`, `0o`, `0b`, `0`).
fn is_integer(text: &str) -> bool {
    let (negative, signed, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, true, &text[1..]),
        Some(b'+') => (false, true, &text[1..]),
        _ => (false, false, text),
    };
    let fits = |digits: &str, base: u32| {
        let plain = !digits.is_empty() && digits.chars().all(|c| c.is_digit(base));
        let Some(value) = plain.then(|| u64::from_str_radix(digits, base).ok()).flatten() else {
            return false;
        };
        !signed || value <= i64::MAX.unsigned_abs() + u64::from(negative)
    };
    match digits.as_bytes() {
        [b'0'] => true,
        [b'0', prefix @ (b'x' | b'X' | b'o' | b'O' | b'b' | b'B'), _, ..] => {
            let base = match prefix.to_ascii_lowercase() {
                b'x' => 16,
                b'o' => 8,
                _ => 2,
            };
            let rest = &digits[2..];
            // A sign behind `0b` and `0o` is read too.
            let rest =
                if base != 16 && !signed { rest.strip_prefix(['+', '-']).unwrap_or(rest) } else { rest };
            fits(rest, base)
        }
        [b'0', ..] => fits(&digits[1..], 8),
        _ => fits(digits, 10),
    }
}

/// `1`, `1.`, `.5`, `1e5` with a sign before each; one too large for a float is text.
fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let mantissa_fits = match mantissa.split_once('.') {
        Some(("", fraction)) => digits(fraction),
        Some((whole, fraction)) => digits(whole) && (fraction.is_empty() || digits(fraction)),
        None => digits(mantissa),
    };
    let exponent_fits = exponent.is_none_or(|text| digits(text.strip_prefix(['+', '-']).unwrap_or(text)));
    mantissa_fits && exponent_fits && text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// `.123_456`: underscores between digits.
fn is_grouped_float(text: &str) -> bool {
    let digit = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    text.match_indices('_').all(|(at, _)| at > 0 && digit(at - 1) && digit(at + 1))
        && is_float(&text.replace('_', ""))
}

/// `12:30:45.5`: a number of YAML 1.1 in base 60.
fn is_base_60(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (parts, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let mut parts = parts.split(':');
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    let first = parts.next().unwrap_or_default();
    let mut rest = parts.peekable();
    first.starts_with(|c: char| c.is_ascii_digit())
        && digits(first)
        && digits(fraction)
        && rest.peek().is_some()
        && rest.all(|part| match part.as_bytes() {
            [b'0'..=b'9'] => true,
            [tens, ones] => (b'0'..=b'5').contains(tens) && ones.is_ascii_digit(),
            _ => false,
        })
}

/// `2024-1-2`, `2024-01-02T03:04:05.6Z`, `2024-01-02 03:04:05`: dates that exist.
fn is_timestamp(text: &str) -> bool {
    let Some((year, rest)) = text.split_once('-') else { return false };
    let Some((month, rest)) = rest.split_once('-') else { return false };
    if year.len() != 4 || !year.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let (Some((month, "")), Some((day, rest))) = (number(month), number(rest)) else { return false };
    let Ok(year) = year.parse::<u32>() else { return false };
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    if day == 0 || day > days {
        return false;
    }
    match rest.as_bytes().first() {
        None => true,
        Some(b'T' | b't') => clock(&rest[1..]).is_some_and(is_zone),
        Some(b' ') => clock(&rest[1..]).is_some_and(str::is_empty),
        _ => false,
    }
}

/// Reads `h:m:s` and a fraction; what follows.
fn clock(text: &str) -> Option<&str> {
    let (hour, rest) = number(text)?;
    let (minute, rest) = number(rest.strip_prefix(':')?)?;
    let (second, rest) = number(rest.strip_prefix(':')?)?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let Some(fraction) = rest.strip_prefix(['.', ',']) else { return Some(rest) };
    let end = fraction.find(|c: char| !c.is_ascii_digit()).unwrap_or(fraction.len());
    Some(if end == 0 { rest } else { &fraction[end..] })
}

fn is_zone(text: &str) -> bool {
    let two = |text: &[u8], most: u8| {
        text.iter().all(u8::is_ascii_digit) && (text[0] - b'0') * 10 + (text[1] - b'0') <= most
    };
    match text.as_bytes() {
        b"Z" => true,
        [b'+' | b'-', zone @ ..] if zone.len() == 5 && zone[2] == b':' => {
            two(&zone[..2], 24) && two(&zone[3..], 60)
        }
        _ => false,
    }
}

/// A number of one or two digits and what follows.
fn number(text: &str) -> Option<(u32, &str)> {
    let length = text.bytes().take(2).take_while(u8::is_ascii_digit).count();
    Some((text[..length].parse().ok()?, &text[length..]))
}
