//! Calls backends one after the other until one succeeds (`proxy.strategy: "fallback"`, KrakenD 3.0).

use fjord_json::Flatmap;

use crate::context::Cx;
use crate::platform::{Level, RequestBody, hops};

use super::condition::{is_called, nobody};
use super::request::is_safe;
use super::{Backend, Error, Kind, Reply, Request};

/// Backends by priority: each is called only if the ones before it fail.
pub struct Fallback {
    /// The backends, the preferred one first.
    pub backends: Vec<Backend>,
    /// The endpoint's flatmap.
    pub flatmap: Option<Flatmap>,
    /// Milliseconds for all of them: 85 % of the endpoint's timeout, if that much is left.
    pub timeout_ms: u32,
}

// === impl Fallback ===

impl Fallback {
    /// The reply of the first backend that succeeds, or of the last one that was called.
    pub(super) async fn run(&self, cx: Cx<'_>, mut request: Request) -> Reply {
        let deadline = cx.deadline.within(self.timeout_ms);
        if self.backends.iter().any(|backend| !is_safe(&backend.method)) {
            match deadline.bound(request.buffer_body(cx.io)).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return Reply::err(error),
                Err(expired) => return Reply::err(expired),
            }
        }
        let called: Vec<&Backend> =
            self.backends.iter().filter(|backend| is_called(backend, &self.backends, cx, &request)).collect();
        // A backend that never answers is given up while the request continues.
        cx.io.make_abortable();
        let mut last = Reply::err(nobody());
        for (index, backend) in called.iter().enumerate() {
            let left = called.len() - index;
            // An equal share of what is left: without it, a backend that hangs would leave no time for the next.
            let share = deadline.within(deadline.remaining_ms() / left as u32);
            let reply = backend.run(cx.within(&share), request.clone()).await;
            // A stream can be read once.
            if matches!(request.body, RequestBody::Incoming) {
                request.body = RequestBody::None;
            }
            let is_whole = reply.response.as_ref().is_some_and(|response| response.complete);
            let error = match reply.error {
                None if is_whole => return reply,
                error => error.unwrap_or_else(Error::no_response),
            };
            let (is_last, is_over) = (left == 1, deadline.is_past() || ends(&error));
            if !is_last && !is_over {
                cx.log(Level::Warning, || {
                    let path = &cx.endpoint.path;
                    format!("[ENDPOINT: {path}] backend {index} failed, the next one is called: {error}")
                });
            }
            last = Reply { response: reply.response, error: Some(error) };
            if is_over {
                break;
            }
        }
        last
    }
}

/// Whether no other backend would help: the client's body is broken, or the request goes round in a loop.
fn ends(error: &Error) -> bool {
    matches!(error.kind, Kind::ClientBody(_)) || error.status == Some(hops::STATUS)
}
