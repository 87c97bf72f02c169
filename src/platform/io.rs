//! The effects of one request: recorded by leaf futures, taken by the host in batches, completed one by one.

use std::cell::{Cell, OnceCell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::arrivals::Arrivals;
use super::effect::{Call, Effect, EffectId, Fetch, Fetched, HostError, Level, Outcome, Stream};
use super::hops::Hops;
use super::private::PrivateHosts;
use super::trace::Trace;

use fjord_memory::Excess;

/// A future of the core: never sent to another thread, may borrow from the plan.
pub type LocalFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// The border of one request to its host.
#[derive(Default)]
pub struct Io {
    outbox: RefCell<Vec<(EffectId, Effect)>>,
    slots: RefCell<Vec<Slot>>,
    arriving: Arrivals,
    spawned: RefCell<Vec<LocalFuture<'static, ()>>>,
    /// Milliseconds since the epoch, as the host said when it last entered the core.
    now: Cell<f64>,
    began: f64,
    random: Cell<u64>,
    /// The one timer that runs, and when it ends; futures that wait for a moment. The timer is that of the nearest moment.
    alarm: Cell<Option<(EffectId, f64)>>,
    sleepers: RefCell<Vec<Waker>>,
    last_deadline: Cell<f64>,
    watched: Cell<u32>,
    abortable: Cell<bool>,
    hops: Hops,
    private: Option<Rc<PrivateHosts>>,
    trace: OnceCell<Box<Trace>>,
}

/// Something that other requests wait for is held: see [`Io::watch`].
pub struct Watch<'a>(&'a Io);

/// The longest timer of a host: 2³¹ − 1 ms. A longer one would end at once.
const LONGEST_TIMER_MS: f64 = 2_147_483_647.0;

/// What became of one effect; its index is the effect's id.
enum Slot {
    Waiting(Vec<Waker>),
    Done(Outcome),
    /// The outcome was taken, or nobody wants it.
    Closed,
}

/// A leaf: resolves to the outcome of one effect. Dropped early, it tells the host that nobody waits.
struct Leaf<'a> {
    io: &'a Io,
    id: EffectId,
}

// === impl Io ===

impl Io {
    /// The border of a request that starts at `now` (ms since the epoch), with a seed for its random choices.
    pub fn new(now: f64, seed: u64) -> Self {
        let io = Self { began: now, ..Self::default() };
        io.now.set(now);
        io.last_deadline.set(now);
        io.random.set(seed | 1);
        io
    }

    /// The border of a request that came through these gateways.
    pub fn behind(self, hops: Hops) -> Self {
        Self { hops, ..self }
    }

    /// The border of a request whose calls to these hosts go through bindings.
    pub fn through(self, private: Option<Rc<PrivateHosts>>) -> Self {
        Self { private, ..self }
    }

    /// Calls an origin and reads its answer.
    ///
    /// # Errors
    /// If the origin can't be called, or gives no whole answer.
    pub async fn fetch(&self, mut fetch: Fetch) -> Result<Fetched, HostError> {
        self.hops.count(&mut fetch);
        if let Some(trace) = self.trace() {
            fetch.trace.get_or_insert_with(|| trace.fields(trace.parent()));
        }
        if let Some(private) = &self.private {
            private.send(&mut fetch);
        }
        match self.leaf(Effect::Fetch(fetch)).await {
            Outcome::Fetched(result) => result,
            other => Err(mismatch(&other)),
        }
    }

    /// Reads the client's body to its end.
    ///
    /// # Errors
    /// If the body doesn't come whole, or is longer than the gateway keeps.
    pub async fn read_body(&self) -> Result<fjord_json::Body, HostError> {
        self.body(Effect::ReadBody).await
    }

    /// Reads a body that stayed with the host.
    ///
    /// # Errors
    /// If the body doesn't come whole, or is longer than the gateway keeps.
    pub async fn read_stream(&self, stream: Stream) -> Result<fjord_json::Body, HostError> {
        self.body(Effect::ReadStream(stream)).await
    }

    /// Uses one of the host's rarer services.
    ///
    /// # Errors
    /// If the host doesn't have the service, or it fails.
    pub async fn call(&self, op: &'static str, args: Vec<Vec<u8>>) -> Result<Vec<u8>, HostError> {
        match self.leaf(Effect::Call(Call { op, args })).await {
            Outcome::Called(result) => result,
            other => Err(mismatch(&other)),
        }
    }

    /// Writes a line to the log.
    pub fn log(&self, level: Level, line: String) {
        self.outbox.borrow_mut().push((0, Effect::Log(level, line)));
    }

    /// Lets a future go on after the answer is given (shadow calls, cache writes).
    pub fn spawn(&self, task: LocalFuture<'static, ()>) {
        self.spawned.borrow_mut().push(task);
    }

    /// Milliseconds since the epoch. The clock stands still between two entries of the host, as on the platform.
    pub fn now(&self) -> f64 {
        self.now.get()
    }

    /// The trace of the request, where telemetry is configured.
    pub fn trace(&self) -> Option<&Trace> {
        self.trace.get().map(Box::as_ref)
    }

    /// Has all calls from now on say which trace they belong to. The first trace stays.
    pub fn begin_trace(&self, trace: Trace) {
        let _ = self.trace.set(Box::new(trace));
    }

    /// The gateways that the request came through.
    pub fn hops(&self) -> &Hops {
        &self.hops
    }

    /// When the request came in.
    pub fn began(&self) -> f64 {
        self.began
    }

    /// A random number (xorshift64*), good for choosing a host, not for secrets.
    pub fn random(&self) -> u64 {
        let mut x = self.random.get();
        x ^= x >> 12;
        x ^= x << 25;
        x ^= x >> 27;
        self.random.set(x);
        x.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// Sets the clock: the host does so whenever it enters the core.
    pub fn set_now(&self, now: f64) {
        self.now.set(now);
    }

    /// From now until the value is dropped the request holds something that others wait for (a circuit breaker's trial): the host
    /// must tell at once if its client leaves.
    pub fn watch(&self) -> Watch<'_> {
        self.watched.set(self.watched.get() + 1);
        Watch(self)
    }

    /// Whether something that others wait for is held.
    pub fn is_watched(&self) -> bool {
        self.watched.get() > 0
    }

    /// From now on calls may be given up while the request goes on. The host must be able to abort them, which costs; what is still
    /// open when a request ends it ends anyway.
    pub fn make_abortable(&self) {
        self.abortable.set(true);
    }

    /// Whether calls may be given up while the request goes on.
    pub fn is_abortable(&self) -> bool {
        self.abortable.get()
    }

    /// The last moment that anything of the request waits for, as far as it's known.
    pub fn last_deadline(&self) -> f64 {
        self.last_deadline.get()
    }

    /// Gives an effect its outcome. Unknown or abandoned ids are ignored.
    pub fn complete(&self, id: EffectId, outcome: Outcome) {
        self.arriving.forget(id);
        if self.alarm.get().is_some_and(|(alarm, _)| alarm == id) {
            self.alarm.set(None);
            self.slots.borrow_mut()[id as usize] = Slot::Closed;
            self.sleepers.take().into_iter().for_each(Waker::wake);
            return;
        }
        let wakers = match self.slots.borrow_mut().get_mut(id as usize) {
            Some(slot @ Slot::Waiting(_)) => match std::mem::replace(slot, Slot::Done(outcome)) {
                Slot::Waiting(wakers) => wakers,
                _ => return,
            },
            _ => return,
        };
        wakers.into_iter().for_each(Waker::wake);
    }

    /// A body of `len` bytes is announced for an effect. False if it isn't wanted: nothing waits, or it's more than the gateway keeps.
    pub fn expect(&self, id: EffectId, len: usize) -> bool {
        self.waits_for(id) && self.arriving.expect(id, len)
    }

    /// Makes room for the next `len` bytes of the body that an effect waits for, and has them written. None if they aren't wanted.
    pub fn receive<T>(&self, id: EffectId, len: usize, write: impl FnOnce(&mut [u8]) -> T) -> Option<T> {
        if self.waits_for(id) { self.arriving.receive(id, len, write) } else { None }
    }

    fn waits_for(&self, id: EffectId) -> bool {
        matches!(self.slots.borrow().get(id as usize), Some(Slot::Waiting(_)))
    }

    /// The body that came part by part: empty if no part came.
    ///
    /// # Errors
    /// If it was more than the gateway keeps.
    pub fn received(&self, id: EffectId) -> Result<fjord_json::Body, Excess> {
        self.arriving.take(id)
    }

    /// The effects recorded since the last call.
    pub fn take_effects(&self) -> Vec<(EffectId, Effect)> {
        std::mem::take(&mut self.outbox.borrow_mut())
    }

    /// The futures spawned since the last call.
    pub fn take_spawned(&self) -> Vec<LocalFuture<'static, ()>> {
        std::mem::take(&mut self.spawned.borrow_mut())
    }

    /// Whether futures were spawned since then.
    pub fn has_spawned(&self) -> bool {
        !self.spawned.borrow().is_empty()
    }

    async fn body(&self, effect: Effect) -> Result<fjord_json::Body, HostError> {
        match self.leaf(effect).await {
            Outcome::Body(result) => result,
            other => Err(mismatch(&other)),
        }
    }

    fn leaf(&self, effect: Effect) -> Leaf<'_> {
        Leaf { io: self, id: self.record(effect) }
    }

    /// Records an effect whose outcome is wanted.
    fn record(&self, effect: Effect) -> EffectId {
        let mut slots = self.slots.borrow_mut();
        let id = slots.len() as EffectId;
        slots.push(Slot::Waiting(Vec::new()));
        self.outbox.borrow_mut().push((id, effect));
        id
    }

    /// Has `waker` called at a moment, or before.
    pub(super) fn wake_at(&self, at: f64, waker: &Waker) {
        add(&mut self.sleepers.borrow_mut(), waker);
        if let Some((id, due)) = self.alarm.get() {
            if due <= at {
                return;
            }
            self.abandon(id);
        }
        let ms = (at - self.now()).ceil().clamp(0.0, LONGEST_TIMER_MS);
        self.alarm.set(Some((self.record(Effect::Timer(ms as u32)), at)));
    }

    /// Has `waker` called when an effect has its outcome.
    fn wake_when_done(&self, id: EffectId, waker: &Waker) {
        if let Slot::Waiting(wakers) = &mut self.slots.borrow_mut()[id as usize] {
            add(wakers, waker);
        }
    }

    /// A moment that futures of this request may wait for.
    pub(super) fn note_deadline(&self, at: f64) {
        self.last_deadline.set(self.last_deadline.get().max(at));
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

    /// Nobody waits for this effect any more.
    fn abandon(&self, id: EffectId) {
        self.arriving.forget(id);
        let slot = &mut self.slots.borrow_mut()[id as usize];
        if matches!(slot, Slot::Waiting(_)) {
            self.outbox.borrow_mut().push((id, Effect::Cancel(id)));
        }
        *slot = Slot::Closed;
    }
}

fn add(wakers: &mut Vec<Waker>, waker: &Waker) {
    if !wakers.iter().any(|known| known.will_wake(waker)) {
        wakers.push(waker.clone());
    }
}

/// A host that completes an effect with the outcome of another kind is broken; the request fails, nothing else does.
fn mismatch(outcome: &Outcome) -> HostError {
    HostError::Failed(format!("the host answered with {outcome:?} to another effect"))
}

// === impl Watch ===

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        self.0.watched.set(self.0.watched.get() - 1);
    }
}

// === impl Leaf ===

impl Future for Leaf<'_> {
    type Output = Outcome;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Outcome> {
        if let Some(outcome) = self.io.take(self.id) {
            return Poll::Ready(outcome);
        }
        self.io.wake_when_done(self.id, cx.waker());
        Poll::Pending
    }
}

impl Drop for Leaf<'_> {
    fn drop(&mut self) {
        self.io.abandon(self.id);
    }
}

#[cfg(test)]
mod tests {
    use fjord_memory::BODY;
    use futures::task::noop_waker_ref;

    use super::*;

    fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Context::from_waker(noop_waker_ref()))
    }

    fn write(io: &Io, id: EffectId, text: &str) -> bool {
        io.receive(id, text.len(), |room| room.copy_from_slice(text.as_bytes())).is_some()
    }

    #[test]
    fn a_body_comes_in_parts() {
        let io = Io::new(0.0, 1);
        let mut read = Box::pin(io.read_body());
        assert!(poll(read.as_mut()).is_pending());
        assert!(write(&io, 0, "one ") && write(&io, 0, "two"));
        let body = io.received(0);
        assert_eq!(body.as_ref().map(|body| body.as_slice()), Ok(&b"one two"[..]));
        io.complete(0, Outcome::Body(body.map_err(HostError::from)));
        assert!(matches!(poll(read.as_mut()), Poll::Ready(Ok(body)) if body.as_slice() == b"one two"));
        assert_eq!(io.received(0).map(|body| body.len()), Ok(0));
    }

    #[test]
    fn what_is_too_long_is_not_wanted() {
        let io = Io::new(0.0, 1);
        let mut reads = [Box::pin(io.read_body()), Box::pin(io.read_body())];
        reads.iter_mut().for_each(|read| assert!(poll(read.as_mut()).is_pending()));
        assert!(!io.expect(0, BODY + 1) && !write(&io, 0, "x"));
        assert!(io.expect(1, 10) && write(&io, 1, &"x".repeat(BODY)) && !write(&io, 1, "x"));
        for id in [0, 1] {
            assert_eq!(io.received(id).err(), Some(Excess::Body));
        }
    }

    #[test]
    fn a_body_goes_with_who_waits_for_it() {
        let io = Io::new(0.0, 1);
        let mut read = Box::pin(io.read_body());
        assert!(poll(read.as_mut()).is_pending());
        assert!(write(&io, 0, "one"));
        drop(read);
        assert!(io.arriving.is_empty());
        assert!(!write(&io, 0, "two") && !io.expect(0, 1) && !write(&io, 7, "x"));

        let mut failed = Box::pin(io.read_body());
        assert!(poll(failed.as_mut()).is_pending());
        assert!(write(&io, 1, "one"));
        io.complete(1, Outcome::Body(Err(HostError::Failed("it broke".to_owned()))));
        assert!(io.arriving.is_empty());
    }
}
