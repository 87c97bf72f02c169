//! Calls backends one after the other; values of earlier answers become parameters of later calls (spec §11).

use std::rc::Rc;

use fjord_json::{Data, Flatmap};

use crate::context::Cx;
use crate::platform::{Body, RequestBody};

use super::condition::{is_called, nobody};
use super::merge::Parts;
use super::request::is_safe;
use super::{Backend, Error, Reply, Request, Response};

/// Backends called in order.
pub struct Sequence {
    /// The backends, in the order of the configuration.
    pub backends: Vec<Backend>,
    /// For each backend the values it takes from the answers before it.
    pub takes: Vec<Vec<Take>>,
    /// The endpoint's flatmap.
    pub flatmap: Option<Flatmap>,
    /// Keys of the first level whose arrays are joined.
    pub join: Vec<String>,
    /// Whether the chain goes on when a backend fails.
    pub ignore_errors: bool,
    /// Milliseconds for the whole chain: 85 % of the endpoint's timeout, if that much is left.
    pub timeout_ms: u32,
}

/// A value that a later backend takes from the answer of an earlier one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Take {
    /// The parameter it becomes (`Resp0_a.b`, or `Resp0` for a whole body).
    pub param: String,
    /// The index of the earlier backend.
    pub from: usize,
    /// The way through its data; empty takes the whole undecoded body.
    pub path: Vec<String>,
}

/// What is kept of an answer for the calls after it.
#[derive(Default)]
struct Kept {
    complete: bool,
    /// The data of the first answer is the merged data itself, as in KrakenD.
    data: Data,
    body: Option<String>,
}

// === impl Sequence ===

impl Sequence {
    pub(super) async fn run(&self, cx: Cx<'_>, mut request: Request) -> Reply {
        let deadline = cx.deadline.within(self.timeout_ms);
        let cx = cx.within(&deadline);
        let share_body = self.backends.iter().any(|backend| !is_safe(&backend.method));
        if share_body {
            match deadline.bound(request.buffer_body(cx.io)).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return Reply::err(error),
                Err(expired) => return Reply::err(expired),
            }
        }
        let (mut parts, mut is_anyone_called) = (Parts::new(&self.join), false);
        let mut kept: Vec<Kept> = Vec::with_capacity(self.backends.len());
        for (index, backend) in self.backends.iter().enumerate() {
            self.take(index, &kept, &parts, &mut request);
            if !is_called(backend, &self.backends, cx, &request) {
                kept.push(Kept::default());
                continue;
            }
            is_anyone_called = true;
            let mut reply = backend.run(cx, request.clone()).await;
            if !share_body {
                request.body = RequestBody::None;
            }
            if index == 0 && reply.error.is_some() && !self.ignore_errors {
                return Reply { response: None, error: reply.error };
            }
            let stop = match &mut reply.response {
                Some(response) if reply.error.is_none() => {
                    match self.keep(cx, index, response).await {
                        Ok(answer) => kept.push(answer),
                        Err(error) => return Reply::err(error),
                    }
                    !response.complete
                }
                _ => {
                    kept.push(Kept::default());
                    true
                }
            };
            parts.add(reply);
            if stop && !self.ignore_errors {
                parts.cut();
                break;
            }
        }
        if !is_anyone_called {
            return Reply::err(nobody());
        }
        parts.finish()
    }

    /// Sets the parameters that backend `index` takes from the answers so far. A value found once stays for the rest
    /// of the chain.
    fn take(&self, index: usize, kept: &[Kept], parts: &Parts<'_>, request: &mut Request) {
        for take in &self.takes[index] {
            if request.params.get(&take.param).is_some_and(|value| !value.is_empty()) {
                continue;
            }
            let Some(answer) = kept.get(take.from).filter(|answer| answer.complete) else { continue };
            let value = if take.path.is_empty() {
                answer.body.clone()
            } else {
                let data = if take.from == 0 { parts.data() } else { answer.data.as_ref() };
                data.and_then(|data| data.lookup_text(&take.path))
            };
            if let Some(value) = value {
                Rc::make_mut(&mut request.params).set(&take.param, value);
            }
        }
    }

    /// Keeps of an answer what a later backend takes.
    async fn keep(&self, cx: Cx<'_>, index: usize, response: &mut Response) -> Result<Kept, Error> {
        let mut kept = Kept { complete: response.complete, ..Kept::default() };
        let mut later = self.takes[index + 1..].iter().flatten().filter(|take| take.from == index).peekable();
        if later.peek().is_none() {
            return Ok(kept);
        }
        if index > 0 {
            kept.data = response.data.clone();
        }
        if later.any(|take| take.path.is_empty()) {
            let body = match response.io.take() {
                Some(Body::Stream(stream)) => {
                    cx.deadline.bound(cx.io.read_stream(stream)).await?.map_err(Error::from)?
                }
                Some(Body::Bytes(body)) => body,
                None => return Ok(kept),
            };
            kept.body = Some(fjord_encoding::text(body.as_slice())?);
            response.io = Some(Body::Bytes(body));
        }
        Ok(kept)
    }
}
