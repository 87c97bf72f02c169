//! Finds the registered spelling of a path that differs from it in case only.

use super::fold::{fold, strip_prefix_len};
use super::hash::{Table, hash};
use super::tree::{NONE, Node, Tree};

/// The nodes of a tree under their folded texts.
#[derive(Debug)]
pub struct Folds {
    fixed: Table,
    /// By parameter: gin's case-insensitive lookup fails where one has fixed texts beside it (spec §3).
    mixed: Vec<bool>,
}

/// A way still to try: the node, where its children's segment begins (behind the end: none), and what the path found so
/// far is.
struct Way<'p> {
    node: u32,
    pos: usize,
    keep: usize,
    value: &'p str,
}

// === impl Folds ===

impl Folds {
    pub(super) fn new(tree: &Tree) -> Self {
        let mut fixed = Table::with_capacity(tree.nodes.len());
        let mut mixed = vec![false; tree.params.len()];
        for (number, node) in tree.nodes.iter().enumerate() {
            let mut beside = |parent: &Node, text: &str| {
                for (number, param) in tree.params_of(parent) {
                    let prefix = tree.texts.get(param.prefix);
                    mixed[number as usize] |= text.len() > prefix.len() && text.starts_with(prefix);
                }
            };
            for (_, param) in tree.params_of(node) {
                beside(node, tree.texts.get(param.prefix));
            }
            if node.parent != NONE {
                let text = tree.texts.get(node.text);
                fixed.insert(hash(node.parent, &fold(text)), number as u32);
                beside(&tree.nodes[node.parent as usize], text);
            }
        }
        Self { fixed, mixed }
    }
}

// === impl Tree ===

impl Tree {
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
                    NONE => continue,
                    _ => return Some(found),
                }
            }
            let rest = &path[way.pos..];
            let segment = rest.split('/').next().unwrap_or(rest);
            let last = segment.len() == rest.len();
            let pos = way.pos + segment.len() + 1;
            if node.rest != NONE && node.params == NONE && !node.has_fixed {
                found.push('/');
                found.push_str(rest);
                return Some(found);
            }
            self.fold_children(way.node, segment, last, pos, found.len(), &mut ways)?;
        }
        None
    }

    /// Puts the children that take `segment` on the stack, the preferred one on top. `None`: gin would fail here.
    fn fold_children<'p>(
        &'p self,
        parent: u32,
        segment: &'p str,
        last: bool,
        pos: usize,
        keep: usize,
        ways: &mut Vec<Way<'p>>,
    ) -> Option<()> {
        let first = ways.len();
        let folded = fold(segment);
        let folds = self.folds();
        folds.fixed.find(hash(parent, &folded), |number| {
            let child = &self.nodes[number as usize];
            let value = self.texts.get(child.text);
            if child.parent == parent && fold(value) == folded {
                ways.push(Way { node: number, pos, keep, value });
            }
            // All are looked at: several texts may fold to the same.
            false
        });
        if last && segment.is_empty() {
            return Some(());
        }
        for (number, param) in self.params_of(&self.nodes[parent as usize]) {
            let Some(len) = strip_prefix_len(segment, self.texts.get(param.prefix)) else { continue };
            if folds.mixed[number as usize] {
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
