//! Tables: an array part and entries in the order of insertion, which is the order `pairs` shows, as in gopher-lua.
//!
//! Entries are found by their hashes. Keys made to collide turn the index into a sorted one, so that none costs more than
//! a few comparisons.

use std::cmp::Ordering;

use super::value::{Id, Str, Val};

/// Below this many entries a scan beats an index.
const SCAN: usize = 8;
/// Longer runs of occupied slots than this come from chosen keys, not from chance.
const PROBES: usize = 32;
const FREE: u32 = u32::MAX;

/// A Lua table.
#[derive(Clone, Default)]
pub struct Table {
    array: Vec<Val>,
    entries: Vec<(Val, Val)>,
    index: Index,
    /// The metatable.
    pub meta: Option<Id>,
}

/// How entries are found, by their places.
#[derive(Clone, Default)]
enum Index {
    /// One after the other.
    #[default]
    Scan,
    /// In the slots of their hashes, or in the next free ones.
    Hashed(Vec<u32>),
    /// By halving, in the order of their keys. With how many entries it is made anew.
    Sorted(Vec<u32>, usize),
}

// === impl Table ===

impl Table {
    /// A table with room; hints are capped, a script's constructor may promise anything.
    pub fn with_capacity(array: usize, entries: usize) -> Self {
        Self {
            array: Vec::with_capacity(array.min(64)),
            entries: Vec::with_capacity(entries.min(64)),
            ..Self::default()
        }
    }

    /// A border: the number of elements counted from 1.
    pub fn len(&self) -> usize {
        self.array.len()
    }

    /// About how much memory it takes.
    pub fn bytes(&self) -> usize {
        96 + self.array.capacity() * size_of::<Val>()
            + self.entries.capacity() * size_of::<(Val, Val)>()
            + match &self.index {
                Index::Scan => 0,
                Index::Hashed(places) | Index::Sorted(places, _) => places.capacity() * 4,
            }
    }

    /// How many elements and entries there are, removed ones too.
    pub fn size(&self) -> usize {
        self.array.len() + self.entries.len()
    }

    /// All values and keys, for marking.
    pub fn contents(&self) -> impl Iterator<Item = &Val> {
        self.array.iter().chain(self.entries.iter().flat_map(|(k, v)| [k, v]))
    }

    /// The elements 1 to len.
    pub fn array_mut(&mut self) -> &mut Vec<Val> {
        &mut self.array
    }

    /// The elements 1 to len.
    pub fn array(&self) -> &[Val] {
        &self.array
    }

    /// The value of a key.
    pub fn get(&self, key: &Val) -> &Val {
        if let Val::Number(n) = key {
            return self.get_number(*n);
        }
        self.find(key).map_or(&Val::Nil, |at| &self.entries[at].1)
    }

    /// The value of a string key.
    pub fn get_str(&self, key: &Str) -> &Val {
        let is = |at: usize| matches!(&self.entries[at].0, Val::Str(k) if k == key);
        let found = match &self.index {
            Index::Scan => (0..self.entries.len()).find(|at| is(*at)),
            Index::Hashed(slots) => probe(slots, hash_bytes(key.bytes()), is).0,
            Index::Sorted(..) => self.find(&Val::Str(key.clone())),
        };
        found.map_or(&Val::Nil, |at| &self.entries[at].1)
    }

    /// The value of a number key.
    pub fn get_number(&self, n: f64) -> &Val {
        let at = n as usize;
        if at >= 1 && at as f64 == n && at <= self.array.len() {
            return &self.array[at - 1];
        }
        self.find(&Val::Number(n)).map_or(&Val::Nil, |at| &self.entries[at].1)
    }

    /// Sets a key that is neither nil nor NaN. Answers the bytes by which the table grew.
    pub fn set(&mut self, key: Val, value: Val) -> usize {
        if let Val::Number(n) = key {
            let at = n as usize;
            if at >= 1 && at as f64 == n && at <= self.array.len() + 1 {
                return self.set_element(at, value);
            }
        }
        if let Some(at) = self.find(&key) {
            self.entries[at].1 = value;
            return 0;
        }
        if value.is_nil() {
            return 0;
        }
        self.insert(key, value);
        size_of::<(Val, Val)>() * 2
    }

    /// The entry after `key` in the order of traversal, and how many removed ones were passed over; `None` for a key
    /// that was never there.
    pub fn next(&self, key: &Val) -> Option<(Option<(Val, Val)>, usize)> {
        let (element, entry) = match key {
            Val::Nil => (0, 0),
            Val::Number(n) if *n >= 1.0 && n.fract() == 0.0 => match self.find(key) {
                Some(at) => (self.array.len(), at + 1),
                // An element, or one that was removed while the traversal stood on it.
                None => ((*n as usize).min(self.array.len()), 0),
            },
            _ => (self.array.len(), self.find(key)? + 1),
        };
        let elements = &self.array[element..];
        if let Some(at) = elements.iter().position(|value| !value.is_nil()) {
            let number = (element + at + 1) as f64;
            return Some((Some((Val::Number(number), elements[at].clone())), at));
        }
        let entries = &self.entries[entry..];
        let found = entries.iter().position(|(_, value)| !value.is_nil());
        let passed = elements.len() + found.unwrap_or(entries.len());
        Some((found.map(|at| entries[at].clone()), passed))
    }

    /// The entries in the order of traversal.
    pub fn pairs(&self) -> impl Iterator<Item = (Val, &Val)> {
        let elements = self.array.iter().enumerate().map(|(at, v)| (Val::Number((at + 1) as f64), v));
        elements.chain(self.entries.iter().map(|(k, v)| (k.clone(), v))).filter(|(_, v)| !v.is_nil())
    }

    fn set_element(&mut self, at: usize, value: Val) -> usize {
        if at <= self.array.len() {
            self.array[at - 1] = value;
            while self.array.last().is_some_and(Val::is_nil) {
                self.array.pop();
            }
            return 0;
        }
        if value.is_nil() {
            if let Some(at) = self.find(&Val::Number(at as f64)) {
                self.entries[at].1 = Val::Nil;
            }
            return 0;
        }
        self.array.push(value);
        // Elements that were set ahead of their turn follow now, and the key itself must not stay behind.
        if !self.entries.is_empty() {
            if let Some(at) = self.find(&Val::Number(at as f64)) {
                self.entries[at].1 = Val::Nil;
            }
            while let Some(at) = self.find(&Val::Number((self.array.len() + 1) as f64)) {
                let value = std::mem::replace(&mut self.entries[at].1, Val::Nil);
                if value.is_nil() {
                    break;
                }
                self.array.push(value);
            }
        }
        size_of::<Val>() * 2
    }

    fn find(&self, key: &Val) -> Option<usize> {
        match &self.index {
            Index::Scan => self.entries.iter().position(|(k, _)| k.raw_eq(key)),
            Index::Hashed(slots) => probe(slots, hash(key), |at| self.entries[at].0.raw_eq(key)).0,
            Index::Sorted(places, _) => {
                let found = places.binary_search_by(|at| order(&self.entries[*at as usize].0, key));
                found.ok().map(|at| places[at] as usize)
            }
        }
    }

    fn insert(&mut self, key: Val, value: Val) {
        let room = match &self.index {
            Index::Scan => SCAN,
            Index::Hashed(slots) => slots.len() / 2,
            Index::Sorted(_, room) => *room,
        };
        if self.entries.len() >= room {
            self.entries.retain(|(_, v)| !v.is_nil());
            self.index = match self.index {
                Index::Sorted(..) => self.sorted(),
                _ => Index::Hashed(vec![FREE; ((self.entries.len() + 1) * 4).next_power_of_two()]),
            };
            // Up to the first collision that sorts them all.
            let mut at = 0;
            while at < self.entries.len() && matches!(self.index, Index::Hashed(_)) {
                self.link(at);
                at += 1;
            }
        }
        self.entries.push((key, value));
        self.link(self.entries.len() - 1);
    }

    /// Puts an entry into the index.
    fn link(&mut self, at: usize) {
        let key = &self.entries[at].0;
        match &mut self.index {
            Index::Scan => {}
            Index::Hashed(slots) => match probe(slots, hash(key), |_| false) {
                (_, slot, 0..=PROBES) => slots[slot] = at as u32,
                _ => self.index = self.sorted(),
            },
            Index::Sorted(places, _) => {
                let place =
                    places.partition_point(|other| order(&self.entries[*other as usize].0, key).is_lt());
                places.insert(place, at as u32);
            }
        }
    }

    /// An index of all entries in the order of their keys.
    fn sorted(&self) -> Index {
        let mut places: Vec<u32> = (0..self.entries.len() as u32).collect();
        places.sort_unstable_by(|a, b| order(&self.entries[*a as usize].0, &self.entries[*b as usize].0));
        Index::Sorted(places, (self.entries.len() + SCAN) * 2)
    }
}

/// The place that `is` names, or the free slot where it belongs, and the number of probes.
fn probe(slots: &[u32], hash: u32, is: impl Fn(usize) -> bool) -> (Option<usize>, usize, usize) {
    let mask = slots.len() - 1;
    let mut slot = hash as usize & mask;
    let mut probes = 0;
    loop {
        match slots[slot] {
            FREE => return (None, slot, probes),
            at if is(at as usize) => return (Some(at as usize), slot, probes),
            _ => slot = (slot + 1) & mask,
        }
        probes += 1;
    }
}

/// Some order of keys that agrees with [`Val::raw_eq`].
fn order(a: &Val, b: &Val) -> Ordering {
    let kind = |key: &Val| match key {
        Val::Nil => 0,
        Val::Bool(_) => 1,
        Val::Number(_) => 2,
        Val::Str(_) => 3,
        Val::Table(_) => 4,
        Val::Closure(_) => 5,
        Val::Native(_) => 6,
        Val::UserData(_) => 7,
        Val::Thread(_) => 8,
    };
    match (a, b) {
        (Val::Bool(a), Val::Bool(b)) => a.cmp(b),
        // -0 and 0 are one key.
        (Val::Number(a), Val::Number(b)) => (a + 0.0).total_cmp(&(b + 0.0)),
        (Val::Str(a), Val::Str(b)) => a.bytes().cmp(b.bytes()),
        (Val::Table(a), Val::Table(b))
        | (Val::Closure(a), Val::Closure(b))
        | (Val::UserData(a), Val::UserData(b))
        | (Val::Thread(a), Val::Thread(b)) => a.cmp(b),
        (Val::Native(a), Val::Native(b)) => std::ptr::from_ref(*a).cmp(&std::ptr::from_ref(*b)),
        _ => kind(a).cmp(&kind(b)),
    }
}

fn hash(key: &Val) -> u32 {
    match key {
        Val::Str(s) => hash_bytes(s.bytes()),
        // -0 and 0 are one key.
        Val::Number(n) => mix((n + 0.0).to_bits()),
        Val::Bool(b) => mix(u64::from(*b)),
        Val::Table(id) | Val::Closure(id) | Val::UserData(id) | Val::Thread(id) => mix(u64::from(*id) + 2),
        Val::Native(native) => hash_bytes(native.name.as_bytes()),
        Val::Nil => 0,
    }
}

fn hash_bytes(bytes: &[u8]) -> u32 {
    let mut state = bytes.len() as u64;
    for chunk in bytes.chunks(8) {
        let word = chunk.iter().fold(0u64, |w, b| w << 8 | u64::from(*b));
        state = (state.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
    mix(state)
}

fn mix(n: u64) -> u32 {
    (n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
