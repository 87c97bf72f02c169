//! Conditions that lack something, that never hold, or that nobody can tell apart.

use fjord_http::canonical;

use super::{NAMESPACE, ONE_FALLBACK};
use crate::features::security::policies;
use crate::features::validation::cel::Phase;
use crate::options::check::{Around, Endpoint, Findings, Spot, looks};

/// Checks the condition.
pub(super) fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let strategy = spot.get("strategy");
    let strategy = strategy.and_then(|strategy| strategy.str());
    let needs: &[&str] = match strategy {
        Some("header") => &["name", "value"],
        Some("policy") => &["value"],
        _ => &[],
    };
    for key in needs {
        match spot.get(key) {
            None => findings
                .add(spot.lacks("missing", format!("strategy {} needs {key}", strategy.unwrap_or_default()))),
            Some(value) if value.str() == Some("") => {
                findings.add(value.error("empty", format!("{key} is empty")))
            }
            Some(_) => {}
        }
    }
    match strategy {
        Some("header") => {
            if let Some(name) = spot.get("name") {
                looks::header_name(&name, findings);
                header(&name, around.endpoint, findings);
            }
        }
        Some("policy") => {
            if let Some(value) = spot.get("value")
                && let Some(fault) = policies::check_policy(&value, Phase::Request, true, around)
            {
                findings.add(fault);
            }
        }
        Some("fallback") => {
            let is_fallback = |backend: &&Spot<'_>| {
                let condition = backend.namespace(&NAMESPACE);
                condition.is_some_and(|c| c.get("strategy").is_some_and(|s| s.str() == Some("fallback")))
            };
            if around.endpoint.is_some_and(|e| e.backends.iter().filter(is_fallback).count() > 1) {
                findings.add(spot.error("exclusive", ONE_FALLBACK));
            }
        }
        _ => {}
    }
}

/// A header that the endpoint lets nobody send.
fn header(name: &Spot<'_>, endpoint: Option<&Endpoint<'_>>, findings: &mut Findings<'_>) {
    let (Some(text), Some(endpoint)) = (name.str().filter(|text| !text.is_empty()), endpoint) else { return };
    let wanted = canonical(text);
    let listed = endpoint.spot.get("input_headers");
    let is_let_in = match &listed {
        Some(list) if list.items().len() > 0 => list
            .items()
            .any(|item| item.str().is_some_and(|listed| listed == "*" || canonical(listed) == wanted)),
        _ => wanted == "Content-Type",
    };
    // The gateway writes these itself.
    let is_own =
        matches!(&*wanted, "X-Forwarded-For" | "X-Forwarded-Host" | "X-Forwarded-Via" | "User-Agent");
    if !is_let_in && !is_own {
        let fault = name.error(
            "never-true",
            format!("the endpoint doesn't let {wanted} in, so the condition never holds"),
        );
        findings.add(fault.help(format!("add \"{wanted}\" to the endpoint's input_headers")));
    }
}
