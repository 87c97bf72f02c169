//! Strings in quotes and as hexadecimal digits.

use fjord_http::escape;

use super::Printer;
use crate::error::Failure;

/// A text as Go's `%q` writes it.
pub(crate) fn quote(text: &str) -> String {
    escape::quote(text.as_bytes())
}

/// A text in backquotes, if Go's `CanBackquote` allows it.
pub(crate) fn raw(text: &str) -> Option<String> {
    let can_be_raw = |c: char| c != '`' && c != '\x7f' && c != '\u{feff}' && (c >= ' ' || c == '\t');
    text.chars().all(can_be_raw).then(|| format!("`{text}`"))
}

// === impl Printer: strings ===

impl Printer<'_> {
    pub(super) fn quoted(&mut self, text: &str) -> Result<(), Failure> {
        let text = self.flags.cut(text);
        // An escape has ten characters at most.
        self.budget.keep(text.len().saturating_mul(2))?;
        if self.flags.sharp
            && let Some(raw) = raw(text)
        {
            return self.pad(&raw);
        }
        if !self.flags.plus {
            return self.pad(&quote(text));
        }
        let mut out = String::from('"');
        text.chars().for_each(|c| escape::quote_char(c, '"', true, &mut out));
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
