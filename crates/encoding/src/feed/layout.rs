//! Reads a text by a layout in Go's notation, `02 Jan 2006 15:04`, as `time.Parse` does.

use fjord_calendar::{MONTHS, WEEKDAYS};

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
pub(super) struct Fields<'v> {
    pub year: i64,
    pub month: i64,
    pub day: i64,
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
    pub nanos: u32,
    pub afternoon: Option<bool>,
    pub offset: Option<i64>,
    pub zone: Option<&'v str>,
}

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

// === impl Fields ===

impl Fields<'_> {
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
            Part::WeekDay { long } => name(&WEEKDAYS, value, long)?.1,
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
pub(super) fn read<'v>(mut layout: &str, text: &'v str) -> Option<Fields<'v>> {
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

/// The first element of a layout: what is before it, the element, what follows.
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

/// Hours with a sign, and how long that is.
pub(super) fn signed_hours(text: &str) -> Option<(i64, usize)> {
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let digits = text.strip_prefix(['+', '-'])?;
    let length = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let hours: i64 = digits[..length].parse().ok()?;
    (hours < 24).then_some((sign * hours, length + 1))
}
