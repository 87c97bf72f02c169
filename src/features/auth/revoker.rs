//! `auth/revoker`: refuses tokens that were revoked, by their claims.
//!
//! KrakenD has a bloom filter in each process, filled over Go's RPC. Here a Durable Object keeps an exact list; each isolate has a copy
//! that is a second old at most. An endpoint of the gateway changes the list. `auth/validator` asks for the verdict.

mod copy;
pub mod list;
mod management;

use std::cell::RefCell;
use std::rc::Rc;

use fjord_document::node::Node;
use fjord_http::canonical;

pub use copy::{Barred, Revoker};

use super::shared_secret::SharedSecret;
use super::validator;
use crate::gateway::Global;
use crate::options::check::wrangler::{durable_object, lines};
use crate::options::check::{Around, Counts, Findings, Purpose, Spot};
use crate::options::{Capability, Kind, Namespace, Options, Refusal, Scopes, Secret, Site, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "auth/revoker",
    Scopes::SERVICE,
    "Refuses tokens that were revoked, by their claims.",
    Kind::Object(&[
        opt("N", Kind::POSITIVE, "How many tokens the filter is made for.").required().no_effect(EXACT),
        opt(
            "P",
            Kind::Number { min: 0.0, max: 1.0 },
            "The share of good tokens that may be taken for revoked ones.",
        )
        .required()
        .no_effect(EXACT),
        opt("TTL", Kind::POSITIVE, "How long a revoked token is remembered, in seconds: as long as tokens live.")
            .required(),
        opt("hash_name", Kind::Enum(&["optimal", "default"]), "The hash functions of the filter.")
            .required()
            .no_effect(EXACT),
        opt("port", Kind::PORT, "The port on which KrakenD takes revocations.")
            .required()
            .no_effect("revocations come to the path /__fjord/revoke of the gateway"),
        opt(
            "revoke_server_api_key",
            Kind::Secret(Secret::Reference),
            "The secret of whoever may revoke, as $NAME: the path /__fjord/revoke asks for it.",
        )
        .enterprise(),
        opt("revoke_server_max_retries", Kind::INT, "Retries.").default("0").enterprise().no_effect(NO_SERVER),
        opt("revoke_server_max_workers", Kind::INT, "Push workers.").default("5").enterprise().no_effect(NO_SERVER),
        opt("revoke_server_ping_interval", Kind::Duration, "Heartbeat.").enterprise().no_effect(NO_SERVER),
        opt("revoke_server_ping_url", Kind::Str, "Registration URL.").enterprise().no_effect(NO_SERVER),
        opt(
            "binding",
            Kind::Binding,
            "Fjord extension: the binding of the worker that keeps the list, a Durable Object namespace of the class FjordLimits.",
        ),
        opt("token_keys", Kind::STRINGS, "The claims by which tokens are revoked; a match answers 401.").required(),
        opt("headers", Kind::STRINGS, "Request headers whose values revoke too, where a token is checked."),
    ]),
)
.aliases(&["github_com/devopsfaith/bloomfilter"])
.requires(Capability::Revocation)
.check(check)
.calls(Purpose::Counters, |_| 1);

const EXACT: &str =
    "the list is exact: no good token is taken for a revoked one, and 100,000 values have room";
const NO_SERVER: &str = "isolates aren't registered: each asks the Durable Object for what is new";

/// Why a revoker without the object isn't served.
const NO_BINDING: &str = "KrakenD's filter is filled over an RPC port, which a worker doesn't have: `binding` must name a Durable Object \
    namespace of the class FjordLimits, which keeps the list";

/// Why nobody could revoke anything.
const NO_SECRET: &str = "a list that nobody may fill revokes nothing: `revoke_server_api_key` must name the secret of whoever may revoke, \
    as in \"$REVOKE_KEY\"";

/// The revoker of the service, for the validators that are compiled after it.
#[derive(Default)]
struct InForce(RefCell<Option<Rc<Revoker>>>);

/// Compiles the path on which tokens are revoked, and has the validators ask.
///
/// # Errors
/// If no token could be revoked.
pub fn compile(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Global>>, Refusal> {
    let options = Options::of(node, &NAMESPACE);
    let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect::<Vec<_>>();
    let claims = owned(options.strings("token_keys")?);
    let headers = options.strings("headers")?.into_iter().map(|name| canonical(name).into_owned()).collect();
    let binding = options.str("binding")?;
    if binding.is_empty() {
        return Err(Refusal::new(NO_BINDING));
    }
    if claims.is_empty() || claims.iter().any(String::is_empty) {
        return Err(Refusal::new("token_keys must name claims: no token would be revoked"));
    }
    let written = options.str("revoke_server_api_key")?;
    let secret = match Secret::Reference.named(written) {
        None => written,
        Some(name) => site
            .environment
            .variable(name)
            .ok_or_else(|| Refusal(format!("revoke_server_api_key: there is no secret {name}")))?,
    };
    let secret = SharedSecret::new(secret).ok_or(Refusal::new(NO_SECRET))?;
    let ttl = u64::try_from(options.int("TTL")?).ok().filter(|ttl| *ttl > 0);
    let ttl = ttl.ok_or(Refusal::new("TTL must be a number of seconds from 1"))?;
    let revoker = Rc::new(Revoker::new(binding.to_owned(), claims, headers));
    *site.environment.shared::<InForce>().0.borrow_mut() = Some(Rc::clone(&revoker));
    Ok(Some(Box::new(management::Management { secret, revoker, ttl })))
}

/// What a validator asks, if the service revokes tokens.
pub(super) fn in_force(site: &Site<'_>) -> Option<Rc<Revoker>> {
    site.environment.shared::<InForce>().0.borrow().clone()
}

/// Refuses a share that no filter can have, and a list that nobody keeps, fills or asks.
fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    if let Some(share) = spot.get("P")
        && share.f64().is_some_and(|share| share <= 0.0 || share >= 1.0)
    {
        findings.add(share.error("out-of-range", "expected a probability between 0 and 1, both excluded"));
    }
    let is_filled = |option: &Spot<'_>| option.str().is_some_and(|text| !text.is_empty());
    match spot.get("binding").filter(is_filled) {
        None => findings.add(spot.lacks("not-supported", NO_BINDING)),
        Some(binding) => {
            object(&binding, findings);
            asked(spot, around, findings);
        }
    }
    if !spot.get("revoke_server_api_key").is_some_and(|secret| is_filled(&secret)) {
        findings.add(spot.lacks("not-supported", NO_SECRET));
    }
    if let Some(keys) = spot.get("token_keys")
        && (keys.items().len() == 0 || keys.items().any(|key| key.str() == Some("")))
    {
        findings.add(keys.error("idle-guard", "no token is revoked by a claim without a name"));
    }
}

/// Some endpoint must ask.
fn asked(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let Some(service) = around.service else { return };
    let endpoints = service.get("endpoints");
    let mut endpoints = endpoints.iter().flat_map(Spot::items);
    if !endpoints.any(|endpoint| endpoint.namespace(&validator::NAMESPACE).is_some()) {
        let fault = spot.warning("never-fires", "no endpoint checks tokens, so none is refused");
        findings.add(fault.help("add `auth/validator` to the endpoints that take tokens"));
    }
}

/// The worker must have the object.
fn object(binding: &Spot<'_>, findings: &mut Findings<'_>) {
    let name = binding.str().unwrap_or_default();
    match findings.counts(name) {
        Some(Some(Counts::Exactly)) | None => {}
        Some(_) => {
            let message =
                format!("the worker has no Durable Object namespace `{name}`, so no token is let in");
            let settings = durable_object(name, "FjordLimits", "limits");
            let help = format!("add to {}", lines(findings.worker(), &settings));
            findings.add(binding.error("missing-binding", message).help(help));
        }
    }
}
