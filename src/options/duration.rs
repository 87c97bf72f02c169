//! Durations of a configuration, in Go's syntax: `300ms`, `1h30m`, `1.5s`, `0`.

use std::fmt;
use std::time::Duration;

use fjord_calendar::{DurationError as Fault, parse_duration};

/// Why a string isn't a duration that a configuration can use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DurationError {
    /// Go can't read it either.
    Syntax(Fault),
    /// Below zero.
    Negative,
}

/// Reads a duration.
///
/// # Errors
/// If it isn't a duration of Go.
pub fn parse(text: &str) -> Result<Duration, DurationError> {
    let nanos = parse_duration(text).map_err(DurationError::Syntax)?;
    u64::try_from(nanos).map(Duration::from_nanos).map_err(|_| DurationError::Negative)
}

// === impl DurationError ===

impl fmt::Display for DurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(fault) => fault.fmt(f),
            Self::Negative => f.write_str("it is below zero"),
        }
    }
}

impl std::error::Error for DurationError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_has_no_negative_durations() {
        for (text, expected) in [
            ("1h30m", Ok(Duration::from_secs(5400))),
            ("-0s", Ok(Duration::ZERO)),
            ("9223372036854775807ns", Ok(Duration::from_nanos(i64::MAX as u64))),
            ("-1s", Err(DurationError::Negative)),
            ("-9223372036854775808ns", Err(DurationError::Negative)),
            ("10", Err(DurationError::Syntax(Fault::NoUnit))),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }
}
