//! Steps that see the client's request and the answer on the wire, outermost first.

use std::rc::Rc;

use crate::context::{Cx, Reach};
use crate::platform::{Answer, LocalFuture};
use crate::proxy::Reply;

use super::Incoming;

/// A step of the service, around the routes (CORS, security headers, service-wide limits).
pub trait Global {
    /// Handles a request, by `next` or without it.
    fn handle<'a>(
        &'a self,
        reach: Reach<'a>,
        incoming: Incoming,
        next: NextGlobal<'a>,
    ) -> LocalFuture<'a, Answer>;

    /// Whether it must see the header lines of a `no-op` origin, which stay with the host otherwise.
    fn reads_headers(&self) -> bool {
        false
    }

    /// The header lines that it reads of a request; none: it may read any.
    fn request_headers(&self) -> Option<&[&'static str]> {
        None
    }
}

/// A step of an endpoint, around its pipe (tokens, rate limits, scripts).
pub trait Handler {
    /// Handles a request, by `next` or without it.
    fn handle<'a>(&'a self, cx: Cx<'a>, incoming: Incoming, next: NextHandler<'a>)
    -> LocalFuture<'a, Answer>;

    /// The header lines that it reads beside those that enter the endpoint; none: it may read any.
    fn request_headers(&self) -> Option<&[&'static str]> {
        None
    }
}

/// What the [`Global`] steps of a list lead to.
pub trait Routes {
    /// Answers a request that has passed the steps.
    fn answer<'a>(&'a self, reach: Reach<'a>, incoming: Incoming) -> LocalFuture<'a, Answer>;
}

/// What the [`Handler`]s of an endpoint lead to: its pipe.
pub trait Inside {
    /// The answer on the wire.
    fn answer<'a>(&'a self, cx: Cx<'a>, incoming: Incoming) -> LocalFuture<'a, Answer>;

    /// The reply of the pipe, before it is rendered.
    fn reply<'a>(&'a self, cx: Cx<'a>, incoming: Incoming) -> LocalFuture<'a, Reply>;

    /// The same for work that goes on after the request; none where it can't.
    fn detached(&self) -> Option<Rc<dyn Inside>>;
}

/// What follows a [`Global`] step: the steps further in, then the routes.
#[derive(Clone, Copy)]
pub struct NextGlobal<'a> {
    steps: &'a [Box<dyn Global>],
    inner: &'a dyn Routes,
}

/// What follows a [`Handler`]: the handlers further in, then the pipe.
#[derive(Clone, Copy)]
pub struct NextHandler<'a> {
    steps: &'a [Box<dyn Handler>],
    inner: &'a dyn Inside,
}

// === impl NextGlobal ===

impl<'a> NextGlobal<'a> {
    pub(super) fn new(steps: &'a [Box<dyn Global>], inner: &'a dyn Routes) -> Self {
        Self { steps, inner }
    }

    /// Hands the request on.
    pub fn run(self, reach: Reach<'a>, incoming: Incoming) -> LocalFuture<'a, Answer> {
        match self.steps.split_first() {
            Some((step, steps)) => step.handle(reach, incoming, Self { steps, ..self }),
            None => self.inner.answer(reach, incoming),
        }
    }
}

// === impl NextHandler ===

impl<'a> NextHandler<'a> {
    pub(super) fn new(steps: &'a [Box<dyn Handler>], inner: &'a dyn Inside) -> Self {
        Self { steps, inner }
    }

    /// Hands the request on.
    pub fn run(self, cx: Cx<'a>, incoming: Incoming) -> LocalFuture<'a, Answer> {
        match self.steps.split_first() {
            Some((step, steps)) => step.handle(cx, incoming, Self { steps, ..self }),
            None => self.inner.answer(cx, incoming),
        }
    }

    /// What it leads to, for work that goes on after the request; none where handlers are further in.
    pub fn detached(self) -> Option<Rc<dyn Inside>> {
        if self.steps.is_empty() { self.inner.detached() } else { None }
    }

    /// Runs the pipe past the handlers further in, for a step that makes an answer of the reply itself.
    pub fn reply(self, cx: Cx<'a>, incoming: Incoming) -> LocalFuture<'a, Reply> {
        self.inner.reply(cx, incoming)
    }
}
