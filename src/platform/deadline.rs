//! Moments that futures of a request wait for, however many: the host runs one timer, of the nearest.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use super::io::Io;

/// A moment in the future, at the latest that of the deadline around it.
#[derive(Clone, Copy)]
pub struct Deadline<'a> {
    io: &'a Io,
    at: f64,
    /// The moment of the outermost one.
    outermost: f64,
}

/// The deadline passed first (Go: `context deadline exceeded`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expired(());

// === impl Deadline ===

impl<'a> Deadline<'a> {
    /// The moment `after_ms` milliseconds from now.
    pub fn new(io: &'a Io, after_ms: u32) -> Self {
        Self::at(io, io.now() + f64::from(after_ms))
    }

    /// The moment `after_ms` milliseconds after the request came in, whatever it waited for since then.
    pub fn of_request(io: &'a Io, after_ms: u32) -> Self {
        Self::at(io, io.began() + f64::from(after_ms))
    }

    fn at(io: &'a Io, at: f64) -> Self {
        io.note_deadline(at);
        Self { io, at, outermost: at }
    }

    /// The moment `after_ms` milliseconds from now, or this one if it is nearer.
    pub fn within(&self, after_ms: u32) -> Self {
        Self { at: self.at.min(self.io.now() + f64::from(after_ms)), ..*self }
    }

    /// Milliseconds left, as far as the clock knows.
    pub fn remaining_ms(&self) -> u32 {
        (self.at - self.io.now()).max(0.0) as u32
    }

    /// Milliseconds that the deadline around all others leaves.
    pub fn outermost_ms(&self) -> u32 {
        (self.outermost - self.io.now()).max(0.0) as u32
    }

    /// Whether it has passed, as far as the clock knows.
    pub fn is_past(&self) -> bool {
        self.io.now() >= self.at
    }

    /// Runs `work`, but no longer than this moment; `work` is dropped then, and with it what it waits for.
    ///
    /// # Errors
    /// If the moment comes first.
    pub async fn bound<T>(&self, work: impl Future<Output = T>) -> Result<T, Expired> {
        let mut work = pin!(work);
        poll_fn(|cx| {
            if let Poll::Ready(value) = work.as_mut().poll(cx) {
                return Poll::Ready(Ok(value));
            }
            if self.is_past() {
                return Poll::Ready(Err(Expired(())));
            }
            self.io.wake_at(self.at, cx.waker());
            Poll::Pending
        })
        .await
    }
}

impl std::fmt::Display for Expired {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("context deadline exceeded")
    }
}
