//! Go's `Sprintf`.

use super::{Flags, Printer};
use crate::budget::Budget;
use crate::error::Failure;
use crate::value::Value;

/// A larger width or precision is invalid, as in Go.
const MOST: usize = 1_000_000;

/// The position in a format and in its arguments.
struct Reader<'f> {
    format: &'f str,
    at: usize,
    argument: usize,
    /// An argument was chosen by its number: leftovers aren't reported then.
    reordered: bool,
    good: bool,
    /// What was read last was `[3]`.
    after_index: bool,
}

/// `format` with its verbs replaced by `values`.
pub(crate) fn sprintf(budget: &mut Budget, format: &str, values: &[Value<'_>]) -> Result<String, Failure> {
    let mut printer = Printer::new(budget);
    let mut reader = Reader { format, at: 0, argument: 0, reordered: false, good: true, after_index: false };
    while let Some(found) = reader.rest().find('%') {
        let (plain, _) = reader.rest().split_at(found);
        printer.push(plain)?;
        reader.at += found + 1;
        reader.verb(&mut printer, values)?;
    }
    printer.push(reader.rest())?;
    printer.flags = Flags::default();
    if !reader.reordered && reader.argument < values.len() {
        printer.push("%!(EXTRA ")?;
        for (i, value) in values.iter().skip(reader.argument).enumerate() {
            if i > 0 {
                printer.push(", ")?;
            }
            if !value.is_nil() {
                printer.push(value.type_name())?;
                printer.push("=")?;
            }
            printer.argument(value, 'v')?;
        }
        printer.push(")")?;
    }
    Ok(printer.out)
}

// === impl Reader ===

impl<'f> Reader<'f> {
    fn rest(&self) -> &'f str {
        self.format.get(self.at..).unwrap_or_default()
    }

    fn take(&mut self, sign: char) -> bool {
        let found = self.rest().starts_with(sign);
        self.at += if found { sign.len_utf8() } else { 0 };
        found
    }

    /// Reads what follows a `%`, and prints it.
    fn verb(&mut self, printer: &mut Printer<'_>, values: &[Value<'_>]) -> Result<(), Failure> {
        printer.budget.spend(1)?;
        self.good = true;
        self.after_index = false;
        let mut flags = Flags::default();
        loop {
            match self.rest().as_bytes().first() {
                Some(b'#') => flags.sharp = true,
                Some(b'0') => flags.zero = true,
                Some(b'+') => flags.plus = true,
                Some(b'-') => flags.minus = true,
                Some(b' ') => flags.space = true,
                _ => break,
            }
            self.at += 1;
        }
        self.index(values.len());
        if self.take('*') {
            match self.integer(values) {
                Some(width) => {
                    flags.width = Some(width.unsigned_abs() as usize);
                    if width < 0 {
                        flags.minus = true;
                        flags.zero = false;
                    }
                }
                None => printer.push("%!(BADWIDTH)")?,
            }
            self.after_index = false;
        } else {
            flags.width = self.number();
            self.good &= !(self.after_index && flags.width.is_some());
        }
        if self.rest().len() > 1 && self.take('.') {
            self.good &= !self.after_index;
            self.index(values.len());
            if self.take('*') {
                flags.precision = self.integer(values).and_then(|precision| usize::try_from(precision).ok());
                if flags.precision.is_none() {
                    printer.push("%!(BADPREC)")?;
                }
                self.after_index = false;
            } else {
                flags.precision = Some(self.number().unwrap_or(0));
            }
        }
        if !self.after_index {
            self.index(values.len());
        }
        let Some(verb) = self.rest().chars().next() else { return printer.push("%!(NOVERB)") };
        self.at += verb.len_utf8();
        printer.flags = flags;
        match values.get(self.argument) {
            _ if verb == '%' => printer.push("%"),
            _ if !self.good => printer.push(&format!("%!{verb}(BADINDEX)")),
            None => printer.push(&format!("%!{verb}(MISSING)")),
            Some(value) => {
                self.argument += 1;
                if verb == 'v' {
                    printer.flags.go_syntax = flags.sharp;
                    printer.flags.sharp = false;
                    // For structs only; a sign isn't asked for.
                    printer.flags.plus = false;
                }
                printer.argument(value, verb)
            }
        }
    }

    /// `[3]`: the number of the next argument.
    fn index(&mut self, count: usize) {
        self.after_index = false;
        if !self.rest().starts_with('[') {
            return;
        }
        self.reordered = true;
        let rest = self.rest();
        let Some(end) = rest.find(']').filter(|_| rest.len() >= 3) else {
            self.at += 1;
            self.good = false;
            return;
        };
        self.at += end + 1;
        let digits = rest.get(1..end).unwrap_or_default();
        let number = digits.bytes().all(|c| c.is_ascii_digit()).then(|| digits.parse::<usize>().ok());
        let number = number.flatten().filter(|&number| number <= MOST);
        self.after_index = number.is_some();
        match number.and_then(|number| number.checked_sub(1)).filter(|&index| index < count) {
            Some(index) => self.argument = index,
            None => self.good = false,
        }
    }

    /// Digits as a number. Where it gets too large Go gives up, and reads nothing more.
    fn number(&mut self) -> Option<usize> {
        let mut number = None;
        while let Some(digit) = self.rest().bytes().next().filter(u8::is_ascii_digit) {
            let before = number.unwrap_or(0);
            if before > MOST {
                self.at = self.format.len();
                return None;
            }
            number = Some(before * 10 + usize::from(digit - b'0'));
            self.at += 1;
        }
        number
    }

    /// A `*`: the next argument, if it's an integer.
    fn integer(&mut self, values: &[Value<'_>]) -> Option<i64> {
        let value = values.get(self.argument)?;
        self.argument += 1;
        match value {
            Value::Int(number) | Value::Int64(number) if number.unsigned_abs() <= MOST as u64 => {
                Some(*number)
            }
            Value::Byte(number) => Some((*number).into()),
            _ => None,
        }
    }
}
