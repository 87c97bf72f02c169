//! Attachments to quotas that aren't there, tiers of which nobody is, and weights that no answer has.

use super::{NO_HEADER, NO_WEIGHT};
use crate::features::governance::processors;
use crate::features::qos::tier::Fits;
use crate::options::check::{Around, Findings, Spot, looks};

/// Checks an attachment.
pub(super) fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    if let Some(key) = spot.get("tier_key") {
        looks::header_name(&key, findings);
        if key.str() == Some("") {
            findings.add(key.error("empty", "no header has an empty name"));
        }
    }
    weight(spot, around, findings);
    let Some(tiers) = spot.get("tiers") else { return };
    if tiers.items().len() == 0 {
        findings.add(tiers.error("idle-guard", "without tiers every request gets 400"));
    }
    for tier in tiers.items() {
        let is_address = tier.get("strategy").is_some_and(|strategy| strategy.str() == Some("ip"));
        if !is_address && tier.get("key").is_none_or(|key| key.str() == Some("")) {
            findings.add(tier.lacks("missing", "`key` is missing: it says what tells clients apart"));
        }
    }
    Fits::check(&tiers, findings);
    // A part alone doesn't know the quotas: the plan asks for them.
    let (Some(service), Some(name)) = (around.service, spot.get("quota_name")) else { return };
    let processors = service.namespace(&processors::NAMESPACE);
    let quotas = processors.as_ref().and_then(|processors| processors.get("quotas"));
    let quota =
        quotas.as_ref().and_then(|quotas| quotas.items().find(|quota| is_named(quota, "name", name.str())));
    let Some(quota) = quota else {
        let message = format!("governance/processors has no quota \"{}\"", name.str().unwrap_or_default());
        findings.add(name.error("undefined-variable", message));
        return;
    };
    let rules = quota.get("rules");
    for tier in tiers.items() {
        let Some(rule) = tier.get("rule_name") else { continue };
        if !rules.iter().flat_map(Spot::items).any(|known| is_named(&known, "name", rule.str())) {
            let message = format!("the quota has no rule \"{}\"", rule.str().unwrap_or_default());
            findings.add(rule.error("undefined-variable", message));
        }
    }
}

fn is_named(spot: &Spot<'_>, key: &str, name: Option<&str>) -> bool {
    spot.get(key).is_some_and(|own| own.str() == name)
}

/// A weight that can't be found.
fn weight(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let Some(key) = spot.get("weight_key") else { return };
    let Some(endpoint) = around.endpoint else {
        findings
            .add(key.warning("no-effect", "at the service a request costs one, whatever its answer says"));
        return;
    };
    let is_no_op =
        |part: &Spot<'_>, name: &str| part.get(name).is_some_and(|value| value.str() == Some("no-op"));
    let raw = is_no_op(endpoint.spot, "output_encoding")
        || around.backend.is_some_and(|(_, backend)| is_no_op(backend, "encoding"));
    let is_header = spot.get("weight_strategy").is_some_and(|strategy| strategy.str() == Some("header"));
    match (is_header, raw, around.backend.is_some()) {
        (true, true, true) | (false, false, _) => {}
        (true, ..) => findings.add(key.error("never-runs", NO_HEADER)),
        (false, true, _) => findings.add(key.error("never-runs", NO_WEIGHT)),
    }
}
