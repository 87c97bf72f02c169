//! `backend/http/client`: sets how the backend is called over HTTP.

use crate::options::check::{Around, Findings, Spot, looks};
use crate::options::core::tls;
use crate::options::{Kind, Namespace, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "backend/http/client",
    Scopes::BACKEND,
    "Sets how the backend is called over HTTP.",
    Kind::Object(&[
        opt("client_tls", Kind::Object(tls::CLIENT), "TLS towards this backend."),
        opt("no_redirect", Kind::Bool, "Hands redirects to the client instead of following them.")
            .default("false"),
        opt("proxy_address", Kind::Any, "The address of a forward proxy.")
            .refused("fetch can't go through a proxy; let the host point to it"),
        opt("send_body_on_redirect", Kind::Bool, "Sends the body again after a 307 or 308.").default("false"),
    ]),
)
.enterprise()
.check(check);

/// Checks what TLS asks for.
fn check(spot: &Spot<'_>, _: &Around<'_>, findings: &mut Findings<'_>) {
    if let Some(tls) = spot.get("client_tls") {
        looks::client_tls(&tls, findings);
    }
}
