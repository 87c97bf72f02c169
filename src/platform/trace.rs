//! The trace that a request belongs to: each call says so in header fields of its own.

use std::cell::Cell;
use std::rc::Rc;

use fjord_http::Headers;
use fjord_http::trace::{Parent, Propagator};

/// The trace of one request.
#[derive(Debug)]
pub struct Trace {
    /// Its number.
    pub id: u128,
    /// Whether its spans are recorded.
    pub is_sampled: bool,
    /// The span that calls outside of any stage belong to; 0 where there is none.
    parent: Cell<u64>,
    /// Fields of the client that are passed on as they came (`tracestate`, `baggage`).
    passed: Vec<(&'static str, String)>,
    propagators: Rc<[Propagator]>,
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
        Self { id, is_sampled, parent: Cell::new(parent), passed, propagators }
    }

    /// The span that calls and stages outside of any stage belong to; 0 for none.
    pub fn parent(&self) -> u64 {
        self.parent.get()
    }

    /// From now on calls outside of any stage belong to this span.
    pub fn enter(&self, span: u64) {
        self.parent.set(span);
    }

    /// The client's `tracestate`, which its spans keep; empty if there is none.
    pub fn state(&self) -> &str {
        let state = self.passed.iter().find(|(name, _)| *name == "Tracestate");
        state.map_or("", |(_, value)| value)
    }

    /// The header fields of a call that `span` makes; none where there is no span to name.
    pub fn fields(&self, span: u64) -> Headers {
        let mut headers = Headers::new();
        if span == 0 {
            return headers;
        }
        let parent = Parent { trace: self.id, span, sampled: Some(self.is_sampled) };
        self.propagators.iter().for_each(|propagator| propagator.write(parent, &mut headers));
        self.passed.iter().for_each(|(name, value)| headers.set(*name, value));
        headers
    }
}
