//! `governance/processors`: declares the quotas that governance/quota refers to.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use fjord_document::node::Node;

use super::windows::{Limits, Unit};
use crate::gateway::Global;
use crate::options::check::{Around, Counts, Findings, Spot};
use crate::options::{Capability, Kind, Namespace, Opt, Options, Refusal, Scopes, Site, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "governance/processors",
    Scopes::SERVICE,
    "Declares the quotas that governance/quota refers to.",
    Kind::Object(&[opt("quotas", Kind::List(&Kind::Object(QUOTA)), "Quota engines.").required()]),
)
.enterprise()
.requires(Capability::Quota)
.check(check);

static QUOTA: &[Opt] = &[
    opt("connection_name", Kind::Binding, "Redis connection; here the name of a binding.").required(),
    opt("deny_queue_flush_interval", Kind::Duration, "Bloom write interval.")
        .default("\"1s\"")
        .no_effect(NO_BLOOM),
    opt("deny_queue_flush_threshold", Kind::INT, "Bloom write threshold.").default("10").no_effect(NO_BLOOM),
    opt("deny_queue_size", Kind::INT, "Bloom buffer.").no_effect(NO_BLOOM),
    opt("hash_keys", Kind::Bool, "Hash identities (PII).").default("false"),
    opt("name", Kind::Str, "Quota name referenced by attachments.").required(),
    opt("on_failure_allow", Kind::Bool, "Continue when store down."),
    opt("on_failure_backoff_strategy", Kind::Enum(&["linear", "exponential"]), "Linear/exponential retry.")
        .default("\"exponential\"")
        .no_effect(NO_RETRY),
    opt("on_failure_max_retries", Kind::INT, "Retries before giving up.").default("0").no_effect(NO_RETRY),
    opt(
        "rejecter_cache",
        Kind::Object(&[
            opt("N", Kind::INT, "Bloom capacity.").required(),
            opt("P", Kind::NUMBER, "Bloom false-positive.").required(),
            opt("cleanup_interval", Kind::Duration, "Bloom reset.").default("\"30m\""),
            opt("hash_name", Kind::Enum(&["optimal", "default"]), "Bloom hash.").default("\"optimal\""),
        ]),
        "Bloom cache of already rejected keys.",
    )
    .no_effect(NO_BLOOM),
    opt("rules", Kind::List(&Kind::Object(RULE)), "Named rules (plans).").required(),
];

static RULE: &[Opt] = &[
    opt("limits", Kind::List(&Kind::Object(LIMIT)), "Limits, all must hold.").required(),
    opt("name", Kind::Str, "Rule name.").required(),
];

static LIMIT: &[Opt] = &[
    opt("amount", Kind::NUMBER, "Units allowed per window.").required(),
    opt(
        "unit",
        Kind::Enum(&["second", "minute", "hour", "day", "week", "month", "year"]),
        "Hour/day/week/month/year.",
    )
    .required(),
];

const NO_BLOOM: &str =
    "the object that counts answers at once: nothing is remembered of clients without a quota";

const NO_RETRY: &str = "a request waits five seconds for the count at most, and asks once";

/// A quota that attachments refer to.
#[derive(Debug)]
pub(super) struct Quota {
    pub name: String,
    /// The binding of the object that counts.
    pub binding: String,
    pub on_failure_allow: bool,
    pub hash_keys: bool,
    /// Names and limits.
    pub rules: Vec<(String, Limits)>,
}

/// The quotas of the service, for what is compiled after them.
#[derive(Debug, Default)]
pub(super) struct Quotas(RefCell<Vec<Rc<Quota>>>);

/// Notes the quotas; nothing stands in the way of requests.
///
/// # Errors
/// If one can't be counted as configured.
pub fn share(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Global>>, Refusal> {
    let mut quotas = Vec::new();
    for (index, item) in Options::of(node, &NAMESPACE).items("quotas")?.iter().enumerate() {
        let quota = quota(&Options::new(item, QUOTA));
        quotas.push(Rc::new(quota.map_err(|refusal| Refusal(format!("quotas[{index}]: {refusal}")))?));
    }
    *site.environment.shared::<Quotas>().0.borrow_mut() = quotas;
    Ok(None)
}

fn quota(options: &Options<'_>) -> Result<Quota, Refusal> {
    let (name, binding) = (options.str("name")?.to_owned(), options.str("connection_name")?.to_owned());
    if name.is_empty() || binding.is_empty() {
        return Err(Refusal::new("name and connection_name are needed"));
    }
    let mut rules = Vec::new();
    for rule in options.items("rules")? {
        let rule = Options::new(rule, RULE);
        let mut limits = Vec::new();
        for limit in rule.items("limits")? {
            let limit = Options::new(limit, LIMIT);
            let unit = limit.str("unit")?;
            let unit = Unit::named(unit).ok_or_else(|| Refusal(format!("unit: no such window: {unit}")))?;
            limits.push((unit, limit.f64("amount")?));
        }
        let name = rule.str("name")?.to_owned();
        let limits = Limits::new(limits);
        let limits = limits.ok_or_else(|| Refusal(format!("rule {name}: its limits are amounts from 0")))?;
        rules.push((name, limits));
    }
    Ok(Quota {
        name,
        binding,
        on_failure_allow: options.bool("on_failure_allow")?,
        hash_keys: options.bool("hash_keys")?,
        rules,
    })
}

// === impl Quotas ===

impl Quotas {
    /// The quota of a name.
    pub fn find(&self, name: &str) -> Option<Rc<Quota>> {
        self.0.borrow().iter().find(|quota| quota.name == name).map(Rc::clone)
    }
}

/// Looks for quotas and rules of one name, amounts that are none, and bindings that don't count.
fn check(spot: &Spot<'_>, _: &Around<'_>, findings: &mut Findings<'_>) {
    let Some(quotas) = spot.get("quotas") else { return };
    let mut names = BTreeSet::new();
    for quota in quotas.items() {
        unique(&quota, &mut names, findings);
        if let Some(binding) = quota.get("connection_name")
            && let Some(name) = binding.str()
        {
            match findings.counts(name) {
                Some(Some(Counts::Exactly)) | None => {}
                Some(_) => {
                    let message =
                        format!("the worker has no Durable Object namespace `{name}`, so nothing is counted");
                    let fault = binding.error("missing-binding", message);
                    findings
                        .add(fault.help("bind the class FjordLimits under this name (docs/rate-limits.md)"));
                }
            }
        }
        let mut rules = BTreeSet::new();
        for rule in quota.get("rules").iter().flat_map(Spot::items) {
            unique(&rule, &mut rules, findings);
            let limits = rule.get("limits");
            if limits.as_ref().is_some_and(|limits| limits.items().len() == 0) {
                findings.add(rule.lacks("idle-guard", "a rule without limits lets everything through"));
            }
            for limit in limits.iter().flat_map(Spot::items) {
                if let Some(amount) = limit.get("amount")
                    && amount.f64().is_some_and(|amount| amount < 0.0)
                {
                    findings.add(amount.error("out-of-range", "an amount isn't negative"));
                }
            }
        }
    }
}

/// The name of something, which nothing before it has.
fn unique(spot: &Spot<'_>, names: &mut BTreeSet<String>, findings: &mut Findings<'_>) {
    let Some(name) = spot.get("name") else { return };
    let Some(text) = name.str() else { return };
    if text.is_empty() || !names.insert(text.to_owned()) {
        findings.add(name.error("bad-name", "a name of its own is needed: nothing else may have it"));
    }
}
