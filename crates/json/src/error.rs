//! Why a body could not be decoded, in the words a client may get to see (`spec` §7, §34).

use std::fmt;

use fjord_memory::Excess;

use super::value::Kind;

/// Why a text is not the JSON that was wanted. Prints as Go's `encoding/json` puts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecodeError {
    /// There is no value: the body is empty or blank.
    Empty,
    /// The body ends inside its value.
    Cut,
    /// A text that had to be one whole value ends before it is complete.
    End,
    /// A byte that isn't allowed at its place.
    Syntax {
        /// The byte.
        byte: u8,
        /// Its place: `after array element`.
        place: &'static str,
    },
    /// The value is JSON, but of the wrong type.
    Type {
        /// What the body holds: `array`.
        found: &'static str,
        /// What was wanted, as a Go type.
        wanted: &'static str,
    },
    /// It would take more memory than it may.
    Excess(Excess),
}

// === impl DecodeError ===

impl DecodeError {
    /// A value of another type than the one that was wanted.
    pub fn mismatch(found: Kind, wanted: &'static str) -> Self {
        let found = match found {
            Kind::Null => "null",
            Kind::Bool => "bool",
            Kind::Number => "number",
            Kind::String => "string",
            Kind::Array => "array",
            Kind::Object => "object",
        };
        Self::Type { found, wanted }
    }
}

impl std::error::Error for DecodeError {}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("EOF"),
            Self::Cut => f.write_str("unexpected EOF"),
            Self::End => f.write_str("unexpected end of JSON input"),
            Self::Syntax { byte, place } => write!(f, "invalid character {} {place}", Quoted(*byte)),
            Self::Type { found, wanted } => {
                write!(f, "json: cannot unmarshal {found} into Go value of type {wanted}")
            }
            Self::Excess(excess) => excess.fmt(f),
        }
    }
}

impl From<Excess> for DecodeError {
    fn from(excess: Excess) -> Self {
        Self::Excess(excess)
    }
}

/// A byte in single quotes, as Go quotes the character of that code.
struct Quoted(u8);

impl fmt::Display for Quoted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            b'\'' => f.write_str(r"'\''"),
            b'\\' => f.write_str(r"'\\'"),
            0x07 => f.write_str(r"'\a'"),
            0x08 => f.write_str(r"'\b'"),
            0x0b => f.write_str(r"'\v'"),
            0x0c => f.write_str(r"'\f'"),
            b'\n' => f.write_str(r"'\n'"),
            b'\r' => f.write_str(r"'\r'"),
            b'\t' => f.write_str(r"'\t'"),
            byte @ (0x00..=0x1f | 0x7f) => write!(f, r"'\x{byte:02x}'"),
            // Go prints what Unicode calls printable: not the C1 controls, the no-break space, the soft hyphen.
            byte @ (0x80..=0xa0 | 0xad) => write!(f, r"'\u{byte:04x}'"),
            byte => write!(f, "'{}'", char::from(byte)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_quoted_as_go_quotes_them() {
        let cases: [(u8, &str); 12] = [
            (b'x', "'x'"),
            (b'"', "'\"'"),
            (b'\'', r"'\''"),
            (b'\\', r"'\\'"),
            (0, r"'\x00'"),
            (0x7f, r"'\x7f'"),
            (b'\n', r"'\n'"),
            (0x1b, r"'\x1b'"),
            (0x85, r"'\u0085'"),
            (0xa0, r"'\u00a0'"),
            (0xad, r"'\u00ad'"),
            (0xef, "'ï'"),
        ];
        for (byte, want) in cases {
            assert_eq!(Quoted(byte).to_string(), want);
        }
    }
}
