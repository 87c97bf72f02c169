//! Moments written by a layout in Go's notation (`2006/01/02 - 15:04:05.000`), in UTC.

use fjord_calendar::{month_name, weekday_name};

/// A layout, cut into its pieces.
#[derive(Debug)]
pub struct Layout(Vec<Piece>);

#[derive(Debug)]
enum Piece {
    Text(String),
    Element(Write),
    /// Digits of the second behind a point or a comma, with or without zeros at the end.
    Fraction {
        mark: char,
        digits: usize,
        trims: bool,
    },
}

type Write = fn(&Moment) -> String;

/// A moment by its parts.
struct Moment {
    year: i64,
    month: i64,
    day: i64,
    days: i64,
    hour: u64,
    minute: u64,
    second: u64,
    millis: u64,
}

/// The elements of a layout; one that begins another is after it.
const ELEMENTS: &[(&str, Write)] = &[
    ("January", |m| month_name(m.month).to_owned()),
    ("Jan", |m| month_name(m.month)[..3].to_owned()),
    ("Monday", |m| weekday_name(m.days).to_owned()),
    ("Mon", |m| weekday_name(m.days)[..3].to_owned()),
    ("MST", |_| "UTC".to_owned()),
    ("2006", |m| format!("{:04}", m.year)),
    ("01", |m| format!("{:02}", m.month)),
    ("02", |m| format!("{:02}", m.day)),
    ("03", |m| format!("{:02}", m.hour_of_12())),
    ("04", |m| format!("{:02}", m.minute)),
    ("05", |m| format!("{:02}", m.second)),
    ("06", |m| format!("{:02}", m.year % 100)),
    ("15", |m| format!("{:02}", m.hour)),
    ("1", |m| m.month.to_string()),
    ("_2", |m| format!("{:2}", m.day)),
    ("2", |m| m.day.to_string()),
    ("3", |m| m.hour_of_12().to_string()),
    ("4", |m| m.minute.to_string()),
    ("5", |m| m.second.to_string()),
    ("PM", |m| if m.hour < 12 { "AM" } else { "PM" }.to_owned()),
    ("pm", |m| if m.hour < 12 { "am" } else { "pm" }.to_owned()),
    ("-07:00", |_| "+00:00".to_owned()),
    ("-0700", |_| "+0000".to_owned()),
    ("-07", |_| "+00".to_owned()),
    ("Z07:00", |_| "Z".to_owned()),
    ("Z0700", |_| "Z".to_owned()),
    ("Z07", |_| "Z".to_owned()),
];

// === impl Layout ===

impl Layout {
    /// Cuts a layout. Every text is one.
    pub fn parse(text: &str) -> Layout {
        let mut pieces = Vec::new();
        let (mut rest, mut plain) = (text, String::new());
        while let Some(first) = rest.chars().next() {
            let (piece, length) = match element(rest).or_else(|| fraction(rest)) {
                Some(found) => found,
                None => {
                    plain.push(first);
                    rest = &rest[first.len_utf8()..];
                    continue;
                }
            };
            if !plain.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
            }
            pieces.push(piece);
            rest = &rest[length..];
        }
        pieces.push(Piece::Text(plain));
        Layout(pieces)
    }

    /// Writes milliseconds since 1970.
    pub fn write(&self, ms: f64, out: &mut String) {
        let moment = Moment::of(ms);
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Element(write) => out.push_str(&write(&moment)),
                Piece::Fraction { mark, digits, trims } => {
                    let mut fraction = format!("{:03}{:0<6}", moment.millis, "");
                    fraction.truncate(*digits);
                    let kept = if *trims { fraction.trim_end_matches('0') } else { &fraction };
                    if !kept.is_empty() {
                        out.push(*mark);
                        out.push_str(kept);
                    }
                }
            }
        }
    }
}

fn element(rest: &str) -> Option<(Piece, usize)> {
    let (name, write) = ELEMENTS.iter().find(|(name, _)| rest.starts_with(name))?;
    // `Janet` and `Month` are words.
    let is_word = matches!(*name, "Jan" | "Mon") && rest[3..].starts_with(|c: char| c.is_ascii_lowercase());
    (!is_word).then_some((Piece::Element(*write), name.len()))
}

fn fraction(rest: &str) -> Option<(Piece, usize)> {
    let mark = rest.chars().next().filter(|c| matches!(c, '.' | ','))?;
    let digit = rest[1..].chars().next().filter(|c| matches!(c, '0' | '9'))?;
    let digits = rest[1..].bytes().take_while(|byte| *byte == digit as u8).count();
    let ends = !rest[1 + digits..].starts_with(|c: char| c.is_ascii_digit());
    let digits_kept = digits.min(9);
    (ends).then_some((Piece::Fraction { mark, digits: digits_kept, trims: digit == '9' }, 1 + digits))
}

// === impl Moment ===

impl Moment {
    fn of(ms: f64) -> Moment {
        let (seconds, millis) = ((ms / 1000.0) as u64, ms as u64 % 1000);
        let days = i64::try_from(seconds / 86_400).unwrap_or_default();
        let (year, month, day) = fjord_calendar::civil(days);
        let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
        Moment { year, month, day, days, hour, minute, second, millis }
    }

    fn hour_of_12(&self) -> u64 {
        (self.hour + 11) % 12 + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_as_go_writes_them() {
        for (layout, expected) in [
            ("2006/01/02 - 15:04:05.000", "2023/11/14 - 22:13:20.045"),
            ("2006-01-02T15:04:05.000+00:00", "2023-11-14T22:13:20.045+00:00"),
            ("2006-01-02T15:04:05.999Z07:00", "2023-11-14T22:13:20.045Z"),
            ("Mon, 02 Jan 2006 15:04:05 MST", "Tue, 14 Nov 2023 22:13:20 UTC"),
            ("Monday January _2 06 3:4:5PM -0700", "Tuesday November 14 23 10:13:20PM +0000"),
            (".000000000 .99 ,00", ".045000000 .04 ,04"),
            ("Month Janet é", "Month Janet é"),
            ("", ""),
        ] {
            let mut out = String::new();
            Layout::parse(layout).write(1_700_000_000_045.0, &mut out);
            assert_eq!(out, expected, "{layout}");
        }
    }
}
