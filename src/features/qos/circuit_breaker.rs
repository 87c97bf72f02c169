//! `qos/circuit-breaker`: stops calling a backend that keeps failing.

use std::cell::Cell;

use crate::config::node::Node;
use crate::plan::build::{Refusal, Site};
use crate::platform::{Level, LocalFuture};
use crate::proxy::{Cx, Error, Layer, Next, Reply, Request};
use crate::registry::{Edition, Kind, Namespace, Options, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "qos/circuit-breaker",
    aliases: &["github.com/devopsfaith/krakend-circuitbreaker/gobreaker"],
    scopes: Scopes::BACKEND,
    edition: Edition::Ce,
    support: Support::Implemented,
    doc: "Stops calling a backend that keeps failing.",
    value: Kind::Object(&[
        opt("interval", Kind::NATURAL, "After how many seconds failures are forgotten.").required(),
        opt("log_status_change", Kind::Bool, "Logs each change of state.").default("false"),
        opt(
            "max_errors",
            Kind::NATURAL,
            "The consecutive failures that are tolerated; one more opens the circuit.",
        )
        .required(),
        opt("name", Kind::Str, "A name for logs."),
        opt("timeout", Kind::NATURAL, "How many seconds calls are refused before one is tried.").required(),
    ]),
};

/// The breaker of one backend (spec §21).
struct Breaker {
    interval_ms: f64,
    timeout_ms: f64,
    max_errors: u64,
    name: String,
    logs: bool,
    state: Cell<State>,
}

/// Where a breaker stands.
#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    /// Calls pass. Failures in a row, and when they are forgotten.
    Closed { failures: u64, until: f64 },
    /// Calls are refused until then.
    Open { until: f64 },
    /// One call is on trial.
    HalfOpen,
}

/// A call that was let through. Dropped without a verdict (a client that went), a trial counts as failed.
struct Trial<'a> {
    breaker: &'a Breaker,
    cx: Cx<'a>,
    judged: bool,
}

/// Compiles the breaker; with all options zero there is none.
pub fn compile(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Layer>>, Refusal> {
    let options = Options::of(node, &NAMESPACE);
    let (interval, timeout) = (options.int("interval")?, options.int("timeout")?);
    let max_errors = options.int("max_errors")?.max(0) as u64;
    if interval == 0 && timeout == 0 && max_errors == 0 {
        return Ok(None);
    }
    let seconds = |value: i64, or: f64| if value > 0 { value as f64 * 1000.0 } else { or };
    let interval_ms = seconds(interval, f64::INFINITY);
    Ok(Some(Box::new(Breaker {
        interval_ms,
        timeout_ms: seconds(timeout, 60_000.0),
        max_errors,
        name: match options.str("name")? {
            "" => site.endpoint.to_owned(),
            name => name.to_owned(),
        },
        logs: options.bool("log_status_change")?,
        state: Cell::new(State::Closed { failures: 0, until: f64::NEG_INFINITY }),
    })))
}

// === impl Breaker ===

impl Breaker {
    /// Lets a call through, or says why not.
    fn enter<'a>(&'a self, cx: Cx<'a>) -> Result<Trial<'a>, Error> {
        let now = cx.io.now();
        match self.state.get() {
            State::Closed { until, .. } if until <= now => {
                self.state.set(State::Closed { failures: 0, until: now + self.interval_ms });
            }
            State::Closed { .. } => {}
            State::Open { until } if until <= now => self.change(cx, State::HalfOpen),
            State::Open { .. } => return Err(Error::new("circuit breaker is open")),
            State::HalfOpen => return Err(Error::new("too many requests")),
        }
        Ok(Trial { breaker: self, cx, judged: false })
    }

    fn succeeded(&self, cx: Cx<'_>) {
        match self.state.get() {
            State::Closed { until, .. } => self.state.set(State::Closed { failures: 0, until }),
            State::HalfOpen => {
                self.change(cx, State::Closed { failures: 0, until: cx.io.now() + self.interval_ms });
            }
            State::Open { .. } => {}
        }
    }

    /// One failure more than `max_errors` in a row opens the circuit.
    fn failed(&self, cx: Cx<'_>) {
        match self.state.get() {
            State::Closed { failures, until } if failures < self.max_errors => {
                self.state.set(State::Closed { failures: failures + 1, until });
            }
            State::Closed { .. } | State::HalfOpen => {
                self.change(cx, State::Open { until: cx.io.now() + self.timeout_ms });
            }
            State::Open { .. } => {}
        }
    }

    fn change(&self, cx: Cx<'_>, state: State) {
        if self.logs {
            cx.log(Level::Warning, || {
                format!(
                    "[CB] Circuit breaker '{}' went from {} to {}",
                    self.name,
                    self.state.get().name(),
                    state.name()
                )
            });
        }
        self.state.set(state);
    }
}

impl Layer for Breaker {
    fn handle<'a>(&'a self, cx: Cx<'a>, request: Request, next: Next<'a>) -> LocalFuture<'a, Reply> {
        Box::pin(async move {
            let mut trial = match self.enter(cx) {
                Ok(trial) => trial,
                Err(error) => return Reply::err(error),
            };
            let reply = next.run(cx, request).await;
            trial.judged = true;
            match reply.error {
                None => {
                    self.succeeded(cx);
                    reply
                }
                // What came along with an error is dropped, as in KrakenD.
                Some(error) => {
                    self.failed(cx);
                    Reply::err(error)
                }
            }
        })
    }
}

// === impl State ===

impl State {
    fn name(self) -> &'static str {
        match self {
            State::Closed { .. } => "closed",
            State::Open { .. } => "open",
            State::HalfOpen => "half-open",
        }
    }
}

// === impl Trial ===

impl Drop for Trial<'_> {
    fn drop(&mut self) {
        if !self.judged {
            self.breaker.failed(self.cx);
        }
    }
}
