//! Durations in Go's syntax, to the nanosecond that Go's `time.ParseDuration` finds: `300ms`, `1h30m`, `-1.5s`, `0`.

use std::fmt;

/// Why a string isn't a duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DurationError {
    /// Nothing there.
    Empty,
    /// No number where one must be.
    NoNumber,
    /// A number without a unit.
    NoUnit,
    /// A unit that Go doesn't have.
    UnknownUnit,
    /// More than 292 years.
    TooLong,
}

/// The least number of nanoseconds, without its sign.
const LEAST: u64 = 1 << 63;

/// Reads a duration as nanoseconds.
///
/// ```
/// use fjord_calendar::parse_duration;
///
/// assert_eq!(parse_duration("1m1.5s")?, 61_500_000_000);
/// assert!(parse_duration("1 minute").is_err());
/// # Ok::<(), fjord_calendar::DurationError>(())
/// ```
///
/// # Errors
/// What Go finds wrong with the text.
pub fn parse_duration(text: &str) -> Result<i64, DurationError> {
    let is_negative = text.starts_with('-');
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(DurationError::Empty);
    }
    let mut total = 0_u64;
    while !rest.is_empty() {
        let (nanos, after) = part(rest)?;
        total = total.checked_add(nanos).filter(|sum| *sum <= LEAST).ok_or(DurationError::TooLong)?;
        rest = after;
    }
    match i64::try_from(total) {
        Ok(total) => Ok(if is_negative { -total } else { total }),
        Err(_) if is_negative => Ok(i64::MIN),
        Err(_) => Err(DurationError::TooLong),
    }
}

/// One number with its unit, in nanoseconds, and what follows.
fn part(text: &str) -> Result<(u64, &str), DurationError> {
    let (whole, rest) = digits(text);
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(after) => digits(after),
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
        // Two characters look like this: the sign for micro, and the Greek letter.
        "us" | "\u{b5}s" | "\u{3bc}s" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return Err(DurationError::UnknownUnit),
    };
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| DurationError::TooLong)? };
    let nanos = whole.checked_mul(unit).filter(|nanos| *nanos <= LEAST).ok_or(DurationError::TooLong)?;
    Ok((nanos + part_of(fraction, unit), rest))
}

/// A fraction of a unit, in nanoseconds: Go multiplies in floating point, and leaves digits out that its integer can't take.
fn part_of(fraction: &str, unit: u64) -> u64 {
    let (mut value, mut scale) = (0_u64, 1.0);
    for digit in fraction.bytes() {
        if value > (LEAST - 1) / 10 {
            break;
        }
        value = value * 10 + u64::from(digit - b'0');
        scale *= 10.0;
    }
    (value as f64 * (unit as f64 / scale)) as u64
}

fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

// === impl DurationError ===

impl fmt::Display for DurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "it is empty",
            Self::NoNumber => "it has no number",
            Self::NoUnit => "the unit is missing",
            Self::UnknownUnit => "unknown unit",
            Self::TooLong => "it is longer than 292 years",
        })
    }
}

impl std::error::Error for DurationError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_go_reads() {
        const S: i64 = 1_000_000_000;
        for (text, nanos) in [
            ("0", 0),
            ("-0", 0),
            ("0s", 0),
            ("-0s", 0),
            ("5s", 5 * S),
            ("+5s", 5 * S),
            ("-5s", -5 * S),
            ("5.s", 5 * S),
            (".5s", S / 2),
            ("5.6s", 5_600_000_000),
            ("1.0040s", 1_004_000_000),
            ("100.00100s", 100_001_000_000),
            ("300ms", 300_000_000),
            ("11us", 11_000),
            ("12\u{b5}s", 12_000),
            ("12\u{3bc}s", 12_000),
            ("7ns", 7),
            ("15m", 900 * S),
            ("1h30m", 5400 * S),
            ("10.5s4m", 250_500_000_000),
            ("-2m3.4s", -123_400_000_000),
            ("1h15m30.918273645s", 4_530_918_273_645),
            ("0.3333333333333333333h", 1200 * S),
            ("0.100000000000000000000h", 360 * S),
            ("0.830103483285477580700h", 2_988_372_539_827),
            ("9007199254740993ns", 9_007_199_254_740_993),
            ("9223372036854775807ns", i64::MAX),
            ("9223372036854775.807us", i64::MAX),
            ("9223372036s854ms775us807ns", i64::MAX),
            ("-9223372036854775808ns", i64::MIN),
            ("-9223372036854775.808us", i64::MIN),
        ] {
            assert_eq!(parse_duration(text), Ok(nanos), "{text}");
        }
    }

    #[test]
    fn refuses_what_go_refuses() {
        for (text, error) in [
            ("", DurationError::Empty),
            ("-", DurationError::Empty),
            ("3", DurationError::NoUnit),
            ("1s3", DurationError::NoUnit),
            ("s", DurationError::NoNumber),
            (".", DurationError::NoNumber),
            ("-.s", DurationError::NoNumber),
            ("--1s", DurationError::NoNumber),
            ("\u{fffd}", DurationError::NoNumber),
            ("3d", DurationError::UnknownUnit),
            ("2 s", DurationError::UnknownUnit),
            ("1s ", DurationError::UnknownUnit),
            ("1S", DurationError::UnknownUnit),
            ("9223372036854775808ns", DurationError::TooLong),
            ("-9223372036854775809ns", DurationError::TooLong),
            ("9223372036854776us", DurationError::TooLong),
            ("9223372036854775.808us", DurationError::TooLong),
            ("99999999999999999999ns", DurationError::TooLong),
            ("3000000h", DurationError::TooLong),
            ("2562047h2562047h", DurationError::TooLong),
        ] {
            assert_eq!(parse_duration(text), Err(error), "{text}");
        }
    }
}
