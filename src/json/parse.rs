//! Builds values from text, for the features that look inside a body.

use super::body::Body;
use super::error::DecodeError;
use super::explain::explain;
use super::repair;
use super::scan::{self, byte, solid};
use super::text::unquote;
use super::value::{Map, Value};

/// The deepest nesting a built value may have. Whoever walks one may recurse: 512 levels fit any stack, 10,000 (which is
/// what passes where nothing is built) would overflow the 1 MB of a WebAssembly module. KrakenD builds them all.
pub const MAX_VALUE_DEPTH: usize = 512;

// === impl Value ===

impl Value {
    /// The value that `text` is; blanks may surround it. Numbers keep their text, of equal keys the last counts, invalid
    /// UTF-8 and lone surrogates become U+FFFD.
    pub fn parse(text: &[u8]) -> Result<Value, DecodeError> {
        Self::read(text, true)
    }

    /// The first value of `text`, whatever follows it, as Go's stream decoder reads it.
    pub fn parse_first(text: &[u8]) -> Result<Value, DecodeError> {
        Self::read(text, false)
    }

    fn read(text: &[u8], whole: bool) -> Result<Value, DecodeError> {
        if let Some(value) = sound(text).and_then(|body| read_padded(&body, whole)) {
            return Ok(value);
        }
        if let Some(value) = repair::repaired(text).and_then(|body| read_padded(&body, whole)) {
            return Ok(value);
        }
        Err(explain(text, MAX_VALUE_DEPTH, whole).unwrap_or(DecodeError::Cut))
    }
}

fn sound(text: &[u8]) -> Option<Body> {
    simdutf8::basic::from_utf8(text).ok().map(|_| Body::from(text))
}

fn read_padded(body: &Body, whole: bool) -> Option<Value> {
    let text = body.padded();
    let (value, end) = value(text, solid(text, 0)?, 0)?;
    (!whole || solid(text, end)? == body.len()).then_some(value)
}

/// The value that starts at `i` of a padded, valid text, and the position behind it. `None` if it is not JSON or has more
/// than [`MAX_VALUE_DEPTH`] levels below `depth`.
pub(super) fn value(text: &[u8], i: usize, depth: usize) -> Option<(Value, usize)> {
    match byte(text, i)? {
        b'"' => {
            let end = scan::string(text, i + 1)?;
            Some((Value::String(unquote(text.get(i + 1..end - 1)?).into_owned()), end))
        }
        b'{' if depth < MAX_VALUE_DEPTH => {
            let mut members = Map::new();
            let end = scan::members(text, i, |key, start| {
                let (member, end) = value(text, start, depth + 1)?;
                members.insert(unquote(text.get(key.start..key.end)?).into_owned(), member);
                Some(end)
            })?;
            Some((Value::Object(members), end))
        }
        b'[' if depth < MAX_VALUE_DEPTH => {
            let mut items = Vec::new();
            let end = scan::items(text, i, |start| {
                let (item, end) = value(text, start, depth + 1)?;
                items.push(item);
                Some(end)
            })?;
            Some((Value::Array(items), end))
        }
        b'{' | b'[' => None,
        b't' => Some((Value::Bool(true), scan::value(text, i, depth)?)),
        b'f' => Some((Value::Bool(false), scan::value(text, i, depth)?)),
        b'n' => Some((Value::Null, scan::value(text, i, depth)?)),
        _ => {
            let end = scan::number(text, i)?;
            Some((Value::Number(String::from_utf8_lossy(text.get(i..end)?).into()), end))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_limited_and_dropping_is_safe() {
        let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert!(Value::parse(nested(MAX_VALUE_DEPTH).as_bytes()).is_ok());
        let error = Value::parse(nested(MAX_VALUE_DEPTH + 1).as_bytes()).map_err(|e| e.to_string());
        assert_eq!(error, Err("invalid character '[' exceeded max depth".to_owned()));
        assert!(Value::parse("[".repeat(100_000).as_bytes()).is_err());
        assert!(Value::parse("{\"a\":".repeat(100_000).as_bytes()).is_err());
    }

    #[test]
    fn what_go_repairs_is_repaired() {
        let value =
            Value::parse(b"[\"a\xffb\xe2\x82\", \"\\ud800x\", \"\\ud83d\\ude00\"]").expect("Go accepts it");
        let want = ["a\u{fffd}b\u{fffd}\u{fffd}", "\u{fffd}x", "\u{1f600}"].map(Value::from);
        assert_eq!(value, Value::Array(want.to_vec()));
    }

    #[test]
    fn behind_the_value() {
        assert!(Value::parse(b" {} \n").is_ok());
        assert_eq!(
            Value::parse(b"{} x").map_err(|e| e.to_string()),
            Err("invalid character 'x' after top-level value".to_owned())
        );
        assert_eq!(Value::parse_first(b"1 x"), Ok(Value::number(1)));
        assert_eq!(Value::parse_first(b" ").map_err(|e| e.to_string()), Err("EOF".to_owned()));
    }
}
