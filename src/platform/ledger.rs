//! The effects of one request: those that the host hasn't taken yet, and what became of each.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use super::arrivals::Arrivals;
use super::effect::{Effect, EffectId, Outcome};

use fjord_memory::Excess;

/// The effects of a request, by their ids.
#[derive(Default)]
pub(super) struct Ledger {
    outbox: RefCell<Vec<(EffectId, Effect)>>,
    slots: RefCell<Vec<Slot>>,
    arriving: Arrivals,
}

/// What became of one effect; its index is the effect's id.
enum Slot {
    Waiting(Vec<Waker>),
    Done(Outcome),
    /// The outcome was taken, or nobody wants it.
    Closed,
}

/// A future that resolves to the outcome of one effect. Dropped early, it cancels the effect.
pub(super) struct Leaf<'a> {
    ledger: &'a Ledger,
    id: EffectId,
}

// === impl Ledger ===

impl Ledger {
    /// Records an effect, and waits for its outcome.
    pub fn leaf(&self, effect: Effect) -> Leaf<'_> {
        Leaf { ledger: self, id: self.record(effect) }
    }

    /// Records an effect that has an outcome.
    pub fn record(&self, effect: Effect) -> EffectId {
        let mut slots = self.slots.borrow_mut();
        let id = slots.len() as EffectId;
        slots.push(Slot::Waiting(Vec::new()));
        self.outbox.borrow_mut().push((id, effect));
        id
    }

    /// Records an effect without an outcome.
    pub fn tell(&self, effect: Effect) {
        self.outbox.borrow_mut().push((0, effect));
    }

    /// The effects recorded since the last call.
    pub fn take_effects(&self) -> Vec<(EffectId, Effect)> {
        std::mem::take(&mut self.outbox.borrow_mut())
    }

    /// Gives an effect its outcome. Unknown or abandoned ids are ignored.
    pub fn complete(&self, id: EffectId, outcome: Outcome) {
        self.arriving.forget(id);
        let wakers = match self.slots.borrow_mut().get_mut(id as usize) {
            Some(slot @ Slot::Waiting(_)) => match std::mem::replace(slot, Slot::Done(outcome)) {
                Slot::Waiting(wakers) => wakers,
                _ => return,
            },
            _ => return,
        };
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Cancels an effect: nobody waits for its outcome any more.
    pub fn abandon(&self, id: EffectId) {
        if matches!(self.slots.borrow()[id as usize], Slot::Waiting(_)) {
            self.outbox.borrow_mut().push((id, Effect::Cancel(id)));
        }
        self.close(id);
    }

    /// Forgets an effect that has ended.
    pub fn close(&self, id: EffectId) {
        self.arriving.forget(id);
        self.slots.borrow_mut()[id as usize] = Slot::Closed;
    }

    /// A body of `len` bytes is announced for an effect. False if it isn't wanted: nothing waits, or it's more than the gateway keeps.
    pub fn expect(&self, id: EffectId, len: usize) -> bool {
        self.waits_for(id) && self.arriving.expect(id, len)
    }

    /// Makes room for the next `len` bytes of the body that an effect waits for, and has them written. None if they aren't wanted.
    pub fn receive<T>(&self, id: EffectId, len: usize, write: impl FnOnce(&mut [u8]) -> T) -> Option<T> {
        if self.waits_for(id) { self.arriving.receive(id, len, write) } else { None }
    }

    /// The body that came part by part: empty if no part came.
    ///
    /// # Errors
    /// If it was more than the gateway keeps.
    pub fn received(&self, id: EffectId) -> Result<fjord_json::Body, Excess> {
        self.arriving.take(id)
    }

    fn waits_for(&self, id: EffectId) -> bool {
        matches!(self.slots.borrow().get(id as usize), Some(Slot::Waiting(_)))
    }

    /// Has `waker` called when an effect has its outcome.
    fn wake_when_done(&self, id: EffectId, waker: &Waker) {
        if let Slot::Waiting(wakers) = &mut self.slots.borrow_mut()[id as usize] {
            add(wakers, waker);
        }
    }

    fn take(&self, id: EffectId) -> Option<Outcome> {
        let slot = &mut self.slots.borrow_mut()[id as usize];
        match slot {
            Slot::Done(_) => match std::mem::replace(slot, Slot::Closed) {
                Slot::Done(outcome) => Some(outcome),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Adds a waker to those to call, once.
pub(super) fn add(wakers: &mut Vec<Waker>, waker: &Waker) {
    if !wakers.iter().any(|known| known.will_wake(waker)) {
        wakers.push(waker.clone());
    }
}

// === impl Leaf ===

impl Future for Leaf<'_> {
    type Output = Outcome;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Outcome> {
        if let Some(outcome) = self.ledger.take(self.id) {
            return Poll::Ready(outcome);
        }
        self.ledger.wake_when_done(self.id, cx.waker());
        Poll::Pending
    }
}

impl Drop for Leaf<'_> {
    fn drop(&mut self) {
        self.ledger.abandon(self.id);
    }
}

#[cfg(test)]
mod tests {
    use fjord_memory::BODY;
    use futures::task::noop_waker_ref;

    use super::super::effect::HostError;
    use super::*;

    fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Context::from_waker(noop_waker_ref()))
    }

    fn write(ledger: &Ledger, id: EffectId, text: &str) -> bool {
        ledger.receive(id, text.len(), |room| room.copy_from_slice(text.as_bytes())).is_some()
    }

    #[test]
    fn a_body_comes_in_parts() {
        let ledger = Ledger::default();
        let mut read = Box::pin(ledger.leaf(Effect::ReadBody));
        assert!(poll(read.as_mut()).is_pending());
        assert!(write(&ledger, 0, "one ") && write(&ledger, 0, "two"));
        let body = ledger.received(0);
        assert_eq!(body.as_ref().map(|body| body.as_slice()), Ok(&b"one two"[..]));
        ledger.complete(0, Outcome::Body(body.map_err(HostError::from)));
        assert!(
            matches!(poll(read.as_mut()), Poll::Ready(Outcome::Body(Ok(body))) if body.as_slice() == b"one two")
        );
        assert_eq!(ledger.received(0).map(|body| body.len()), Ok(0));
    }

    #[test]
    fn what_is_too_long_is_not_wanted() {
        let ledger = Ledger::default();
        let mut reads = [Box::pin(ledger.leaf(Effect::ReadBody)), Box::pin(ledger.leaf(Effect::ReadBody))];
        reads.iter_mut().for_each(|read| assert!(poll(read.as_mut()).is_pending()));
        assert!(!ledger.expect(0, BODY + 1) && !write(&ledger, 0, "x"));
        assert!(ledger.expect(1, 10) && write(&ledger, 1, &"x".repeat(BODY)) && !write(&ledger, 1, "x"));
        for id in [0, 1] {
            assert_eq!(ledger.received(id).err(), Some(Excess::Body));
        }
    }

    #[test]
    fn a_body_goes_with_who_waits_for_it() {
        let ledger = Ledger::default();
        let mut read = Box::pin(ledger.leaf(Effect::ReadBody));
        assert!(poll(read.as_mut()).is_pending());
        assert!(write(&ledger, 0, "one"));
        drop(read);
        assert!(ledger.arriving.is_empty());
        assert!(!write(&ledger, 0, "two") && !ledger.expect(0, 1) && !write(&ledger, 7, "x"));

        let mut failed = Box::pin(ledger.leaf(Effect::ReadBody));
        assert!(poll(failed.as_mut()).is_pending());
        assert!(write(&ledger, 1, "one"));
        ledger.complete(1, Outcome::Body(Err(HostError::Failed("it broke".to_owned()))));
        assert!(ledger.arriving.is_empty());
    }
}
