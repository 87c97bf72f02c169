//! A value with the way to it, from which findings about it are made.

use std::ops::Range;

use fjord_document::Diagnostic;
use fjord_document::node::{Kind, Node};
use fjord_document::path::Path;

use crate::options::{Namespace, duration, is_comment};

/// A value of the document and where it is.
#[derive(Debug, Clone, Copy)]
pub struct Spot<'a> {
    /// The value.
    pub node: &'a Node,
    /// The way to it.
    pub path: Path<'a>,
    /// The place of its key, if it is a member.
    key: Option<&'a Range<u32>>,
}

// === impl Spot ===

impl<'a> Spot<'a> {
    /// The whole document.
    pub fn root(node: &'a Node) -> Spot<'a> {
        Spot { node, path: Path::Root, key: None }
    }

    /// A member of the object here; null counts as absent.
    pub fn get<'s>(&'s self, key: &str) -> Option<Spot<'s>> {
        let member = self.node.members().iter().rev().find(|m| &*m.key == key)?;
        (!matches!(member.value.kind, Kind::Null)).then(|| Spot {
            node: &member.value,
            path: self.path.key(&member.key),
            key: Some(&member.key_span),
        })
    }

    /// A namespace of the `extra_config` here, by its name or an old one.
    pub fn namespace<'s>(&'s self, namespace: &Namespace) -> Option<Spot<'s>> {
        self.component(|key| key == namespace.name || namespace.aliases.contains(&key))
    }

    /// The value of a key of the `extra_config` here.
    pub fn component<'s>(&'s self, is_named: impl Fn(&str) -> bool) -> Option<Spot<'s>> {
        let extra = &self.node.members().iter().rev().find(|m| &*m.key == "extra_config")?.value;
        let member = extra.members().iter().rev().find(|m| is_named(&m.key))?;
        let path = Path::Inner(&self.path, "extra_config", &member.key);
        Some(Spot { node: &member.value, path, key: Some(&member.key_span) })
    }

    /// The members of the object here that are no comments, with their keys.
    pub fn members<'s>(&'s self) -> impl Iterator<Item = (&'s str, Spot<'s>)> {
        self.members_but(is_comment)
    }

    /// The members of the object here but those whose keys are notes.
    pub fn members_but<'s>(
        &'s self,
        is_note: impl Fn(&str) -> bool,
    ) -> impl Iterator<Item = (&'s str, Spot<'s>)> {
        self.node.members().iter().filter(move |m| !is_note(&m.key)).map(|m| {
            let spot = Spot { node: &m.value, path: self.path.key(&m.key), key: Some(&m.key_span) };
            (&*m.key, spot)
        })
    }

    /// The items of the list here.
    pub fn items<'s>(&'s self) -> impl ExactSizeIterator<Item = Spot<'s>> {
        let spot = |(i, node): (usize, &'s Node)| Spot { node, path: self.path.index(i), key: None };
        self.node.items().iter().enumerate().map(spot)
    }

    /// The text here.
    pub fn str(&self) -> Option<&'a str> {
        self.node.as_str()
    }

    /// Whether this is `true`.
    pub fn is_true(&self) -> bool {
        self.node.as_bool() == Some(true)
    }

    /// The duration here, if it is a valid one.
    pub fn duration(&self) -> Option<std::time::Duration> {
        duration::parse(self.str()?).ok()
    }

    /// The number here.
    pub fn f64(&self) -> Option<f64> {
        self.node.as_f64()
    }

    /// Where the value is.
    pub fn span(&self) -> Range<u32> {
        match self.node.kind {
            // Of an object or a list the key says more than its brackets and all between.
            Kind::Object(_) | Kind::Array(_) => self.head(),
            _ => self.node.span.clone(),
        }
    }

    /// Where the value begins: its key, or its first character.
    pub fn head(&self) -> Range<u32> {
        self.key.cloned().unwrap_or(self.node.span.start..self.node.span.start + 1)
    }

    /// The place of byte `offset` of the text here, if nothing before is escaped.
    pub fn inside(&self, offset: usize) -> Option<Range<u32>> {
        let text = self.str()?;
        let Range { start, end } = self.node.span;
        let plain = (end - start) as usize == text.len() + 2 && offset <= text.len();
        let at = start + 1 + offset as u32;
        plain.then(|| at..(at + 1).min(end))
    }

    /// An error at the head of the value: about what it lacks.
    pub fn lacks(&self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, self.head(), message).at(self.path.pointer())
    }

    /// An error about the value.
    pub fn error(&self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, self.span(), message).at(self.path.pointer())
    }

    /// A warning about the value.
    pub fn warning(&self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::warning(code, self.span(), message).at(self.path.pointer())
    }

    /// A note about the value.
    pub fn note(&self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::note(code, self.span(), message).at(self.path.pointer())
    }
}
