//! Fast hashes and tables of texts. Only configured texts are ever inserted, so a client can't make them collide.

/// Numbers under the hashes of what they stand for. Flat, and at most half full: a lookup nearly always touches one place.
#[derive(Debug, Default)]
pub struct Table {
    slots: Vec<Slot>,
    len: usize,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    hash: u32,
    number: u32,
}

/// The number of a slot that has none.
const FREE: u32 = u32::MAX;

const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

/// The hash of a text below a number; mixes eight bytes at a time.
pub fn hash(number: u32, text: &str) -> u32 {
    let mix = |hash: u64, word: u64| (hash.rotate_left(23) ^ word).wrapping_mul(SEED);
    let (words, tail) = text.as_bytes().as_chunks::<8>();
    let mut hash = words.iter().fold(u64::from(number), |hash, word| mix(hash, u64::from_le_bytes(*word)));
    let mut word = [0; 8];
    word[..tail.len()].copy_from_slice(tail);
    hash = mix(hash, u64::from_le_bytes(word) ^ (text.len() as u64) << 56);
    // What the last bytes say is in the highest bits so far, and a table looks at the lowest.
    ((hash ^ hash >> 32).wrapping_mul(SEED) >> 32) as u32
}

// === impl Table ===

impl Table {
    /// A table that `len` numbers go into before it grows.
    pub fn with_capacity(len: usize) -> Self {
        let mut table = Self::default();
        table.resize(len * 2);
        table
    }

    /// The first number under a hash that `is` accepts.
    pub fn find(&self, hash: u32, mut is: impl FnMut(u32) -> bool) -> Option<u32> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = hash as usize;
        loop {
            let slot = self.slots[at & mask];
            if slot.number == FREE {
                return None;
            }
            if slot.hash == hash && is(slot.number) {
                return Some(slot.number);
            }
            at += 1;
        }
    }

    /// Adds a number, behind those that are there under the same hash unless the table grows.
    pub fn insert(&mut self, hash: u32, number: u32) {
        if (self.len + 1) * 2 > self.slots.len() {
            self.resize(self.slots.len() * 2);
        }
        self.len += 1;
        self.place(Slot { hash, number });
    }

    fn place(&mut self, slot: Slot) {
        let mask = self.slots.len() - 1;
        let mut at = slot.hash as usize & mask;
        while self.slots[at].number != FREE {
            at = (at + 1) & mask;
        }
        self.slots[at] = slot;
    }

    fn resize(&mut self, slots: usize) {
        let fresh = vec![Slot { hash: 0, number: FREE }; slots.next_power_of_two().max(8)];
        for slot in std::mem::replace(&mut self.slots, fresh) {
            if slot.number != FREE {
                self.place(slot);
            }
        }
    }
}
