//! The trace that a request belongs to: each call says so in header fields of its own.

use std::cell::Cell;
use std::future::poll_fn;
use std::rc::Rc;

use fjord_http::Headers;
use fjord_http::trace::{Parent, Propagator};

use super::effect::{Fetch, Fetched, HostError};
use super::io::{Io, LocalFuture};

/// The trace of one request.
pub struct Trace {
    /// Its number.
    pub id: u128,
    /// Whether its spans are recorded.
    pub is_sampled: bool,
    /// The span that what begins now belongs to; 0 where there is none.
    current: Cell<u64>,
    /// Fields of the client that are passed on as they came (`tracestate`, `baggage`).
    passed: Vec<(&'static str, String)>,
    propagators: Rc<[Propagator]>,
    /// Reports calls that no stage reports.
    calls: Option<Rc<dyn OwnCalls>>,
}

/// Reports the calls that the gateway makes for itself: tokens, key sets, functions.
pub trait OwnCalls {
    /// A call begins.
    fn begin<'a>(&self, io: &'a Io, trace: &'a Trace, call: &Fetch) -> Box<dyn OwnCall + 'a>;
}

/// A call that is reported. Dropped before its end, it was given up.
pub trait OwnCall {
    /// The span that the call names.
    fn span(&self) -> u64;

    /// It ended.
    fn end(self: Box<Self>, result: &Result<Fetched, HostError>);
}

// === impl Trace ===

impl Trace {
    /// A trace whose calls say so by `propagators`. `parent` is the span of whoever made the request; 0 for nobody's.
    pub fn new(
        id: u128,
        parent: u64,
        is_sampled: bool,
        passed: Vec<(&'static str, String)>,
        propagators: Rc<[Propagator]>,
    ) -> Self {
        Self { id, is_sampled, current: Cell::new(parent), passed, propagators, calls: None }
    }

    /// Has calls that no stage reports reported by `calls`.
    pub fn reported_by(self, calls: Rc<dyn OwnCalls>) -> Self {
        Self { calls: Some(calls), ..self }
    }

    /// The span that what begins now belongs to; 0 for none.
    pub fn current(&self) -> u64 {
        self.current.get()
    }

    /// From now on what begins outside of any other span belongs to this one.
    pub fn enter(&self, span: u64) {
        self.current.set(span);
    }

    /// The client's `tracestate`, which its spans keep; empty if there is none.
    pub fn state(&self) -> &str {
        let state = self.passed.iter().find(|(name, _)| *name == "Tracestate");
        state.map_or("", |(_, value)| value)
    }

    /// The header fields of a call that `span` makes; none where there is no span to name.
    pub fn fields(&self, span: u64) -> Headers {
        if span == 0 {
            return Headers::new();
        }
        let mut headers = Headers::with_capacity(2);
        let parent = Parent { trace: self.id, span, sampled: Some(self.is_sampled) };
        self.propagators.iter().for_each(|propagator| propagator.write(parent, &mut headers));
        self.passed.iter().for_each(|(name, value)| headers.set(*name, value));
        headers
    }

    /// Adds the fields of a call that no stage has given any, and begins its report.
    pub(super) fn begin<'a>(&'a self, io: &'a Io, call: &mut Fetch) -> Option<Box<dyn OwnCall + 'a>> {
        if call.trace.is_some() {
            return None;
        }
        let report = self.calls.as_ref().map(|calls| calls.begin(io, self, call));
        call.trace = Some(self.fields(report.as_ref().map_or(self.current(), |report| report.span())));
        report
    }
}

/// Does `work` inside of a span: what it begins belongs to that, however many others are polled in between.
pub async fn inside<T>(io: &Io, span: u64, mut work: LocalFuture<'_, T>) -> T {
    let Some(trace) = io.trace() else { return work.await };
    poll_fn(|cx| {
        let outer = trace.current.replace(span);
        let polled = work.as_mut().poll(cx);
        trace.current.set(outer);
        polled
    })
    .await
}
