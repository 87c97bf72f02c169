//! Adds fixed members to the answer of an endpoint (`proxy.static`, spec §12).

use fjord_document::node::{Kind, Node};
use fjord_json::{Object, Value};

use crate::context::Cx;
use crate::options::{Refusal, Site};
use crate::platform::LocalFuture;

use crate::proxy::{Layer, Next, Reply, Request, Response};

/// Members to add, and when.
struct Fixed {
    strategy: Strategy,
    data: Object,
}

/// When the members are added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Strategy {
    Always,
    Success,
    Errored,
    Complete,
    Incomplete,
}

/// Compiles `static` of the `proxy` namespace. Data that isn't an object switches it off, as in KrakenD.
///
/// # Errors
/// If the options can't be served, with the reason.
pub fn compile(_: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Layer>>, Refusal> {
    let Some(fixed) = node.get("static") else { return Ok(None) };
    let Some(data) = fixed.get("data").filter(|data| matches!(data.kind, Kind::Object(_))) else {
        return Ok(None);
    };
    let strategy = match fixed.get("strategy").and_then(Node::as_str) {
        Some("success") => Strategy::Success,
        Some("errored") => Strategy::Errored,
        Some("complete") => Strategy::Complete,
        Some("incomplete") => Strategy::Incomplete,
        _ => Strategy::Always,
    };
    let Value::Object(map) = Value::from(data) else { return Ok(None) };
    Ok(Some(Box::new(Fixed { strategy, data: Object::from_map(map) })))
}

// === impl Fixed ===

impl Fixed {
    fn applies(&self, reply: &Reply) -> bool {
        let complete = reply.response.as_ref().is_some_and(|response| response.complete);
        match self.strategy {
            Strategy::Always => true,
            Strategy::Success => reply.error.is_none(),
            Strategy::Errored => reply.error.is_some(),
            Strategy::Complete => reply.error.is_none() && complete,
            Strategy::Incomplete => !complete,
        }
    }
}

impl Layer for Fixed {
    fn handle<'a>(&'a self, cx: Cx<'a>, request: Request, next: Next<'a>) -> LocalFuture<'a, Reply> {
        Box::pin(async move {
            let mut reply = next.run(cx, request).await;
            if self.applies(&reply) {
                let response = reply.response.get_or_insert_with(Response::default);
                if let Err(excess) = response.data.get_or_insert_with(Object::default).overlay(&self.data) {
                    return Reply::err(excess);
                }
            }
            reply
        })
    }
}
