//! Writes values as Go's `encoding/json` does: keys sorted bytewise, no blanks, HTML characters escaped (`spec` §14).

use super::number::go_float_json;
use super::text::{write_string, written_len};
use super::value::Value;

/// The longest float: 17 digits, a sign, and at most five zeros after the point or an exponent.
const LONGEST_FLOAT: usize = 32;

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
            Self::Array(items) => {
                out.push(b'[');
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        out.push(b',');
                    }
                    item.write(out);
                }
                out.push(b']');
            }
            Self::Object(members) => {
                out.push(b'{');
                for (i, (key, member)) in members.iter().enumerate() {
                    if i > 0 {
                        out.push(b',');
                    }
                    write_string(key, out);
                    out.push(b':');
                    member.write(out);
                }
                out.push(b'}');
            }
        }
    }

    /// At most how many bytes [`Value::write`] appends: exact but for floats.
    pub fn written_len(&self) -> usize {
        match self {
            Self::Null | Self::Bool(_) => 5,
            Self::Number(text) => text.len(),
            Self::Float(_) => LONGEST_FLOAT,
            Self::String(text) => written_len(text),
            Self::Array(items) => 2 + items.iter().map(|item| 1 + item.written_len()).sum::<usize>(),
            Self::Object(members) => {
                let member = |(key, value): (&String, &Value)| 2 + written_len(key) + value.written_len();
                2 + members.iter().map(member).sum::<usize>()
            }
        }
    }

    /// The value as JSON.
    pub fn to_json(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }
}
