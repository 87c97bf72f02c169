//! A client without a name or a secret, and addresses that no token comes from.

use crate::options::check::{Around, Findings, Spot};

/// Checks the credentials of a backend.
pub(super) fn check(spot: &Spot<'_>, _: &Around<'_>, findings: &mut Findings<'_>) {
    for key in ["client_id", "client_secret"] {
        if let Some(empty) = spot.get(key).filter(|text| text.str() == Some("")) {
            findings.add(empty.error("empty", format!("`{key}` is empty, so no token is given")));
        }
    }
    let Some(url) = spot.get("token_url") else { return };
    let Some(text) = url.str() else { return };
    match text.split_once("://") {
        Some(("https", rest)) if !rest.is_empty() => {}
        Some(("http", rest)) if !rest.is_empty() => {
            findings.add(url.note("insecure", "the client's secret is sent in clear text"));
        }
        _ => findings.add(url.error("bad-url", "expected an http(s) URL").help("write \"https://…\"")),
    }
}
