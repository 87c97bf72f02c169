//! `telemetry/logstash`: writes logs as JSON for Logstash.

use crate::options::check::{Around, Findings, Spot};
use crate::options::{Kind, Namespace, Scopes, Site, namespace, opt};

use super::logging;

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "telemetry/logstash",
    Scopes::SERVICE,
    "Writes the lines of telemetry/logging as JSON for Logstash.",
    Kind::Object(&[opt("enabled", Kind::Bool, "Switches it on.").default("true").required()]),
)
.aliases(&["github_com/devopsfaith/krakend-logstash"])
.check(check);

fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    if around.service.is_some_and(|service| service.namespace(&logging::NAMESPACE).is_none()) {
        findings.add(spot.warning("no-effect", "telemetry/logging is missing: lines are plain without it"));
    }
}

/// Whether lines are JSON.
pub fn is_on(site: &Site<'_>) -> bool {
    let node = site.namespace(&NAMESPACE);
    node.is_some_and(|node| node.get("enabled").is_none_or(|flag| flag.as_bool() != Some(false)))
}
