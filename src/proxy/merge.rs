//! Calls the backends of an endpoint and makes one response of theirs.
//!
//! Results merge in the order of declaration: on equal keys the backend declared later wins. (KrakenD merges in the
//! order of arrival, so its answers to colliding keys flip with the network.)

use futures::future::join_all;

use fjord_json::Flatmap;
use fjord_memory::Excess;

use crate::context::Cx;
use crate::options::Capability;
use crate::platform::RequestBody;

use super::condition::{is_called, nobody};
use super::request::is_safe;
use super::sequence::Sequence;
use super::{Backend, Error, Fallback, Reply, Request, Response};

/// How the backends of an endpoint are called.
pub enum Pipe {
    /// One backend: its reply is the endpoint's.
    Single(Box<Backend>),
    /// All at once.
    Parallel(Merge),
    /// One after the other, each knowing the answers before it.
    Sequential(Sequence),
    /// One after the other until one succeeds.
    Fallback(Fallback),
}

/// Backends called at once.
pub struct Merge {
    /// The backends, in the order of the configuration.
    pub backends: Vec<Backend>,
    /// The endpoint's flatmap: applied when no backend failed (spec §9).
    pub flatmap: Option<Flatmap>,
    /// Keys of the first level whose arrays are joined.
    pub join: Vec<String>,
    /// Milliseconds for all of them: 85 % of the endpoint's timeout, if that much is left.
    pub timeout_ms: u32,
}

/// Collects the replies of several backends (spec §10).
pub(super) struct Parts<'a> {
    response: Option<Response>,
    errors: Vec<Error>,
    join: &'a [String],
}

// === impl Pipe ===

impl Pipe {
    /// Calls the backends.
    pub async fn run(&self, cx: Cx<'_>, request: Request) -> Reply {
        match self {
            Pipe::Single(backend) if !is_called(backend, &[], cx, &request) => Reply::err(nobody()),
            Pipe::Single(backend) => backend.run(cx, request).await,
            Pipe::Parallel(merge) => finish(merge.run(cx, request).await, merge.flatmap.as_ref()),
            Pipe::Sequential(sequence) => finish(sequence.run(cx, request).await, sequence.flatmap.as_ref()),
            Pipe::Fallback(fallback) if Capability::Failover.is_included() => {
                finish(fallback.run(cx, request).await, fallback.flatmap.as_ref())
            }
            Pipe::Fallback(_) => Reply::err(nobody()),
        }
    }

    /// Whether the same request always leads to the same calls.
    pub fn is_steady(&self) -> bool {
        // A fallback gives calls up while the request continues, which a recipe doesn't say.
        !matches!(self, Pipe::Fallback(_)) && self.backends().iter().all(Backend::is_steady)
    }

    /// All backends.
    pub fn backends(&self) -> &[Backend] {
        match self {
            Pipe::Single(backend) => std::slice::from_ref(backend),
            Pipe::Parallel(merge) => &merge.backends,
            Pipe::Sequential(sequence) => &sequence.backends,
            Pipe::Fallback(fallback) => &fallback.backends,
        }
    }
}

/// A partial result is left as it is; a whole one goes through the endpoint's flatmap.
fn finish(mut reply: Reply, flatmap: Option<&Flatmap>) -> Reply {
    if let (Some(flatmap), Some(response), None) = (flatmap, &mut reply.response, &reply.error) {
        match flatmap.apply(response.data.take()) {
            Ok(data) => response.data = data,
            Err(excess) => return Reply::err(excess),
        }
    }
    reply
}

// === impl Merge ===

impl Merge {
    async fn run(&self, cx: Cx<'_>, mut request: Request) -> Reply {
        let deadline = cx.deadline.within(self.timeout_ms);
        if self.backends.iter().any(|backend| !is_safe(&backend.method)) {
            match deadline.bound(request.buffer_body(cx.io)).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return Reply::err(error),
                Err(expired) => return Reply::err(expired),
            }
        }
        let called = self.backends.iter().filter(|backend| is_called(backend, &self.backends, cx, &request));
        let calls = called.enumerate().map(|(index, backend)| {
            let mut request = request.clone();
            // A stream can be read once: of several GET backends the first gets it.
            if index > 0 && matches!(request.body, RequestBody::Incoming) {
                request.body = RequestBody::None;
            }
            backend.run(cx.within(&deadline), request)
        });
        let mut parts = Parts::new(&self.join);
        let replies = join_all(calls).await;
        if replies.is_empty() {
            return Reply::err(nobody());
        }
        for reply in replies {
            parts.add(reply);
        }
        parts.finish()
    }
}

// === impl Parts ===

impl<'a> Parts<'a> {
    /// No replies yet. The arrays under these keys will be joined.
    pub(super) fn new(join: &'a [String]) -> Self {
        Self { response: None, errors: Vec::new(), join }
    }

    /// Adds the reply of the next backend.
    pub(super) fn add(&mut self, reply: Reply) {
        match (reply.error, reply.response) {
            (Some(error), _) => self.errors.push(error),
            (None, None) => self.errors.push(Error::no_response()),
            (None, Some(part)) => match self.response.take() {
                None => self.response = Some(part),
                Some(response) => match combine(response, part, self.join) {
                    Ok(response) => self.response = Some(response),
                    Err(excess) => self.errors.push(excess.into()),
                },
            },
        }
    }

    /// What was merged so far.
    pub(super) fn data(&self) -> Option<&fjord_json::Object> {
        self.response.as_ref().and_then(|response| response.data.as_ref())
    }

    /// Marks what was merged as incomplete: a backend further on is not called.
    pub(super) fn cut(&mut self) {
        if let Some(response) = &mut self.response {
            response.complete = false;
        }
    }

    /// The reply of them all: an answer as soon as one backend gave one.
    pub(super) fn finish(mut self) -> Reply {
        if let (Some(response), false) = (&mut self.response, self.errors.is_empty()) {
            response.complete = false;
        }
        Reply { response: self.response, error: Error::merged(self.errors) }
    }
}

/// Later members overwrite earlier ones, at the top level only. Status and headers survive only where there was
/// nothing to combine.
fn combine(earlier: Response, later: Response, join: &[String]) -> Result<Response, Excess> {
    let complete = earlier.complete && later.complete && earlier.data.is_some() && later.data.is_some();
    let data = match (earlier.data, later.data) {
        (Some(mut data), Some(mut more)) => {
            join.iter().try_for_each(|key| data.join(&mut more, key))?;
            data.merge(more)?;
            Some(data)
        }
        (data, more) => data.or(more).or_else(|| Some(Default::default())),
    };
    Ok(Response { data, complete, ..Response::default() })
}
