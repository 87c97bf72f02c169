//! Dates of HTTP headers: `Sun, 06 Nov 1994 08:49:37 GMT`.

use fjord_calendar::MONTHS;

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

/// A header's date in seconds since 1970. Only the form servers write today; nothing before 1970.
pub fn parse_date(text: &str) -> Option<u64> {
    let rest = text.split_once(", ")?.1.strip_suffix(" GMT")?;
    let mut parts = rest.split([' ', ':']);
    let day = number(parts.next()?, 2)?;
    let month = parts.next()?;
    let month = MONTHS.iter().position(|name| name[..3] == *month)? as i64 + 1;
    let year = number(parts.next()?, 4)?;
    let (hour, minute, second) =
        (number(parts.next()?, 2)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let days = fjord_calendar::days(year, month, day);
    let valid = fjord_calendar::civil(days) == (year, month, day) && hour < 24 && minute < 60 && second < 60;
    if !valid || parts.next().is_some() {
        return None;
    }
    u64::try_from(days * 86_400 + hour * 3600 + minute * 60 + second).ok()
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
            assert_eq!(parse_date(text), Some(seconds));
        }
        assert_eq!(format_date(u64::MAX), format_date(MAX));
        for bad in [
            "",
            "0",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 6 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1969 08:49:37 GMT",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 1 GMT",
        ] {
            assert_eq!(parse_date(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn every_second_comes_back(seconds in 0..=MAX) {
            prop_assert_eq!(parse_date(&format_date(seconds)), Some(seconds));
        }
    }
}
