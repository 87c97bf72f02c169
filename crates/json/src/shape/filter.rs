//! Picks members by a tree of paths: of a body while it is read, or of data that is there already.

use std::borrow::Cow;
use std::rc::Rc;

use fjord_memory::Budget;

use super::tree::{Branch, Tree};
use crate::body::Body;
use crate::object::{Data, Key, Member, Object};
use crate::piece::{MEMBER, Piece, Span};
use crate::scan;
use crate::scan::{RawKey, byte};
use crate::text::unquote;
use crate::unique::keep_last;
use crate::value::{Map, Value, map_of};

/// Which members to keep.
#[derive(Clone, Copy)]
pub(super) enum Keep<'t> {
    /// All.
    All,
    /// Those in the tree. A branch in which nothing is left goes, too.
    Allow(&'t Tree),
    /// Those not in the tree.
    Deny(&'t Tree),
}

/// What to do with one member.
enum Verdict<'t> {
    Whole,
    Gone,
    /// Keep this of it if it is an object.
    Inside(Keep<'t>),
}

// === impl Keep ===

impl<'t> Keep<'t> {
    #[inline(always)]
    fn judge(self, key: &[u8]) -> Verdict<'t> {
        match self {
            Self::All => Verdict::Whole,
            Self::Allow(tree) => match tree.get(key) {
                None => Verdict::Gone,
                Some(Branch::Leaf) => Verdict::Whole,
                Some(Branch::Deeper(tree)) => Verdict::Inside(Keep::Allow(tree)),
            },
            Self::Deny(tree) => match tree.get(key) {
                None => Verdict::Whole,
                Some(Branch::Leaf) => Verdict::Gone,
                Some(Branch::Deeper(tree)) => Verdict::Inside(Keep::Deny(tree)),
            },
        }
    }

    /// Whether a member that leads on to paths goes if it isn't an object or nothing is left of it.
    fn prunes(self) -> bool {
        matches!(self, Self::Allow(_))
    }
}

// === while reading ===

/// Reads the object at `start`, which is `depth` levels deep, and keeps some of its members. Gives the position after it.
/// Recurses along configured paths only.
pub(super) fn read(
    body: &Rc<Body>,
    start: usize,
    depth: usize,
    keep: Keep<'_>,
    budget: &mut Budget,
) -> Option<(Object, usize)> {
    let text = body.padded();
    let mut members = Vec::new();
    // A branch that goes must take earlier members of that key with it, so it leaves an empty span for now.
    let mut pruned = false;
    let span = |start, end| Piece::Span(Span { body: Rc::clone(body), start, end });
    let end = scan::members(text, start, |raw, value| {
        let verdict = match keep {
            Keep::All => Verdict::Whole,
            _ => keep.judge(&key_bytes(text, raw)?),
        };
        // Most dropped members are dropped here, before anything is made of their keys.
        let (value, end) = match verdict {
            Verdict::Gone => return scan::value(text, value, depth + 1),
            Verdict::Inside(inner) if byte(text, value)? == b'{' => {
                let (object, end) = read(body, value, depth + 1, inner, budget)?;
                let gone = keep.prunes() && object.is_empty();
                pruned |= gone;
                (if gone { span(value, value) } else { Piece::Object(object) }, end)
            }
            Verdict::Inside(_) if keep.prunes() => {
                pruned = true;
                (span(value, value), scan::value(text, value, depth + 1)?)
            }
            Verdict::Whole | Verdict::Inside(_) => {
                let end = scan::value(text, value, depth + 1)?;
                (span(value, end), end)
            }
        };
        budget.grow(&mut members, MEMBER)?;
        members.push(Member { key: key(body, raw, budget)?, value });
        Some(end)
    })?;
    keep_last(&mut members);
    if pruned {
        members.retain(|member| !matches!(&member.value, Piece::Span(span) if span.start == span.end));
    }
    Some((Object { members }, end))
}

/// Reads the object at `start` and keeps some members of the object at `key`, `rest`; without one, none.
pub(super) fn read_target(
    body: &Rc<Body>,
    start: usize,
    depth: usize,
    key: &str,
    rest: &[Box<str>],
    keep: Keep<'_>,
    budget: &mut Budget,
) -> Option<(Object, usize)> {
    let text = body.padded();
    let mut target = Object::new();
    let end = scan::members(text, start, |raw, value| {
        if *key_bytes(text, raw)? != *key.as_bytes() {
            return scan::value(text, value, depth + 1);
        }
        if byte(text, value)? != b'{' {
            target = Object::new();
            return scan::value(text, value, depth + 1);
        }
        let (object, end) = match rest.split_first() {
            None => read(body, value, depth + 1, keep, budget)?,
            Some((key, rest)) => read_target(body, value, depth + 1, key, rest, keep, budget)?,
        };
        target = object;
        Some(end)
    })?;
    Some((target, end))
}

/// The characters of a key.
#[inline(always)]
fn key_bytes(text: &[u8], raw: RawKey) -> Option<Cow<'_, [u8]>> {
    let bytes = text.get(raw.start..raw.end)?;
    Some(if raw.escaped {
        Cow::Owned(unquote(bytes).into_owned().into_bytes())
    } else {
        Cow::Borrowed(bytes)
    })
}

#[inline(always)]
fn key(body: &Rc<Body>, raw: RawKey, budget: &mut Budget) -> Option<Key> {
    if raw.escaped {
        budget.text(raw.end - raw.start)?;
        Some(Key::Text(unquote(body.padded().get(raw.start..raw.end)?).into()))
    } else {
        Some(Key::Plain { body: Rc::clone(body), start: raw.start, end: raw.end })
    }
}

// === impl Span ===

impl Span {
    /// The members, if this is an object.
    pub(crate) fn to_object(&self, budget: &mut Budget) -> Option<Object> {
        self.picked(Keep::All, budget)
    }

    fn picked(&self, keep: Keep<'_>, budget: &mut Budget) -> Option<Object> {
        if byte(self.body.padded(), self.start)? != b'{' {
            return None;
        }
        read(&self.body, self.start, 0, keep, budget).map(|(object, _)| object)
    }
}

// === on data ===

/// The object at the end of `path`; without one, an object without members.
pub(super) fn target(data: Data, path: &[Box<str>], budget: &mut Budget) -> Object {
    path.iter()
        .try_fold(data.unwrap_or_default(), |mut object, key| object.remove(key)?.into_object(budget))
        .unwrap_or_default()
}

/// Keeps some members of `object`.
pub(super) fn object(mut object: Object, keep: Keep<'_>, budget: &mut Budget) -> Object {
    if let Keep::All = keep {
        return object;
    }
    let pick = |member: Member| {
        let value = match keep.judge(member.key.bytes()) {
            Verdict::Whole => member.value,
            Verdict::Gone => return None,
            Verdict::Inside(inner) => piece(member.value, inner, budget)?,
        };
        Some(Member { key: member.key, value })
    };
    object.members = object.members.into_iter().filter_map(pick).collect();
    object
}

/// What is left of a value to which paths lead on; `None` if it goes.
fn piece(piece: Piece, keep: Keep<'_>, budget: &mut Budget) -> Option<Piece> {
    let left = match piece {
        Piece::Span(ref span) => match span.picked(keep, budget) {
            Some(object) => object,
            None => return (!keep.prunes()).then_some(piece),
        },
        Piece::Object(inner) => object(inner, keep, budget),
        Piece::Array(_) => return (!keep.prunes()).then_some(piece),
        Piece::Value(value) => match Rc::unwrap_or_clone(value) {
            Value::Object(map) => {
                let map = members(map, keep);
                return (!keep.prunes() || !map.is_empty()).then(|| map.into());
            }
            other => return (!keep.prunes()).then(|| other.into()),
        },
    };
    (!keep.prunes() || !left.is_empty()).then_some(Piece::Object(left))
}

/// Keeps some members of a built object.
fn members(map: Map, keep: Keep<'_>) -> Map {
    let pick = |(key, value): (String, Value)| match (keep.judge(key.as_bytes()), value) {
        (Verdict::Gone, _) => None,
        (Verdict::Inside(inner), Value::Object(map)) => {
            let map = members(map, inner);
            (!keep.prunes() || !map.is_empty()).then_some((key, Value::Object(map)))
        }
        (Verdict::Inside(_), _) if keep.prunes() => None,
        (Verdict::Whole | Verdict::Inside(_), value) => Some((key, value)),
    };
    map_of(map.into_iter().filter_map(pick))
}
