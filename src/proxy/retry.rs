//! Makes a failed idempotent call again, on another host if there is one (`@fjord.retries` of a backend).
//!
//! A call is made again if it got no answer (connection refused, reset, broken off) or a 502, 503 or 504. What an open circuit, a limit or
//! a deadline ends isn't, and neither are 429 and other statuses. Each attempt goes through all layers of the backend, so that it counts for
//! its circuit breaker and its limits.

use std::cell::Cell;

use crate::context::Cx;
use crate::platform::{Level, RequestBody};

use super::decode::Failure;
use super::hosts::Tried;
use super::{Backend, Error, Kind, Reply, Request};

/// The retries of a backend.
pub struct Retries {
    /// The most in one request.
    most: u32,
    /// What all requests of the isolate have left, in shares of a retry.
    budget: Cell<u32>,
}

/// What a first call adds to the budget. With the price, retries are at most 20 % of first calls.
const EARNED: u32 = 1;

/// What a retry takes from the budget.
const PRICE: u32 = 5;

/// The most that is saved up, and what an isolate starts with: 10 retries.
const SAVED: u32 = 10 * PRICE;

// === impl Retries ===

impl Retries {
    /// At most this many retries in one request.
    pub fn new(most: u32) -> Self {
        Self { most, budget: Cell::new(SAVED) }
    }

    /// Whether a call with this method may be made again.
    pub fn allow(method: &str) -> bool {
        ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(method))
    }

    pub(super) async fn run(&self, backend: &Backend, cx: Cx<'_>, mut request: Request) -> Reply {
        // A stream can be read once.
        if matches!(request.body, RequestBody::Incoming) {
            match cx.deadline.bound(request.buffer_body(cx.io)).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return Reply::err(error),
                Err(expired) => return Reply::err(expired),
            }
        }
        self.budget.set((self.budget.get() + EARNED).min(SAVED));
        let tried = Tried::default();
        let mut reply = backend.attempt(cx, request.clone(), Some(&tried)).await;
        for retry in 1..=self.most {
            if !helps(&reply, &backend.decode.failure) || cx.deadline.is_past() || !self.spend() {
                break;
            }
            cx.log(Level::Warning, || {
                let (path, error) = (&cx.endpoint.path, reply.error.as_ref());
                let reason = error.map_or_else(|| "bad status".to_owned(), Error::to_string);
                format!("[ENDPOINT: {path}] retry {retry} of {}: {reason}", self.most)
            });
            reply = backend.attempt(cx, request.clone(), Some(&tried)).await;
        }
        reply
    }

    /// Takes a retry from the budget, if there is one.
    fn spend(&self) -> bool {
        let left = self.budget.get().checked_sub(PRICE);
        if let Some(left) = left {
            self.budget.set(left);
        }
        left.is_some()
    }
}

/// Whether another call may succeed where this one failed.
fn helps(reply: &Reply, failure: &Failure) -> bool {
    let Some(error) = &reply.error else { return hidden_status(reply, failure).is_some_and(is_passing) };
    match &error.kind {
        // A call of another method isn't the backend's: a token, a function.
        Kind::Call(call) => error.may_be_retried() && Retries::allow(&call.method),
        Kind::Status(bad) => is_passing(bad.status),
        Kind::Passed(_) => error.status.is_some_and(is_passing),
        _ => false,
    }
}

/// The status that `return_error_details` puts into the data.
fn hidden_status(reply: &Reply, failure: &Failure) -> Option<u16> {
    let (Failure::Details(name), Some(response)) = (failure, &reply.response) else { return None };
    let data = response.data.as_ref().filter(|_| !response.complete)?;
    // A number of these data is a float, and its text may have an exponent.
    let status: f64 =
        data.lookup_text(&[format!("error_{name}").as_str(), "http_status_code"])?.parse().ok()?;
    Some(status as u16)
}

/// Statuses of gateways whose origin is away. Not 429: an origin that asks for fewer calls doesn't get more.
fn is_passing(status: u16) -> bool {
    matches!(status, 502..=504)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_bounds_the_retries_of_an_isolate() {
        let retries = Retries::new(3);
        assert_eq!((0..100).filter(|_| retries.spend()).count(), 10);
        let mut made = 0;
        for _ in 0..1_000 {
            retries.budget.set((retries.budget.get() + EARNED).min(SAVED));
            made += (0..3).filter(|_| retries.spend()).count();
        }
        assert_eq!(made, 200);
    }

    #[test]
    fn only_idempotent_methods_are_called_again() {
        let methods = ["GET", "head", "PUT", "DELETE", "OPTIONS", "POST", "PATCH", "CONNECT", "get "];
        assert_eq!(methods.map(Retries::allow), [true, true, true, true, true, false, false, false, false]);
    }
}
