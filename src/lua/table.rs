//! Tables: an array part and entries in the order of insertion, which is the order `pairs` shows, as in gopher-lua.

use super::value::{Id, Str, Val};

/// Below this many entries a scan beats an index.
const SCAN: usize = 8;
/// Longer runs of occupied slots than this come from chosen keys, not from chance.
const PROBES: u32 = 32;
const FREE: u32 = u32::MAX;

/// A Lua table.
#[derive(Clone, Default)]
pub struct Table {
    array: Vec<Val>,
    entries: Vec<(Val, Val)>,
    index: Vec<u32>,
    /// The metatable.
    pub meta: Option<Id>,
    /// Probes that keys made to collide have cost; the execution charges them as instructions.
    pub excess: u32,
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
            + self.index.len() * 4
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
        let found = if self.index.is_empty() {
            self.entries.iter().position(|(k, _)| matches!(k, Val::Str(k) if k == key))
        } else {
            self.probe(hash_bytes(key.bytes()), |k| matches!(k, Val::Str(k) if k == key)).0
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

    /// The entry after `key` in the order of traversal; `None` for a key that was never there.
    pub fn next(&self, key: &Val) -> Option<Option<(Val, Val)>> {
        let (element, entry) = match key {
            Val::Nil => (0, 0),
            Val::Number(n) if *n >= 1.0 && n.fract() == 0.0 => match self.find(key) {
                Some(at) => (self.array.len(), at + 1),
                // An element, or one that was removed while the traversal stood on it.
                None => ((*n as usize).min(self.array.len()), 0),
            },
            _ => (self.array.len(), self.find(key)? + 1),
        };
        for (at, value) in self.array.iter().enumerate().skip(element) {
            if !value.is_nil() {
                return Some(Some((Val::Number((at + 1) as f64), value.clone())));
            }
        }
        Some(self.entries.iter().skip(entry).find(|(_, v)| !v.is_nil()).cloned())
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
        if self.index.is_empty() {
            return self.entries.iter().position(|(k, _)| k.raw_eq(key));
        }
        self.probe(hash(key), |k| k.raw_eq(key)).0
    }

    /// The entry with a key, or the free slot where its index belongs, and the number of probes.
    fn probe(&self, hash: u32, is: impl Fn(&Val) -> bool) -> (Option<usize>, usize, u32) {
        let mask = self.index.len() - 1;
        let mut slot = hash as usize & mask;
        let mut probes = 0;
        loop {
            match self.index[slot] {
                FREE => return (None, slot, probes),
                at if is(&self.entries[at as usize].0) => return (Some(at as usize), slot, probes),
                _ => slot = (slot + 1) & mask,
            }
            probes += 1;
        }
    }

    fn insert(&mut self, key: Val, value: Val) {
        if self.entries.len() >= SCAN && (self.entries.len() + 1) * 2 > self.index.len() {
            self.entries.retain(|(_, v)| !v.is_nil());
            self.index = vec![FREE; ((self.entries.len() + 1) * 4).next_power_of_two()];
            for at in 0..self.entries.len() {
                self.link(at);
            }
        }
        self.entries.push((key, value));
        if !self.index.is_empty() {
            self.link(self.entries.len() - 1);
        }
    }

    fn link(&mut self, at: usize) {
        let (_, slot, probes) = self.probe(hash(&self.entries[at].0), |_| false);
        self.index[slot] = at as u32;
        self.excess = self.excess.saturating_add(probes.saturating_sub(PROBES));
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
    let mut take = |part: &[u8]| {
        for chunk in part.chunks(8) {
            let word = chunk.iter().fold(0u64, |w, b| w << 8 | u64::from(*b));
            state = (state.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
    };
    // Long strings: both ends are enough, collisions are charged.
    match bytes.len() {
        0..=64 => take(bytes),
        n => {
            take(&bytes[..32]);
            take(&bytes[n - 32..]);
        }
    }
    mix(state)
}

fn mix(n: u64) -> u32 {
    (n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
}
