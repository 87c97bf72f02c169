//! Service accounts that can't sign.

use crate::options::check::{Around, Findings, Spot};

/// Checks the audience and a service account in the configuration.
pub(super) fn check(spot: &Spot<'_>, _: &Around<'_>, findings: &mut Findings<'_>) {
    if let Some(empty) = spot.get("audience").filter(|text| text.str() == Some("")) {
        findings.add(empty.error("empty", "`audience` is empty, so no token is given"));
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
