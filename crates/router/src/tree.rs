//! The endpoints of one method as a tree of path segments.
//!
//! At each segment a fixed text goes before a parameter behind a longer text, that before one behind a shorter text,
//! and a wildcard comes last. What turns out to lead nowhere is taken back. The walk keeps its own stack, and a node
//! fixes the depth of the path, so a lookup visits each node once at most, whatever the client sends.
//!
//! Nodes are numbers in a list and have no maps of their own: one table holds the children of all. So a tree is built with a few
//! allocations, and a step through ten thousand endpoints touches no more memory than one through ten.

use std::cell::OnceCell;
use std::ops::Range;

use super::conflict::ConflictKind;
use super::folds::Folds;
use super::hash::{Table, hash};
use super::params::Spans;
use super::pattern::{Pattern, Segment};
use super::texts::{Text, Texts};

/// The endpoints of one method.
#[derive(Debug)]
pub struct Tree {
    pub(super) nodes: Vec<Node>,
    pub(super) params: Vec<Param>,
    pub(super) texts: Texts,
    /// The nodes behind fixed texts, by their parents and texts.
    fixed: Table,
    /// The paths without parameters, whole: nothing goes before them, so one lookup settles them.
    exact: Table,
    paths: Vec<(Text, u32)>,
    /// For [`Tree::find_folded`], made by the first path that needs it.
    folds: OnceCell<Folds>,
}

#[derive(Debug)]
pub(super) struct Node {
    /// Of a node behind a fixed text; [`NONE`] behind a parameter and for the root.
    pub parent: u32,
    pub text: Text,
    /// Whether it has children behind fixed texts.
    pub has_fixed: bool,
    /// Its first parameter.
    pub params: u32,
    pub rest: u32,
    pub entry: u32,
}

/// A parameter behind a text. Those of a node are a chain, the longest text first; the plain parameter has none and is
/// the last.
#[derive(Debug)]
pub(super) struct Param {
    pub prefix: Text,
    pub name: Text,
    pub node: u32,
    pub next: u32,
    /// The entry that brought it.
    first: u32,
}

/// No node, parameter or entry.
pub(super) const NONE: u32 = u32::MAX;

/// A place in the tree and in the path, and what is to be tried there.
#[derive(Clone, Copy)]
struct Place {
    node: u32,
    pos: usize,
    spans: usize,
    next: Next,
}

#[derive(Clone, Copy)]
enum Next {
    Fixed,
    Param(u32),
}

fn known(number: u32) -> Option<u32> {
    (number != NONE).then_some(number)
}

// === impl Tree ===

impl Default for Tree {
    fn default() -> Self {
        Self {
            nodes: vec![Node::new(NONE, Text::default())],
            params: Vec::new(),
            texts: Texts::default(),
            fixed: Table::default(),
            exact: Table::default(),
            paths: Vec::new(),
            folds: OnceCell::new(),
        }
    }
}

impl Tree {
    /// Adds an endpoint; says what it conflicts with. A duplicate isn't added.
    pub fn insert(&mut self, pattern: &Pattern<'_>, entry: u32) -> Vec<(u32, ConflictKind)> {
        let mut conflicts = Vec::new();
        let mut at = 0;
        for segment in &pattern.segments {
            at = match segment {
                Segment::Static(text) => self.fixed_child(at, text),
                Segment::Param { prefix, name } => self.param_child(at, prefix, name, entry, &mut conflicts),
                Segment::CatchAll(_) => {
                    let node = &mut self.nodes[at as usize];
                    match known(node.rest) {
                        Some(first) => return vec![(first, ConflictKind::Duplicate)],
                        None => node.rest = entry,
                    }
                    return conflicts;
                }
            };
        }
        let node = &mut self.nodes[at as usize];
        if let Some(first) = known(node.entry) {
            return vec![(first, ConflictKind::Duplicate)];
        }
        node.entry = entry;
        if let Some(path) = pattern.as_static() {
            self.whole(&path, entry);
        }
        conflicts
    }

    #[inline(never)]
    fn whole(&mut self, path: &str, entry: u32) {
        self.exact.insert(hash(NONE, path), self.paths.len() as u32);
        self.paths.push((self.texts.push(path), entry));
    }

    // Functions of their own: `insert` runs often at a start, and its code must be short (see `plan::build::outline`).
    #[inline(never)]
    fn fixed_child(&mut self, at: u32, text: &str) -> u32 {
        if let Some(child) = self.child(at, text) {
            return child;
        }
        let text_of_child = self.texts.push(text);
        let child = self.push(Node::new(at, text_of_child));
        self.nodes[at as usize].has_fixed = true;
        self.fixed.insert(hash(at, text), child);
        child
    }

    #[inline(never)]
    fn param_child(
        &mut self,
        at: u32,
        prefix: &str,
        name: &str,
        entry: u32,
        conflicts: &mut Vec<(u32, ConflictKind)>,
    ) -> u32 {
        let (mut before, mut next) = (NONE, self.nodes[at as usize].params);
        while let Some(param) = self.params.get(next as usize)
            && param.prefix.len() >= prefix.len()
        {
            if self.texts.is(param.prefix, prefix) {
                if !self.texts.is(param.name, name) {
                    let other = self.texts.get(param.name).into();
                    conflicts.push((param.first, ConflictKind::ParamName { name: name.into(), other }));
                }
                return param.node;
            }
            (before, next) = (next, param.next);
        }
        let node = self.push(Node::new(NONE, Text::default()));
        let param = self.params.len() as u32;
        match self.params.get_mut(before as usize) {
            Some(before) => before.next = param,
            None => self.nodes[at as usize].params = param,
        }
        let (prefix, name) = (self.texts.push(prefix), self.texts.push(name));
        self.params.push(Param { prefix, name, node, next, first: entry });
        node
    }

    fn push(&mut self, node: Node) -> u32 {
        self.nodes.push(node);
        self.nodes.len() as u32 - 1
    }

    /// The wildcards that have other endpoints beside them, with one of those.
    pub fn shared_wildcards(&self) -> impl Iterator<Item = u32> {
        self.nodes
            .iter()
            .filter(|node| node.has_fixed || node.params != NONE)
            .filter_map(|node| known(node.rest))
    }

    /// The endpoint of a decoded path; the places of its parameters go into `spans`.
    pub fn find(&self, path: &str, spans: &mut Spans) -> Option<u32> {
        let is = |at: u32| self.texts.is(self.paths[at as usize].0, path);
        if let Some(at) = self.exact.find(hash(NONE, path), is) {
            return Some(self.paths[at as usize].1);
        }
        if !path.starts_with('/') {
            return None;
        }
        let mut stack: Vec<Place> = Vec::new();
        let mut place = Place { node: 0, pos: 1, spans: 0, next: Next::Fixed };
        loop {
            let node = &self.nodes[place.node as usize];
            let rest = &path[place.pos..];
            let len = rest.bytes().position(|byte| byte == b'/').unwrap_or(rest.len());
            let (segment, last) = (&rest[..len], len == rest.len());
            let Some(child) = self.step(node, segment, last, &mut place, spans) else {
                if let Some(entry) = known(node.rest) {
                    spans.push(place.pos, path.len());
                    return Some(entry);
                }
                place = stack.pop()?;
                spans.truncate(place.spans);
                continue;
            };
            if last {
                let entry = known(self.nodes[child as usize].entry);
                if entry.is_some() {
                    return entry;
                }
                spans.truncate(place.spans);
                continue;
            }
            if !matches!(place.next, Next::Param(NONE)) || node.rest != NONE {
                stack.push(place);
            }
            place = Place { node: child, pos: place.pos + len + 1, spans: spans.len(), next: Next::Fixed };
        }
    }

    /// The places of the values in a decoded path, if all other values lead to the same endpoint: where a parameter takes a segment,
    /// nothing else could. None without parameters, too.
    pub fn only_way(&self, path: &str) -> Option<Vec<Range<usize>>> {
        let (mut at, mut pos, mut values) = (0, 1, Vec::new());
        path.strip_prefix('/')?;
        loop {
            let rest = &path[pos..];
            let len = rest.find('/').unwrap_or(rest.len());
            at = match self.child(at, &rest[..len]) {
                Some(child) => child,
                None => {
                    let node = &self.nodes[at as usize];
                    let param = self.params.get(node.params as usize)?;
                    if node.has_fixed || param.next != NONE || param.prefix.len() > 0 || len == 0 {
                        return None;
                    }
                    values.push(pos..pos + len);
                    param.node
                }
            };
            if len == rest.len() {
                known(self.nodes[at as usize].entry)?;
                return (!values.is_empty()).then_some(values);
            }
            pos += len + 1;
        }
    }

    /// The next child of a place's node that takes `segment`.
    fn step(
        &self,
        node: &Node,
        segment: &str,
        last: bool,
        place: &mut Place,
        spans: &mut Spans,
    ) -> Option<u32> {
        let mut next = match place.next {
            Next::Param(next) => next,
            Next::Fixed => {
                place.next = Next::Param(node.params);
                if node.has_fixed
                    && let Some(child) = self.child(place.node, segment)
                {
                    return Some(child);
                }
                node.params
            }
        };
        while let Some(param) = self.params.get(next as usize) {
            next = param.next;
            place.next = Next::Param(next);
            let prefix = param.prefix.len();
            // Only in the middle of a path may a value be empty (spec §3).
            if segment.starts_with(self.texts.get(param.prefix)) && !(last && segment.len() == prefix) {
                spans.push(place.pos + prefix, place.pos + segment.len());
                return Some(param.node);
            }
        }
        None
    }

    /// The child of a node behind a fixed text.
    fn child(&self, parent: u32, text: &str) -> Option<u32> {
        self.fixed.find(hash(parent, text), |child| {
            let child = &self.nodes[child as usize];
            child.parent == parent && self.texts.is(child.text, text)
        })
    }

    /// What the lookups that ignore case need.
    pub(super) fn folds(&self) -> &Folds {
        self.folds.get_or_init(|| Folds::new(self))
    }

    /// The parameters of a node and their numbers, the one behind the longest text first.
    pub(super) fn params_of(&self, node: &Node) -> impl Iterator<Item = (u32, &Param)> {
        let first = self.params.get(node.params as usize).map(|param| (node.params, param));
        std::iter::successors(first, |(_, param)| Some((param.next, self.params.get(param.next as usize)?)))
    }
}

// === impl Node ===

impl Node {
    fn new(parent: u32, text: Text) -> Self {
        Self { parent, text, has_fixed: false, params: NONE, rest: NONE, entry: NONE }
    }
}
