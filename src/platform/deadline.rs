//! One moment that many futures may wait for: a single timer of the host, however many calls it bounds.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use super::effect::{Effect, EffectId};
use super::io::Io;

/// A moment in the future. Its timer starts at the first wait and is given up with the value.
pub struct Deadline<'a> {
    io: &'a Io,
    at: f64,
    timer: Cell<Option<EffectId>>,
}

/// The deadline passed first (Go: `context deadline exceeded`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expired(());

// === impl Deadline ===

impl<'a> Deadline<'a> {
    /// The moment `after_ms` milliseconds from now.
    pub fn new(io: &'a Io, after_ms: u32) -> Self {
        Self { io, at: io.now() + f64::from(after_ms), timer: Cell::new(None) }
    }

    /// Milliseconds left, as far as the clock knows.
    pub fn remaining_ms(&self) -> u32 {
        (self.at - self.io.now()).max(0.0) as u32
    }

    /// Whether it has passed, as far as the clock knows.
    pub fn is_past(&self) -> bool {
        self.io.now() >= self.at
    }

    /// Runs `work`, but no longer than this moment; `work` is dropped then, and with it what it waits for.
    pub async fn bound<T>(&self, work: impl Future<Output = T>) -> Result<T, Expired> {
        let mut work = pin!(work);
        poll_fn(|cx| {
            if let Poll::Ready(value) = work.as_mut().poll(cx) {
                return Poll::Ready(Ok(value));
            }
            let id = self.timer.get().unwrap_or_else(|| {
                let id = self.io.record(Effect::Timer(self.remaining_ms()));
                self.timer.set(Some(id));
                id
            });
            if self.io.is_done(id, cx.waker()) { Poll::Ready(Err(Expired(()))) } else { Poll::Pending }
        })
        .await
    }
}

impl Drop for Deadline<'_> {
    fn drop(&mut self) {
        if let Some(id) = self.timer.get() {
            self.io.abandon(id);
        }
    }
}

impl std::fmt::Display for Expired {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("context deadline exceeded")
    }
}
