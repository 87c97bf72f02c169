//! What the checks of several namespaces look for.

use fjord_http::headers::is_token;
use fjord_pattern::Pattern;

use super::{Around, Findings, Spot};
use crate::options::core::tls::VERSIONS;

/// A name that no header can have.
pub fn header_name(item: &Spot<'_>, findings: &mut Findings<'_>) {
    let Some(text) = item.str() else { return };
    // An empty name stands for "none".
    if !text.is_empty() && !is_token(text) {
        findings.add(item.error("bad-header", format!("\"{text}\" isn't a header name")));
    }
}

/// A regular expression that Go doesn't read.
pub fn regex(item: &Spot<'_>, text: &str, otherwise: &str, findings: &mut Findings<'_>) {
    let Err(error) = Pattern::new(text) else { return };
    let fault = item.error("bad-regex", format!("not an RE2 expression: {}; {otherwise}", error.message));
    findings.add(match item.inside(error.offset) {
        Some(span) => fault.related(span, "here"),
        None => fault,
    });
}

/// Something that needs data, at an endpoint or a backend whose answers are passed on as they come.
pub fn no_op(spot: &Spot<'_>, around: &Around<'_>, message: &str, findings: &mut Findings<'_>) {
    let output = |part: &Spot<'_>| {
        part.get("output_encoding").and_then(|output| output.str()).map(|output| output == "no-op")
    };
    let endpoint = around.endpoint.and_then(|endpoint| output(endpoint.spot));
    let is_no_op = endpoint.or_else(|| around.service.and_then(output)) == Some(true);
    let is_raw = |backend: &Spot<'_>| backend.get("encoding").is_some_and(|e| e.str() == Some("no-op"));
    if is_no_op || around.backend.is_some_and(|(_, backend)| is_raw(backend)) {
        findings.add(spot.error("never-runs", message));
    }
}

/// A number that is zero.
pub fn zero(spot: &Spot<'_>, key: &str, message: &str, findings: &mut Findings<'_>) {
    if let Some(value) = spot.get(key)
        && value.f64() == Some(0.0)
    {
        findings.add(value.warning("zero", message));
    }
}

/// `client_tls` or `tls`: the lowest version above the highest.
pub fn versions(spot: &Spot<'_>, findings: &mut Findings<'_>) {
    let rank = |key| {
        let spot = spot.get(key)?;
        VERSIONS.iter().position(|version| Some(*version) == spot.str())
    };
    if let (Some(min), Some(max)) = (rank("min_version"), rank("max_version"))
        && min > max
        && let Some(spot) = spot.get("max_version")
    {
        findings.add(spot.error("empty-range", "the highest version is below the lowest"));
    }
}
