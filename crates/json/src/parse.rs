//! Builds values from text, for the features that look inside a body.

use fjord_memory::{Budget, afford};

use super::body::{Body, PADDING};
use super::error::DecodeError;
use super::explain::explain;
use super::repair;
use super::scan::{self, byte, solid};
use super::text::unquote;
use super::value::{Map, Value, cost};

/// The deepest nesting a built value may have. Whoever walks one may recurse: 512 levels fit any stack, 10,000 (which is
/// what passes where nothing is built) would overflow the 1 MB of a WebAssembly module. KrakenD builds them all.
pub const MAX_VALUE_DEPTH: usize = 512;

// === impl Value ===

impl Value {
    /// The value that `text` is; blanks may surround it. Numbers keep their text, of equal keys the last counts, invalid
    /// UTF-8 and lone surrogates become U+FFFD.
    ///
    /// # Errors
    /// If it isn't JSON, nests too deep or takes too much memory.
    pub fn parse(text: &[u8]) -> Result<Value, DecodeError> {
        afford(text.len() + PADDING)?;
        Self::parse_body(&Body::from(text))
    }

    /// The same of a body, which needs no copy.
    ///
    /// # Errors
    /// As [`Value::parse`].
    pub fn parse_body(body: &Body) -> Result<Value, DecodeError> {
        Self::read(body, true)
    }

    /// The first value of a body, whatever follows it, as Go's stream decoder reads it.
    ///
    /// # Errors
    /// As [`Value::parse`].
    pub fn parse_first(body: &Body) -> Result<Value, DecodeError> {
        Self::read(body, false)
    }

    fn read(body: &Body, whole: bool) -> Result<Value, DecodeError> {
        let text = body.as_slice();
        if simdutf8::basic::from_utf8(text).is_ok() {
            let mut budget = Budget::new();
            if let Some(value) = read_padded(body, whole, &mut budget) {
                return Ok(value);
            }
            budget.checked()?;
        }
        let mut budget = Budget::new();
        if let Some(value) = repair::repaired(text)?.and_then(|body| read_padded(&body, whole, &mut budget)) {
            return Ok(value);
        }
        budget.checked()?;
        Err(explain(text, MAX_VALUE_DEPTH, whole).unwrap_or(DecodeError::Cut))
    }
}

fn read_padded(body: &Body, whole: bool, budget: &mut Budget) -> Option<Value> {
    let text = body.padded();
    let (value, end) = value(text, solid(text, 0)?, 0, budget)?;
    (!whole || solid(text, end)? == body.len()).then_some(value)
}

/// The value that starts at `i` of a padded, valid text, and the position after it. `None` if it is not JSON, has more
/// than [`MAX_VALUE_DEPTH`] levels below `depth`, or costs more than `budget` has.
pub(super) fn value(text: &[u8], i: usize, depth: usize, budget: &mut Budget) -> Option<(Value, usize)> {
    budget.take(cost::VALUE)?;
    match byte(text, i)? {
        b'"' => {
            let end = scan::string(text, i + 1)?;
            let raw = text.get(i + 1..end - 1)?;
            budget.text(raw.len())?;
            Some((Value::String(unquote(raw).into_owned()), end))
        }
        b'{' if depth < MAX_VALUE_DEPTH => {
            let mut members = Map::new();
            let end = scan::members(text, i, |key, start| {
                let key = text.get(key.start..key.end)?;
                budget.take(if members.is_empty() { cost::OBJECT } else { cost::MEMBER })?;
                budget.text(key.len())?;
                let (member, end) = value(text, start, depth + 1, budget)?;
                members.insert(unquote(key).into_owned(), member);
                Some(end)
            })?;
            Some((Value::Object(members), end))
        }
        b'[' if depth < MAX_VALUE_DEPTH => {
            let mut items = Vec::new();
            let end = scan::items(text, i, |start| {
                let (item, end) = value(text, start, depth + 1, budget)?;
                // Paid for as values.
                budget.grow(&mut items, 0)?;
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
            budget.text(end - i)?;
            Some((Value::Number(String::from_utf8_lossy(text.get(i..end)?).into()), end))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fjord_memory::{Excess, with_room};

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
    fn memory_is_limited() {
        let list =
            |item: &str, bytes: usize| format!("[{}0]", format!("{item},").repeat(bytes / (item.len() + 1)));
        let object = |members: usize| {
            let members: Vec<String> = (0..members).map(|i| format!("\"{i}\":1")).collect();
            format!("{{{}}}", members.join(","))
        };
        let error = |text: &str| Value::parse(text.as_bytes()).map_err(|error| error.to_string()).err();
        for fits in
            [list("1", 300_000), list("{}", 900_000), object(60_000), format!("\"{}\"", "x".repeat(7 << 20))]
        {
            assert_eq!(error(&fits), None, "{}", &fits[..20]);
        }
        let large = [list("1", 5 << 20), list("{}", 5 << 20), list("{\"a\":1}", 1 << 20), object(200_000)];
        for large in &large {
            assert_eq!(
                error(large).as_deref(),
                Some("the body takes more than 16 MB as values"),
                "{}",
                &large[..20]
            );
            // A body that must be repaired comes to the same.
            let broken = large.replacen('1', "\"\\ud800\"", 1);
            assert_eq!(error(&broken), error(large), "{}", &broken[..20]);
        }
        let small = list("1", 20_000);
        assert_eq!(with_room(1 << 20, || error(&small)), None);
        assert_eq!(with_room(1 << 18, || error(&small)), Some(Excess::Room.to_string()));
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
        assert_eq!(Value::parse_first(&b"1 x"[..].into()), Ok(Value::number(1)));
        assert_eq!(Value::parse_first(&b" "[..].into()).map_err(|e| e.to_string()), Err("EOF".to_owned()));
    }
}
