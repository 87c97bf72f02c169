//! Runs a whole pipe in the place of a backend's call (`workflow`).

use std::rc::Rc;

use fjord_json::Shape;

use crate::context::{Cx, EndpointInfo};
use crate::platform::LocalFuture;

use super::{Error, Layer, Next, Pipe, Reply, Request, Response};

/// A pipe in the place of a call.
pub struct Workflow {
    /// What steps inside know of it: its name and time.
    pub info: Rc<EndpointInfo>,
    /// Layers around the pipe, outermost first.
    pub layers: Vec<Box<dyn Layer>>,
    /// The backends.
    pub pipe: Pipe,
    /// Whether what the others gave is an answer when a backend fails.
    pub ignore_errors: bool,
}

// === impl Workflow ===

impl Workflow {
    /// Runs the pipe with a backend's request; `shape` is what the backend makes of the result.
    pub(super) fn run<'a>(
        &'a self,
        cx: Cx<'a>,
        request: Request,
        shape: &'a Shape,
    ) -> LocalFuture<'a, Reply> {
        Box::pin(async move {
            let deadline = cx.deadline.within(self.info.timeout_ms);
            let inside = Cx { endpoint: &self.info, deadline: &deadline, ..cx };
            let request = self.without_values(request);
            let done = deadline.bound(Next::pipe(&self.layers, &self.pipe).run(inside, request)).await;
            let reply = done.unwrap_or_else(|_| Reply::err(Error::expired()));
            self.result(reply, shape).into()
        })
    }

    /// Values of answers inside win over those of answers before the workflow.
    fn without_values(&self, mut request: Request) -> Request {
        if let Pipe::Sequential(sequence) = &self.pipe {
            for take in sequence.takes.iter().flatten() {
                if request.params.get(&take.param).is_some() {
                    Rc::make_mut(&mut request.params).set(&take.param, String::new());
                }
            }
        }
        request
    }

    /// A backend that fails makes the workflow fail, unless its errors are ignored and others have answered.
    fn result(&self, reply: Reply, shape: &Shape) -> Result<Response, Error> {
        let mut response = match reply {
            Reply { response: Some(response), error: None } => response,
            Reply { response: Some(response), .. } if self.ignore_errors => response,
            Reply { error: Some(error), .. } => return Err(error),
            Reply { response: None, error: None } => return Err(Error::no_response()),
        };
        response.data = shape.apply(response.data.take())?;
        response.io = None;
        Ok(response)
    }
}
