//! Durations in Go's syntax (`time.ParseDuration`): `300ms`, `1h30m`, `1.5s`, `-2s`, `0`.

use std::fmt;
use std::time::Duration;

/// Why a text is no duration that a configuration can use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DurationError {
    /// Nothing there.
    Empty,
    /// No number where one must stand.
    NoNumber,
    /// A number without a unit.
    NoUnit,
    /// A unit that Go doesn't have.
    UnknownUnit,
    /// More than 292 years.
    TooLong,
    /// Below zero.
    Negative,
}

/// The longest duration of Go, in nanoseconds.
const MAX: u64 = i64::MAX as u64;

/// Reads a duration.
pub fn parse(text: &str) -> Result<Duration, DurationError> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest.is_empty() {
        return Err(DurationError::Empty);
    }
    if rest == "0" {
        return Ok(Duration::ZERO);
    }
    let mut total = 0u64;
    while !rest.is_empty() {
        let (nanos, after) = parse_part(rest)?;
        total = total.checked_add(nanos).filter(|sum| *sum <= MAX).ok_or(DurationError::TooLong)?;
        rest = after;
    }
    match (negative, total) {
        (true, 1..) => Err(DurationError::Negative),
        _ => Ok(Duration::from_nanos(total)),
    }
}

/// One number with its unit, in nanoseconds, and what follows.
fn parse_part(text: &str) -> Result<(u64, &str), DurationError> {
    let (whole, rest) = split_digits(text);
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(after) => split_digits(after),
        None => ("", rest),
    };
    if whole.is_empty() && fraction.is_empty() {
        return Err(DurationError::NoNumber);
    }
    let len = rest.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(rest.len());
    let (unit, rest) = rest.split_at(len);
    let unit: u64 = match unit {
        "" => return Err(DurationError::NoUnit),
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return Err(DurationError::UnknownUnit),
    };
    let mut nanos = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| DurationError::TooLong)? };
    nanos = unit.checked_mul(nanos).ok_or(DurationError::TooLong)?;
    // Go cuts a fraction where it no longer counts; nine digits of hours are below a microsecond.
    let mut scale = unit as f64;
    for digit in fraction.bytes().take(18) {
        scale /= 10.0;
        nanos = nanos.saturating_add((f64::from(digit - b'0') * scale).round() as u64);
    }
    Ok((nanos, rest))
}

fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

// === impl DurationError ===

impl fmt::Display for DurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DurationError::Empty => "it is empty",
            DurationError::NoNumber => "it has no number",
            DurationError::NoUnit => "the unit is missing",
            DurationError::UnknownUnit => "unknown unit",
            DurationError::TooLong => "it is longer than 292 years",
            DurationError::Negative => "it is below zero",
        })
    }
}

impl std::error::Error for DurationError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_go_reads() {
        let good: &[(&str, u64)] = &[
            ("0", 0),
            ("0s", 0),
            ("-0s", 0),
            ("+5s", 5_000_000_000),
            ("300ms", 300_000_000),
            ("1.5s", 1_500_000_000),
            (".5s", 500_000_000),
            ("1.s", 1_000_000_000),
            ("1h30m", 5_400_000_000_000),
            ("1h15m30.918273645s", 4_530_918_273_645),
            ("10us", 10_000),
            ("10µs", 10_000),
            ("7ns", 7),
            ("9223372036854775807ns", i64::MAX as u64),
        ];
        for (text, nanos) in good {
            assert_eq!(parse(text), Ok(Duration::from_nanos(*nanos)), "{text}");
        }
        let bad: &[(&str, DurationError)] = &[
            ("", DurationError::Empty),
            ("-", DurationError::Empty),
            ("10", DurationError::NoUnit),
            ("s", DurationError::NoNumber),
            (".s", DurationError::NoNumber),
            ("3d", DurationError::UnknownUnit),
            ("2 s", DurationError::UnknownUnit),
            ("1s ", DurationError::UnknownUnit),
            ("-1s", DurationError::Negative),
            ("9223372036854775808ns", DurationError::TooLong),
            ("3000000h", DurationError::TooLong),
        ];
        for (text, error) in bad {
            assert_eq!(parse(text), Err(*error), "{text}");
        }
    }
}
