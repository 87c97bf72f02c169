//! Finds the endpoints in a configuration's text without building them: a start costs one pass over the text, whatever it says.

use std::borrow::Cow;
use std::ops::Range;

use crate::config::document::MAX_BYTES;
use crate::config::node::Node;
use crate::json::scan::{self, RawKey, byte};
use crate::json::{Body, unquote};

/// An endpoint that nobody has read yet: where it stands, and what the router must know.
pub(super) struct Entry<'t> {
    pub span: Range<u32>,
    /// As written; empty if it is no text.
    pub path: Cow<'t, str>,
    /// Likewise.
    pub method: Cow<'t, str>,
}

/// The text with its list of endpoints emptied, and what was in the list. Nothing if the text isn't plain JSON: `Document`
/// says why, or reads it as meant.
///
/// V8 compiles what runs hot a second time, function by function: the loop must not end up inside of one that runs once.
#[inline(never)]
pub(super) fn read(body: &Body) -> Option<(String, Vec<Entry<'_>>)> {
    let bytes = body.padded();
    let text = simdutf8::basic::from_utf8(body.as_slice()).ok().filter(|text| text.len() <= MAX_BYTES)?;
    let (mut service, mut copied, mut entries) = (String::new(), 0, Vec::new());
    let start = scan::solid(bytes, 0).filter(|start| byte(bytes, *start) == Some(b'{'))?;
    let end = scan::members(bytes, start, |key, at| {
        if !is(text, key, "endpoints") {
            return scan::value(bytes, at, 1);
        }
        // Of a key written twice the last counts.
        entries.clear();
        if byte(bytes, at)? != b'[' {
            return scan::value(bytes, at, 1);
        }
        let end = scan::items(bytes, at, |at| {
            let entry = Entry::read(text, bytes, at)?;
            let end = entry.span.end;
            entries.push(entry);
            Some(end as usize)
        })?;
        service.push_str(text.get(copied..at)?);
        service.push_str("[]");
        copied = end;
        Some(end)
    })?;
    service.push_str(text.get(copied..)?);
    (scan::solid(bytes, end)? == text.len()).then_some((service, entries))
}

/// The endpoints of a text that was read as a whole.
pub(super) fn of(root: &Node) -> Vec<Entry<'static>> {
    let endpoints = root.get("endpoints").map(Node::items).unwrap_or_default();
    let text = |node: &Node, key| {
        node.get(key).and_then(Node::as_str).map(|text| Cow::Owned(text.to_owned())).unwrap_or_default()
    };
    endpoints
        .iter()
        .map(|node| Entry {
            span: node.span.clone(),
            path: text(node, "endpoint"),
            method: text(node, "method"),
        })
        .collect()
}

fn is(text: &str, key: RawKey, name: &str) -> bool {
    text.get(key.start..key.end).is_some_and(|key| plain(key) == name)
}

/// The characters of a text between quotes.
fn plain(raw: &str) -> Cow<'_, str> {
    if raw.contains('\\') { unquote(raw.as_bytes()) } else { Cow::Borrowed(raw) }
}

// === impl Entry ===

impl<'t> Entry<'t> {
    /// Reads over the value at `start`.
    #[inline(never)]
    fn read(text: &'t str, bytes: &[u8], start: usize) -> Option<Self> {
        let (mut path, mut method) = (Cow::default(), Cow::default());
        let end = match byte(bytes, start)? {
            b'{' => scan::members(bytes, start, |key, at| {
                let end = scan::value(bytes, at, 3)?;
                let option = match text.get(key.start..key.end).map(plain)? {
                    key if key == "endpoint" => &mut path,
                    key if key == "method" => &mut method,
                    _ => return Some(end),
                };
                let string = text.get(at..end)?.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
                *option = string.map(plain).unwrap_or_default();
                Some(end)
            }),
            _ => scan::value(bytes, start, 2),
        }?;
        Some(Self { span: start as u32..end as u32, path, method })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::Document;

    type Seen = Vec<(String, String, String)>;

    fn seen(text: &str, entries: Vec<Entry<'_>>) -> Seen {
        let span = |entry: &Entry<'_>| text[entry.span.start as usize..entry.span.end as usize].to_owned();
        entries.iter().map(|entry| (span(entry), entry.path.to_string(), entry.method.to_string())).collect()
    }

    /// What both ways of reading find; the first may leave a text to the second.
    fn both(text: &str) -> (Option<Seen>, Option<Seen>) {
        let outline = read(&text.as_bytes().into()).map(|(_, entries)| seen(text, entries));
        let whole = Document::parse(text).ok().map(|document| seen(text, of(&document.root)));
        (outline, whole)
    }

    #[test]
    fn finds_what_the_whole_reading_finds() {
        for text in [
            r#"{"endpoints": [{"endpoint": "/a", "method": "POST"} , 5, null, [], {}, {"method": null}], "version": 3}"#,
            r#"{"endpoints": [{"endpoint": "/a"}], "@endpoints": [1], "endpoints": [{"endpoint": "/b"}]}"#,
            r#"{"endpoints": [{"endpoint": "/a"}], "endpoints": null}"#,
            r#"{"endpoints": [{"endpoint": "/a", "endpoint": 7, "method": "get", "method": "\u0050UT"}]}"#,
            r#"{"endp\u006fints": [{"\u0065ndpoint": "/\"é\\"}], "x": {"endpoints": [{}]}}"#,
            "\n{ }\t",
        ] {
            let (outline, whole) = both(text);
            assert!(outline.is_some(), "{text}");
            assert_eq!(outline, whole, "{text}");
        }
        let (service, _) = read(&br#"{"a": 1, "endpoints": [{}, {}], "b": 2}"#[..].into()).unwrap();
        assert_eq!(service, r#"{"a": 1, "endpoints": [], "b": 2}"#);
    }

    #[test]
    fn leaves_to_the_whole_reading_what_is_odd() {
        for text in ["", "[]", "{", "{} x", "\u{feff}{}", r#"{"endpoints": [{"a": "\ud800"}]}"#, "{'a': 1}"] {
            assert!(read(&text.as_bytes().into()).is_none(), "{text}");
        }
        assert!(read(&b"{\"a\": \"\xff\"}"[..].into()).is_none());
    }

    proptest! {
        #[test]
        fn agrees_with_the_whole_reading(
            parts in prop::collection::vec("[{}\\[\\],:1]|\"endpoints\"|\"endpoint\"|\"method\"|\"/a\"|null| ", 0..24),
        ) {
            let items = parts.concat();
            for text in [items.clone(), format!("{{\"endpoints\":[{items}]}}"), format!("{{\"endpoints\":[{{{items}}}]}}")] {
                let (outline, whole) = both(&text);
                prop_assert_eq!(outline, whole, "{}", text);
            }
        }
    }
}
