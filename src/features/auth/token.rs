//! Sends the token of a backend along with its calls, and with those of no other host.

use std::rc::Rc;

use crate::context::Cx;
use crate::proxy::{Error, HttpRequest, HttpResponse, NextExchange};

/// The header of a token, if no other is configured.
pub(super) const AUTHORIZATION: &str = "Authorization";

/// Makes a call with the value of `header` that `authorization` gives. A call that has left the backend's host is made without
/// one, and nothing is asked for then.
///
/// # Errors
/// If there is no token, or the call fails.
pub(super) async fn carry(
    header: &str,
    authorization: impl Future<Output = Result<Rc<str>, Error>>,
    cx: Cx<'_>,
    mut request: HttpRequest,
    next: NextExchange<'_>,
) -> Result<HttpResponse, Error> {
    if next.is_away() {
        // The token is for the backend alone, and what it replaced isn't for others either.
        Rc::make_mut(&mut request.headers).remove(header);
        return next.run(cx, request).await;
    }
    let authorization = authorization.await?;
    Rc::make_mut(&mut request.headers).set(header.to_owned(), &*authorization);
    next.run(cx, request).await
}
