//! Strings in quotes and as hexadecimal digits.

use super::Printer;
use crate::error::Failure;

/// A text as Go's `%q` writes it.
pub(crate) fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    text.chars().for_each(|c| escape(c, '"', false, &mut out));
    out.push('"');
    out
}

/// Whether Go prints a character as it is: letters, marks, numbers, punctuation, symbols, and the blank.
pub(crate) fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        return matches!(c, ' '..='~');
    }
    // Rust's debug output has the same rule, but for a mark at the beginning.
    let mut text = String::from("x");
    text.push(c);
    text.escape_debug().count() == 2
}

/// A character in a string that `quote` surrounds.
pub(super) fn escape(c: char, quote: char, ascii: bool, out: &mut String) {
    let short = match c {
        '\\' => '\\',
        c if c == quote => quote,
        '\x07' => 'a',
        '\x08' => 'b',
        '\x0c' => 'f',
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        '\x0b' => 'v',
        c if is_printable(c) && (c.is_ascii() || !ascii) => return out.push(c),
        c => {
            let code = u32::from(c);
            out.push_str(&match code {
                0..=0x7f => format!("\\x{code:02x}"),
                0x80..=0xffff => format!("\\u{code:04x}"),
                _ => format!("\\U{code:08x}"),
            });
            return;
        }
    };
    out.push('\\');
    out.push(short);
}

// === impl Printer: strings ===

impl Printer<'_> {
    pub(super) fn quoted(&mut self, text: &str) -> Result<(), Failure> {
        let text = self.flags.cut(text);
        // An escape has ten characters at most.
        self.budget.keep(text.len().saturating_mul(2))?;
        let can_be_raw = |c: char| c != '`' && c != '\x7f' && c != '\u{feff}' && (c >= ' ' || c == '\t');
        if self.flags.sharp && text.chars().all(can_be_raw) {
            return self.pad(&format!("`{text}`"));
        }
        if !self.flags.plus {
            return self.pad(&quote(text));
        }
        let mut out = String::from('"');
        text.chars().for_each(|c| escape(c, '"', true, &mut out));
        out.push('"');
        self.pad(&out)
    }

    pub(super) fn hex(&mut self, text: &str, upper: bool) -> Result<(), Failure> {
        let flags = self.flags;
        let bytes = text.as_bytes();
        let bytes = bytes.get(..flags.precision.unwrap_or(bytes.len())).unwrap_or(bytes);
        self.budget.keep(bytes.len().saturating_mul(5))?;
        let prefix = match (flags.sharp, upper) {
            (false, _) => "",
            (true, false) => "0x",
            (true, true) => "0X",
        };
        let mut out = String::new();
        for (i, byte) in bytes.iter().enumerate() {
            if i > 0 && flags.space {
                out.push(' ');
            }
            if i == 0 || flags.space {
                out.push_str(prefix);
            }
            out.push_str(&if upper { format!("{byte:02X}") } else { format!("{byte:02x}") });
        }
        self.pad(&out)
    }
}
