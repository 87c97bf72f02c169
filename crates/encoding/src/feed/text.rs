//! Text of a feed: entities, CDATA sections, and the two ways to write a person.

use super::entities::unescape;
use super::tree::{Document, Element};

/// The text of `element`: its CDATA sections as they are if there are any, else everything inside with entities decoded.
pub(super) fn text(document: &Document<'_>, element: &Element) -> String {
    let inner = document.inner(element);
    if inner.contains("<![CDATA[") { strip_cdata(&inner) } else { decode_entities(&inner) }
}

/// The text of CDATA sections and, behind the last, what follows.
pub(super) fn strip_cdata(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let section = rest.find("<![CDATA[").and_then(|start| {
            let body = &rest[start + 9..];
            body.find("]]>").map(|end| body.split_at(end))
        });
        let Some((body, after)) = section else {
            out.push_str(&decode_entities(rest));
            break;
        };
        out.push_str(body);
        rest = &after[3..];
    }
    out
}

/// Decodes entities up to the first `&` that is followed by a space before the next `;`.
pub(super) fn decode_entities(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match rest.find(';') {
            Some(end) if !rest[..end].contains(' ') => {
                out.push_str(&unescape(&rest[..=end]));
                rest = &rest[end + 1..];
            }
            _ => break,
        }
    }
    out.push_str(rest);
    out
}

/// Name and address of `Ann <…>`-less forms: `a@b (Ann)`, `Ann (a@b)`, `Ann`, `a@b`.
pub(super) fn person(text: &str) -> (&str, &str) {
    let parenthesised = text.strip_suffix(')').and_then(|rest| rest.rsplit_once('('));
    if let Some((before, inside)) = parenthesised
        && before.ends_with(char::is_whitespace)
        && !inside.is_empty()
    {
        let before = before.trim_end();
        if is_address(before) && !inside.contains('@') {
            return (inside, before);
        }
        if !before.is_empty() && !before.contains('@') && is_address(inside) && !inside.contains(')') {
            return (before, inside);
        }
    }
    match (text.contains('@'), text.contains(['(', ')'])) {
        (false, false) => (text, ""),
        (true, false) if text.split('@').count() == 2 && !text.starts_with('@') && !text.ends_with('@') => {
            ("", text)
        }
        _ => ("", ""),
    }
}

fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty() && !host.is_empty() && !host.contains(char::is_whitespace)
    })
}
