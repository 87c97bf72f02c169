//! `qos/ratelimit/tiered`: limits requests by the tier of the client, which a header names.
//!
//! The first tier that fits counts. A request of no tier has no limit here: `check` warns where that can be.

use fjord_document::node::Node;
use fjord_http::canonical;

use super::limiter::{Limited, Limiter, first_line};
use super::{check, counting};
use crate::context::{Cx, Reach};
use crate::features::qos::ratelimit::router;
use crate::features::qos::ratelimit::router::redis;
use crate::features::qos::tier::Fits;
use crate::gateway::{Global, Handler, Incoming, NextGlobal, NextHandler};
use crate::options::check::{Around, Findings, Purpose, Spot, looks};
use crate::options::{
    Capability, Kind, Namespace, Opt, Options, Refusal, Rule, Scopes, Site, namespace, opt,
};
use crate::platform::{Answer, LocalFuture};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "qos/ratelimit/tiered",
    Scopes::SERVICE.and(Scopes::ENDPOINT),
    "Limits requests by the tier of the client.",
    Kind::Object(&[
        opt("tier_key", Kind::Str, "Header naming the tier (case-insensitive).").required(),
        opt(
            "tiers",
            Kind::List(&Kind::With(
                &Kind::Object(TIER),
                &[Rule::OneOf(&[&["ratelimit"], &["ratelimit_redis"]])],
            )),
            "Ordered list, first match wins.",
        )
        .required(),
    ]),
)
.requires(Capability::Tiers)
.enterprise()
.check(tiers)
.calls(Purpose::Counters, calls);

static TIER: &[Opt] = &[
    opt(
        "ratelimit",
        Kind::With(&Kind::Object(router::OPTIONS), &[Rule::AnyOf(&[&["max_rate"], &["client_max_rate"]])]),
        "Stateless limiter of that tier.",
    ),
    opt("ratelimit_redis", redis::LIMITS, "Stateful limiter."),
    opt("tier_value", Kind::Str, "Literal tier name or policy.").default("\"\""),
    opt("tier_value_as", Kind::Enum(&["literal", "policy", "*"]), "Literal | policy | * (any).")
        .default("\"literal\""),
];

/// The limits of each tier.
struct Tiered {
    header: String,
    tiers: Vec<(Fits, Limiter)>,
}

/// Compiles the tiers of an endpoint.
///
/// # Errors
/// If there are none, or a limit can't be served.
pub fn endpoint(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Handler>>, Refusal> {
    Ok(Some(Box::new(Tiered::compile(site, node)?)))
}

/// Compiles the tiers of the service.
///
/// # Errors
/// If there are none, or a limit can't be served.
pub fn service(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Global>>, Refusal> {
    Ok(Some(Box::new(Tiered::compile(site, node)?)))
}

/// Checks the tiers and the limits of each.
fn tiers(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    if let Some(key) = spot.get("tier_key") {
        looks::header_name(&key, findings);
        if key.str() == Some("") {
            findings.add(key.error("empty", "no header has an empty name"));
        }
    }
    let Some(tiers) = spot.get("tiers") else { return };
    if tiers.items().len() == 0 {
        findings.add(tiers.error("idle-guard", "without tiers nobody is limited"));
    }
    for tier in tiers.items() {
        for limit in ["ratelimit", "ratelimit_redis"].iter().filter_map(|name| tier.get(name)) {
            check::router(&limit, around, findings);
        }
    }
    Fits::check(&tiers, findings);
    if tiers.items().len() > 0 && !Fits::any(&tiers) {
        let fault = tiers.warning("never-fires", "a request of no tier has no limit");
        findings.add(fault.help("add a last tier with \"tier_value_as\": \"*\""));
    }
}

/// A request is of one tier: the one that asks most.
fn calls(spot: &Spot<'_>) -> u64 {
    let Some(tiers) = spot.get("tiers") else { return 0 };
    let of_tier = |tier: Spot<'_>| {
        let limit = tier.get("ratelimit").or_else(|| tier.get("ratelimit_redis"));
        limit.map_or(0, |limit| counting::calls(&limit))
    };
    tiers.items().map(of_tier).max().unwrap_or_default()
}

// === impl Tiered ===

impl Tiered {
    fn compile(site: &Site<'_>, node: &Node) -> Result<Self, Refusal> {
        let options = Options::of(node, &NAMESPACE);
        let header = options.str("tier_key")?;
        if header.is_empty() {
            return Err(Refusal::new("there is no tier_key"));
        }
        let mut tiers = Vec::new();
        for (index, item) in options.items("tiers")?.iter().enumerate() {
            let tier = tier(site, &Options::new(item, TIER), index);
            tiers.push(tier.map_err(|refusal| Refusal(format!("tiers[{index}]: {refusal}")))?);
        }
        if tiers.is_empty() {
            return Err(Refusal::new("there are no tiers"));
        }
        Ok(Self { header: canonical(header).into_owned(), tiers })
    }

    /// Takes a token of the tier's limits.
    async fn take(&self, reach: Reach<'_>, incoming: &Incoming, patience_ms: u32) -> Result<(), Limited> {
        let value = incoming.headers.get(&self.header).map(first_line);
        match self.tiers.iter().find(|(fits, _)| fits.holds(value)) {
            Some((_, limiter)) => limiter.take(reach, incoming, patience_ms).await,
            None => Ok(()),
        }
    }
}

fn tier(site: &Site<'_>, options: &Options<'_>, index: usize) -> Result<(Fits, Limiter), Refusal> {
    let fits = Fits::compile(options)?;
    let name = format!("{} tier {index}", site.name());
    let limiter = match (options.object("ratelimit")?, options.object("ratelimit_redis")?) {
        (Some(limits), None) => Limiter::named(site, &limits, name)?,
        (None, Some(limits)) => Limiter::redis(site, &limits, name)?,
        _ => return Err(Refusal::new("a tier has either ratelimit or ratelimit_redis")),
    };
    Ok((fits, limiter))
}

impl Handler for Tiered {
    fn handle<'a>(
        &'a self,
        cx: Cx<'a>,
        incoming: Incoming,
        next: NextHandler<'a>,
    ) -> LocalFuture<'a, Answer> {
        Box::pin(async move {
            match self.take(cx.reach(), &incoming, cx.deadline.remaining_ms()).await {
                Ok(()) => next.run(cx, incoming).await,
                Err(limited) => limited.answer(cx.reach(), &incoming),
            }
        })
    }
}

impl Global for Tiered {
    fn handle<'a>(
        &'a self,
        reach: Reach<'a>,
        incoming: Incoming,
        next: NextGlobal<'a>,
    ) -> LocalFuture<'a, Answer> {
        Box::pin(async move {
            match self.take(reach, &incoming, u32::MAX).await {
                Ok(()) => next.run(reach, incoming).await,
                Err(limited) => limited.answer(reach, &incoming),
            }
        })
    }
}
