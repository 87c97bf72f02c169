//! The endpoints of one method as a tree of path segments.
//!
//! At each segment a fixed text goes before a parameter behind a longer text, that before one behind a shorter text,
//! and a wildcard comes last. What turns out to lead nowhere is taken back. The walk keeps its own stack, and a node
//! fixes the depth of the path, so a lookup visits each node once at most, whatever the client sends.

use super::children::Children;
use super::conflict::ConflictKind;
use super::fold::{fold, strip_prefix_len};
use super::hash::Map;
use super::params::Spans;
use super::pattern::{Pattern, Segment};

/// The endpoints of one method.
#[derive(Debug)]
pub struct Tree {
    nodes: Vec<Node>,
    /// The paths without parameters, whole: nothing goes before them, so one lookup settles them.
    exact: Map<Box<str>, u32>,
    has_params: bool,
}

#[derive(Debug, Default)]
struct Node {
    text: Box<str>,
    statics: Children,
    /// The same children under their folded texts, for [`Tree::find_folded`].
    folded: Map<Box<str>, Vec<u32>>,
    /// Parameters behind a text, the longest text first; the plain parameter has none and is the last.
    params: Vec<Param>,
    rest: Option<u32>,
    entry: Option<u32>,
}

#[derive(Debug)]
struct Param {
    prefix: Box<str>,
    name: Box<str>,
    node: u32,
    first: u32,
    /// gin's case-insensitive lookup fails where a parameter has fixed texts beside it (spec §3).
    mixed: bool,
}

/// A place in the tree and in the path, and what has been tried there.
#[derive(Clone, Copy)]
struct Place {
    node: u32,
    pos: usize,
    tried: usize,
    spans: usize,
}

/// A way still to try in [`Tree::find_folded`]: the node, where its children's segment begins (behind the end: none),
/// and what the path found so far is.
struct Way<'p> {
    node: u32,
    pos: usize,
    keep: usize,
    value: &'p str,
}

// === impl Tree ===

impl Default for Tree {
    fn default() -> Self {
        Self { nodes: vec![Node::default()], exact: Map::default(), has_params: false }
    }
}

impl Tree {
    /// Adds an endpoint; says what it conflicts with. A duplicate isn't added.
    pub fn insert(&mut self, pattern: &Pattern, entry: u32) -> Vec<(u32, ConflictKind)> {
        let mut conflicts = Vec::new();
        let mut at = 0;
        for segment in &pattern.segments {
            at = match segment {
                Segment::Static(text) => self.static_child(at, text),
                Segment::Param { prefix, name } => self.param_child(at, prefix, name, entry, &mut conflicts),
                Segment::CatchAll(_) => {
                    self.has_params = true;
                    match self.nodes[at].rest {
                        Some(first) => return vec![(first, ConflictKind::Duplicate)],
                        None => self.nodes[at].rest = Some(entry),
                    }
                    return conflicts;
                }
            };
        }
        if let Some(first) = self.nodes[at].entry {
            return vec![(first, ConflictKind::Duplicate)];
        }
        self.nodes[at].entry = Some(entry);
        if let Some(path) = pattern.as_static() {
            self.exact.insert(path.into(), entry);
        }
        conflicts
    }

    fn static_child(&mut self, at: usize, text: &str) -> usize {
        if let Some(child) = self.nodes[at].statics.get(text) {
            return child as usize;
        }
        let child = self.push(text);
        let node = &mut self.nodes[at];
        node.statics.insert(text, child as u32);
        node.folded.entry(fold(text).into()).or_default().push(child as u32);
        child
    }

    fn param_child(
        &mut self,
        at: usize,
        prefix: &str,
        name: &str,
        entry: u32,
        conflicts: &mut Vec<(u32, ConflictKind)>,
    ) -> usize {
        self.has_params = true;
        if let Some(param) = self.nodes[at].params.iter().find(|param| &*param.prefix == prefix) {
            if &*param.name != name {
                let kind = ConflictKind::ParamName { name: name.into(), other: param.name.clone() };
                conflicts.push((param.first, kind));
            }
            return param.node as usize;
        }
        let child = self.push("");
        let param = Param {
            prefix: prefix.into(),
            name: name.into(),
            node: child as u32,
            first: entry,
            mixed: false,
        };
        let params = &mut self.nodes[at].params;
        let place = params.partition_point(|other| other.prefix.len() >= prefix.len());
        params.insert(place, param);
        child
    }

    fn push(&mut self, text: &str) -> usize {
        self.nodes.push(Node { text: text.into(), ..Node::default() });
        self.nodes.len() - 1
    }

    /// Prepares the lookups that ignore case; to be called when all endpoints are in.
    pub fn finish(&mut self) {
        for node in &mut self.nodes {
            for at in 0..node.params.len() {
                let prefix = &node.params[at].prefix;
                let beside = |text: &str| text.len() > prefix.len() && text.starts_with(&**prefix);
                let mixed =
                    node.statics.texts().any(beside) || node.params.iter().any(|other| beside(&other.prefix));
                node.params[at].mixed = mixed;
            }
        }
    }

    /// The wildcards that have other endpoints beside them, with one of those.
    pub fn shared_wildcards(&self) -> impl Iterator<Item = u32> {
        self.nodes
            .iter()
            .filter(|node| !node.statics.is_empty() || !node.params.is_empty())
            .filter_map(|node| node.rest)
    }

    /// The endpoint of a decoded path; where its parameters stand goes into `spans`.
    pub fn find(&self, path: &str, spans: &mut Spans) -> Option<u32> {
        if let Some(&entry) = self.exact.get(path) {
            return Some(entry);
        }
        if !self.has_params || !path.starts_with('/') {
            return None;
        }
        let mut stack: Vec<Place> = Vec::new();
        let mut place = Place { node: 0, pos: 1, tried: 0, spans: 0 };
        loop {
            let node = &self.nodes[place.node as usize];
            let rest = &path[place.pos..];
            let len = rest.bytes().position(|byte| byte == b'/').unwrap_or(rest.len());
            let (segment, last) = (&rest[..len], len == rest.len());
            let end = place.pos + len;
            let Some(child) = self.step(node, segment, last, &mut place, spans) else {
                if let Some(entry) = node.rest {
                    spans.push(place.pos, path.len());
                    return Some(entry);
                }
                place = stack.pop()?;
                spans.truncate(place.spans);
                continue;
            };
            if last {
                let entry = self.nodes[child as usize].entry;
                if entry.is_some() {
                    return entry;
                }
                spans.truncate(place.spans);
                continue;
            }
            if place.tried <= node.params.len() || node.rest.is_some() {
                stack.push(place);
            }
            place = Place { node: child, pos: end + 1, tried: 0, spans: spans.len() };
        }
    }

    /// The next child of `node` that takes `segment`. `place.tried` counts the fixed text as 0, the parameters from 1.
    fn step(
        &self,
        node: &Node,
        segment: &str,
        last: bool,
        place: &mut Place,
        spans: &mut Spans,
    ) -> Option<u32> {
        if place.tried == 0 {
            place.tried = 1;
            if let Some(child) = node.statics.get(segment) {
                return Some(child);
            }
        }
        while let Some(param) = node.params.get(place.tried - 1) {
            place.tried += 1;
            // Only in the middle of a path may a value be empty (spec §3).
            if segment.starts_with(&*param.prefix) && !(last && segment.len() == param.prefix.len()) {
                spans.push(place.pos + param.prefix.len(), place.pos + segment.len());
                return Some(param.node);
            }
        }
        None
    }

    /// The registered spelling of a path that differs from it in case only; the values of parameters stay.
    pub fn find_folded(&self, path: &str) -> Option<String> {
        let mut found = String::with_capacity(path.len());
        let mut ways = vec![Way { node: 0, pos: 1, keep: 0, value: "" }];
        while let Some(way) = ways.pop() {
            found.truncate(way.keep);
            let node = &self.nodes[way.node as usize];
            if way.node != 0 {
                found.push('/');
                found.push_str(way.value);
            }
            if way.pos > path.len() {
                match node.entry {
                    Some(_) => return Some(found),
                    None => continue,
                }
            }
            let rest = &path[way.pos..];
            let segment = rest.split('/').next().unwrap_or(rest);
            let last = segment.len() == rest.len();
            let pos = way.pos + segment.len() + 1;
            if node.rest.is_some() && node.params.is_empty() && node.statics.is_empty() {
                found.push('/');
                found.push_str(rest);
                return Some(found);
            }
            self.fold_children(node, segment, last, pos, found.len(), &mut ways)?;
        }
        None
    }

    /// Puts the children that take `segment` on the stack, the preferred one on top. `None`: gin would fail here.
    fn fold_children<'p>(
        &'p self,
        node: &'p Node,
        segment: &'p str,
        last: bool,
        pos: usize,
        keep: usize,
        ways: &mut Vec<Way<'p>>,
    ) -> Option<()> {
        let first = ways.len();
        for child in node.folded.get(&*fold(segment)).into_iter().flatten() {
            ways.push(Way { node: *child, pos, keep, value: &self.nodes[*child as usize].text });
        }
        if last && segment.is_empty() {
            return Some(());
        }
        for param in &node.params {
            let Some(len) = strip_prefix_len(segment, &param.prefix) else { continue };
            if param.mixed {
                return None;
            }
            if !(last && len == segment.len()) {
                ways.push(Way { node: param.node, pos, keep, value: segment });
            }
        }
        ways[first..].reverse();
        Some(())
    }
}
