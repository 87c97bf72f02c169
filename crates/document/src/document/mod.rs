//! Reads the text of a configuration: strict JSON, with every fault named as what it is, and as many as possible in one go.
//!
//! Faults whose meaning is clear (comments, trailing commas, single quotes …) are reported and read as meant, so that
//! the checks behind still see the whole document. Nothing here recurses: depth is bounded by [`MAX_DEPTH`].

mod parser;
mod scan;
mod strings;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use super::diagnostic::{Diagnostic, Severity};
use super::node::{Kind, Node};
use super::path;

/// The deepest nesting that is read. A real configuration needs some thirty levels.
pub const MAX_DEPTH: usize = 256;

/// The longest text that is read: the worker reads no longer one.
pub const MAX_BYTES: usize = fjord_memory::BODY;

/// A configuration's text, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The root object.
    pub root: Node,
}

/// What reading a text gave.
#[derive(Debug)]
pub struct Reading<'a> {
    /// The text that the spans point into: the input, repaired where it wasn't UTF-8.
    pub text: Cow<'a, str>,
    /// The document, if there is enough of it to look at.
    pub document: Option<Document>,
    /// What is wrong with the text, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

// === impl Document ===

impl Document {
    /// The document of a text without faults; otherwise all that was found.
    ///
    /// # Errors
    /// All faults of the text, and its warnings.
    pub fn parse(text: &str) -> Result<Document, Vec<Diagnostic>> {
        let (document, diagnostics) = read_text(text);
        let faulty = diagnostics.iter().any(|d| d.severity == Severity::Error);
        match document {
            Some(document) if !faulty => Ok(document),
            _ => Err(diagnostics),
        }
    }

    /// The value, of any kind, of a text without faults.
    ///
    /// # Errors
    /// All faults of the text.
    pub fn value(text: &str) -> Result<Node, Vec<Diagnostic>> {
        let (value, diagnostics) = parser::parse(text, 0);
        let faulty = diagnostics.iter().any(|d| d.severity == Severity::Error);
        value.filter(|_| !faulty).ok_or(diagnostics)
    }

    /// Reads bytes of any kind, as much of them as can be understood.
    pub fn read(bytes: &[u8]) -> Reading<'_> {
        if let Some(fault) = unreadable(bytes) {
            return Reading { text: Cow::Borrowed(""), document: None, diagnostics: vec![fault] };
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => {
                let (document, diagnostics) = read_text(text);
                Reading { text: Cow::Borrowed(text), document, diagnostics }
            }
            Err(error) => {
                let at = error.valid_up_to() as u32;
                let text = String::from_utf8_lossy(bytes);
                let (document, mut diagnostics) = read_text(&text);
                let mut fault =
                    Diagnostic::error("not-utf8", at..at + 3, "the text is not UTF-8 from here on")
                        .help("save the file as UTF-8; this looks like Latin-1 or another 8-bit encoding");
                if let Some(document) = &document {
                    fault.path = pointer_at(&document.root, at);
                }
                diagnostics.insert(0, fault);
                Reading { text, document, diagnostics }
            }
        }
    }
}

// === impl Reading ===

impl Reading<'_> {
    /// The same with a text of its own.
    pub fn into_owned(self) -> Reading<'static> {
        Reading { text: Cow::Owned(self.text.into_owned()), ..self }
    }
}

/// Reads a text: the document, if any, and the faults.
fn read_text(text: &str) -> (Option<Document>, Vec<Diagnostic>) {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() > MAX_BYTES {
        return (None, vec![too_large(text.len())]);
    }
    if body.trim_ascii().is_empty() {
        let fault = Diagnostic::error("empty-file", 0..0, "the file is empty")
            .help("the smallest configuration is {\"version\": 3}");
        return (None, vec![fault]);
    }
    let (root, mut diagnostics) = parser::parse(text, text.len() - body.len());
    let root = root.filter(|root| match &root.kind {
        Kind::Object(_) => true,
        other => {
            let message = format!("the configuration must be an object, not {}", other.name());
            diagnostics.push(Diagnostic::error("root-not-object", root.span.clone(), message));
            false
        }
    });
    (root.map(|root| Document { root }), diagnostics)
}

/// What makes bytes no text at all.
fn unreadable(bytes: &[u8]) -> Option<Diagnostic> {
    if bytes.len() > MAX_BYTES {
        return Some(too_large(bytes.len()));
    }
    let utf16 = matches!(
        bytes,
        [0xff, 0xfe, ..]
            | [0xfe, 0xff, ..]
            | [b'{' | b' ' | b'\n' | b'\r', 0, ..]
            | [0, b'{' | b' ' | b'\n' | b'\r', ..]
    );
    if utf16 {
        let fault = Diagnostic::error("utf16", 0..0, "the file is UTF-16 text, not UTF-8");
        return Some(fault.help("save it as UTF-8 (in Windows editors: \"UTF-8 without BOM\")"));
    }
    let head = &bytes[..bytes.len().min(1024)];
    let odd = head.iter().filter(|b| **b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r')).count();
    let magic = [&b"\x1f\x8b"[..], b"PK\x03\x04", b"\x7fELF", b"\0asm", b"\x89PNG", b"%PDF"];
    if odd * 20 > head.len() && odd > 1 || magic.iter().any(|m| head.starts_with(m)) {
        let fault = Diagnostic::error("binary-file", 0..0, "this is a binary file, not a configuration");
        return Some(fault.help("give the path of a JSON file"));
    }
    None
}

fn too_large(len: usize) -> Diagnostic {
    let message = format!(
        "the file has {} MB; a configuration of more than {} MB isn't read",
        len.div_ceil(1 << 20),
        MAX_BYTES >> 20
    );
    Diagnostic::error("file-too-large", 0..0, message).help(
        "write it without blanks, or serve its endpoints by several workers: one has 128 MB for everything",
    )
}

/// The JSON pointer of the innermost value around a byte offset.
pub fn pointer_at(root: &Node, offset: u32) -> String {
    let mut pointer = String::new();
    let mut node = root;
    // What a value holds is in the order of the text.
    loop {
        let (members, items) = (node.members(), node.items());
        let member = members.partition_point(|member| member.key_span.start <= offset).checked_sub(1);
        let item = items.partition_point(|item| item.span.start <= offset).checked_sub(1);
        if let Some(member) = member.and_then(|index| members.get(index))
            && offset < member.value.span.end
        {
            path::push_key(&mut pointer, &member.key);
            node = &member.value;
        } else if let Some((index, item)) = item.and_then(|index| Some((index, items.get(index)?)))
            && offset < item.span.end
        {
            path::push_index(&mut pointer, index);
            node = item;
        } else {
            return pointer;
        }
    }
}
