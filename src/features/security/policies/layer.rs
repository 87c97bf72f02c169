//! Evaluates policies over requests on their way in and over answers on their way out.

use super::macros::{OfRequest, Plain};
use super::{Policies, Rejection};
use crate::context::Cx;
use crate::features::validation::cel::{Members, Rejected, ResponseVariables};
use crate::platform::{Level, LocalFuture};
use crate::proxy::{Blame, Error, Layer, Next, Reply, Request, Response};

/// Policies of one kind, and what clients get if one isn't fulfilled.
#[derive(Debug)]
pub(super) struct Guard {
    pub policies: Policies,
    pub rejection: Rejection,
}

pub(super) struct PolicyLayer {
    request: Option<Guard>,
    /// With what of an answer's data its policies look at.
    response: Option<(Guard, Members)>,
}

// === impl PolicyLayer ===

impl PolicyLayer {
    /// None without policies.
    pub(super) fn new(request: Option<Guard>, response: Option<Guard>) -> Option<Self> {
        let response = response.map(|guard| {
            let members = Members::of(guard.policies.programs());
            (guard, members)
        });
        (request.is_some() || response.is_some()).then_some(Self { request, response })
    }
}

// === impl Guard ===

impl Guard {
    fn refuse(&self, cx: Cx<'_>, rejected: &Rejected, of: &str, blame: Blame) -> Reply {
        cx.log(Level::Info, || {
            let (path, index, cause) = (&cx.endpoint.path, rejected.index, &rejected.cause);
            format!("[ENDPOINT: {path}][Policies] {of} policy #{index}: {cause}")
        });
        let message = || Error::of_step(blame, format!("{of} policy #{} isn't fulfilled", rejected.index));
        Reply::err(self.rejection.error(message))
    }
}

fn check_response(guard: &Guard, members: &Members, response: &Response, now: f64) -> Result<(), Rejected> {
    let data = members.build(response);
    guard.policies.run(&Plain(ResponseVariables::new(response, data.as_ref(), now)))
}

impl Layer for PolicyLayer {
    fn handle<'a>(&'a self, cx: Cx<'a>, request: Request, next: Next<'a>) -> LocalFuture<'a, Reply> {
        Box::pin(async move {
            let now = cx.io.now();
            if let Some(guard) = &self.request
                && let Err(rejected) = guard.policies.run(&OfRequest::new(&request, cx.io))
            {
                return guard.refuse(cx, &rejected, "request", Blame::Client);
            }
            let reply = next.run(cx, request).await;
            // A partial answer is one, too: `resp_completed` tells.
            if let Some((guard, members)) = &self.response
                && let Some(response) = &reply.response
                && let Err(rejected) = check_response(guard, members, response, now)
            {
                return guard.refuse(cx, &rejected, "response", Blame::Origin);
            }
            reply
        })
    }
}
