//! Time zones by name or by offset, for the parts of a timestamp (`timestamp(now).getHours('Europe/Madrid')`).
//!
//! Neither the core nor the runtime has a zone database, so the table holds of every zone the rule it follows now and since
//! when it does: exact answers from then on, and a refusal before, never a guess.

use fjord_calendar::{days, days_in_month, weekday};

use super::error::EvalError;
use super::time::year_of;

/// A line per rule: `standard[,daylight,start,end] since names…`, offsets in minutes, `start` and `end` as
/// `month.week.weekday/minute`, the 5th week being the last. Made from tzdata 2025b (public domain). 15 KB.
const TABLE: &str = include_str!("zones.txt");
/// Zones with a rule that begins later (2033) have none yet: their clocks change by decree.
const FAR: i64 = 2_000_000_000;
/// No clock is further from UTC than that, a written offset may be (as in KrakenD's evaluator).
const MAX_OFFSET: i64 = 10_000_000;

/// A clock's difference to UTC through the year.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Zone {
    /// Seconds east of UTC.
    standard: i32,
    daylight: Option<Daylight>,
    since: i64,
}

#[derive(Debug, Clone, PartialEq)]
struct Daylight {
    offset: i32,
    start: Change,
    end: Change,
}

/// When clocks change: the nth (5: last) such weekday of a month, this many seconds after its midnight.
#[derive(Debug, Clone, PartialEq)]
struct Change {
    month: i64,
    week: i64,
    weekday: i64,
    second: i64,
}

// === impl Zone ===

impl Zone {
    /// The zone of a name of the zone database (`Europe/Madrid`), of an offset (`+02:00`, `-03:30`), of `UTC` or ``.
    pub(super) fn find(name: &str) -> Result<Self, EvalError> {
        let unknown = || EvalError::TimeZone(format!("unknown time zone {name}").into());
        if name.is_empty() {
            return Ok(Self::fixed(0));
        }
        if let Some((hours, minutes)) = name.split_once(':') {
            let hours: i64 = hours.parse().map_err(|_| unknown())?;
            let minutes: i64 = minutes.parse().map_err(|_| unknown())?;
            let minutes = if name.starts_with('-') { -minutes } else { minutes };
            let offset = i128::from(hours) * 3600 + i128::from(minutes) * 60;
            let offset = i32::try_from(offset).ok().filter(|offset| i64::from(*offset).abs() <= MAX_OFFSET);
            return offset.map(Self::fixed).ok_or_else(unknown);
        }
        if name == "Local" {
            return Err(EvalError::TimeZone("there is no local time zone at the edge, name one".into()));
        }
        let zone = TABLE.lines().find_map(|line| {
            let (rule, rest) = line.split_once(' ')?;
            let (since, names) = rest.split_once(' ')?;
            names.split(' ').any(|known| known == name).then(|| Self::read(rule, since))?
        });
        match zone {
            Some(zone) if zone.since > FAR => {
                Err(EvalError::TimeZone(format!("the clocks of {name} follow no fixed rule").into()))
            }
            Some(zone) => Ok(zone),
            None => Err(unknown()),
        }
    }

    fn fixed(standard: i32) -> Self {
        Self { standard, daylight: None, since: i64::MIN }
    }

    fn read(rule: &str, since: &str) -> Option<Self> {
        let mut parts = rule.split(',');
        let minutes = |text: &str| text.parse::<i32>().ok().map(|minutes| minutes * 60);
        let standard = minutes(parts.next()?)?;
        let daylight = match parts.next() {
            None => None,
            Some(offset) => Some(Daylight {
                offset: minutes(offset)?,
                start: Change::read(parts.next()?)?,
                end: Change::read(parts.next()?)?,
            }),
        };
        let since = if since == "-" { i64::MIN } else { since.parse().ok()? };
        Some(Self { standard, daylight, since })
    }

    /// Seconds east of UTC at `seconds` since 1970.
    pub(super) fn offset(&self, seconds: i64) -> Result<i32, EvalError> {
        if seconds < self.since {
            let year = year_of(self.since);
            return Err(EvalError::TimeZone(format!("no rule of that time zone before {year}").into()));
        }
        let Some(daylight) = &self.daylight else { return Ok(self.standard) };
        let year = year_of(seconds + i64::from(self.standard));
        let start = daylight.start.at(year) - i64::from(self.standard);
        let end = daylight.end.at(year) - i64::from(daylight.offset);
        let is_daylight = if start < end {
            (start..end).contains(&seconds)
        } else {
            // South of the equator it goes over the new year.
            !(end..start).contains(&seconds)
        };
        Ok(if is_daylight { daylight.offset } else { self.standard })
    }
}

// === impl Change ===

impl Change {
    fn read(text: &str) -> Option<Self> {
        let (day, minute) = text.split_once('/')?;
        let mut day = day.split('.').map(|part| part.parse().ok());
        Some(Self {
            month: day.next()??,
            week: day.next()??,
            weekday: day.next()??,
            second: minute.parse::<i64>().ok()? * 60,
        })
    }

    /// Seconds since 1970 on the clock that changes.
    fn at(&self, year: i64) -> i64 {
        let first = days(year, self.month, 1);
        let mut day = (self.weekday - weekday(first)).rem_euclid(7) + 7 * (self.week - 1);
        if day >= days_in_month(year, self.month) {
            day -= 7;
        }
        (first + day) * 86_400 + self.second
    }
}
