//! The Gregorian calendar as days since 1970, and its names: every date that is read or written is counted here. And durations as
//! Go writes them.

mod duration;

pub use duration::{DurationError, parse_duration};

/// The months' English names.
pub const MONTHS: [&str; 12] = [
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

/// The weekdays' English names.
pub const WEEKDAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// Year, month and day of a number of days since 1970 (Howard Hinnant's algorithm: years begin in March).
pub fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// The number of days since 1970 of a date.
pub fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// How many days a month has.
pub fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The weekday of a number of days since 1970; 0 is Sunday.
pub fn weekday(days: i64) -> i64 {
    (days + 4).rem_euclid(7)
}

/// The name of the weekday of a number of days since 1970.
pub fn weekday_name(days: i64) -> &'static str {
    WEEKDAYS[weekday(days) as usize]
}

/// The name of a month; empty for a number that isn't a month.
pub fn month_name(month: i64) -> &'static str {
    usize::try_from(month - 1).ok().and_then(|index| MONTHS.get(index)).unwrap_or(&"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        for (date, number, name) in [
            ((1970, 1, 1), 0, "Thursday"),
            ((1969, 12, 31), -1, "Wednesday"),
            ((2000, 2, 29), 11_016, "Tuesday"),
            ((2023, 11, 14), 19_675, "Tuesday"),
            ((1, 1, 1), -719_162, "Monday"),
            ((-1, 3, 1), -719_834, "Monday"),
        ] {
            assert_eq!(civil(number), date);
            assert_eq!(days(date.0, date.1, date.2), number);
            assert_eq!(weekday_name(number), name, "{date:?}");
        }
        assert_eq!(
            (month_name(1), month_name(12), month_name(0), month_name(13)),
            ("January", "December", "", "")
        );
    }

    #[test]
    fn every_day_of_800_years_comes_back() {
        let (mut before, first, last) = ((1599, 12, 31), days(1600, 1, 1), days(2400, 1, 1));
        for day in first..last {
            let date = civil(day);
            assert_eq!(days(date.0, date.1, date.2), day, "{date:?}");
            assert!(before < date && date.2 <= days_in_month(date.0, date.1), "{before:?}, {date:?}");
            before = date;
        }
        assert_eq!((before, last - first), ((2399, 12, 31), 2 * 146_097));
    }

    #[test]
    fn months_end_where_the_next_begins() {
        for year in [1900, 2000, 2023, 2024, 2100] {
            for month in 1..=12 {
                let next = if month == 12 { days(year + 1, 1, 1) } else { days(year, month + 1, 1) };
                assert_eq!(next - days(year, month, 1), days_in_month(year, month), "{year}-{month}");
            }
        }
    }
}
