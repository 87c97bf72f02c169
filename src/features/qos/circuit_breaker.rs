//! `qos/circuit-breaker`: stops calling a backend after repeated failures.

pub mod http;

use std::cell::Cell;

use fjord_document::node::Node;

use crate::context::Cx;
use crate::options::check::{Around, Findings, Spot, looks};
use crate::options::{Kind, Namespace, Options, Refusal, Scopes, Site, namespace, opt};
use crate::platform::{Level, LocalFuture, Watch};
use crate::proxy::{Blame, Error, Layer, Next, Reply, Request};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "qos/circuit-breaker",
    Scopes::BACKEND,
    "Stops calling a backend after repeated failures.",
    Kind::Object(&[
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
)
.aliases(&["github.com/devopsfaith/krakend-circuitbreaker/gobreaker"])
.check(check);

/// The breaker of one backend (spec §21).
struct Breaker {
    circuit: Circuit,
    name: String,
    logs: bool,
}

/// Counts failures, and says which calls pass.
struct Circuit {
    interval_ms: f64,
    timeout_ms: f64,
    max_errors: u64,
    state: Cell<State>,
    /// Another with each change of the state and each interval: what a call of an earlier one came to says nothing any more.
    generation: Cell<u64>,
}

/// The state of a circuit.
#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    /// Calls pass. Failures in a row, and when they are forgotten.
    Closed { failures: u64, until: f64 },
    /// Calls are refused until then.
    Open { until: f64 },
    /// One call is on trial, at the longest until then: its deadline has passed, and what it came to was lost.
    HalfOpen { until: f64 },
}

/// A change of state.
type Change = Option<(State, State)>;

/// A call that was let through. Dropped without a verdict (a client that went), a trial counts as failed.
struct Trial<'a> {
    breaker: &'a Breaker,
    cx: Cx<'a>,
    generation: u64,
    judged: bool,
    /// While all other calls are refused, the host tells if this one's client leaves.
    _watch: Option<Watch<'a>>,
}

/// Compiles the breaker; with all options zero there is none.
///
/// # Errors
/// If the options can't be served, with the reason.
pub fn compile(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Layer>>, Refusal> {
    let options = Options::of(node, &NAMESPACE);
    let (interval, timeout) = (options.int("interval")?, options.int("timeout")?);
    let max_errors = options.int("max_errors")?.max(0) as u64;
    if interval == 0 && timeout == 0 && max_errors == 0 {
        return Ok(None);
    }
    let seconds = |value: i64, or: f64| if value > 0 { value as f64 * 1000.0 } else { or };
    Ok(Some(Box::new(Breaker {
        circuit: Circuit::new(seconds(interval, f64::INFINITY), seconds(timeout, 60_000.0), max_errors),
        name: match options.str("name")? {
            "" => site.endpoint.to_owned(),
            name => name.to_owned(),
        },
        logs: options.bool("log_status_change")?,
    })))
}

impl Layer for Breaker {
    fn handle<'a>(&'a self, cx: Cx<'a>, request: Request, next: Next<'a>) -> LocalFuture<'a, Reply> {
        Box::pin(async move {
            let trial = match self.enter(cx) {
                Ok(trial) => trial,
                Err(error) => return Reply::err(error),
            };
            let reply = next.run(cx, request).await;
            trial.judge(reply.error.is_none());
            match reply.error {
                None => reply,
                // What came along with an error is dropped, as in KrakenD.
                Some(error) => Reply::err(error),
            }
        })
    }
}

// === impl Breaker ===

impl Breaker {
    /// Lets a call through, or says why not.
    fn enter<'a>(&'a self, cx: Cx<'a>) -> Result<Trial<'a>, Error> {
        let (generation, change) = self.circuit.enter(cx.io.now(), cx.deadline.remaining_ms())?;
        self.log(cx, change);
        let is_only = matches!(self.circuit.state.get(), State::HalfOpen { .. });
        let watch = is_only.then(|| cx.io.watch());
        Ok(Trial { breaker: self, cx, generation, judged: false, _watch: watch })
    }

    fn log(&self, cx: Cx<'_>, change: Change) {
        if let Some((from, to)) = change.filter(|_| self.logs) {
            cx.log(Level::Warning, || {
                format!("[CB] Circuit breaker '{}' went from {} to {}", self.name, from.name(), to.name())
            });
        }
    }
}

// === impl Circuit ===

impl Circuit {
    fn new(interval_ms: f64, timeout_ms: f64, max_errors: u64) -> Self {
        let state = Cell::new(State::Closed { failures: 0, until: f64::NEG_INFINITY });
        Self { interval_ms, timeout_ms, max_errors, state, generation: Cell::new(0) }
    }

    /// Lets a call through that ends in `patience_ms`, with the generation it belongs to.
    fn enter(&self, now: f64, patience_ms: u32) -> Result<(u64, Change), Error> {
        let trial = State::HalfOpen { until: now + f64::from(patience_ms) };
        let change = match self.state.get() {
            State::Closed { until, .. } if until <= now => {
                self.set(self.closed(now));
                None
            }
            State::Closed { .. } => None,
            from @ State::Open { until } if until <= now => Some((from, self.set(trial))),
            State::Open { .. } => return Err(Error::of_step(Blame::Origin, "circuit breaker is open")),
            State::HalfOpen { until } if until <= now => {
                self.set(trial);
                None
            }
            State::HalfOpen { .. } => return Err(Error::of_step(Blame::Origin, "too many requests")),
        };
        Ok((self.generation.get(), change))
    }

    /// Takes in what a call came to. One failure more than `max_errors` in a row opens the circuit.
    fn judge(&self, now: f64, generation: u64, succeeded: bool) -> Change {
        if generation != self.generation.get() {
            return None;
        }
        let from = self.state.get();
        let to = match (from, succeeded) {
            (State::Closed { until, .. }, _) if until <= now => return None,
            (State::Closed { until, .. }, true) => {
                self.state.set(State::Closed { failures: 0, until });
                return None;
            }
            (State::Closed { failures, until }, false) if failures < self.max_errors => {
                self.state.set(State::Closed { failures: failures + 1, until });
                return None;
            }
            (State::HalfOpen { .. }, true) => self.closed(now),
            (State::Closed { .. } | State::HalfOpen { .. }, false) => {
                State::Open { until: now + self.timeout_ms }
            }
            (State::Open { .. }, _) => return None,
        };
        Some((from, self.set(to)))
    }

    fn closed(&self, now: f64) -> State {
        State::Closed { failures: 0, until: now + self.interval_ms }
    }

    fn set(&self, state: State) -> State {
        self.generation.set(self.generation.get() + 1);
        self.state.set(state);
        state
    }
}

// === impl State ===

impl State {
    fn name(self) -> &'static str {
        match self {
            State::Closed { .. } => "closed",
            State::Open { .. } => "open",
            State::HalfOpen { .. } => "half-open",
        }
    }
}

// === impl Trial ===

impl Trial<'_> {
    fn judge(mut self, succeeded: bool) {
        self.end(succeeded);
    }

    fn end(&mut self, succeeded: bool) {
        if !std::mem::replace(&mut self.judged, true) {
            let change = self.breaker.circuit.judge(self.cx.io.now(), self.generation, succeeded);
            self.breaker.log(self.cx, change);
        }
    }
}

impl Drop for Trial<'_> {
    fn drop(&mut self) {
        self.end(false);
    }
}

/// Warns of zeros that don't do what they read like.
fn check(spot: &Spot<'_>, _: &Around<'_>, findings: &mut Findings<'_>) {
    looks::zero(spot, "interval", "zero never forgets a failure", findings);
    looks::zero(spot, "timeout", "zero counts as 60 seconds", findings);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_of_an_earlier_generation_say_nothing() {
        let circuit = Circuit::new(60_000.0, 1000.0, 0);
        let enter = |now| circuit.enter(now, 500).map(|(generation, _)| generation);
        let (slow, slower, failing) = (enter(0.0).unwrap(), enter(0.0).unwrap(), enter(0.0).unwrap());
        circuit.judge(10.0, failing, false);
        assert_eq!(circuit.state.get(), State::Open { until: 1010.0 });
        let trial = enter(1010.0).unwrap();
        // Neither closes it nor opens it again: the trial decides.
        circuit.judge(1020.0, slow, true);
        circuit.judge(1020.0, slower, false);
        assert_eq!(circuit.state.get(), State::HalfOpen { until: 1510.0 });
        assert!(enter(1020.0).is_err());
        circuit.judge(1030.0, trial, true);
        assert_eq!(circuit.state.get(), State::Closed { failures: 0, until: 61_030.0 });
    }

    #[test]
    fn a_failure_counts_in_the_interval_it_began_in() {
        let circuit = Circuit::new(1000.0, 1000.0, 1);
        let (first, _) = circuit.enter(0.0, 500).unwrap();
        circuit.judge(1500.0, first, false);
        let (second, _) = circuit.enter(1500.0, 500).unwrap();
        circuit.judge(1600.0, second, false);
        assert_eq!(circuit.state.get(), State::Closed { failures: 1, until: 2500.0 });
    }

    #[test]
    fn a_trial_that_is_lost_makes_way_for_the_next() {
        let circuit = Circuit::new(60_000.0, 1000.0, 0);
        let (failing, _) = circuit.enter(0.0, 500).unwrap();
        circuit.judge(0.0, failing, false);
        let (lost, change) = circuit.enter(1000.0, 500).unwrap();
        assert!(change.is_some());
        assert!(circuit.enter(1499.0, 500).is_err());
        let (next, change) = circuit.enter(1500.0, 500).unwrap();
        assert_eq!(change, None);
        assert!(circuit.enter(1500.0, 500).is_err());
        // What the lost one comes to in the end says nothing any more.
        circuit.judge(1600.0, lost, false);
        assert_eq!(circuit.state.get(), State::HalfOpen { until: 2000.0 });
        circuit.judge(1700.0, next, true);
        assert_eq!(circuit.state.get(), State::Closed { failures: 0, until: 61_700.0 });
    }
}
