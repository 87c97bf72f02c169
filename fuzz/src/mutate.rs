//! Mutations of known inputs, for machines without libFuzzer: blind to coverage, the same in every run.

/// Longer inputs are cut: the tests want many small ones.
const MAX_LEN: usize = 4096;

/// Bytes that often matter.
const BYTES: &[u8] = b"\0\t\n\r \"#%&'()*+,-./0189:;<=>?@AZ[\\]^_`az{|}~\x7f\x80\xbf\xc3\xe2\xf0\xff";

/// Makes inputs from others.
pub struct Mutator<'s> {
    state: u64,
    inputs: &'s [Vec<u8>],
    words: &'s [&'static str],
}

impl<'s> Mutator<'s> {
    /// A mutator of `inputs` that also inserts `words`; equal names give equal inputs.
    pub fn new(name: &str, inputs: &'s [Vec<u8>], words: &'s [&'static str]) -> Self {
        let seed = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Self { state: seed | 1, inputs, words }
    }

    /// The next input.
    pub fn next_input(&mut self) -> Vec<u8> {
        let mut input = self.known();
        for _ in 0..=self.below(5) {
            self.change(&mut input);
        }
        input.truncate(MAX_LEN);
        input
    }

    fn known(&mut self) -> Vec<u8> {
        match self.inputs.len() {
            0 => Vec::new(),
            len => self.inputs[self.below(len)].clone(),
        }
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.below(input.len() + 1);
        let some = self.below(16) + 1;
        let end = (at + some).min(input.len());
        match self.below(8) {
            0 => drop(input.drain(at..end)),
            1 => input.insert(at, self.byte()),
            2 if at < input.len() => input[at] = self.byte(),
            3 if at < input.len() => input[at] ^= 1 << self.below(8),
            // Nesting and long runs.
            4 => {
                let part = input[at..end].to_vec();
                let times = 1 << self.below(8);
                input.splice(at..at, part.repeat(times));
            }
            5 if !self.words.is_empty() => {
                let word = self.words[self.below(self.words.len())];
                input.splice(at..at, word.bytes());
            }
            6 => {
                let other = self.known();
                let from = self.below(other.len() + 1);
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            _ => {
                let other = self.known();
                let from = self.below(other.len() + 1);
                let to = (from + some * 4).min(other.len());
                input.splice(at..end, other[from..to].iter().copied());
            }
        }
    }

    fn byte(&mut self) -> u8 {
        BYTES[self.below(BYTES.len())]
    }

    fn below(&mut self, limit: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state >> 11) as usize % limit.max(1)
    }
}
