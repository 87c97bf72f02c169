//! What a backend's options keep of its answer: `target`, then `allow` or `deny`, then `mapping`, then `group` (`spec` §8).
//!
//! Filters work while the body is read: only the objects on a configured path are entered, all else stays a span.

mod filter;
mod tree;

use std::rc::Rc;

use filter::Keep;
use fjord_memory::{Budget, Excess};
use tree::Tree;

use super::body::Body;
use super::flatmap::Flatmap;
use super::object::{Data, Key, Object};
use super::piece::Piece;
use super::value::Value;

/// The options of a backend that shape its answer, as configured.
#[derive(Debug, Clone, Default)]
pub struct ShapeOptions {
    /// `target`: the dotted path of the object that becomes the answer; empty for none.
    pub target: String,
    /// `allow`: the dotted paths to keep. Wins over `deny`.
    pub allow: Vec<String>,
    /// `deny`: the dotted paths to drop.
    pub deny: Vec<String>,
    /// `mapping`: root members to rename, in the order they are renamed in.
    pub mapping: Vec<(String, String)>,
    /// `group`: the member to put the answer under; empty for none.
    pub group: String,
    /// `proxy.flatmap_filter`: if there are operations, `allow`, `deny` and `mapping` are ignored.
    pub flatmap: Flatmap,
}

/// What to keep of an answer, compiled.
#[derive(Debug, Default)]
pub struct Shape {
    target: Vec<Box<str>>,
    filter: Filter,
    mapping: Vec<(Box<str>, Box<str>)>,
    group: Box<str>,
    flatmap: Flatmap,
}

#[derive(Debug, Default)]
enum Filter {
    #[default]
    All,
    Allow(Tree),
    Deny(Tree),
}

// === impl Shape ===

impl Shape {
    /// The shape that `options` describe.
    pub fn new(options: ShapeOptions) -> Self {
        let ShapeOptions { target, allow, deny, mapping, group, flatmap } = options;
        let plain = flatmap.is_empty();
        let filter = match (plain, allow.is_empty(), deny.is_empty()) {
            (false, ..) | (true, true, true) => Filter::All,
            (true, false, _) => Filter::Allow(Tree::allow(&allow)),
            (true, true, false) => Filter::Deny(Tree::deny(&deny)),
        };
        // Only the part of the new name before its first dot counts.
        let rename =
            |(from, to): (String, String)| (from.into(), to.split('.').next().unwrap_or_default().into());
        Self {
            target: if target.is_empty() { Vec::new() } else { target.split('.').map(Box::from).collect() },
            filter,
            mapping: if plain { mapping.into_iter().map(rename).collect() } else { Vec::new() },
            group: group.into(),
            flatmap,
        }
    }

    /// Whether data passes as it is.
    pub fn is_trivial(&self) -> bool {
        self.target.is_empty() && matches!(self.filter, Filter::All) && !self.has_finish()
    }

    fn has_finish(&self) -> bool {
        !self.mapping.is_empty() || !self.group.is_empty() || !self.flatmap.is_empty()
    }

    /// Shapes the data of a decoder that knows no shapes.
    ///
    /// # Errors
    /// If what the shape takes apart takes too much memory.
    pub fn apply(&self, data: Data) -> Result<Data, Excess> {
        if self.is_trivial() {
            return Ok(data);
        }
        let budget = &mut Budget::new();
        let data =
            if self.target.is_empty() { data } else { Some(filter::target(data, &self.target, budget)) };
        let data = data.map(|object| filter::object(object, self.keep(), budget));
        let data = self.finish(data, budget);
        budget.checked().map(|()| data)
    }

    /// Shapes the root object at `start` of `body` while reading it. `None` if it is not JSON or costs more than `budget` has.
    pub(super) fn read(&self, body: &Rc<Body>, start: usize, budget: &mut Budget) -> Option<Data> {
        let object = match self.target.split_first() {
            None => filter::read(body, start, 0, self.keep(), budget)?.0,
            Some((key, rest)) => filter::read_target(body, start, 0, key, rest, self.keep(), budget)?.0,
        };
        Some(if self.has_finish() { self.finish(Some(object), budget) } else { Some(object) })
    }

    fn keep(&self) -> Keep<'_> {
        match &self.filter {
            Filter::All => Keep::All,
            Filter::Allow(tree) => Keep::Allow(tree),
            Filter::Deny(tree) => Keep::Deny(tree),
        }
    }

    /// The steps after the filter.
    fn finish(&self, data: Data, budget: &mut Budget) -> Data {
        let mut data = self.flatmap.run(data, budget);
        if let Some(object) = &mut data {
            self.rename(object);
        }
        if self.group.is_empty() {
            return data;
        }
        let mut grouped = Object::new();
        grouped.insert(&self.group, data.map_or_else(|| Piece::from(Value::Null), Piece::Object));
        Some(grouped)
    }

    fn rename(&self, object: &mut Object) {
        for (from, to) in &self.mapping {
            let Some(at) = object.find(from) else { continue };
            let mut member = object.members.remove(at);
            // A key mapped to itself is lost in KrakenD, which sets the new name before it deletes the old one.
            if from == to {
                continue;
            }
            object.members.retain(|other| other.key.bytes() != to.as_bytes());
            member.key = Key::Text(to.clone());
            object.members.push(member);
        }
    }
}
