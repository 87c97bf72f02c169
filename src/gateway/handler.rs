//! Steps that see the client's request and the answer on the wire, outermost first.

use crate::platform::{Answer, LocalFuture};
use crate::proxy::Cx;

use super::{Incoming, Reach, dispatch, endpoint, routed};

/// A step of the service, around the routes (CORS, security headers, service-wide limits).
pub trait Global {
    /// Handles a request, by `next` or without it.
    fn handle<'a>(
        &'a self,
        reach: Reach<'a>,
        incoming: Incoming,
        next: NextGlobal<'a>,
    ) -> LocalFuture<'a, Answer>;
}

/// A step of an endpoint, around its pipe (tokens, rate limits, scripts).
pub trait Handler {
    /// Handles a request, by `next` or without it.
    fn handle<'a>(&'a self, cx: Cx<'a>, incoming: Incoming, next: NextHandler<'a>)
    -> LocalFuture<'a, Answer>;
}

/// What lies inside a [`Global`] step.
#[derive(Clone, Copy)]
pub struct NextGlobal<'a> {
    steps: &'a [Box<dyn Global>],
    /// Whether the router's own answers are still to come.
    outside: bool,
}

/// What lies inside a [`Handler`].
#[derive(Clone, Copy)]
pub struct NextHandler<'a> {
    steps: &'a [Box<dyn Handler>],
}

// === impl NextGlobal ===

impl<'a> NextGlobal<'a> {
    pub(super) fn outside(steps: &'a [Box<dyn Global>]) -> Self {
        Self { steps, outside: true }
    }

    pub(super) fn inside(steps: &'a [Box<dyn Global>]) -> Self {
        Self { steps, outside: false }
    }

    /// Hands the request on.
    pub fn run(self, reach: Reach<'a>, incoming: Incoming) -> LocalFuture<'a, Answer> {
        match self.steps.split_first() {
            Some((step, steps)) => step.handle(reach, incoming, Self { steps, ..self }),
            None if self.outside => Box::pin(routed(reach, incoming)),
            None => Box::pin(dispatch(reach, incoming)),
        }
    }
}

// === impl NextHandler ===

impl<'a> NextHandler<'a> {
    pub(super) fn new(steps: &'a [Box<dyn Handler>]) -> Self {
        Self { steps }
    }

    /// Hands the request on.
    pub fn run(self, cx: Cx<'a>, incoming: Incoming) -> LocalFuture<'a, Answer> {
        match self.steps.split_first() {
            Some((step, steps)) => step.handle(cx, incoming, Self { steps }),
            None => Box::pin(endpoint::serve(cx, incoming)),
        }
    }
}
