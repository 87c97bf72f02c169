//! A fast hash for the router's tables. Only configured paths are ever inserted, so a client can't make keys collide.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A table with configured keys.
pub type Map<K, V> = HashMap<K, V, BuildHasherDefault<PathHasher>>;

const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

/// Multiplies and rotates eight bytes at a time.
#[derive(Debug, Default, Clone, Copy)]
pub struct PathHasher(u64);

// === impl PathHasher ===

impl PathHasher {
    fn mix(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(SEED);
    }
}

impl Hasher for PathHasher {
    fn write(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            self.mix(u64::from_le_bytes(chunk.try_into().expect("the chunks have eight bytes")));
        }
        let tail = chunks.remainder();
        if !tail.is_empty() {
            let mut word = [0; 8];
            word[..tail.len()].copy_from_slice(tail);
            self.mix(u64::from_le_bytes(word) ^ ((tail.len() as u64) << 56));
        }
    }

    fn write_u8(&mut self, byte: u8) {
        self.mix(byte.into());
    }

    fn finish(&self) -> u64 {
        // The table picks its slots by the low bits and its tags by the high ones: spread both.
        self.0 ^ (self.0 >> 32)
    }
}
