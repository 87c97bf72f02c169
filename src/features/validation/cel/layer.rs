//! Checks requests on their way in and responses on their way out.

use std::collections::BTreeSet;

use fjord_cel::Program;
use fjord_json::Map;

use super::{Checks, Phase, Rejected, RequestVariables, ResponseVariables};
use crate::context::Cx;
use crate::platform::{Level, LocalFuture};
use crate::proxy::{Blame, Error, Layer, Next, Reply, Request, Response};

pub(super) struct CheckLayer {
    checks: Checks,
    members: Members,
}

/// What of a response's data expressions look at: only that is built.
pub enum Members {
    All,
    Some(BTreeSet<Box<str>>),
}

// === impl CheckLayer ===

impl CheckLayer {
    pub(super) fn new(checks: Checks) -> Self {
        let members = Members::of(checks.programs(Phase::Response));
        Self { checks, members }
    }

    fn check_response(&self, response: &Response, now: f64) -> Result<(), Rejected> {
        let data = self.members.build(response);
        self.checks.run(Phase::Response, &ResponseVariables::new(response, data.as_ref(), now))
    }
}

impl Layer for CheckLayer {
    fn handle<'a>(&'a self, cx: Cx<'a>, request: Request, next: Next<'a>) -> LocalFuture<'a, Reply> {
        Box::pin(async move {
            let now = cx.io.now();
            if let Err(rejected) = self.checks.run(Phase::Request, &RequestVariables::new(&request, now)) {
                return refuse(cx, &rejected);
            }
            let reply = next.run(cx, request).await;
            // A reply with an error is the error's already, a partial one too (spec §25).
            if let Reply { response: Some(response), error: None } = &reply
                && !self.checks.is_empty(Phase::Response)
                && let Err(rejected) = self.check_response(response, now)
            {
                return refuse(cx, &rejected);
            }
            reply
        })
    }
}

fn refuse<'a>(cx: Cx<'a>, rejected: &Rejected) -> Reply {
    let path = &cx.endpoint.path;
    cx.log(Level::Info, || {
        format!("[ENDPOINT: {path}][CEL] Evaluator #{}: {}", rejected.index, rejected.cause)
    });
    Reply::err(Error::of_step(Blame::Client, rejected.to_string()))
}

// === impl Members ===

impl Members {
    /// What `programs` look at.
    pub fn of<'p>(programs: impl Iterator<Item = &'p Program>) -> Self {
        let mut members = BTreeSet::new();
        for program in programs {
            match program.keys_of("resp_data") {
                Some(keys) => members.extend(keys.into_iter().map(Box::from)),
                None => return Self::All,
            }
        }
        Self::Some(members)
    }

    /// The members as values; nothing if one of them is too deep for that.
    pub fn build(&self, response: &Response) -> Option<Map> {
        let Some(data) = &response.data else { return Some(Map::new()) };
        match self {
            Self::All => data.to_map().ok(),
            Self::Some(members) => {
                let mut map = Map::new();
                for name in members {
                    if let Some(piece) = data.get(name) {
                        map.insert(name.to_string(), piece.to_value().ok()?);
                    }
                }
                Some(map)
            }
        }
    }
}
