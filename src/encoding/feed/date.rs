//! Reads the dates of feeds, however they are written, and writes them as RFC 3339: Go's `time.Parse` for gofeed's layouts.

use std::fmt;

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

/// What a layout's element stands for.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Year,
    ShortYear,
    MonthName {
        long: bool,
    },
    Month {
        fixed: bool,
    },
    WeekDay {
        long: bool,
    },
    Day {
        fixed: bool,
        padded: bool,
    },
    Hour,
    Hour12 {
        fixed: bool,
    },
    Minute {
        fixed: bool,
    },
    Second {
        fixed: bool,
    },
    HalfDay(&'static str, &'static str),
    Fraction(usize),
    ZoneName,
    /// How many bytes, with colons or not, and whether `Z` is UTC.
    Zone {
        length: usize,
        colons: bool,
        z: bool,
    },
}

/// The parts read so far.
#[derive(Default)]
struct Fields<'v> {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    nanos: u32,
    afternoon: Option<bool>,
    offset: Option<i64>,
    zone: Option<&'v str>,
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// The elements of layouts; of two that fit, the first counts.
const PARTS: &[(&str, Part)] = &[
    ("January", Part::MonthName { long: true }),
    ("Jan", Part::MonthName { long: false }),
    ("Monday", Part::WeekDay { long: true }),
    ("Mon", Part::WeekDay { long: false }),
    ("MST", Part::ZoneName),
    ("01", Part::Month { fixed: true }),
    ("02", Part::Day { fixed: true, padded: false }),
    ("03", Part::Hour12 { fixed: true }),
    ("04", Part::Minute { fixed: true }),
    ("05", Part::Second { fixed: true }),
    ("06", Part::ShortYear),
    ("15", Part::Hour),
    ("1", Part::Month { fixed: false }),
    ("2006", Part::Year),
    ("2", Part::Day { fixed: false, padded: false }),
    ("_2", Part::Day { fixed: false, padded: true }),
    ("3", Part::Hour12 { fixed: false }),
    ("4", Part::Minute { fixed: false }),
    ("5", Part::Second { fixed: false }),
    ("PM", Part::HalfDay("PM", "AM")),
    ("pm", Part::HalfDay("pm", "am")),
    ("-07:00:00", Part::Zone { length: 9, colons: true, z: false }),
    ("-0700", Part::Zone { length: 5, colons: false, z: false }),
    ("-07:00", Part::Zone { length: 6, colons: true, z: false }),
    ("-07", Part::Zone { length: 3, colons: false, z: false }),
    ("Z07:00", Part::Zone { length: 6, colons: true, z: true }),
];

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

    /// The same moment in UTC.
    pub fn utc(self) -> Date {
        Date { offset: 0, ..self }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let local = self.seconds + self.offset;
        let (days, second) = (local.div_euclid(86_400), local.rem_euclid(86_400));
        let (year, month, day) = civil(days);
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
        if day > days_in(month, self.year) {
            return None;
        }
        let clock = days(self.year, month, day) * 86_400 + hour * 3600 + self.minute * 60 + self.second;
        let looked_up = self.zone.filter(|_| look_up_zone).and_then(known_zone);
        let (offset, seconds) = match (self.offset.or(looked_up), self.zone) {
            (Some(offset), _) => (offset, clock - offset),
            // A name that is not looked up does not move the moment, not even one like `GMT+3`, as in Go.
            (None, Some(zone)) => (gmt_offset(zone), clock),
            (None, None) => (0, clock),
        };
        Some(Date { seconds, nanos: self.nanos, offset })
    }

    /// Reads one part; what follows it.
    fn read<'v>(&mut self, part: Part, value: &'v str, next: Option<Part>) -> Option<&'v str> {
        let rest = match part {
            Part::Year => {
                let year = value.get(..4)?;
                self.year = all_digits(year)?.parse().ok()?;
                &value[4..]
            }
            Part::ShortYear => {
                let year: i64 = all_digits(value.get(..2)?)?.parse().ok()?;
                self.year = if year >= 69 { year + 1900 } else { year + 2000 };
                &value[2..]
            }
            Part::MonthName { long } => {
                let (at, rest) = name(&MONTHS, value, long)?;
                self.month = at + 1;
                rest
            }
            Part::WeekDay { long } => name(&DAYS, value, long)?.1,
            Part::Month { fixed } => in_range(&mut self.month, 1..=12, number(value, fixed)?)?,
            Part::Day { fixed, padded } => {
                let value = if padded { value.strip_prefix(' ').unwrap_or(value) } else { value };
                in_range(&mut self.day, 1..=31, number(value, fixed)?)?
            }
            Part::Hour => in_range(&mut self.hour, 0..=23, number(value, false)?)?,
            Part::Hour12 { fixed } => in_range(&mut self.hour, 0..=12, number(value, fixed)?)?,
            Part::Minute { fixed } => in_range(&mut self.minute, 0..=59, number(value, fixed)?)?,
            Part::Second { fixed } => {
                let rest = in_range(&mut self.second, 0..=59, number(value, fixed)?)?;
                match fraction(rest) {
                    // A fraction is read even where the layout has none.
                    Some((nanos, rest)) if !matches!(next, Some(Part::Fraction(_))) => {
                        self.nanos = nanos;
                        rest
                    }
                    _ => rest,
                }
            }
            Part::HalfDay(afternoon, morning) => {
                self.afternoon = Some(value.starts_with(afternoon));
                value.strip_prefix(afternoon).or_else(|| value.strip_prefix(morning))?
            }
            Part::Fraction(digits) => {
                let (nanos, _) = fraction(value.get(..digits + 1)?)?;
                self.nanos = nanos;
                &value[digits + 1..]
            }
            Part::Zone { z: true, .. } if value.starts_with('Z') => &value[1..],
            Part::Zone { length, colons, .. } => {
                self.offset = Some(zone(value.get(..length)?, colons)?);
                &value[length..]
            }
            Part::ZoneName => value,
        };
        Some(rest)
    }
}

/// Reads `text` by one layout.
fn read<'v>(mut layout: &str, text: &'v str) -> Option<Fields<'v>> {
    let mut fields = Fields::default();
    let mut value = text;
    loop {
        let Some((prefix, part, rest)) = next_part(layout) else {
            return literal(value, layout)?.is_empty().then_some(fields);
        };
        value = literal(value, prefix)?;
        if part == Part::ZoneName {
            let length = zone_name(value)?;
            fields.zone = Some(&value[..length]);
            value = &value[length..];
        } else {
            let next = next_part(rest).filter(|(prefix, ..)| prefix.is_empty()).map(|(_, part, _)| part);
            value = fields.read(part, value, next)?;
        }
        layout = rest;
    }
}

/// The first element of a layout: what stands before it, the element, what follows.
fn next_part(layout: &str) -> Option<(&str, Part, &str)> {
    layout.char_indices().find_map(|(at, _)| {
        let (prefix, rest) = layout.split_at(at);
        if let Some(digits) = rest.strip_prefix(['.', ',']) {
            let zeros = digits.len() - digits.trim_start_matches('0').len();
            let ends = !digits[zeros..].starts_with(|c: char| c.is_ascii_digit());
            return (zeros > 0 && ends).then(|| (prefix, Part::Fraction(zeros), &digits[zeros..]));
        }
        PARTS.iter().find_map(|&(text, part)| Some((prefix, part, rest.strip_prefix(text)?)))
    })
}

/// Passes over a layout's literal text; any number of spaces stand for those of the layout.
fn literal<'v>(mut value: &'v str, mut prefix: &str) -> Option<&'v str> {
    while let Some(c) = prefix.chars().next() {
        if c == ' ' {
            if !value.is_empty() && !value.starts_with(' ') {
                return None;
            }
            prefix = prefix.trim_start_matches(' ');
            value = value.trim_start_matches(' ');
        } else {
            value = value.strip_prefix(c)?;
            prefix = &prefix[c.len_utf8()..];
        }
    }
    Some(value)
}

fn in_range<'v>(
    field: &mut i64,
    range: std::ops::RangeInclusive<i64>,
    (number, rest): (i64, &'v str),
) -> Option<&'v str> {
    *field = number;
    range.contains(&number).then_some(rest)
}

/// A number of one or two digits, or of exactly two.
fn number(value: &str, fixed: bool) -> Option<(i64, &str)> {
    let length = value.bytes().take(2).take_while(u8::is_ascii_digit).count();
    if length == 0 || (fixed && length == 1) {
        return None;
    }
    Some((value[..length].parse().ok()?, &value[length..]))
}

/// `.5` or `,5`: nanoseconds and what follows.
fn fraction(value: &str) -> Option<(u32, &str)> {
    let digits = value.strip_prefix(['.', ','])?;
    let length = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let nanos = digits[..length.min(9)].parse::<u32>().ok()?;
    let missing = 9 - u32::try_from(length.min(9)).ok()?;
    Some((nanos * 10_u32.pow(missing), &digits[length..]))
}

fn all_digits(text: &str) -> Option<&str> {
    text.bytes().all(|b| b.is_ascii_digit()).then_some(text)
}

fn name<'v>(names: &[&str], value: &'v str, long: bool) -> Option<(i64, &'v str)> {
    names.iter().zip(0..).find_map(|(name, at)| {
        let name = if long { name } else { &name[..3] };
        let start = value.get(..name.len())?;
        start.eq_ignore_ascii_case(name).then(|| (at, &value[name.len()..]))
    })
}

fn zone(text: &str, colons: bool) -> Option<i64> {
    let sign = match text.as_bytes().first() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return None,
    };
    let mut rest = &text[1..];
    let mut seconds = 0;
    for (unit, most) in [(3600, 24), (60, 60), (1, 60)] {
        if rest.is_empty() {
            break;
        }
        if colons && unit != 3600 {
            rest = rest.strip_prefix(':')?;
        }
        let (value, after) = number(rest, true)?;
        seconds += (value <= most).then_some(value * unit)?;
        rest = after;
    }
    Some(sign * seconds)
}

/// How long the name of a zone at the start of `value` is: three capitals, four or five that end in T, `GMT+3`.
fn zone_name(value: &str) -> Option<usize> {
    if value.len() < 3 {
        return None;
    }
    if value.starts_with("ChST") || value.starts_with("MeST") {
        return Some(4);
    }
    if let Some(rest) = value.strip_prefix("GMT") {
        return Some(3 + signed_hours(rest).map_or(0, |(_, length)| length));
    }
    if value.starts_with(['+', '-']) {
        return signed_hours(value).map(|(_, length)| length);
    }
    match value.bytes().take(6).take_while(u8::is_ascii_uppercase).count() {
        5 if value.as_bytes()[4] == b'T' => Some(5),
        4 if value.as_bytes()[3] == b'T' || value.starts_with("WITA") => Some(4),
        3 => Some(3),
        _ => None,
    }
}

fn signed_hours(text: &str) -> Option<(i64, usize)> {
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let digits = text.strip_prefix(['+', '-'])?;
    let length = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let hours: i64 = digits[..length].parse().ok()?;
    (hours < 24).then_some((sign * hours, length + 1))
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

fn days_in(month: i64, year: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970 of a date of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month > 2 { year } else { year - 1 };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The date of a number of days since 1970.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}
