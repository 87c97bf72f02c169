//! The token kept for a backend, and one request for it however many calls wait.

use std::cell::Cell;
use std::rc::Rc;

use super::super::token::{AUTHORIZATION, carry};
use super::grant::{Fault, Grant, Style, Token};
use crate::context::Cx;
use crate::platform::{CALL_MS, Deadline, Io, LocalFuture, Shared};
use crate::proxy::{Blame, Error, Exchange, HttpRequest, HttpResponse, NextExchange};

/// Sends a token along with each call of a backend.
pub(super) struct Step {
    asker: Rc<Asker>,
    token: Shared<Kept, Fault>,
}

#[derive(Debug, Clone)]
struct Kept {
    authorization: Rc<str>,
    /// Milliseconds since the epoch.
    until: f64,
}

/// Asks for tokens in the way that the server takes.
struct Asker {
    grant: Grant,
    style: Cell<Option<Style>>,
}

/// A token is given up this many milliseconds before it ends (spec §31).
const EARLY_MS: f64 = 10_000.0;

// === impl Step ===

impl Step {
    pub fn new(grant: Grant) -> Self {
        Self { asker: Rc::new(Asker { grant, style: Cell::new(None) }), token: Shared::default() }
    }

    async fn authorization(&self, cx: Cx<'_>) -> Result<Rc<str>, Fault> {
        let is_fresh = |kept: &Kept| cx.io.now() < kept.until;
        let call = || -> LocalFuture<'static, _> {
            let (asker, io) = (Rc::clone(&self.asker), Rc::clone(cx.io));
            Box::pin(async move { Ok(Kept::new(asker.ask(&io).await?, io.now())) })
        };
        let kept = cx.deadline.bound(self.token.get(cx.io, is_fresh, call)).await;
        Ok(kept.map_err(|expired| Fault::Fetch(expired.to_string()))??.authorization)
    }
}

impl Exchange for Step {
    fn call<'a>(
        &'a self,
        cx: Cx<'a>,
        request: HttpRequest,
        next: NextExchange<'a>,
    ) -> LocalFuture<'a, Result<HttpResponse, Error>> {
        let authorization = async move {
            let authorization = self.authorization(cx).await;
            authorization.map_err(|fault| Error::of_step(Blame::Origin, fault.to_string()))
        };
        Box::pin(carry(AUTHORIZATION, authorization, cx, request, next))
    }

    fn reads_headers(&self) -> bool {
        false
    }
}

// === impl Kept ===

impl Kept {
    fn new(token: Token, now: f64) -> Self {
        let until = match token.expires_in {
            0 => f64::INFINITY,
            seconds => now + seconds as f64 * 1000.0 - EARLY_MS,
        };
        Self { authorization: token.authorization, until }
    }
}

// === impl Asker ===

impl Asker {
    /// Tries Basic authentication first, then the form; what the server took once is what it gets from then on.
    async fn ask(&self, io: &Io) -> Result<Token, Fault> {
        let deadline = Deadline::new(io, CALL_MS);
        if let Some(style) = self.style.get() {
            return self.grant.ask(io, &deadline, style).await;
        }
        if let Ok(token) = self.grant.ask(io, &deadline, Style::Header).await {
            self.style.set(Some(Style::Header));
            return Ok(token);
        }
        let token = self.grant.ask(io, &deadline, Style::Form).await?;
        self.style.set(Some(Style::Form));
        Ok(token)
    }
}
