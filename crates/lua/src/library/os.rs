//! `os`: the clock only. Processes, files and the environment do not exist at the edge.

use crate::Host;
use crate::table::Table;
use crate::value::{Native, Val};
use crate::vm::{Args, Error, Flow, Vm};

/// The functions.
pub const FUNCTIONS: &[Native] = &[
    Native { name: "clock", call: clock },
    Native { name: "date", call: date },
    Native { name: "difftime", call: difference },
    Native { name: "time", call: time },
];

/// A moment in UTC, the time zone of the edge.
struct Moment {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    weekday: i64,
    year_day: i64,
}

fn clock(vm: &mut Vm, host: &mut dyn Host, _: Args) -> Result<Flow, Error> {
    vm.give_number(host.now())
}

fn difference(vm: &mut Vm, _: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let difference = vm.check_number(args, 1)? - vm.check_number(args, 2)?;
    vm.give_number(difference)
}

fn time(vm: &mut Vm, host: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    if args.n == 0 || vm.arg(args, 1).is_nil() {
        return vm.give_number(host.now().floor());
    }
    let table = vm.check_table(args, 1)?;
    let mut fields = [0i64; 6];
    let names = [
        ("year", None),
        ("month", None),
        ("day", None),
        ("hour", Some(12)),
        ("min", Some(0)),
        ("sec", Some(0)),
    ];
    for (field, (name, default)) in fields.iter_mut().zip(names) {
        let value = vm.table(table).get(&Val::text(name)).to_number();
        *field = match (value, default) {
            // Beyond any calendar, but small enough to count with.
            (Some(n), _) => n.clamp(-1e9, 1e9) as i64,
            (None, Some(default)) => default,
            (None, None) => return Err(vm.raise(&format!("field '{name}' missing in date table"))),
        };
    }
    let [year, month, day, hour, minute, second] = fields;
    let days =
        fjord_calendar::days(year + (month - 1).div_euclid(12), (month - 1).rem_euclid(12) + 1, 1) + day - 1;
    vm.give_number((days * 86_400 + hour * 3600 + minute * 60 + second) as f64)
}

fn date(vm: &mut Vm, host: &mut dyn Host, args: Args) -> Result<Flow, Error> {
    let format = if vm.arg(args, 1).is_nil() { "%c".into() } else { vm.check_str(args, 1)? };
    let time = if vm.arg(args, 2).is_nil() { host.now() } else { vm.check_number(args, 2)? };
    let moment = moment(time.clamp(-1e15, 1e15).floor() as i64);
    let format = format.bytes().strip_prefix(b"!").unwrap_or(format.bytes());
    if format.starts_with(b"*t") {
        let mut table = Table::default();
        let members = [
            ("year", moment.year),
            ("month", moment.month),
            ("day", moment.day),
            ("hour", moment.hour),
            ("min", moment.minute),
            ("sec", moment.second),
            ("wday", moment.weekday + 1),
            ("yday", moment.year_day),
        ];
        for (name, value) in members {
            table.set(Val::text(name), Val::Number(value as f64));
        }
        table.set(Val::text("isdst"), Val::Bool(false));
        let table = vm.new_table(table)?;
        return vm.give(Val::Table(table));
    }
    vm.spend(format.len() * 4)?;
    let mut out = Vec::with_capacity(format.len() * 2);
    let mut bytes = format.iter();
    while let Some(byte) = bytes.next() {
        if *byte != b'%' {
            out.push(*byte);
            continue;
        }
        match bytes.next() {
            Some(verb) => moment.write(*verb, &mut out),
            None => out.push(b'%'),
        }
    }
    vm.give_str(out)
}

fn moment(time: i64) -> Moment {
    let (days, rest) = (time.div_euclid(86_400), time.rem_euclid(86_400));
    let (year, month, day) = fjord_calendar::civil(days);
    Moment {
        year,
        month,
        day,
        hour: rest / 3600,
        minute: rest / 60 % 60,
        second: rest % 60,
        weekday: fjord_calendar::weekday(days),
        year_day: days - fjord_calendar::days(year, 1, 1) + 1,
    }
}

// === impl Moment ===

impl Moment {
    fn write(&self, verb: u8, out: &mut Vec<u8>) {
        let day = fjord_calendar::WEEKDAYS[self.weekday as usize];
        let month = fjord_calendar::month_name(self.month);
        let half = (self.hour + 11) % 12 + 1;
        let text = match verb {
            b'a' => day[..3].to_owned(),
            b'A' => day.to_owned(),
            b'b' => month[..3].to_owned(),
            b'B' => month.to_owned(),
            // Not C's form: gopher-lua's.
            b'c' => {
                let (y, h, m) = (self.year % 100, self.hour, self.minute);
                format!("{:02} {} {y:02} {h:02}:{m:02} UTC", self.day, &month[..3])
            }
            b'd' => format!("{:02}", self.day),
            b'F' => format!("{:04}-{:02}-{:02}", self.year, self.month, self.day),
            b'H' => format!("{:02}", self.hour),
            b'I' => format!("{half:02}"),
            b'j' => format!("{:03}", self.year_day),
            b'm' => format!("{:02}", self.month),
            b'M' => format!("{:02}", self.minute),
            b'p' => if self.hour < 12 { "AM" } else { "PM" }.to_owned(),
            b'S' => format!("{:02}", self.second),
            b'w' => self.weekday.to_string(),
            b'x' => format!("{:02}/{:02}/{:02}", self.month, self.day, self.year % 100),
            b'X' => format!("{:02}:{:02}:{:02}", self.hour, self.minute, self.second),
            b'y' => format!("{:02}", self.year % 100),
            b'Y' => format!("{:04}", self.year),
            b'z' => "+0000".to_owned(),
            b'Z' => "UTC".to_owned(),
            b'%' => "%".to_owned(),
            other => format!("%{}", char::from(other)),
        };
        out.extend_from_slice(text.as_bytes());
    }
}
