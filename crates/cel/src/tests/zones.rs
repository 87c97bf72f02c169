//! Clocks of time zones around their changes; the expected offsets are those of tzdata 2025b.

use super::*;
use crate::zones::Zone;

/// A zone, and pairs of a second and the seconds that its clocks are ahead of UTC then.
const CLOCKS: [(&str, &[(i64, i32)]); 9] = [
    (
        "Europe/Madrid",
        &[(1_774_745_999, 3600), (1_774_746_000, 7200), (1_792_889_999, 7200), (1_792_890_000, 3600)],
    ),
    ("America/New_York", &[(1_772_953_199, -18000), (1_772_953_200, -14400), (1_793_512_800, -18000)]),
    ("Australia/Sydney", &[(1_775_318_399, 39600), (1_775_318_400, 36000), (1_791_043_200, 39600)]),
    ("Australia/Lord_Howe", &[(1_775_314_799, 39600), (1_775_314_800, 37800), (1_822_491_000, 39600)]),
    ("America/Nuuk", &[(1_774_745_999, -7200), (1_774_746_000, -3600), (1_792_890_000, -7200)]),
    ("America/Santiago", &[(1_775_357_999, -10800), (1_775_358_000, -14400), (1_788_667_200, -10800)]),
    ("Europe/Dublin", &[(1_774_745_999, 0), (1_774_746_000, 3600), (1_824_944_400, 0)]),
    ("Africa/Cairo", &[(1_776_981_599, 7200), (1_776_981_600, 10800), (1_793_307_600, 7200)]),
    ("Asia/Kathmandu", &[(1_773_500_966, 20700), (504_901_800, 20700)]),
];

#[test]
fn clocks_change_when_they_do() {
    for (name, clock) in CLOCKS {
        let zone = Zone::find(name).unwrap();
        for (at, offset) in clock {
            assert_eq!(zone.offset(*at), Ok(*offset), "{name} {at}");
        }
    }
}

#[test]
fn what_is_not_known_is_refused() {
    assert!(Zone::find("Asia/Kathmandu").unwrap().offset(504_901_799).is_err());
    for name in [
        "Africa/Casablanca",
        "Asia/Gaza",
        "Local",
        "Europe",
        "Madrid",
        "+0200",
        "1:2:3",
        "99999999999:00",
        ":",
        " ",
    ] {
        assert!(Zone::find(name).is_err(), "{name}");
    }
    assert!(Program::compile("timestamp(now).getHours('Europe/Barcelona')").is_err());
}

#[test]
fn every_line_of_the_table_is_read() {
    for line in include_str!("../zones.txt").lines() {
        let since = line.split(' ').nth(1).unwrap();
        for name in line.split(' ').skip(2) {
            let found = Zone::find(name);
            assert_eq!(
                found.is_ok(),
                since == "-" || since.parse::<i64>().unwrap() < 2_000_000_000,
                "{name}"
            );
        }
    }
}
