//! The fixed texts behind a node: few are compared one by one, many are hashed, so that a step costs the same.

use super::hash::Map;

/// More than this many are looked up by hash.
const FEW: usize = 6;

/// Nodes by their texts.
#[derive(Debug, Default)]
pub struct Children {
    few: Vec<(Box<str>, u32)>,
    many: Map<Box<str>, u32>,
}

// === impl Children ===

impl Children {
    /// The node behind `text`.
    pub fn get(&self, text: &str) -> Option<u32> {
        match self.many.is_empty() {
            true => self.few.iter().find(|child| &*child.0 == text).map(|child| child.1),
            false => self.many.get(text).copied(),
        }
    }

    /// Adds a node behind a text that has none yet.
    pub fn insert(&mut self, text: &str, node: u32) {
        if self.many.is_empty() && self.few.len() < FEW {
            self.few.push((text.into(), node));
        } else {
            self.many.extend(self.few.drain(..));
            self.many.insert(text.into(), node);
        }
    }

    /// The texts, in no order.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.few.iter().map(|child| &*child.0).chain(self.many.keys().map(|text| &**text))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.few.is_empty() && self.many.is_empty()
    }
}
