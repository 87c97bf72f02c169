//! Dates and times as Go's `time.Parse` takes them for the layouts of gojsonschema.

/// `2006-01-02`
pub(super) fn is_date(text: &str) -> bool {
    date(text) == Some("")
}

/// `15:04:05`, with or without a zone.
pub(super) fn is_time(text: &str) -> bool {
    time(text).is_some_and(|rest| rest.is_empty() || is_zone(rest))
}

/// A date and a time with a zone, but also a date or a time alone.
pub(super) fn is_date_time(text: &str) -> bool {
    let both = || time(date(text)?.strip_prefix('T')?).map(is_zone);
    is_date(text) || is_time(text) || both() == Some(true)
}

/// What follows a date.
fn date(text: &str) -> Option<&str> {
    let (year, rest) = number(text, 4)?;
    let (month, rest) = number(rest.strip_prefix('-')?, 2)?;
    let (day, rest) = number(rest.strip_prefix('-')?, 2)?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    (1..=days).contains(&day).then_some(rest)
}

/// What follows a time. One digit is enough for the hour, and seconds may have a fraction.
fn time(text: &str) -> Option<&str> {
    let (hour, rest) = number(text, 2).or_else(|| number(text, 1))?;
    let (minute, rest) = number(rest.strip_prefix(':')?, 2)?;
    let (second, rest) = number(rest.strip_prefix(':')?, 2)?;
    let valid = hour < 24 && minute < 60 && second < 60;
    let fraction =
        rest.strip_prefix(['.', ',']).map(|digits| digits.trim_start_matches(|c: char| c.is_ascii_digit()));
    // A point without digits is not part of it.
    let rest = fraction.filter(|after| rest.len() - after.len() > 1).unwrap_or(rest);
    valid.then_some(rest)
}

fn is_zone(text: &str) -> bool {
    let offset = || {
        let (hour, rest) = number(text.strip_prefix(['+', '-'])?, 2)?;
        let (minute, rest) = number(rest.strip_prefix(':')?, 2)?;
        Some(hour <= 24 && minute <= 60 && rest.is_empty())
    };
    text == "Z" || offset() == Some(true)
}

/// A number of this many digits, and what follows.
fn number(text: &str, digits: usize) -> Option<(u32, &str)> {
    let (number, rest) = text.split_at_checked(digits)?;
    let all_digits = number.bytes().all(|c| c.is_ascii_digit());
    Some((number.parse().ok().filter(|_| all_digits)?, rest))
}
