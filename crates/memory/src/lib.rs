//! How much memory a request may take: whoever keeps what strangers send asks here first.
//!
//! A worker has 128 MB for all its requests. An instance of the module takes at most 48 of them (`--max-memory` in
//! `.cargo/config.toml`), so that one that ends its requests and a new one have room beside the script. Of the 48 MB,
//! [`INSTANCE`] may be in use; the rest is for the stack, for gaps, and for what is copied while it grows.
//!
//! The allocator counts what is in use. So nobody has to give anything back, and nothing that is forgotten can leak.

use std::fmt;

/// Bytes that may be in use in an instance: by the configuration, its caches, and all requests in flight.
pub const INSTANCE: usize = 28 << 20;

/// The longest body that enters the module: a client's that is read, an origin's that is decoded.
pub const BODY: usize = 8 << 20;

/// What one body may take once it's taken apart: JSON values, members, items, elements.
pub const TREE: usize = 16 << 20;

/// The longest body that the module makes: an answer, a request to an origin.
pub const OUTPUT: usize = 16 << 20;

/// A larger piece may find no gap, although there is memory. Smaller ones always find one: there's more memory than may be
/// in use.
const LARGE: usize = 1 << 16;

/// For how many a list makes room at first.
const FIRST: usize = 4;

/// Why something isn't kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excess {
    /// A body is longer than [`BODY`].
    Body,
    /// A body takes more than [`TREE`] as values.
    Tree,
    /// What is made of bodies is longer than [`OUTPUT`].
    Output,
    /// The requests in flight have taken what the instance has: later there's room again.
    Room,
}

/// What one tree may still take.
///
/// Costs are estimates, a little above what the module takes; they are the same natively, where values are larger. What
/// is used up stays used up, so that a walk can stop anywhere and the reason is here.
#[derive(Debug)]
pub struct Budget {
    left: usize,
    excess: Option<Excess>,
    /// What stops it: the limit of a tree, or the instance's.
    limit: Excess,
}

// === impl Excess ===

impl Excess {
    /// The status for the client whose body it is.
    pub fn status(self) -> u16 {
        match self {
            Self::Body | Self::Tree => 413,
            Self::Output => 500,
            Self::Room => 503,
        }
    }
}

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Body => write!(f, "the body is longer than {} MB", BODY >> 20),
            Self::Tree => write!(f, "the body takes more than {} MB as values", TREE >> 20),
            Self::Output => write!(f, "the body to send is longer than {} MB", OUTPUT >> 20),
            Self::Room => f.write_str("the requests in flight leave no memory for this one"),
        }
    }
}

impl std::error::Error for Excess {}

// === impl Budget ===

impl Budget {
    /// A budget for one tree: [`TREE`], or what the instance has left.
    pub fn new() -> Self {
        let room = room();
        let (left, limit) = if room < TREE { (room, Excess::Room) } else { (TREE, Excess::Tree) };
        Self { left, excess: None, limit }
    }

    /// Pays for `bytes`; `None` if there are no more.
    #[inline]
    pub fn take(&mut self, bytes: usize) -> Option<()> {
        match self.left.checked_sub(bytes) {
            Some(left) => self.left = left,
            None => {
                self.left = 0;
                self.excess = Some(self.limit);
            }
        }
        if self.excess.is_none() { Some(()) } else { None }
    }

    /// Pays for a text on its own.
    #[inline]
    pub fn text(&mut self, len: usize) -> Option<()> {
        self.take(len.saturating_add(16))?;
        if len > LARGE { self.check(afford(len)) } else { Some(()) }
    }

    /// Makes room for one more in a list, which is paid for at `cost` each when it grows.
    #[inline]
    pub fn grow<T>(&mut self, list: &mut Vec<T>, cost: usize) -> Option<()> {
        if list.len() == list.capacity() { self.double(list, cost) } else { Some(()) }
    }

    #[cold]
    fn double<T>(&mut self, list: &mut Vec<T>, cost: usize) -> Option<()> {
        let more = list.len().max(FIRST);
        self.take(more.saturating_mul(cost))?;
        self.check(list.try_reserve_exact(more).map_err(|_| Excess::Room))
    }

    /// A list for `len` items, which are paid for at `cost` each.
    pub fn list<T>(&mut self, len: usize, cost: usize) -> Option<Vec<T>> {
        self.take(len.saturating_mul(cost))?;
        let mut list = Vec::new();
        self.check(list.try_reserve_exact(len).map_err(|_| Excess::Room))?;
        Some(list)
    }

    /// Ends the budget if something else has no room.
    fn check(&mut self, result: Result<(), Excess>) -> Option<()> {
        if let Err(excess) = result {
            self.left = 0;
            self.excess = Some(excess);
        }
        result.ok()
    }

    /// Why something wasn't paid for.
    pub fn excess(&self) -> Option<Excess> {
        self.excess
    }

    /// The error of a walk that has failed, if this budget stopped it.
    ///
    /// # Errors
    /// If the budget is used up.
    pub fn checked(&self) -> Result<(), Excess> {
        self.excess.map_or(Ok(()), Err)
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::new()
    }
}

/// Asks whether `bytes` more can be kept now, in one piece.
///
/// # Errors
/// [`Excess::Room`] if not.
pub fn afford(bytes: usize) -> Result<(), Excess> {
    if bytes <= room() && (bytes <= LARGE || has_gap(bytes)) { Ok(()) } else { Err(Excess::Room) }
}

/// Whether the memory has a gap of this size, or can grow by it. What is taken next finds it again: nothing else runs meanwhile.
#[cold]
fn has_gap(bytes: usize) -> bool {
    Vec::<u8>::new().try_reserve_exact(bytes).is_ok()
}

/// Asks whether a body of `bytes` can be kept.
///
/// # Errors
/// [`Excess::Body`] if it's too long, [`Excess::Room`] if there's no memory for it now.
pub fn afford_body(bytes: usize) -> Result<(), Excess> {
    if bytes > BODY { Err(Excess::Body) } else { afford(bytes) }
}

/// Asks whether a body of `bytes` can be made and sent.
///
/// # Errors
/// [`Excess::Output`] if it's too long, [`Excess::Room`] if there's no memory for it now.
pub fn afford_output(bytes: usize) -> Result<(), Excess> {
    if bytes > OUTPUT { Err(Excess::Output) } else { afford(bytes) }
}

#[cfg(target_arch = "wasm32")]
pub use host::unbound;
pub use host::{in_use, room};

/// In the module the allocator counts. `cap` adds 0.4 KB to it.
#[cfg(target_arch = "wasm32")]
mod host {
    use std::alloc::System;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use cap::Cap;

    #[global_allocator]
    static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

    static MOST: AtomicUsize = AtomicUsize::new(super::INSTANCE);

    /// Bytes in use.
    pub fn in_use() -> usize {
        usize::MAX - ALLOCATOR.remaining()
    }

    /// Bytes that the instance has left.
    pub fn room() -> usize {
        MOST.load(Ordering::Relaxed).saturating_sub(in_use())
    }

    /// Lets the instance use all of its memory: it's a tool's, which serves no requests.
    pub fn unbound() {
        MOST.store(usize::MAX, Ordering::Relaxed);
    }
}

/// Natively memory isn't bounded, unless a test says so.
#[cfg(not(target_arch = "wasm32"))]
mod host {
    use std::cell::Cell;

    thread_local! {
        static ROOM: Cell<usize> = const { Cell::new(usize::MAX) };
    }

    /// Bytes in use: not counted here.
    pub fn in_use() -> usize {
        0
    }

    /// Bytes that the instance has left.
    pub fn room() -> usize {
        ROOM.get()
    }

    /// Runs `work` with a room of `bytes`.
    pub fn with_room<T>(bytes: usize, work: impl FnOnce() -> T) -> T {
        let before = ROOM.replace(bytes);
        let done = work();
        ROOM.set(before);
        done
    }
}

#[cfg(not(target_arch = "wasm32"))]
pub use host::with_room;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_that_is_used_up_stays_so() {
        let mut budget = Budget::new();
        assert_eq!(budget.take(TREE), Some(()));
        assert_eq!((budget.take(0), budget.excess()), (Some(()), None));
        assert_eq!((budget.take(1), budget.take(0)), (None, None));
        assert_eq!(budget.checked(), Err(Excess::Tree));
    }

    #[test]
    fn the_reason_is_what_there_is_least_of() {
        with_room(100, || {
            let mut budget = Budget::new();
            assert_eq!(budget.take(101), None);
            assert_eq!(budget.checked(), Err(Excess::Room));
            assert_eq!((afford(100), afford(101)), (Ok(()), Err(Excess::Room)));
        });
        assert_eq!(afford_output(OUTPUT + 1), Err(Excess::Output));
    }
}
