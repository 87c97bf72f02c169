//! Integers.

use fjord_http::escape::{is_printable, quote_char};

use super::Printer;
use crate::error::Failure;
use crate::value::Value;

impl Printer<'_> {
    pub(super) fn integer(
        &mut self,
        number: i64,
        signed: bool,
        value: &Value<'_>,
        verb: char,
    ) -> Result<(), Failure> {
        let size = number.unsigned_abs();
        let (digits, prefix) = match verb {
            'v' if self.flags.go_syntax && !signed => (format!("{size:x}"), "0x"),
            'v' | 'd' => (size.to_string(), ""),
            'b' => (format!("{size:b}"), if self.flags.sharp { "0b" } else { "" }),
            'o' => (format!("{size:o}"), if self.flags.sharp { "0" } else { "" }),
            'O' => (format!("{size:o}"), "0o"),
            'x' => (format!("{size:x}"), if self.flags.sharp { "0x" } else { "" }),
            'X' => (format!("{size:X}"), if self.flags.sharp { "0X" } else { "" }),
            'c' => return self.pad(&character(number).to_string()),
            'q' => {
                let mut out = String::from('\'');
                quote_char(character(number), '\'', self.flags.plus, &mut out);
                out.push('\'');
                return self.pad(&out);
            }
            'U' => return self.code_point(number),
            _ => return self.bad_verb(value, verb),
        };
        self.digits(number < 0, &digits, prefix, verb == 'o')
    }

    /// Digits with the zeros, the prefix and the sign before them.
    fn digits(&mut self, negative: bool, digits: &str, prefix: &str, octal: bool) -> Result<(), Failure> {
        let flags = self.flags;
        if flags.precision == Some(0) && digits == "0" {
            self.flags.zero = false;
            self.fill(flags.width.unwrap_or(0))?;
            self.flags = flags;
            return Ok(());
        }
        let has_sign = negative || flags.plus || flags.space;
        let least = match (flags.precision, flags.width) {
            (Some(precision), _) => precision,
            (None, Some(width)) if flags.zero && !flags.minus => width.saturating_sub(has_sign.into()),
            _ => 0,
        };
        let zeros = least.saturating_sub(digits.len());
        // Another zero before what has one says nothing.
        let prefix = if octal && (zeros > 0 || digits.starts_with('0')) { "" } else { prefix };
        self.budget.keep(zeros)?;
        let sign = match (negative, flags.plus, flags.space) {
            (true, ..) => "-",
            (_, true, _) => "+",
            (.., true) => " ",
            _ => "",
        };
        let text = format!("{sign}{prefix}{}{digits}", "0".repeat(zeros));
        self.flags.zero = false;
        self.pad(&text)?;
        self.flags = flags;
        Ok(())
    }

    /// `U+0041`, and with `#` the character behind it.
    fn code_point(&mut self, number: i64) -> Result<(), Failure> {
        let flags = self.flags;
        let digits = flags.precision.unwrap_or(4).max(4);
        self.budget.keep(digits)?;
        let code = number as u64;
        let mut out = format!("U+{code:0digits$X}");
        if flags.sharp
            && let Some(c) = u32::try_from(code).ok().and_then(char::from_u32)
            && is_printable(c)
        {
            out.push_str(&format!(" '{c}'"));
        }
        self.flags.zero = false;
        self.pad(&out)?;
        self.flags = flags;
        Ok(())
    }
}

/// The character of a code, U+FFFD if there is none.
fn character(code: i64) -> char {
    u32::try_from(code).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}
