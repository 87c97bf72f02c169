//! Hostile input for everything in Fjord that reads: each target takes any bytes and panics where a promise is broken.
//!
//! The promises are that nothing panics, that work is bounded, that what is written can be read again, and, where another
//! implementation exists, that both give the same. The same functions run under libFuzzer (`fuzz_targets/`) and as ordinary
//! tests (`tests/seeds.rs`).

pub mod mutate;
mod seeds;
pub mod targets;

/// One fuzz target.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name, which is also that of its binary, its corpus, and its folder of found inputs.
    pub name: &'static str,
    /// Checks one input.
    pub run: fn(&[u8]),
    /// Inputs to start from.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Words of the language, which mutations insert.
    pub words: &'static [&'static str],
}

impl Target {
    /// The inputs to start from, and those that once found a fault (`found/NAME/`).
    ///
    /// # Panics
    /// If the files can't be read.
    pub fn inputs(&self) -> Vec<Vec<u8>> {
        let mut inputs = (self.seeds)();
        inputs.extend(seeds::found(self.name));
        inputs
    }
}
