//! `backend/http/client`: sets how the backend is called over HTTP.

use crate::options::check::{Around, Findings, Spot, looks};
use crate::options::core::tls;
use crate::options::{Edition, Kind, Namespace, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "backend/http/client",
    aliases: &[],
    scopes: Scopes::BACKEND,
    edition: Edition::Ee,
    support: Support::Implemented,
    check: Some(check),
    doc: "Sets how the backend is called over HTTP.",
    value: Kind::Object(&[
        opt("client_tls", Kind::Object(tls::CLIENT), "TLS towards this backend."),
        opt("no_redirect", Kind::Bool, "Hands redirects to the client instead of following them.")
            .default("false"),
        opt("proxy_address", Kind::Any, "The address of a forward proxy.")
            .refused("fetch can not go through a proxy; let the host point to it"),
        opt("send_body_on_redirect", Kind::Bool, "Sends the body again after a 307 or 308.").default("false"),
    ]),
};

/// Checks the versions of TLS.
fn check(spot: &Spot<'_>, _: &Around<'_>, findings: &mut Findings<'_>) {
    if let Some(tls) = spot.get("client_tls") {
        looks::versions(&tls, findings);
    }
}
