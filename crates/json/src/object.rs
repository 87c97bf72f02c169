//! An answer's data: the members of an object, in order, mostly as spans of the bodies they came in. Merging moves members.

use std::borrow::Cow;
use std::rc::Rc;

use fjord_memory::{Budget, Excess, afford};

use super::body::Body;
use super::error::DecodeError;
use super::piece::Piece;
use super::text::{unquote, write_string, written_len};
use super::unique::keep_last;
use super::value::{Map, Value, cost};
use super::write::{list, list_len};

/// The data of an answer. `None` is KrakenD's nil map: what a body `null` decodes to; it is not the same as no members.
pub type Data = Option<Object>;

/// The members of an object: one per key.
#[derive(Debug, Clone, Default)]
pub struct Object {
    pub(super) members: Vec<Member>,
}

/// A key and its value.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) key: Key,
    pub(super) value: Piece,
}

/// A key, as characters.
#[derive(Debug, Clone)]
pub(super) enum Key {
    /// In a body, where it has no escapes.
    Plain { body: Rc<Body>, start: usize, end: usize },
    /// Anything else.
    Text(Box<str>),
}

/// As many members take no memory to speak of.
const MANY: usize = 1000;

// === impl Key ===

impl Key {
    #[inline(always)]
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Plain { body, start, end } => body.padded().get(*start..*end).unwrap_or_default(),
            Self::Text(text) => text.as_bytes(),
        }
    }

    pub(super) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Plain { .. } => unquote(self.bytes()),
            Self::Text(text) => Cow::Borrowed(text),
        }
    }

    fn written_len(&self) -> usize {
        match self {
            Self::Plain { start, end, .. } => end - start + 2,
            Self::Text(text) => written_len(text),
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Plain { .. } => {
                out.push(b'"');
                out.extend_from_slice(self.bytes());
                out.push(b'"');
            }
            Self::Text(text) => write_string(text, out),
        }
    }
}

// === impl Object ===

impl Object {
    /// An object without members.
    pub fn new() -> Self {
        Self::default()
    }

    /// An object of built values.
    pub fn from_map(map: Map) -> Self {
        let member =
            |(key, value): (String, Value)| Member { key: Key::Text(key.into()), value: value.into() };
        Self { members: map.into_iter().map(member).collect() }
    }

    /// The number of members.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there are no members; KrakenD calls such an answer incomplete (`spec` §13).
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The member `key`.
    pub fn get(&self, key: &str) -> Option<&Piece> {
        self.find(key).and_then(|at| self.members.get(at)).map(|member| &member.value)
    }

    pub(super) fn find(&self, key: &str) -> Option<usize> {
        self.members.iter().position(|member| member.key.bytes() == key.as_bytes())
    }

    /// Sets the member `key`.
    pub fn insert(&mut self, key: &str, value: impl Into<Piece>) {
        let value = value.into();
        match self.find(key).and_then(|at| self.members.get_mut(at)) {
            Some(member) => member.value = value,
            None => self.members.push(Member { key: Key::Text(key.into()), value }),
        }
    }

    /// Takes the member `key` out.
    pub fn remove(&mut self, key: &str) -> Option<Piece> {
        let at = self.find(key)?;
        Some(self.members.remove(at).value)
    }

    /// The members in order.
    pub fn iter(&self) -> impl Iterator<Item = (Cow<'_, str>, &Piece)> {
        self.members.iter().map(|member| (member.key.text(), &member.value))
    }

    /// Adds the members of `later`, which win over those here. Top level only: objects are not merged (`spec` §10).
    ///
    /// # Errors
    /// If there's no memory for this many.
    pub fn merge(&mut self, mut later: Object) -> Result<(), Excess> {
        if self.members.is_empty() {
            *self = later;
        } else if !later.members.is_empty() {
            let members = self.members.len() + later.members.len();
            if members > MANY {
                // With the table that finds repeated keys.
                afford(members * (size_of::<Member>() + 16))?;
                self.members.try_reserve_exact(later.members.len()).map_err(|_| Excess::Room)?;
            }
            self.members.append(&mut later.members);
            keep_last(&mut self.members);
        }
        Ok(())
    }

    /// Adds the members of `above`, which win over those here (`spec` §12, static).
    ///
    /// # Errors
    /// If there's no memory for this many.
    pub fn overlay(&mut self, above: &Object) -> Result<(), Excess> {
        self.merge(above.clone())
    }

    /// The members as built values.
    ///
    /// # Errors
    /// If one has more than [`MAX_VALUE_DEPTH`](super::MAX_VALUE_DEPTH) levels or all take too much memory.
    pub fn to_map(&self) -> Result<Map, DecodeError> {
        self.build(&mut Budget::new())
    }

    pub(super) fn build(&self, budget: &mut Budget) -> Result<Map, DecodeError> {
        budget.take(cost::OBJECT);
        let member = |member: &Member| {
            budget.take(cost::MEMBER);
            budget.text(member.key.bytes().len());
            Ok((member.key.text().into_owned(), member.value.build(budget)?))
        };
        self.members.iter().map(member).collect()
    }

    /// At most how many bytes [`Object::write`] appends: exact but for floats.
    pub fn written_len(&self) -> usize {
        let member = |member: &Member| member.key.written_len() + 1 + member.value.written_len();
        list_len(self.members.iter().map(member))
    }

    /// Appends the object as JSON: spans as they were received, built values as Go writes them.
    pub fn write(&self, out: &mut Vec<u8>) {
        list(&self.members, *b"{}", out, |member, out| {
            member.key.write(out);
            out.push(b':');
            member.value.write(out);
        });
    }
}

impl From<Map> for Object {
    fn from(map: Map) -> Self {
        Self::from_map(map)
    }
}

/// Appends the data as JSON; nil data is `null`.
pub fn write_data(data: &Data, out: &mut Vec<u8>) {
    match data {
        Some(object) => object.write(out),
        None => out.extend_from_slice(b"null"),
    }
}
