//! What a script has used up: instructions, memory, and what it gave the gateway to keep.

use fjord_memory::afford;

use super::{Error, Limit, Vm};
use crate::Host;
use crate::value::{Str, Val};

/// Bytes that one instruction counts for where they are copied or compared as a whole …
const COPIED: usize = 64;
/// … and where a function looks at each of them.
const SCANNED: usize = 16;
/// What a script may add to header lines, parameters and query: as much as the platform takes in a request. Each counts
/// 32 bytes besides its name and value, as in HTTP/2.
const MAX_FIELDS: usize = 128 << 10;
/// What the log of a run takes: the platform cuts more off.
const MAX_PRINTED: usize = 256 << 10;

// === impl Vm ===

impl Vm {
    /// How many instructions are left.
    pub fn fuel(&self) -> i64 {
        self.fuel
    }

    /// Counts work as instructions.
    pub fn spend(&mut self, work: usize) -> Result<(), Error> {
        self.fuel = self.fuel.saturating_sub(i64::try_from(work).unwrap_or(i64::MAX));
        if self.fuel < 0 { Err(Error::Limit(Limit::Instructions)) } else { Ok(()) }
    }

    /// Counts memory before it is taken: of the script's limit, and of what the instance has left. A collection waits for the
    /// next instruction that allocates; up to there twice the limit may be in use.
    pub fn allocate(&mut self, bytes: usize) -> Result<(), Error> {
        self.allocated = self.allocated.saturating_add(bytes);
        let limit = self.limits.memory;
        if self.allocated > limit.saturating_mul(2) || bytes > limit || afford(bytes).is_err() {
            return Err(Error::Limit(Limit::Memory));
        }
        Ok(())
    }

    /// Counts memory that stays until the execution ends, whatever the script still reaches.
    pub fn keep(&mut self, bytes: usize) -> Result<(), Error> {
        self.kept = self.kept.saturating_add(bytes);
        self.allocate(bytes)
    }

    /// Counts header lines, parameters or a query of the size `new` in the place of one of the size `old`.
    pub fn field(&mut self, old: usize, new: usize) -> Result<(), Error> {
        self.fields = self.fields.saturating_sub(old).saturating_add(new);
        if self.fields > MAX_FIELDS { Err(Error::Limit(Limit::Fields)) } else { Ok(()) }
    }

    /// Prints a line, if the log of this run still takes it.
    pub fn print(&mut self, host: &mut dyn Host, line: &[u8]) {
        let before = self.printed;
        self.printed = before.saturating_add(line.len());
        if self.printed <= MAX_PRINTED {
            host.print(&String::from_utf8_lossy(line));
        } else if before <= MAX_PRINTED {
            host.print("more than 256 KB were printed: the rest is left out");
        }
    }

    /// Counts bytes that a function looks at one by one.
    pub fn scan(&mut self, bytes: usize) -> Result<(), Error> {
        self.spend(bytes / SCANNED)
    }

    /// Counts bytes that are copied or compared as a whole.
    pub fn copy(&mut self, bytes: usize) -> Result<(), Error> {
        self.spend(bytes / COPIED)
    }

    /// Counts what finding a key costs: long ones are hashed and compared to their ends.
    pub fn look_up(&mut self, key: &Val) -> Result<(), Error> {
        match key {
            Val::Str(text) if text.bytes().len() > COPIED => self.spend(text.bytes().len() / 8),
            _ => Ok(()),
        }
    }

    /// Counts the text of an error, which is made already. A limit that it passes is found by the next instruction.
    pub fn owe(&mut self, bytes: usize) {
        self.fuel = self.fuel.saturating_sub((16 + bytes / COPIED) as i64);
        self.allocated = self.allocated.saturating_add(bytes + 32);
    }

    /// The number that a value is or reads as.
    pub fn read_number(&mut self, value: &Val) -> Result<Option<f64>, Error> {
        if let Val::Str(text) = value {
            self.scan(text.bytes().len())?;
        }
        Ok(value.to_number())
    }

    /// A string of the library's making, counted.
    pub fn string(&mut self, bytes: impl Into<Str>) -> Result<Val, Error> {
        let text = bytes.into();
        self.copy(text.bytes().len())?;
        self.allocate(text.bytes().len() + 32)?;
        Ok(Val::Str(text))
    }
}
