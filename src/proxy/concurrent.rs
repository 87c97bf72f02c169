//! Sends the same request several times and takes the first complete answer (spec §12).

use futures::stream::{FuturesUnordered, StreamExt};

use super::{Backend, Reply, Request};
use crate::context::Cx;

/// Calls `backend` `calls` times at once. The losers are given up as soon as one answer is complete; if none is, the
/// last answer and the last error count.
pub(super) async fn run(
    backend: &Backend,
    calls: u32,
    timeout_ms: u32,
    cx: Cx<'_>,
    mut request: Request,
) -> Reply {
    let deadline = cx.deadline.within(timeout_ms);
    match deadline.bound(request.buffer_body(cx.io)).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => return Reply::err(error),
        Err(expired) => return Reply::err(expired),
    }
    let cx = cx.within(&deadline);
    // The losers end while the request may continue: with other backends, with the chosen answer's body.
    cx.io.make_abortable();
    let mut running: FuturesUnordered<_> = (0..calls).map(|_| backend.call(cx, request.clone())).collect();
    let mut last = Reply::default();
    while let Some(reply) = running.next().await {
        if reply.error.is_none() && reply.response.as_ref().is_some_and(|response| response.complete) {
            return reply;
        }
        last.response = reply.response.or(last.response);
        last.error = reply.error.or(last.error);
    }
    last
}
