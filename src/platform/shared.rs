//! A value that the requests of an isolate share, and the one call at a time that renews it.

use std::cell::RefCell;
use std::future::{Future, pending};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use super::deadline::Deadline;
use super::io::{Io, LocalFuture};

/// A value that many requests need and one call gets: a token, a key set, the addresses of a name.
///
/// [`get`](Self::get) gives the value while it is fresh. Else the request becomes the leader and makes the call, and all
/// requests that come before its end take the call's outcome, good or bad. The platform binds whatever a request waits for
/// to that request, so none can wake another. The state therefore holds values and times, no promise and no waker: a
/// waiter looks at it whenever a timer of its own ends, after 5 ms first and every 50 ms in the end, as long as its
/// caller lets it (a [`Deadline`] around the future).
///
/// A leader may be lost before its call ends. If its deadline passes or its client leaves, the future is dropped and the
/// call continues as a task of the leader's request ([`Io::spawn`]). If the task is dropped, too, the next waiter leads. A
/// request that is never polled again drops nothing (the runtime forgot it, its instance trapped): while a call is under
/// way its leader gives a sign of life every 400 ms, and after a second without one the next waiter leads.
///
/// ```
/// use fjord::platform::{Io, Shared};
/// use futures::FutureExt;
/// use std::rc::Rc;
///
/// let token: Shared<&str, &str> = Shared::default();
/// let io = Rc::new(Io::new(0.0, 1));
/// let is_fresh = |token: &&str| *token != "old";
///
/// let fails = || Box::pin(async { Err("refused") }) as _;
/// assert_eq!(token.get(&io, is_fresh, fails).now_or_never(), Some(Err("refused")));
///
/// let works = || Box::pin(async { Ok("new") }) as _;
/// assert_eq!(token.get(&io, is_fresh, works).now_or_never(), Some(Ok("new")));
/// let nobody = || unreachable!("it is fresh");
/// assert_eq!(token.get(&io, is_fresh, nobody).now_or_never(), Some(Ok("new")));
/// ```
#[derive(Debug)]
pub struct Shared<T, E>(Rc<RefCell<State<T, E>>>);

#[derive(Debug)]
struct State<T, E> {
    value: Option<T>,
    /// Calls begun so far; the last is number `begun`.
    begun: u64,
    /// The last call is under way, as far as was heard of it until then.
    alive_until: Option<f64>,
    /// The call that ended last, and how.
    ended: Option<(u64, Result<(), E>)>,
}

/// What a request finds.
enum Found<T, E> {
    Outcome(Result<T, E>),
    /// The call of this number is under way.
    Call(u64),
    /// Nobody asks.
    Nothing,
}

/// A call under way. Dropped without an outcome, it is given up.
struct Lease<T, E> {
    shared: Shared<T, E>,
    number: u64,
}

/// The leader's wait for its own call, which continues without it.
struct Leader<'a, T: 'static> {
    io: &'a Rc<Io>,
    call: Option<LocalFuture<'static, T>>,
}

/// How long a call may take that all wait for and no request's deadline ends, in milliseconds.
pub const CALL_MS: u32 = 10_000;

/// The first pause of a waiter; each further one is twice as long.
const FIRST_PAUSE_MS: u32 = 5;

/// The longest pause of a waiter.
const LONGEST_PAUSE_MS: u32 = 50;

/// How often a leader says that it still asks.
const SIGN_OF_LIFE_MS: u32 = 400;

/// How long a leader is believed to ask after its last sign of life.
const SILENCE_MS: f64 = 1_000.0;

// === impl Shared ===

impl<T: Clone + 'static, E: Clone + 'static> Shared<T, E> {
    /// The value, if it `is_fresh`; else the outcome of one call for all that wait. `call` must bound its own time (by [`CALL_MS`]): it
    /// continues when nobody waits any more.
    ///
    /// # Errors
    ///
    /// Those of the call. A call that ends after this request began to wait counts as its own, so that a server that fails
    /// isn't asked once more by each waiter.
    pub async fn get(
        &self,
        io: &Rc<Io>,
        is_fresh: impl Fn(&T) -> bool,
        call: impl FnOnce() -> LocalFuture<'static, Result<T, E>>,
    ) -> Result<T, E> {
        let (mut joined, mut pause) = (None, FIRST_PAUSE_MS);
        loop {
            match self.look(io.now(), &is_fresh, joined) {
                Found::Outcome(outcome) => return outcome,
                Found::Call(number) => joined = joined.or(Some(number)),
                Found::Nothing => break,
            }
            // The deadline is what ends it.
            let _ = Deadline::new(io, pause).bound(pending::<()>()).await;
            pause = LONGEST_PAUSE_MS.min(2 * pause);
        }
        let lease = self.lease(io.now());
        // If its client leaves the host must say so: the call then continues as a task.
        let _watch = io.watch();
        Leader { io, call: Some(Box::pin(lead(Rc::clone(io), lease, call()))) }.await
    }

    /// Whether a call is under way, as far as was heard of it.
    pub fn is_asking(&self, now: f64) -> bool {
        self.0.borrow().alive_until.is_some_and(|until| now < until)
    }

    /// The value, fresh or not.
    pub fn last(&self) -> Option<T> {
        self.0.borrow().value.clone()
    }

    /// `joined` is the first call that was under way while this request waited.
    fn look(&self, now: f64, is_fresh: impl Fn(&T) -> bool, joined: Option<u64>) -> Found<T, E> {
        let state = self.0.borrow();
        if let Some(value) = state.value.as_ref().filter(|value| is_fresh(value)) {
            return Found::Outcome(Ok(value.clone()));
        }
        match (&state.ended, joined, &state.value) {
            (Some((number, Ok(()))), Some(joined), Some(value)) if *number >= joined => {
                return Found::Outcome(Ok(value.clone()));
            }
            (Some((number, Err(error))), Some(joined), _) if *number >= joined => {
                return Found::Outcome(Err(error.clone()));
            }
            _ => {}
        }
        match state.alive_until.is_some_and(|until| now < until) {
            true => Found::Call(state.begun),
            false => Found::Nothing,
        }
    }

    fn lease(&self, now: f64) -> Lease<T, E> {
        let mut state = self.0.borrow_mut();
        state.begun += 1;
        state.alive_until = Some(now + SILENCE_MS);
        Lease { shared: self.clone(), number: state.begun }
    }
}

impl<T, E> Default for Shared<T, E> {
    fn default() -> Self {
        Self(Rc::new(RefCell::new(State { value: None, begun: 0, alive_until: None, ended: None })))
    }
}

impl<T, E> Clone for Shared<T, E> {
    /// The same value, not another one.
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

/// Makes the call, with a sign of life now and then, and leaves its outcome for all.
async fn lead<T: Clone, E: Clone>(
    io: Rc<Io>,
    lease: Lease<T, E>,
    mut call: LocalFuture<'static, Result<T, E>>,
) -> Result<T, E> {
    let outcome = loop {
        match Deadline::new(&io, SIGN_OF_LIFE_MS).bound(call.as_mut()).await {
            Ok(outcome) => break outcome,
            Err(_) => lease.renew(io.now()),
        }
    };
    lease.settle(&outcome);
    outcome
}

// === impl Lease ===

impl<T, E> Lease<T, E> {
    fn renew(&self, now: f64) {
        let mut state = self.shared.0.borrow_mut();
        // Another one asks by now if this one wasn't heard of for too long.
        if state.begun == self.number {
            state.alive_until = Some(now + SILENCE_MS);
        }
    }
}

impl<T: Clone, E: Clone> Lease<T, E> {
    fn settle(&self, outcome: &Result<T, E>) {
        let mut state = self.shared.0.borrow_mut();
        let is_last = state.begun == self.number;
        match outcome {
            Ok(value) => state.value = Some(value.clone()),
            // The one that asks now may have better luck.
            Err(_) if !is_last => return,
            Err(_) => {}
        }
        state.ended = Some((self.number, outcome.as_ref().map(drop).map_err(E::clone)));
        if is_last {
            state.alive_until = None;
        }
    }
}

impl<T, E> Drop for Lease<T, E> {
    fn drop(&mut self) {
        let mut state = self.shared.0.borrow_mut();
        if state.begun == self.number {
            state.alive_until = None;
        }
    }
}

// === impl Leader ===

impl<T> Future for Leader<'_, T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let Some(call) = &mut self.call else { return Poll::Pending };
        let outcome = call.as_mut().poll(cx);
        if outcome.is_ready() {
            self.call = None;
        }
        outcome
    }
}

impl<T> Drop for Leader<'_, T> {
    fn drop(&mut self) {
        if let Some(call) = self.call.take() {
            self.io.spawn(Box::pin(async { drop(call.await) }));
        }
    }
}
