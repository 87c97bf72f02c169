//! The keywords for arrays.

use std::collections::BTreeMap;

use fjord_json::Value;

use super::super::canonical;
use super::super::subschema::{Additional, ArrayRules, Id, Items};
use super::super::violation::{Path, Segment, What};
use super::{Outcome, Run, Subject};

// === impl Run: arrays ===

impl<'v> Run<'v> {
    pub(super) fn array(
        &mut self,
        rules: &'v ArrayRules,
        items: &'v [Value],
        path: &Path<'_, 'v>,
        out: &mut Outcome<'v>,
    ) {
        match &rules.items {
            Items::Any => {}
            Items::Each(id) => self.each(*id, items, 0, path, out),
            Items::List(ids) => {
                for (index, (id, item)) in ids.iter().zip(items).enumerate() {
                    out.merge(self.attempt(*id, Subject::Value(item), &path.below(Segment::Index(index))));
                }
                let more = items.get(ids.len()..).unwrap_or_default();
                match rules.additional {
                    // An empty list says nothing about items, nor about more of them.
                    _ if more.is_empty() || ids.is_empty() => {}
                    Additional::Allowed => {}
                    Additional::Refused => out.add(path, What::AdditionalItems),
                    Additional::Schema(id) => self.each(id, more, ids.len(), path, out),
                }
            }
        }
        let length = items.len() as u64;
        if let Some(min) = rules.min_items.filter(|min| length < *min) {
            out.add(path, What::MinItems(min));
        }
        if let Some(max) = rules.max_items.filter(|max| length > *max) {
            out.add(path, What::MaxItems(max));
        }
        if rules.unique {
            // Ordered: a hash map of wasm has no secret, so that a client could make items collide.
            let mut seen = BTreeMap::new();
            for (j, item) in items.iter().enumerate() {
                if let Some(i) = seen.insert(canonical::of_value(item), j) {
                    out.add(path, What::Unique(i, j));
                }
            }
        }
        if let Some(id) = rules.contains {
            self.contains(id, items, path, out);
        }
        out.score += 1;
    }

    fn each(&mut self, id: Id, items: &'v [Value], first: usize, path: &Path<'_, 'v>, out: &mut Outcome<'v>) {
        for (index, item) in items.iter().enumerate() {
            out.merge(self.attempt(id, Subject::Value(item), &path.below(Segment::Index(first + index))));
        }
    }

    fn contains(&mut self, id: Id, items: &'v [Value], path: &Path<'_, 'v>, out: &mut Outcome<'v>) {
        let mut best = None;
        for (index, item) in items.iter().enumerate() {
            let outcome = self.attempt(id, Subject::Value(item), &path.below(Segment::Index(index)));
            if outcome.is_valid() {
                return;
            }
            outcome.replace_if_better(&mut best);
        }
        out.add(path, What::Contains);
        out.merge(best.unwrap_or_default());
    }
}
