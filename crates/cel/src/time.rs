//! Points in time and spans of time, as Go reads, counts and prints them.

use std::fmt::Write as _;

use fjord_calendar::{civil, days_in_month, parse_duration};

use super::ast::Accessor;

const NANOS: i64 = 1_000_000_000;
const DAY: i64 = 86_400;
/// From the first second of the year 1 to the last one of the year 9999.
const RANGE: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// A point in time between the years 1 and 9999.
#[derive(Debug, Clone, Copy)]
pub struct Timestamp {
    seconds: i64,
    nanos: u32,
    /// Seconds east of UTC of the clock it was read from: it shows in text and parts, not in comparisons.
    offset: i32,
}

/// A span of time in nanoseconds, up to 292 years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(pub(super) i64);

/// What a clock and a calendar show.
struct Clock {
    year: i64,
    /// From 1.
    month: i64,
    /// From 1.
    day: i64,
    days: i64,
    second_of_day: i64,
}

// === impl Timestamp ===

impl Timestamp {
    /// Seconds since 1970, in UTC.
    pub fn from_unix(seconds: i64) -> Option<Self> {
        RANGE.contains(&seconds).then_some(Self { seconds, nanos: 0, offset: 0 })
    }

    pub(super) fn unix(self) -> i64 {
        self.seconds
    }

    /// Reads RFC 3339 with Go's liberties: one digit of an hour and a comma before the fraction will do.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut rest = text;
        let year = number(&mut rest, 4, 4)?;
        let month = number(literal(&mut rest, "-")?, 2, 2)?;
        let day = number(literal(&mut rest, "-")?, 2, 2)?;
        let hour = number(literal(&mut rest, "T")?, 1, 2)?;
        let minute = number(literal(&mut rest, ":")?, 2, 2)?;
        let second = number(literal(&mut rest, ":")?, 2, 2)?;
        let mut nanos = 0;
        if let Some(fraction) = rest.strip_prefix(['.', ',']) {
            let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
            let kept = fraction.get(..digits.min(9)).filter(|kept| !kept.is_empty())?;
            nanos = format!("{kept:0<9}").parse().ok()?;
            rest = fraction.get(digits..)?;
        }
        let offset = if rest == "Z" {
            0
        } else {
            let sign = if rest.starts_with('-') { -1 } else { 1 };
            rest = rest.strip_prefix(['+', '-'])?;
            let hours = number(&mut rest, 2, 2)?;
            let minutes = number(literal(&mut rest, ":")?, 2, 2)?;
            if !rest.is_empty() || hours > 24 || minutes > 60 {
                return None;
            }
            sign * (hours * 3600 + minutes * 60)
        };
        let in_range = (1..=12).contains(&month)
            && (1..=days_in_month(year, month)).contains(&day)
            && hour < 24
            && minute < 60
            && second < 60;
        let seconds =
            fjord_calendar::days(year, month, day) * DAY + hour * 3600 + minute * 60 + second - offset;
        if !in_range || !RANGE.contains(&seconds) {
            return None;
        }
        Some(Self { seconds, nanos, offset: i32::try_from(offset).ok()? })
    }

    /// RFC 3339 with as much of a fraction as there is.
    pub fn text(self) -> String {
        let clock = Clock::new(self.seconds + i64::from(self.offset));
        let (hour, minute, second) = clock.time();
        let mut out = format!(
            "{:04}-{:02}-{:02}T{hour:02}:{minute:02}:{second:02}",
            clock.year, clock.month, clock.day
        );
        // Writing to a String cannot fail.
        if self.nanos > 0 {
            let _ = write!(out, ".{:09}", self.nanos);
            out.truncate(out.trim_end_matches('0').len());
        }
        if self.offset == 0 {
            out.push('Z');
        } else {
            let sign = if self.offset < 0 { '-' } else { '+' };
            let minutes = self.offset.abs() / 60;
            let _ = write!(out, "{sign}{:02}:{:02}", minutes / 60, minutes % 60);
        }
        out
    }

    pub(super) fn add(self, span: Duration) -> Option<Self> {
        let nanos = i64::from(self.nanos) + span.0.rem_euclid(NANOS);
        let seconds = self.seconds + span.0.div_euclid(NANOS) + nanos / NANOS;
        let nanos = u32::try_from(nanos % NANOS).ok()?;
        RANGE.contains(&seconds).then_some(Self { seconds, nanos, ..self })
    }

    pub(super) fn since(self, earlier: Self) -> Option<Duration> {
        let seconds = self.seconds - earlier.seconds;
        let nanos = i64::from(self.nanos) - i64::from(earlier.nanos);
        seconds.checked_mul(NANOS)?.checked_add(nanos).map(Duration)
    }

    /// One part of what a clock shows: the one it was read from, or one `offset` seconds east of UTC.
    pub(super) fn part(self, part: Accessor, offset: Option<i32>) -> i64 {
        let clock = Clock::new(self.seconds + i64::from(offset.unwrap_or(self.offset)));
        let (hour, minute, second) = clock.time();
        match part {
            Accessor::FullYear => clock.year,
            Accessor::Month => clock.month - 1,
            Accessor::DayOfYear => clock.days - fjord_calendar::days(clock.year, 1, 1),
            Accessor::DayOfMonth => clock.day - 1,
            Accessor::Date => clock.day,
            Accessor::DayOfWeek => fjord_calendar::weekday(clock.days),
            Accessor::Hours => hour,
            Accessor::Minutes => minute,
            Accessor::Seconds => second,
            Accessor::Milliseconds => i64::from(self.nanos / 1_000_000),
        }
    }

    fn instant(self) -> (i64, u32) {
        (self.seconds, self.nanos)
    }
}

impl PartialEq for Timestamp {
    fn eq(&self, other: &Self) -> bool {
        self.instant() == other.instant()
    }
}

impl Eq for Timestamp {}

impl PartialOrd for Timestamp {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Timestamp {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.instant().cmp(&other.instant())
    }
}

// === impl Duration ===

impl Duration {
    /// Reads `1h30m`, `-1.5s`, `300ms`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        parse_duration(text).ok().map(Self)
    }

    /// Seconds with a fraction: `3600.001s`.
    #[expect(clippy::cast_precision_loss, reason = "Go prints a span as a floating-point number of seconds")]
    pub(super) fn text(self) -> String {
        format!("{}s", (self.0 / NANOS) as f64 + (self.0 % NANOS) as f64 / 1e9)
    }

    /// The whole span in that unit.
    pub(super) fn part(self, part: Accessor) -> Option<i64> {
        Some(match part {
            Accessor::Hours => self.0 / (3600 * NANOS),
            Accessor::Minutes => self.0 / (60 * NANOS),
            Accessor::Seconds => self.0 / NANOS,
            Accessor::Milliseconds => self.0 / 1_000_000,
            _ => return None,
        })
    }
}

// === impl Clock ===

impl Clock {
    fn new(local_seconds: i64) -> Self {
        let days = local_seconds.div_euclid(DAY);
        let (year, month, day) = civil(days);
        Self { year, month, day, days, second_of_day: local_seconds.rem_euclid(DAY) }
    }

    fn time(&self) -> (i64, i64, i64) {
        (self.second_of_day / 3600, self.second_of_day / 60 % 60, self.second_of_day % 60)
    }
}

/// The year of a second since 1970 on a clock of UTC.
pub(super) fn year_of(seconds: i64) -> i64 {
    civil(seconds.div_euclid(DAY)).0
}

/// Takes a number of `least` to `most` digits.
fn number(rest: &mut &str, least: usize, most: usize) -> Option<i64> {
    let digits = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (number, tail) = rest.split_at_checked(digits).filter(|_| digits >= least)?;
    *rest = tail;
    number.parse().ok()
}

/// Takes `wanted`.
fn literal<'r, 's>(rest: &'r mut &'s str, wanted: &str) -> Option<&'r mut &'s str> {
    *rest = rest.strip_prefix(wanted)?;
    Some(rest)
}
