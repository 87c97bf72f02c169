//! `@fjord.all_or_nothing` of an endpoint: answers 502 where a backend fails, instead of what the others answered.

use crate::context::Cx;
use crate::options::core::{FJORD_KEY, FJORD_OF_ENDPOINT};
use crate::options::{OptionError, Options, Site};
use crate::platform::LocalFuture;
use crate::proxy::{Error, Layer, Next, Reply, Request};

/// Bad Gateway.
const STATUS: u16 = 502;

/// The layer around the merge.
struct AllOrNothing;

/// The layer of an endpoint that asks for it.
///
/// # Errors
/// If the option isn't true or false.
pub fn compile(site: &Site<'_>) -> Result<Option<Box<dyn Layer>>, OptionError> {
    let Some(node) = site.node.get(FJORD_KEY) else { return Ok(None) };
    let asks = Options::new(node, FJORD_OF_ENDPOINT).bool("all_or_nothing")?;
    Ok(asks.then(|| Box::new(AllOrNothing) as Box<dyn Layer>))
}

impl Layer for AllOrNothing {
    fn handle<'a>(&'a self, cx: Cx<'a>, request: Request, next: Next<'a>) -> LocalFuture<'a, Reply> {
        Box::pin(async move {
            let reply = next.run(cx, request).await;
            let is_whole = reply.response.as_ref().is_some_and(|response| response.complete);
            match reply.error {
                None if is_whole => reply,
                error => Reply::err(refused(error)),
            }
        })
    }
}

/// The error of the answer: a status that a backend's error has, or the client's fault, stays.
fn refused(error: Option<Error>) -> Error {
    let error = error.unwrap_or_else(Error::no_response);
    match error.status {
        Some(_) => error,
        None => error.with_status(STATUS),
    }
}
