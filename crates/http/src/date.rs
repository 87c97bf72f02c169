//! Dates of HTTP headers: `Sun, 06 Nov 1994 08:49:37 GMT`, and two older forms that origins may still send.

use fjord_calendar::{MONTHS, WEEKDAYS};

/// The last second of the year 9999.
const MAX: u64 = 253_402_300_799;

/// Seconds since 1970 as a header's date. Times behind the year 9999 are its last second.
pub fn format_date(seconds: u64) -> String {
    let seconds = seconds.min(MAX);
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = fjord_calendar::civil(days as i64);
    let name = &fjord_calendar::weekday_name(days as i64)[..3];
    let month = &fjord_calendar::month_name(month)[..3];
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{name}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
}

/// A header's date in seconds since 1970, in each of the three forms that a recipient must read (RFC 9110 §5.6.7); nothing
/// before 1970. `now`, in the same seconds, tells the century of a year of two digits.
///
/// ```
/// # use fjord_http::date::parse_date;
/// let now = 1_700_000_000;
/// for text in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
///     assert_eq!(parse_date(text, now), Some(784_111_777));
/// }
/// ```
pub fn parse_date(text: &str, now: u64) -> Option<u64> {
    let (date, time) = match text.split_once(", ") {
        Some((weekday, rest)) => {
            let rest = rest.strip_suffix(" GMT")?;
            if is_short(weekday) { current(rest)? } else { obsolete(weekday, rest, now)? }
        }
        None => asctime(text)?,
    };
    let days = fjord_calendar::days(date.0, date.1, date.2);
    let is_date = fjord_calendar::civil(days) == date;
    is_date.then(|| u64::try_from(days * 86_400 + time).ok()).flatten()
}

/// Year, month and day.
type Date = (i64, i64, i64);

/// `06 Nov 1994 08:49:37`
fn current(text: &str) -> Option<(Date, i64)> {
    let [day, month, year, time] = parts(text, ' ')?;
    Some(((number(year, 4)?, month_of(month)?, number(day, 2)?), time_of(time)?))
}

/// `06-Nov-94 08:49:37` (RFC 850). The year is at most 50 ahead: a later one is of the century before.
fn obsolete(weekday: &str, text: &str, now: u64) -> Option<(Date, i64)> {
    let (date, time) = text.split_once(' ')?;
    let [day, month, year] = parts(date, '-')?;
    let this = fjord_calendar::civil((now.min(MAX) / 86_400) as i64).0;
    let ahead = (number(year, 2)? - this).rem_euclid(100);
    let year = if ahead > 50 { this + ahead - 100 } else { this + ahead };
    let date = (year, month_of(month)?, number(day, 2)?);
    WEEKDAYS.contains(&weekday).then_some((date, time_of(time)?))
}

/// `Sun Nov  6 08:49:37 1994`, as C's `asctime` writes it.
fn asctime(text: &str) -> Option<(Date, i64)> {
    let (weekday, rest) = text.split_once(' ')?;
    let (month, rest) = rest.split_once(' ')?;
    let (day, rest) = match rest.strip_prefix(' ') {
        Some(rest) => (number(rest.get(..1)?, 1)?, rest.get(1..)?),
        None => (number(rest.get(..2)?, 2)?, rest.get(2..)?),
    };
    let [time, year] = parts(rest.strip_prefix(' ')?, ' ')?;
    let date = (number(year, 4)?, month_of(month)?, day);
    is_short(weekday).then_some((date, time_of(time)?))
}

/// Exactly `N` parts.
fn parts<const N: usize>(text: &str, by: char) -> Option<[&str; N]> {
    let mut parts = text.split(by);
    let mut found = [""; N];
    for part in &mut found {
        *part = parts.next()?;
    }
    parts.next().is_none().then_some(found)
}

fn is_short(weekday: &str) -> bool {
    WEEKDAYS.iter().any(|name| name[..3] == *weekday)
}

fn month_of(text: &str) -> Option<i64> {
    MONTHS.iter().position(|name| name[..3] == *text).map(|index| index as i64 + 1)
}

/// Seconds since midnight. A leap second is the next day's first.
fn time_of(text: &str) -> Option<i64> {
    let [hour, minute, second] = parts(text, ':')?;
    let (hour, minute, second) = (number(hour, 2)?, number(minute, 2)?, number(second, 2)?);
    (hour < 24 && minute < 60 && second <= 60).then_some(hour * 3600 + minute * 60 + second)
}

fn number(text: &str, digits: usize) -> Option<i64> {
    let valid = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    valid.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn dates() {
        for (seconds, text) in [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (MAX, "Fri, 31 Dec 9999 23:59:59 GMT"),
        ] {
            assert_eq!(format_date(seconds), text);
            assert_eq!(parse_date(text, 0), Some(seconds));
        }
        assert_eq!(format_date(u64::MAX), format_date(MAX));
        for bad in [
            "",
            "0",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 6 Nov 1994 08:49:37 GMT",
            "Day, 06 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:61 GMT",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 06 Nov 1994 +8:49:37 GMT",
            "Sun, 06 Nov 1969 08:49:37 GMT",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 1 GMT",
            "Sun, 06-Nov-94 08:49:37 GMT",
            "Sunday, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37",
            "Sunday, 31-Feb-94 08:49:37 GMT",
            "Sunday Nov  6 08:49:37 1994",
            "Sun Nov 6 08:49:37 1994",
            "Sun Nov  6 08:49:37 94",
            "Sun Nov  6 08:49:37 1994 GMT",
            "Sun Nov \u{e9}6 08:49:37 1994",
        ] {
            assert_eq!(parse_date(bad, 0), None, "{bad}");
        }
    }

    #[test]
    fn obsolete_forms_mean_the_same() {
        let now = 1_780_000_000; // 2026
        for (text, seconds) in [
            ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
            ("Sun Nov  6 08:49:37 1994", 784_111_777),
            ("Wed Nov 16 08:49:37 1994", 784_975_777),
            ("Sat, 31 Dec 2016 23:59:60 GMT", 1_483_228_800),
            // 50 years ahead, and 49 back.
            ("Wednesday, 01-Jan-76 00:00:00 GMT", 3_345_062_400),
            ("Saturday, 01-Jan-77 00:00:00 GMT", 220_924_800),
        ] {
            assert_eq!(parse_date(text, now), Some(seconds), "{text}");
        }
        // In 1999 and in 2090 the same text is of another century.
        for (now, seconds) in [(915_148_800, 946_684_800), (3_786_912_000, 4_102_444_800)] {
            assert_eq!(parse_date("Saturday, 01-Jan-00 00:00:00 GMT", now), Some(seconds), "{now}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "[A-Za-z]{0,9},? ?[0-9A-Za-z: -]{0,30}|\\PC{0,40}", now in any::<u64>()) {
            parse_date(&text, now);
        }

        #[test]
        fn every_second_comes_back(seconds in 0..=MAX) {
            prop_assert_eq!(parse_date(&format_date(seconds), 0), Some(seconds));
        }
    }
}
