//! Options that shape an answer which is dropped, or which hasn't the fields that they name.

use super::super::output::READS;
use super::rows::is_on;
use crate::features;
use crate::options::check::{Around, Findings, Spot};

/// Checks what shapes the answer of a backend.
pub(super) fn check(backend: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let proxy = backend.namespace(&features::proxy::BACKEND);
    let flatmap = proxy.as_ref().and_then(|proxy| proxy.get("flatmap_filter")).filter(is_on);
    if proxy.as_ref().and_then(|proxy| proxy.get("shadow")).is_some_and(|shadow| shadow.is_true()) {
        for spot in READS.iter().filter_map(|key| backend.get(key)).chain(flatmap).filter(is_on) {
            findings.add(spot.warning("no-effect", "the answer of a shadow call is dropped"));
        }
        return;
    }
    if passes_unread(backend, around) {
        return;
    }
    let encoding = backend.get("encoding");
    let is_collection = backend.get("is_collection").is_some_and(|spot| spot.is_true());
    let (field, why) = match encoding.and_then(|encoding| encoding.str()) {
        Some("string") => ("content", "encoding string"),
        Some("safejson") => return,
        _ if is_collection => ("collection", "is_collection"),
        _ => return,
    };
    let mut look = |spot: &Spot<'_>, path: &str, then: &str| {
        if path.split('.').next() != Some(field) {
            let message = format!("with {why} an answer has the field `{field}` alone, so {then}");
            findings.add(spot.warning("never-there", message));
        }
    };
    if let Some(target) = backend.get("target").filter(is_on) {
        // Neither a list nor a text can be entered.
        look(&target, "", "nothing is left of it");
        return;
    }
    if flatmap.is_some() {
        return;
    }
    let allow = backend.get("allow").filter(is_on);
    let (list, then) = match &allow {
        Some(_) => (allow.as_ref().map(Spot::items), "this keeps nothing"),
        None => (None, "nothing is removed"),
    };
    if let Some(items) = list {
        items.for_each(|item| look(&item, item.str().unwrap_or(field), then));
    } else if let Some(deny) = backend.get("deny") {
        deny.items().for_each(|item| look(&item, item.str().unwrap_or(field), then));
    }
    if let Some(mapping) = backend.get("mapping").filter(|_| allow.is_none()) {
        mapping.members().for_each(|(from, to)| look(&to, from, "nothing is renamed"));
    }
}

/// Checks what is to tell the client of failures.
pub(super) fn failures(backend: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let Some(http) = backend.namespace(&features::backend::http::NAMESPACE) else { return };
    let code = http.get("return_error_code").filter(is_on);
    let details = http.get("return_error_details").filter(is_on);
    if passes_unread(backend, around) {
        for spot in code.iter().chain(&details) {
            findings.add(spot.warning("no-effect", "no-op passes every status on, so no call fails by one"));
        }
    } else if let Some(code) = code
        && around.endpoint.is_some_and(|endpoint| endpoint.backends.len() > 1)
    {
        let message = "with several backends the status of one is lost, as in KrakenD";
        findings.add(code.warning("no-effect", message).help("`return_error_details` tells of each backend"));
    }
}

/// Whether the answer is passed on as it comes.
fn passes_unread(backend: &Spot<'_>, around: &Around<'_>) -> bool {
    let is_raw = |part: &Spot<'_>, key: &str| part.get(key).map(|encoding| encoding.str() == Some("no-op"));
    let output = around.endpoint.and_then(|endpoint| is_raw(endpoint.spot, "output_encoding"));
    let output = output.or_else(|| is_raw(around.service?, "output_encoding"));
    output == Some(true) || is_raw(backend, "encoding") == Some(true)
}
