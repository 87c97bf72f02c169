//! Reads the dates of feeds, however they are written, and writes them as RFC 3339.

use std::fmt;

use super::layout::{Fields, read, signed_hours};
use super::layouts::{LAYOUTS, NAMED_ZONE_LAYOUTS};

/// A point in time with the zone it was given in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Date {
    /// Seconds since 1970.
    seconds: i64,
    nanos: u32,
    /// Seconds east of UTC.
    offset: i64,
}

// === impl Date ===

impl Date {
    /// Reads `text` by the first layout that fits.
    pub fn parse(text: &str) -> Option<Date> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        LAYOUTS
            .iter()
            .find_map(|layout| read(layout, text)?.date(false))
            .or_else(|| NAMED_ZONE_LAYOUTS.iter().find_map(|layout| read(layout, text)?.date(true)))
    }

    /// Reads a date of RFC 3339 only.
    pub fn rfc3339(text: &str) -> Option<Date> {
        read("2006-01-02T15:04:05Z07:00", text)?.date(false)
    }

    /// Seconds since 1970.
    pub fn seconds(self) -> i64 {
        self.seconds
    }

    /// The same moment in UTC.
    pub fn utc(self) -> Date {
        Date { offset: 0, ..self }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let local = self.seconds + self.offset;
        let (days, second) = (local.div_euclid(86_400), local.rem_euclid(86_400));
        let (year, month, day) = fjord_calendar::civil(days);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}",
            second / 3600,
            second / 60 % 60,
            second % 60
        )?;
        if self.nanos != 0 {
            write!(f, ".{}", format!("{:09}", self.nanos).trim_end_matches('0'))?;
        }
        match self.offset / 60 {
            0 => f.write_str("Z"),
            minutes => {
                let sign = if minutes < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
            }
        }
    }
}

// === impl Fields ===

impl Fields<'_> {
    fn date(self, look_up_zone: bool) -> Option<Date> {
        let hour = match self.afternoon {
            Some(true) if self.hour < 12 => self.hour + 12,
            Some(false) if self.hour == 12 => 0,
            _ => self.hour,
        };
        let (month, day) = (self.month.max(1), self.day.max(1));
        if day > fjord_calendar::days_in_month(self.year, month) {
            return None;
        }
        let clock = fjord_calendar::days(self.year, month, day) * 86_400
            + hour * 3600
            + self.minute * 60
            + self.second;
        let looked_up = self.zone.filter(|_| look_up_zone).and_then(known_zone);
        let (offset, seconds) = match (self.offset.or(looked_up), self.zone) {
            (Some(offset), _) => (offset, clock - offset),
            // A name that is not looked up does not move the moment, not even one like `GMT+3`, as in Go.
            (None, Some(zone)) => (gmt_offset(zone), clock),
            (None, None) => (0, clock),
        };
        Some(Date { seconds, nanos: self.nanos, offset })
    }
}

/// The offset in a name like `GMT+3`; every other name counts as UTC, as in Go.
fn gmt_offset(zone: &str) -> i64 {
    zone.strip_prefix("GMT").and_then(signed_hours).map_or(0, |(hours, _)| hours * 3600)
}

/// Abbreviations that are names of the time zone database, too.
fn known_zone(zone: &str) -> Option<i64> {
    Some(match zone {
        "EST" => -5 * 3600,
        "MST" => -7 * 3600,
        "HST" => -10 * 3600,
        "CET" => 3600,
        "EET" => 2 * 3600,
        _ => return None,
    })
}
