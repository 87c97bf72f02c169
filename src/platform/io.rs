//! The border of one request: effects are recorded by leaf futures, taken by the host in batches, completed one by one.

use std::cell::{Cell, OnceCell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Waker;

use super::effect::{Call, Effect, EffectId, Fetch, Fetched, HostError, Level, Outcome, Stream};
use super::hops::Hops;
use super::ledger::{Ledger, add};
use super::private::PrivateHosts;
use super::trace::Trace;

use fjord_memory::Excess;

/// A future of the core: never sent to another thread, may borrow from the plan.
pub type LocalFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// The border of one request to its host.
#[derive(Default)]
pub struct Io {
    ledger: Ledger,
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
    /// Where the client is.
    place: Option<Rc<str>>,
    private: Option<Rc<PrivateHosts>>,
    trace: OnceCell<Box<Trace>>,
}

/// Something that other requests wait for is held: see [`Io::watch`].
pub struct Watch<'a>(&'a Io);

/// The longest timer of a host: 2³¹ − 1 ms. A longer one would end at once.
const LONGEST_TIMER_MS: f64 = 2_147_483_647.0;

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

    /// The border of a request whose client is at this place.
    pub fn at(self, place: Option<Rc<str>>) -> Self {
        Self { place, ..self }
    }

    /// Where the client is, as the platform tells it in JSON.
    pub fn place(&self) -> Option<&str> {
        self.place.as_deref()
    }

    /// Calls an origin and reads its answer.
    ///
    /// # Errors
    /// If the origin can't be called, or gives no whole answer.
    pub async fn fetch(&self, mut fetch: Fetch) -> Result<Fetched, HostError> {
        self.hops.count(&mut fetch);
        let report = self.trace().and_then(|trace| trace.begin(self, &mut fetch));
        if let Some(private) = &self.private {
            private.send(&mut fetch);
        }
        if !fetch.takes_socket() {
            fetch.certificates = None;
        }
        let result = match self.ledger.leaf(Effect::Fetch(fetch)).await {
            Outcome::Fetched(result) => result,
            other => Err(mismatch(&other)),
        };
        if let Some(report) = report {
            report.end(&result);
        }
        result
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
        match self.ledger.leaf(Effect::Call(Call { op, args })).await {
            Outcome::Called(result) => result,
            other => Err(mismatch(&other)),
        }
    }

    /// Writes a line to the log.
    pub fn log(&self, level: Level, line: String) {
        self.ledger.tell(Effect::Log(level, line));
    }

    /// Lets a future continue after the answer is given (shadow calls, cache writes).
    pub fn spawn(&self, task: LocalFuture<'static, ()>) {
        self.spawned.borrow_mut().push(task);
    }

    /// Milliseconds since the epoch. The clock is frozen between two entries of the host, as on the platform.
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

    /// From now on calls may be given up while the request continues. The host must be able to abort them, which costs; what is still
    /// open when a request ends it ends anyway.
    pub fn make_abortable(&self) {
        self.abortable.set(true);
    }

    /// Whether calls may be given up while the request continues.
    pub fn is_abortable(&self) -> bool {
        self.abortable.get()
    }

    /// The last moment that anything of the request waits for, as far as it's known.
    pub fn last_deadline(&self) -> f64 {
        self.last_deadline.get()
    }

    /// Gives an effect its outcome. Unknown or abandoned ids are ignored.
    pub fn complete(&self, id: EffectId, outcome: Outcome) {
        if self.alarm.get().is_some_and(|(alarm, _)| alarm == id) {
            self.alarm.set(None);
            self.ledger.close(id);
            self.sleepers.take().into_iter().for_each(Waker::wake);
            return;
        }
        self.ledger.complete(id, outcome);
    }

    /// A body of `len` bytes is announced for an effect. False if it isn't wanted: nothing waits, or it's more than the gateway keeps.
    pub fn expect(&self, id: EffectId, len: usize) -> bool {
        self.ledger.expect(id, len)
    }

    /// Makes room for the next `len` bytes of the body that an effect waits for, and has them written. None if they aren't wanted.
    pub fn receive<T>(&self, id: EffectId, len: usize, write: impl FnOnce(&mut [u8]) -> T) -> Option<T> {
        self.ledger.receive(id, len, write)
    }

    /// The body that came part by part: empty if no part came.
    ///
    /// # Errors
    /// If it was more than the gateway keeps.
    pub fn received(&self, id: EffectId) -> Result<fjord_json::Body, Excess> {
        self.ledger.received(id)
    }

    /// The effects recorded since the last call.
    pub fn take_effects(&self) -> Vec<(EffectId, Effect)> {
        self.ledger.take_effects()
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
        match self.ledger.leaf(effect).await {
            Outcome::Body(result) => result,
            other => Err(mismatch(&other)),
        }
    }

    /// Has `waker` called at a moment, or before.
    pub(super) fn wake_at(&self, at: f64, waker: &Waker) {
        add(&mut self.sleepers.borrow_mut(), waker);
        if let Some((id, due)) = self.alarm.get() {
            if due <= at {
                return;
            }
            self.ledger.abandon(id);
        }
        let ms = (at - self.now()).ceil().clamp(0.0, LONGEST_TIMER_MS);
        self.alarm.set(Some((self.ledger.record(Effect::Timer(ms as u32)), at)));
    }

    /// A moment that futures of this request may wait for.
    pub(super) fn note_deadline(&self, at: f64) {
        self.last_deadline.set(self.last_deadline.get().max(at));
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
