//! Refuses request bodies that are too long: `max_payload` of `proxy` at an endpoint, and of `router` for all of them.
//!
//! A body whose length is announced isn't read for it. One without a length is read until it's too long, or to its end.

use std::rc::Rc;

use fjord_document::node::Node;

use crate::context::{Cx, Reach};
use crate::features::router;
use crate::gateway::{Global, Handler, Incoming, NextGlobal, NextHandler};
use crate::options::{Compiled, Options, Refusal, Site};
use crate::platform::{Answer, Deadline, HostError, LocalFuture, RequestBody};
use crate::render;

/// The most bytes that a body may have.
struct Payload(u64);

/// The status of a request whose body is too long.
const TOO_LONG: u16 = 413;

/// Compiles the limit of an endpoint; zero is none.
///
/// # Errors
/// If the option isn't a whole number from 0.
pub fn endpoint(_: &Site<'_>, node: &Node) -> Compiled<dyn Handler> {
    let limit = limit(&Options::of(node, &super::NAMESPACE))?;
    Ok(limit.map(|limit| Box::new(limit) as Box<dyn Handler>))
}

/// Compiles the limit of the service; zero is none.
///
/// # Errors
/// If the option isn't a whole number from 0.
pub fn service(_: &Site<'_>, node: &Node) -> Compiled<dyn Global> {
    let limit = limit(&Options::of(node, &router::NAMESPACE))?;
    Ok(limit.map(|limit| Box::new(limit) as Box<dyn Global>))
}

fn limit(options: &Options<'_>) -> Result<Option<Payload>, Refusal> {
    let bytes = u64::try_from(options.int("max_payload")?);
    let bytes = bytes.map_err(|_| Refusal::new("max_payload: expected a whole number from 0"))?;
    Ok((bytes > 0).then_some(Payload(bytes)))
}

impl Handler for Payload {
    fn handle<'a>(
        &'a self,
        cx: Cx<'a>,
        mut incoming: Incoming,
        next: NextHandler<'a>,
    ) -> LocalFuture<'a, Answer> {
        Box::pin(async move {
            match self.refuses(cx.reach(), cx.deadline, &mut incoming).await {
                Some(status) => render::status(status),
                None => next.run(cx, incoming).await,
            }
        })
    }
}

impl Global for Payload {
    fn handle<'a>(
        &'a self,
        reach: Reach<'a>,
        mut incoming: Incoming,
        next: NextGlobal<'a>,
    ) -> LocalFuture<'a, Answer> {
        Box::pin(async move {
            let deadline = Deadline::of_request(reach.io, incoming.timeout_ms);
            match self.refuses(reach, &deadline, &mut incoming).await {
                Some(status) => render::status(status),
                None => next.run(reach, incoming).await,
            }
        })
    }

    fn request_headers(&self) -> Option<&[&'static str]> {
        Some(&["Content-Length"])
    }
}

// === impl Payload ===

impl Payload {
    /// The status of a request that isn't let in.
    async fn refuses(
        &self,
        reach: Reach<'_>,
        deadline: &Deadline<'_>,
        incoming: &mut Incoming,
    ) -> Option<u16> {
        let length = match &incoming.body {
            RequestBody::None => return None,
            RequestBody::Chunked(body) | RequestBody::Sized(body) => body.len() as u64,
            RequestBody::Incoming => match incoming.headers.get("Content-Length").map(str::parse) {
                // The runtime ends a body at its length.
                Some(Ok(length)) => length,
                Some(Err(_)) => return Some(400),
                None => match deadline.bound(reach.io.read_body()).await {
                    Ok(Ok(body)) => {
                        let length = body.len() as u64;
                        incoming.body = RequestBody::Chunked(Rc::new(body));
                        length
                    }
                    Ok(Err(HostError::Excess(excess))) => return Some(excess.status()),
                    Ok(Err(HostError::Failed(_))) => return Some(400),
                    Err(_) => return Some(500),
                },
            },
        };
        (length > self.0).then_some(TOO_LONG)
    }
}
