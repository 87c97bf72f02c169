//! Writes values as Go's `encoding/json` does: keys sorted bytewise, no blanks, HTML characters escaped (`spec` §14).

use super::number::go_float_json;
use super::text::{write_string, written_len};
use super::value::Value;

/// The longest float: 17 digits, a sign, and at most five zeros after the point or an exponent.
const LONGEST_FLOAT: usize = 32;

/// Appends a list between its brackets: a comma before each but the first.
pub(super) fn list<I: IntoIterator>(
    items: I,
    [open, close]: [u8; 2],
    out: &mut Vec<u8>,
    write: impl Fn(I::Item, &mut Vec<u8>),
) {
    out.push(open);
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write(item, out);
    }
    out.push(close);
}

/// At most how many bytes [`list`] appends.
pub(super) fn list_len(items: impl Iterator<Item = usize>) -> usize {
    2 + items.map(|item| 1 + item).sum::<usize>()
}

// === impl Value ===

impl Value {
    /// Appends the value as JSON.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.extend_from_slice(b"null"),
            Self::Bool(true) => out.extend_from_slice(b"true"),
            Self::Bool(false) => out.extend_from_slice(b"false"),
            Self::Number(text) => out.extend_from_slice(text.as_bytes()),
            Self::Float(value) => out.extend_from_slice(go_float_json(*value).as_bytes()),
            Self::String(text) => write_string(text, out),
            Self::Array(items) => list(items, *b"[]", out, Self::write),
            Self::Object(members) => list(members, *b"{}", out, |(key, member), out| {
                write_string(key, out);
                out.push(b':');
                member.write(out);
            }),
        }
    }

    /// At most how many bytes [`Value::write`] appends: exact but for floats.
    pub fn written_len(&self) -> usize {
        match self {
            Self::Null | Self::Bool(_) => 5,
            Self::Number(text) => text.len(),
            Self::Float(_) => LONGEST_FLOAT,
            Self::String(text) => written_len(text),
            Self::Array(items) => list_len(items.iter().map(Self::written_len)),
            Self::Object(members) => {
                list_len(members.iter().map(|(key, member)| written_len(key) + 1 + member.written_len()))
            }
        }
    }

    /// The value as JSON.
    pub fn to_json(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    /// The value as JSON in printable ASCII, as a header line can hold it.
    pub fn to_ascii_json(&self) -> String {
        let json = self.to_json();
        let mut ascii = String::with_capacity(json.len());
        // Outside of strings JSON is ASCII.
        for c in String::from_utf8_lossy(&json).chars() {
            match c {
                ' '..='~' => ascii.push(c),
                _ => c
                    .encode_utf16(&mut [0; 2])
                    .iter()
                    .for_each(|unit| ascii.push_str(&format!("\\u{unit:04x}"))),
            }
        }
        ascii
    }
}
