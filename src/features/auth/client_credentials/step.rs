//! The token kept for a backend, and one request for it however many calls wait.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use super::grant::{Fault, Grant, Style, Token};
use crate::platform::{Io, LocalFuture};
use crate::proxy::{Cx, Error, Exchange, HttpRequest, HttpResponse, NextExchange};

/// Sends a token along with each call of a backend.
pub(super) struct Step {
    grant: Grant,
    style: Cell<Option<Style>>,
    kept: RefCell<Option<Kept>>,
    /// Requests of clients that wait for a token. Each asks for its own: the platform lets none wait for another's call.
    asking: RefCell<Vec<Rc<Asking>>>,
}

#[derive(Clone)]
struct Kept {
    authorization: Rc<str>,
    /// Milliseconds since the epoch.
    until: f64,
}

/// A token request under way: further calls of the same client's request wait for it.
struct Asking {
    io: Rc<Io>,
    ended: RefCell<Option<Result<Rc<str>, Fault>>>,
    waiting: RefCell<Vec<Waker>>,
}

/// The call that asks. Given up, it leaves its place to the next.
struct Lead<'a> {
    step: &'a Step,
    asking: Rc<Asking>,
}

/// A token is given up so many milliseconds before it ends (spec §31).
const EARLY_MS: f64 = 10_000.0;

// === impl Step ===

impl Step {
    pub fn new(grant: Grant) -> Self {
        Self { grant, style: Cell::new(None), kept: RefCell::default(), asking: RefCell::default() }
    }

    async fn authorization(&self, cx: Cx<'_>) -> Result<Rc<str>, Fault> {
        loop {
            let kept = self.kept.borrow().clone();
            if let Some(kept) = kept.filter(|kept| cx.io.now() < kept.until) {
                return Ok(kept.authorization);
            }
            let other = self.asking.borrow().iter().find(|asking| Rc::ptr_eq(&asking.io, cx.io)).cloned();
            let Some(other) = other else { break };
            if let Some(ended) = cx.deadline.bound(self.wait(&other)).await.map_err(expired)? {
                return ended;
            }
        }
        let lead = Lead::new(self, cx.io);
        let asked = self.ask(cx).await.map(|token| self.keep(token, cx.io.now()));
        *lead.asking.ended.borrow_mut() = Some(asked.clone());
        asked
    }

    /// Waits for the end of another call's request; nothing if that call was given up.
    async fn wait(&self, asking: &Rc<Asking>) -> Option<Result<Rc<str>, Fault>> {
        poll_fn(|task| {
            let is_going_on = self.asking.borrow().iter().any(|other| Rc::ptr_eq(other, asking));
            if is_going_on {
                asking.waiting.borrow_mut().push(task.waker().clone());
                return Poll::Pending;
            }
            Poll::Ready(asking.ended.borrow().clone())
        })
        .await
    }

    /// Tries Basic authentication first, then the form; what the server took once is what it gets from then on.
    async fn ask(&self, cx: Cx<'_>) -> Result<Token, Fault> {
        if let Some(style) = self.style.get() {
            return self.grant.ask(cx, style).await;
        }
        if let Ok(token) = self.grant.ask(cx, Style::Header).await {
            self.style.set(Some(Style::Header));
            return Ok(token);
        }
        let token = self.grant.ask(cx, Style::Form).await?;
        self.style.set(Some(Style::Form));
        Ok(token)
    }

    fn keep(&self, token: Token, now: f64) -> Rc<str> {
        let until = match token.expires_in {
            0 => f64::INFINITY,
            seconds => now + seconds as f64 * 1000.0 - EARLY_MS,
        };
        let kept = Kept { authorization: token.authorization.clone(), until };
        *self.kept.borrow_mut() = Some(kept);
        token.authorization
    }
}

fn expired(expired: crate::platform::Expired) -> Fault {
    Fault::Fetch(expired.to_string())
}

impl Exchange for Step {
    fn call<'a>(
        &'a self,
        cx: Cx<'a>,
        mut request: HttpRequest,
        next: NextExchange<'a>,
    ) -> LocalFuture<'a, Result<HttpResponse, Error>> {
        Box::pin(async move {
            if next.is_away() {
                // The token is for the backend alone, and what it replaced isn't for others either.
                Rc::make_mut(&mut request.headers).remove("Authorization");
                return next.run(cx, request).await;
            }
            let authorization =
                self.authorization(cx).await.map_err(|fault| Error::new(fault.to_string()))?;
            Rc::make_mut(&mut request.headers).set("Authorization", &*authorization);
            next.run(cx, request).await
        })
    }

    fn reads_headers(&self) -> bool {
        false
    }
}

// === impl Lead ===

impl<'a> Lead<'a> {
    fn new(step: &'a Step, io: &Rc<Io>) -> Self {
        let (ended, waiting) = Default::default();
        let asking = Rc::new(Asking { io: Rc::clone(io), ended, waiting });
        step.asking.borrow_mut().push(Rc::clone(&asking));
        Self { step, asking }
    }
}

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        self.step.asking.borrow_mut().retain(|other| !Rc::ptr_eq(other, &self.asking));
        self.asking.waiting.take().into_iter().for_each(Waker::wake);
    }
}
