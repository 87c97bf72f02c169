//! Service accounts that can't sign.

use fjord_http::canonical;
use fjord_http::headers::{is_hop_by_hop, is_token};

use crate::options::check::{Around, Findings, Spot};

/// Whether a token can be sent in a header of this name.
pub(super) fn is_sendable(name: &str) -> bool {
    let is_taken = ["Host", "Content-Length"].iter().any(|taken| name.eq_ignore_ascii_case(taken));
    is_token(name) && !is_hop_by_hop(&canonical(name)) && !is_taken
}

/// Checks the audience and a service account in the configuration.
pub(super) fn check(spot: &Spot<'_>, _: &Around<'_>, findings: &mut Findings<'_>) {
    if let Some(empty) = spot.get("audience").filter(|text| text.str() == Some("")) {
        findings.add(empty.error("empty", "`audience` is empty, so no token is given"));
    }
    if let Some(header) = spot.get("s2s_auth_header")
        && header.str().is_some_and(|name| !name.is_empty() && !is_sendable(name))
    {
        findings.add(header.error("bad-header", "it isn't a header that can be set"));
    }
    let Some(account) = spot.get("credentials_json") else { return };
    if let Some(url) = account.get("token_uri")
        && url.str().is_some_and(|text| text.starts_with("http://"))
    {
        findings.add(url.note("insecure", "the token is sent in clear text"));
    }
    for key in ["client_email", "private_key"] {
        match account.get(key) {
            Some(text) if text.str().is_some_and(|text| !text.is_empty()) => {}
            Some(other) => {
                findings.add(other.error("empty", format!("`{key}` has no text, so nothing is signed")))
            }
            None => findings.add(account.lacks("missing", format!("a service account has a `{key}`"))),
        }
    }
}
