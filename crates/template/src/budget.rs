//! What one execution may use: a template meets data of strangers.

use fjord_memory::{afford, room};

use crate::error::Failure;
use crate::value::Value;

/// What an execution may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Nodes and operands evaluated, items visited, pieces of 32 bytes read or written.
    pub steps: usize,
    /// Bytes of all strings, lists and maps that it makes.
    pub bytes: usize,
    /// Bytes that it writes.
    pub output: usize,
}

/// How deep blocks, templates and pipelines may be within each other while they run.
pub(crate) const MAX_DEPTH: usize = 400;
/// How deep values may nest where they are printed, compared or copied. The reader of JSON allows 512.
pub(crate) const MAX_VALUE_DEPTH: usize = 520;

const STEPS: &str = "the template takes too many steps";
pub(crate) const BYTES: &str = "the template takes too much memory";
const OUTPUT: &str = "the template writes too much";
const DEEP: &str = "a value nests too deeply";

/// What is left.
#[derive(Debug)]
pub(crate) struct Budget {
    steps: usize,
    bytes: usize,
    output: usize,
}

// === impl Limits ===

impl Limits {
    /// For a request: some dozen milliseconds.
    pub const REQUEST: Limits = Limits { steps: 1_000_000, bytes: 4 << 20, output: 4 << 20 };
    /// For a tool, whose templates are its user's own.
    pub const TOOL: Limits = Limits { steps: 200_000_000, bytes: 512 << 20, output: 64 << 20 };
}

// === impl Budget ===

impl Budget {
    pub fn new(limits: Limits) -> Self {
        Self { steps: limits.steps, bytes: limits.bytes, output: limits.output }
    }

    pub fn spend(&mut self, steps: usize) -> Result<(), Failure> {
        take(&mut self.steps, steps, STEPS)
    }

    /// Pays for reading `bytes` of text.
    pub fn read(&mut self, bytes: usize) -> Result<(), Failure> {
        self.spend(bytes / 32)
    }

    /// Pays for `bytes` that are about to be kept.
    pub fn keep(&mut self, bytes: usize) -> Result<(), Failure> {
        self.read(bytes)?;
        afford(bytes).map_err(|_| Failure::Limit(BYTES))?;
        take(&mut self.bytes, bytes, BYTES)
    }

    /// How many bytes can be kept.
    pub fn room(&self) -> usize {
        self.bytes.min(room())
    }

    /// Pays for a list or a map of `items`.
    pub fn keep_items(&mut self, items: usize) -> Result<(), Failure> {
        self.spend(items)?;
        // A map's entry is a key and a value, in nodes that are half empty.
        self.keep(items.saturating_mul(2 * size_of::<Value<'_>>()).saturating_add(64))
    }

    /// Pays for `bytes` that are about to be written.
    pub fn write(&mut self, bytes: usize) -> Result<(), Failure> {
        self.read(bytes)?;
        afford(bytes).map_err(|_| Failure::Limit(BYTES))?;
        take(&mut self.output, bytes, OUTPUT)
    }

    /// A value at this depth within another.
    pub fn descend(&mut self, depth: usize) -> Result<(), Failure> {
        self.spend(1)?;
        if depth > MAX_VALUE_DEPTH { Err(Failure::Limit(DEEP)) } else { Ok(()) }
    }

    /// How many visits of a pattern's states the steps are worth.
    pub fn visits(&self) -> u64 {
        (self.steps as u64).saturating_mul(VISITS_PER_STEP)
    }

    /// Pays for visits, of which this many are left.
    pub fn visited(&mut self, left: u64) {
        self.steps = usize::try_from(left / VISITS_PER_STEP).unwrap_or(0).min(self.steps);
    }
}

/// Visits of a pattern's states that take as long as a step.
const VISITS_PER_STEP: u64 = 64;

fn take(left: &mut usize, amount: usize, limit: &'static str) -> Result<(), Failure> {
    // What is used up stays used up.
    let rest = left.checked_sub(amount);
    *left = rest.unwrap_or(0);
    rest.map(|_| ()).ok_or(Failure::Limit(limit))
}
