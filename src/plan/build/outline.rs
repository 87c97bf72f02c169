//! Finds the endpoints in a configuration's text without reading them: a start costs one quick pass over the text.

use std::borrow::Cow;
use std::ops::Range;

use fjord_document::document::MAX_BYTES;
use fjord_document::node::{Kind, Node};
use fjord_json::scan;
use fjord_json::scan::byte;
use fjord_json::{Body, unquote};

/// An endpoint that nobody has read yet: where it is, and what the router must know.
pub(super) struct Entry<'t> {
    pub span: Range<u32>,
    /// As written; empty if it isn't a string.
    pub path: Cow<'t, str>,
    /// Likewise.
    pub method: Cow<'t, str>,
}

/// The text with its list of endpoints emptied, and what was in the list. Nothing if the text isn't plain JSON as far as it is
/// looked at: `Document` says why, or reads it as meant. What is wrong inside of an endpoint's options harms that endpoint.
///
/// V8 compiles what runs hot a second time, function by function and by the bytes of their code: the loops here are functions
/// of their own with little code, so that a start ends before that.
pub(super) fn read(body: &Body) -> Option<(String, Vec<Entry<'_>>)> {
    let bytes = body.padded();
    let text = simdutf8::basic::from_utf8(body.as_slice()).ok().filter(|text| text.len() <= MAX_BYTES)?;
    let (mut service, mut copied, mut entries) = (String::new(), 0, Vec::new());
    let start = scan::solid(bytes, 0).filter(|start| byte(bytes, *start) == Some(b'{'))?;
    let end = scan::list(bytes, start, b'}', |at| {
        let (name, at) = scan::name(bytes, at)?;
        if !name.eq_ignore_ascii_case(b"endpoints") {
            return scan::skip(bytes, at);
        }
        // Of a key written twice the last counts.
        entries.clear();
        if byte(bytes, at)? != b'[' {
            return scan::skip(bytes, at);
        }
        let end = elements(text, bytes, at, &mut entries)?;
        service.push_str(text.get(copied..at)?);
        service.push_str("[]");
        copied = end;
        Some(end)
    })?;
    service.push_str(text.get(copied..)?);
    (scan::solid(bytes, end)? == text.len()).then_some((service, entries))
}

#[inline(never)]
fn elements<'t>(text: &'t str, bytes: &[u8], start: usize, entries: &mut Vec<Entry<'t>>) -> Option<usize> {
    scan::list(bytes, start, b']', |at| {
        let entry = Entry::read(text, bytes, at)?;
        let end = entry.span.end;
        entries.push(entry);
        Some(end as usize)
    })
}

/// The endpoints of a text that was read as a whole.
pub(super) fn of(root: &Node) -> Vec<Entry<'static>> {
    let endpoints = root.get("endpoints").map(Node::items).unwrap_or_default();
    let text = |node: &Node, key| match node.get(key).map(|node| &node.kind) {
        Some(Kind::String(text) | Kind::Number(text)) => Cow::Owned(text.to_string()),
        _ => Cow::default(),
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

/// The characters of a string, and of a number, which KrakenD takes for one; none of any other value.
#[inline(never)]
fn string(value: &str) -> Cow<'_, str> {
    match value.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        Some(text) if text.contains('\\') => unquote(text.as_bytes()),
        Some(text) => Cow::Borrowed(text),
        None if value.starts_with(|c: char| c.is_ascii_digit() || c == '-') => Cow::Borrowed(value),
        None => Cow::default(),
    }
}

// === impl Entry ===

impl<'t> Entry<'t> {
    /// Goes over the value at `start`.
    #[inline(never)]
    fn read(text: &'t str, bytes: &[u8], start: usize) -> Option<Self> {
        let mut entry = Self { span: start as u32..0, path: Cow::default(), method: Cow::default() };
        let end = match byte(bytes, start)? {
            b'{' => scan::list(bytes, start, b'}', |at| entry.member(text, bytes, at)),
            _ => scan::skip(bytes, start),
        };
        entry.span.end = end? as u32;
        Some(entry)
    }

    /// Goes over the member at `at`; keeps its value if the router must know it.
    #[inline(never)]
    fn member(&mut self, text: &'t str, bytes: &[u8], at: usize) -> Option<usize> {
        let (name, start) = scan::name(bytes, at)?;
        let end = scan::skip(bytes, start)?;
        if name.eq_ignore_ascii_case(b"endpoint") {
            self.path = string(text.get(start..end)?);
        } else if name.eq_ignore_ascii_case(b"method") {
            self.method = string(text.get(start..end)?);
        }
        Some(end)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use fjord_document::Document;

    type Seen = Vec<(String, String, String)>;

    fn seen(text: &str, entries: Vec<Entry<'_>>) -> Seen {
        let span = |entry: &Entry<'_>| text[entry.span.start as usize..entry.span.end as usize].to_owned();
        entries.iter().map(|entry| (span(entry), entry.path.to_string(), entry.method.to_string())).collect()
    }

    /// What both ways of reading find; the first may leave a text to the second, and sees no faults inside of options.
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
            r#"{"endpoints": [{"endpoint": "/\"é\\"}], "x": {"endpoints": [{}]}}"#,
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
        for text in [
            "",
            "[]",
            "{",
            "{} x",
            "\u{feff}{}",
            "{'a': 1}",
            r#"{"endp\u006fints": []}"#,
            r#"{"endpoints": [{"\u0065ndpoint": 1}]}"#,
            r#"{"endpoints": [{"a": 1,}]}"#,
        ] {
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
                prop_assert!(whole.is_none() || outline == whole, "{}", text);
            }
        }
    }
}
