//! Sends the token of a backend along with its calls, in `Authorization`, and with those of no other host.

use std::rc::Rc;

use crate::context::Cx;
use crate::proxy::{Error, HttpRequest, HttpResponse, NextExchange};

/// Makes a call with the value of `Authorization` that `authorization` gives. A call that has left the backend's host is made without
/// one, and nothing is asked for then.
///
/// # Errors
/// If there is no token, or the call fails.
pub(super) async fn carry(
    authorization: impl Future<Output = Result<Rc<str>, Error>>,
    cx: Cx<'_>,
    mut request: HttpRequest,
    next: NextExchange<'_>,
) -> Result<HttpResponse, Error> {
    if next.is_away() {
        // The token is for the backend alone, and what it replaced isn't for others either.
        Rc::make_mut(&mut request.headers).remove("Authorization");
        return next.run(cx, request).await;
    }
    let authorization = authorization.await?;
    Rc::make_mut(&mut request.headers).set("Authorization", &*authorization);
    next.run(cx, request).await
}
