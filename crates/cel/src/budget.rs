//! What one evaluation may use: an expression of a configuration meets data of strangers.

use fjord_memory::afford;

use super::error::EvalError;

/// Nodes evaluated, items visited, and pieces of 32 bytes compared or searched: a few dozen milliseconds. A test of each
/// item of a list costs about six, so that lists of a hundred thousand items pass.
pub(super) const MAX_STEPS: usize = 1_000_000;
/// Bytes of all strings, lists and maps that an evaluation makes.
pub(super) const MAX_BYTES: usize = 4 << 20;
/// How deep two values are compared.
pub(super) const MAX_DEPTH: usize = 200;

/// Visits of a pattern's states that take as long as a step.
const VISITS_PER_STEP: u64 = 64;

pub(super) struct Budget {
    steps: usize,
    bytes: usize,
}

// === impl Budget ===

impl Budget {
    pub(super) fn new() -> Self {
        Self { steps: MAX_STEPS, bytes: MAX_BYTES }
    }

    pub(super) fn spend(&mut self, steps: usize) -> Result<(), EvalError> {
        take(&mut self.steps, steps)
    }

    /// Pays for reading `bytes` of text.
    pub(super) fn read(&mut self, bytes: usize) -> Result<(), EvalError> {
        take(&mut self.steps, bytes / 32)
    }

    /// How many states a pattern may visit in a text that its automaton is too large for.
    pub(super) fn visits(&self) -> u64 {
        (self.steps as u64).saturating_mul(VISITS_PER_STEP)
    }

    /// Pays for visits, of which this many are left; `None` if they were too few.
    pub(super) fn visited(&mut self, left: Option<u64>) -> Result<(), EvalError> {
        let steps = left.ok_or(EvalError::LimitExceeded).map(|left| (left / VISITS_PER_STEP) as usize);
        self.steps = *steps.as_ref().unwrap_or(&0);
        steps.map(|_| ())
    }

    /// Pays for `bytes` that the evaluation is about to keep.
    pub(super) fn keep(&mut self, bytes: usize) -> Result<(), EvalError> {
        afford(bytes).map_err(|_| EvalError::LimitExceeded)?;
        take(&mut self.bytes, bytes)
    }

    /// Pays for a list or a map of `items`.
    pub(super) fn keep_items(&mut self, items: usize) -> Result<(), EvalError> {
        self.spend(items)?;
        self.keep(items.saturating_mul(size_of::<super::value::CelValue<'_>>()))
    }
}

fn take(left: &mut usize, amount: usize) -> Result<(), EvalError> {
    // What is used up stays used up, whatever the expression does with the error.
    let rest = left.checked_sub(amount);
    *left = rest.unwrap_or(0);
    rest.map(|_| ()).ok_or(EvalError::LimitExceeded)
}
