//! Where the objects of an execution live.

use crate::value::Id;

/// Objects of one kind, addressed by number. Freed as a whole with the execution, or by a collection.
pub struct Arena<T> {
    pub(super) items: Vec<T>,
    free: Vec<Id>,
}

// === impl Arena ===

impl<T: Default> Arena<T> {
    /// Objects that are there from the start.
    pub(super) fn new(items: Vec<T>) -> Self {
        Self { items, free: Vec::new() }
    }

    /// Adds an object.
    pub fn add(&mut self, item: T) -> Id {
        if let Some(id) = self.free.pop() {
            self.items[id as usize] = item;
            return id;
        }
        self.items.push(item);
        (self.items.len() - 1) as Id
    }

    /// Frees what is not marked.
    pub(super) fn sweep(&mut self, marked: &[bool]) {
        self.free.clear();
        for (at, item) in self.items.iter_mut().enumerate() {
            if !marked[at] {
                *item = T::default();
                self.free.push(at as Id);
            }
        }
    }
}

impl<T> std::ops::Index<Id> for Arena<T> {
    type Output = T;
    fn index(&self, id: Id) -> &T {
        &self.items[id as usize]
    }
}

impl<T> std::ops::IndexMut<Id> for Arena<T> {
    fn index_mut(&mut self, id: Id) -> &mut T {
        &mut self.items[id as usize]
    }
}
