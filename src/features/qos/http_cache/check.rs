//! A cache that gives one client's answers to another, and limits that limit nothing.

use super::Callers;
use crate::features;
use crate::options::check::{Around, Findings, Spot};

/// Checks the cache of a backend.
pub(super) fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    cached(spot, around, findings);
    for (key, other) in [("max_items", "max_size"), ("max_size", "max_items")] {
        if let Some(limit) = spot.get(key)
            && spot.get(other).is_none()
        {
            let fault = limit.warning("no-effect", format!("`{key}` limits nothing without `{other}`"));
            findings.add(fault.help(format!("add `{other}`")));
        }
    }
}

/// Answers to one client's credentials that are kept for all.
fn cached(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let (Some(endpoint), Some((_, backend))) = (around.endpoint, around.backend) else { return };
    let is_shared = spot.get("shared").is_some_and(|shared| shared.is_true());
    let validator = endpoint.spot.namespace(&features::auth::validator::NAMESPACE);
    let validator = validator.as_ref().map(|validator| validator.node);
    let headers = Callers::of(endpoint.spot.node, backend.node, validator).mixed_up(is_shared);
    if headers.is_empty() {
        return;
    }
    let (names, them) = (headers.join(", "), if headers.len() == 1 { "it" } else { "them" });
    let message = format!(
        "the backend gets {names}, and its answers are given to whoever asks next: they are stored by URL and by what the \
         origin's Vary names"
    );
    let help = match is_shared {
        true => format!("don't forward {them}, or name {them} in the origin's Vary"),
        false => format!(
            "don't forward {them}, name {them} in the origin's Vary, or set \"shared\": true, which stores no answer to \
             Authorization or Cookie unless the origin says `public`"
        ),
    };
    findings.add(spot.warning("kept-for-all", message).help(help));
}

/// With the edge's cache an answer is looked up, and put there.
pub(super) fn calls(spot: &Spot<'_>) -> u64 {
    if spot.get("shared").is_some_and(|shared| shared.is_true()) { 2 } else { 0 }
}
