//! What ends a call early: its time, or its caller.

use std::cell::Cell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::{Either, select};
use futures::task::AtomicWaker;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;
use worker::Delay;

use crate::broker::BrokerFault;
use crate::call::CallFault;

/// A time without end.
const NEVER: u32 = u32::MAX;

/// The limits of one call. It holds for all steps of a call, so each of them runs by [`Limit::run`].
pub struct Limit {
    delay: Option<Pin<Box<Delay>>>,
    millis: u32,
    started: f64,
    abort: Option<Abort>,
}

/// Why an operation ended before its result.
#[derive(Debug, Clone, Copy)]
pub enum Stopped {
    /// The time was up, after this many milliseconds.
    TimedOut(u32),
    /// The caller aborted it.
    Aborted,
}

/// A signal, and the listener that wakes the call.
struct Abort {
    signal: AbortSignal,
    listener: Closure<dyn FnMut()>,
    waker: Rc<AtomicWaker>,
    is_aborted: Rc<Cell<bool>>,
}

// === impl Limit ===

impl Limit {
    /// A limit from now on.
    pub fn new(millis: u32, signal: Option<AbortSignal>) -> Self {
        let mut limit =
            Self { delay: None, millis, started: js_sys::Date::now(), abort: signal.map(Abort::new) };
        limit.restart(millis);
        limit
    }

    /// Another time, from the start of the call on.
    pub fn extend(&mut self, millis: u32) {
        if self.millis != millis {
            self.restart(millis);
        }
    }

    /// Another time, from now on.
    pub fn renew(&mut self, millis: u32) {
        self.started = js_sys::Date::now();
        self.restart(millis);
    }

    fn restart(&mut self, millis: u32) {
        self.millis = millis;
        let left = (self.started + f64::from(millis) - js_sys::Date::now()).max(0.0);
        self.delay = (millis != NEVER).then(|| Box::pin(Delay::from(Duration::from_millis(left as u64))));
    }

    /// When so much time is up, in milliseconds since the epoch.
    pub fn ends_at(&self, millis: u32) -> f64 {
        if millis == NEVER { f64::INFINITY } else { self.started + f64::from(millis) }
    }

    /// Runs a step of the call, unless the time is up before it's over, or the caller gives the call up.
    pub async fn run<T>(&mut self, step: impl Future<Output = T>) -> Result<T, Stopped> {
        match select(pin!(step), pin!(std::future::poll_fn(|cx| self.poll(cx)))).await {
            Either::Left((result, _)) => Ok(result),
            Either::Right((fault, _)) => Err(fault),
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Stopped> {
        if let Some(abort) = &self.abort {
            abort.waker.register(cx.waker());
            if abort.is_aborted.get() {
                return Poll::Ready(Stopped::Aborted);
            }
        }
        match &mut self.delay {
            Some(delay) => delay.as_mut().poll(cx).map(|()| Stopped::TimedOut(self.millis)),
            None => Poll::Pending,
        }
    }
}

// === impl Stopped ===

impl From<Stopped> for CallFault {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::TimedOut(millis) => Self::TimedOut(millis),
            Stopped::Aborted => Self::Aborted,
        }
    }
}

impl From<Stopped> for BrokerFault {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::TimedOut(millis) => Self::TimedOut(millis),
            Stopped::Aborted => Self::Aborted,
        }
    }
}

// === impl Abort ===

impl Abort {
    fn new(signal: AbortSignal) -> Self {
        let (waker, is_aborted) = (Rc::new(AtomicWaker::new()), Rc::new(Cell::new(signal.aborted())));
        let listener = {
            let (waker, is_aborted) = (waker.clone(), is_aborted.clone());
            Closure::new(move || {
                is_aborted.set(true);
                waker.wake();
            })
        };
        let _ = signal.add_event_listener_with_callback("abort", listener.as_ref().unchecked_ref());
        Self { signal, listener, waker, is_aborted }
    }
}

impl Drop for Abort {
    fn drop(&mut self) {
        let _ =
            self.signal.remove_event_listener_with_callback("abort", self.listener.as_ref().unchecked_ref());
    }
}
