//! Calendar windows of a quota, in UTC: how much of each is used, and when the next one begins.
//!
//! The module of the Durable Object (`limits/`) takes in this file too.

use std::fmt;
use std::str::FromStr;

use fjord_calendar::{civil, days, weekday};
use serde::{Deserialize, Serialize};

/// How long a window is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    /// From one full second to the next.
    Second,
    /// From one full minute to the next.
    Minute,
    /// From one full hour to the next.
    Hour,
    /// From midnight to midnight.
    Day,
    /// From Monday to Monday.
    Week,
    /// From the first day of a month to that of the next.
    Month,
    /// From January 1 to January 1.
    Year,
}

/// Amounts that may be used within a window each. As text, `hour:100,day:1000`, they travel to the object that counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits(Vec<(Unit, f64)>);

/// What is used of the windows that have begun.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Usage(Vec<Window>);

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Window {
    unit: Unit,
    start_ms: f64,
    used: f64,
}

/// Whether something may be used, and what is left of the limit that there's least of. As text it travels from the object that counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    /// Whether there was anything left of each.
    pub is_allowed: bool,
    /// The amount of that limit.
    pub limit: f64,
    /// What is left of it.
    pub remaining: f64,
    /// Seconds until each limit that is used up begins anew; 0 if none is.
    pub retry_after: u64,
}

/// A text that isn't what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable;

const DAY_MS: f64 = 86_400_000.0;

// === impl Unit ===

impl Unit {
    /// All units, by their names.
    pub const NAMES: [(&'static str, Unit); 7] = [
        ("second", Self::Second),
        ("minute", Self::Minute),
        ("hour", Self::Hour),
        ("day", Self::Day),
        ("week", Self::Week),
        ("month", Self::Month),
        ("year", Self::Year),
    ];

    /// The unit of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, unit)| *unit)
    }

    fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, unit)| *unit == self).map_or("second", |(name, _)| name)
    }

    /// The beginning of the window that a moment is in, and that of the next, in milliseconds since 1970.
    pub fn window(self, now_ms: f64) -> (f64, f64) {
        let even = |length: f64| {
            let start = (now_ms / length).floor() * length;
            (start, start + length)
        };
        let today = (now_ms / DAY_MS).floor() as i64;
        let (year, month, _) = civil(today);
        let dates = |start: i64, end: i64| (start as f64 * DAY_MS, end as f64 * DAY_MS);
        match self {
            Self::Second => even(1000.0),
            Self::Minute => even(60_000.0),
            Self::Hour => even(3_600_000.0),
            Self::Day => even(DAY_MS),
            Self::Week => {
                let monday = today - (weekday(today) + 6) % 7;
                dates(monday, monday + 7)
            }
            Self::Month => {
                let next = if month == 12 { days(year + 1, 1, 1) } else { days(year, month + 1, 1) };
                dates(days(year, month, 1), next)
            }
            Self::Year => dates(days(year, 1, 1), days(year + 1, 1, 1)),
        }
    }
}

// === impl Limits ===

impl Limits {
    /// Amounts, each for a window. None if there are none, or one isn't a number from 0.
    pub fn new(limits: Vec<(Unit, f64)>) -> Option<Self> {
        let is_amount = |(_, amount): &(Unit, f64)| amount.is_finite() && *amount >= 0.0;
        (!limits.is_empty() && limits.iter().all(is_amount)).then_some(Self(limits))
    }
}

impl fmt::Display for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (unit, amount)) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma}{}:{amount}", unit.name())?;
        }
        Ok(())
    }
}

impl FromStr for Limits {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        let limit = |item: &str| {
            let (unit, amount) = item.split_once(':')?;
            Some((Unit::named(unit)?, amount.parse().ok()?))
        };
        text.split(',').map(limit).collect::<Option<Vec<_>>>().and_then(Self::new).ok_or(Unreadable)
    }
}

// === impl Usage ===

impl Usage {
    /// Uses `weight` of each limit if something is left of all, or anyway where it's `forced`: what has been used is counted then.
    pub fn take(&mut self, limits: &Limits, weight: f64, forced: bool, now_ms: f64) -> Verdict {
        self.renew(limits, now_ms);
        let mut ends_ms = now_ms;
        let mut is_allowed = true;
        for (unit, amount) in &limits.0 {
            if self.used(*unit) >= *amount {
                is_allowed = false;
                ends_ms = ends_ms.max(unit.window(now_ms).1);
            }
        }
        if is_allowed || forced {
            let weight = if weight.is_finite() { weight.max(0.0) } else { 0.0 };
            self.0.iter_mut().for_each(|window| window.used += weight);
        }
        let left = |(unit, amount): &(Unit, f64)| (*amount - self.used(*unit)).max(0.0);
        let least = limits.0.iter().min_by(|a, b| left(a).total_cmp(&left(b)));
        let (limit, remaining) = least.map_or((0.0, 0.0), |least| (least.1, left(least)));
        let retry_after = if is_allowed { 0 } else { ((ends_ms - now_ms) / 1000.0).ceil() as u64 };
        Verdict { is_allowed, limit, remaining, retry_after }
    }

    /// When the last window ends: nothing is worth remembering then.
    pub fn ends_ms(&self) -> f64 {
        self.0.iter().map(|window| window.unit.window(window.start_ms).1).fold(0.0, f64::max)
    }

    /// Begins the windows that a moment is in, of the limits' units.
    fn renew(&mut self, limits: &Limits, now_ms: f64) {
        self.0.retain(|window| limits.0.iter().any(|(unit, _)| *unit == window.unit));
        for (unit, _) in &limits.0 {
            let start_ms = unit.window(now_ms).0;
            match self.0.iter_mut().find(|window| window.unit == *unit) {
                // A clock that goes back doesn't begin an old window anew.
                Some(window) if window.start_ms < start_ms => {
                    *window = Window { unit: *unit, start_ms, used: 0.0 }
                }
                Some(_) => {}
                None => self.0.push(Window { unit: *unit, start_ms, used: 0.0 }),
            }
        }
    }

    fn used(&self, unit: Unit) -> f64 {
        self.0.iter().find(|window| window.unit == unit).map_or(0.0, |window| window.used)
    }
}

// === impl Verdict ===

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { is_allowed, limit, remaining, retry_after } = self;
        write!(f, "{} {limit} {remaining} {retry_after}", u8::from(*is_allowed))
    }
}

impl FromStr for Verdict {
    type Err = Unreadable;

    fn from_str(text: &str) -> Result<Self, Unreadable> {
        let mut parts = text.split(' ');
        let mut next = || parts.next().ok_or(Unreadable);
        let is_allowed = match next()? {
            "1" => true,
            "0" => false,
            _ => return Err(Unreadable),
        };
        let (limit, remaining) = (next()?.parse(), next()?.parse());
        let retry_after = next()?.parse().map_err(|_| Unreadable)?;
        match (limit, remaining, parts.next()) {
            (Ok(limit), Ok(remaining), None) => Ok(Self { is_allowed, limit, remaining, retry_after }),
            _ => Err(Unreadable),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2024-02-29 is a Thursday.
    const NOW: f64 = 19_782.0 * DAY_MS + 3_723_004.0;

    #[test]
    fn windows_are_those_of_the_calendar() {
        let day = |year, month, day| days(year, month, day) as f64 * DAY_MS;
        let midnight = day(2024, 2, 29);
        for (unit, start, end) in [
            (Unit::Second, midnight + 3_723_000.0, midnight + 3_724_000.0),
            (Unit::Minute, midnight + 3_720_000.0, midnight + 3_780_000.0),
            (Unit::Hour, midnight + 3_600_000.0, midnight + 7_200_000.0),
            (Unit::Day, midnight, day(2024, 3, 1)),
            (Unit::Week, day(2024, 2, 26), day(2024, 3, 4)),
            (Unit::Month, day(2024, 2, 1), day(2024, 3, 1)),
            (Unit::Year, day(2024, 1, 1), day(2025, 1, 1)),
        ] {
            assert_eq!(unit.window(NOW), (start, end), "{unit:?}");
            // A window begins with itself, and ends before the next one.
            assert_eq!((unit.window(start).0, unit.window(end - 1.0).0), (start, start), "{unit:?}");
            assert_eq!(unit.window(end).0, end, "{unit:?}");
        }
        // A Sunday and a Monday; a December.
        assert_eq!(Unit::Week.window(day(2024, 3, 3)).0, day(2024, 2, 26));
        assert_eq!(Unit::Week.window(day(2024, 3, 4)).0, day(2024, 3, 4));
        assert_eq!(Unit::Month.window(day(2024, 12, 31)).1, day(2025, 1, 1));
    }

    #[test]
    fn all_limits_must_hold_and_begin_anew_with_their_windows() {
        let limits: Limits = "hour:2,day:3".parse().unwrap();
        assert_eq!(limits.to_string(), "hour:2,day:3");
        let mut usage = Usage::default();
        let mut take = |now| {
            let verdict = usage.take(&limits, 1.0, false, now);
            (verdict.is_allowed, verdict.limit, verdict.remaining, verdict.retry_after)
        };
        assert_eq!(take(NOW), (true, 2.0, 1.0, 0));
        assert_eq!(take(NOW), (true, 2.0, 0.0, 0));
        // The hour ends in 58 minutes, less 3.004 seconds.
        assert_eq!(take(NOW), (false, 2.0, 0.0, 3477));
        let later = NOW + 3_600_000.0;
        assert_eq!(take(later), (true, 3.0, 0.0, 0));
        assert_eq!(take(later), (false, 3.0, 0.0, 86_400 - 7323));
        assert_eq!(take(NOW + DAY_MS), (true, 2.0, 1.0, 0));
        // The clock goes back: nothing begins anew.
        assert_eq!(take(NOW), (true, 2.0, 0.0, 0));
        assert!(!take(NOW).0);
    }

    #[test]
    fn weights_are_counted_after_the_fact() {
        let limits: Limits = "month:100".parse().unwrap();
        let mut usage = Usage::default();
        assert!(usage.take(&limits, 0.0, false, NOW).is_allowed);
        usage.take(&limits, 150.0, true, NOW);
        let verdict = usage.take(&limits, 0.0, false, NOW);
        assert_eq!((verdict.is_allowed, verdict.remaining), (false, 0.0));
        // What isn't an amount gives nothing back.
        for weight in [-1000.0, f64::NAN, f64::INFINITY] {
            usage.take(&limits, weight, true, NOW);
            assert!(!usage.take(&limits, 0.0, false, NOW).is_allowed, "{weight}");
        }
        assert_eq!(usage.ends_ms(), days(2024, 3, 1) as f64 * DAY_MS);
    }

    #[test]
    fn texts_come_back() {
        for text in ["", "hour", "hour:", "hour:x", "hour:-1", "hour:NaN", "century:1", "hour:1,"] {
            assert_eq!(text.parse::<Limits>(), Err(Unreadable), "{text}");
        }
        let verdict = Verdict { is_allowed: false, limit: 10.5, remaining: 0.0, retry_after: 7 };
        assert_eq!(verdict.to_string().parse(), Ok(verdict));
        for text in ["", "1", "2 1 1 1", "1 1 1 -1", "1 1 1 1 1", "1 x 1 1"] {
            assert_eq!(text.parse::<Verdict>(), Err(Unreadable), "{text}");
        }
    }
}
