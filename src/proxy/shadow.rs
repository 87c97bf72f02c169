//! Copies requests to shadow backends, whose answers nobody sees (spec §12).

use std::rc::Rc;

use crate::context::Cx;
use crate::platform::{Deadline, LocalFuture, Trace, inside};

use super::{Layer, Next, Pipe, Reply, Request};

/// The shadow pipe of an endpoint.
pub struct Shadow {
    /// The layers of the endpoint that apply here, too (static).
    pub layers: Vec<Box<dyn Layer>>,
    /// The shadow backends.
    pub pipe: Pipe,
    /// Milliseconds for them: the longest `shadow_timeout`.
    pub timeout_ms: u32,
}

/// The layer that sends a copy of the request to the endpoint's shadow pipe and continues.
pub struct Splitter(pub Rc<Shadow>);

impl Layer for Splitter {
    fn handle<'a>(&'a self, cx: Cx<'a>, mut request: Request, next: Next<'a>) -> LocalFuture<'a, Reply> {
        Box::pin(async move {
            match cx.deadline.bound(request.buffer_body(cx.io)).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return Reply::err(error),
                Err(expired) => return Reply::err(expired),
            }
            // The copy continues after the client, whose calls then end, and they may outlive it.
            cx.io.make_abortable();
            let (shadow, io, copy) = (Rc::clone(&self.0), Rc::clone(cx.io), request.clone());
            let (service, endpoint) = (Rc::clone(cx.service), Rc::clone(cx.endpoint));
            let span = cx.io.trace().map_or(0, Trace::current);
            // The copy outlives the answer: it borrows nothing from this request.
            cx.io.spawn(Box::pin(async move {
                let deadline = Deadline::new(&io, shadow.timeout_ms);
                let cx = Cx { io: &io, service: &service, endpoint: &endpoint, deadline: &deadline };
                let calls = Next::pipe(&shadow.layers, &shadow.pipe).run(cx, copy);
                // Nobody sees what it comes to, nor that its time is up.
                let _ = deadline.bound(inside(&io, span, calls)).await;
            }));
            next.run(cx, request).await
        })
    }
}
