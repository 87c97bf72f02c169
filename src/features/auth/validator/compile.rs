//! From the options of the validator to a step; what KrakenD doesn't start with is refused.

use std::time::Duration;

use fjord_document::node::Node;
use fjord_http::canonical;
use fjord_jose::{Algorithm, Strategy};

use super::access::Access;
use super::claims::Expected;
use super::handler::{Propagated, Validator};
use super::{NAMESPACE, SERVICE};
use crate::features::auth::key_source::{self, KeySource, Origin};
use crate::features::auth::keys::{Keys, Remote, SharedKeys, Slot};
use crate::features::auth::refuse::Closed;
use crate::features::auth::revoker;
use crate::features::security::policies;
use crate::features::validation::cel;
use crate::gateway::{Global, Handler};
use crate::options::{Capability, OptionError, Options, Refusal, Site};

/// Compiles the validator of an endpoint.
///
/// # Errors
/// If the options can't be served, with the reason.
pub fn compile(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Handler>>, Refusal> {
    let options = Options::of(node, &NAMESPACE);
    if let Some(reason) = options.refused() {
        return Err(Refusal(reason));
    }
    let name = options.str("alg")?;
    let algorithm =
        Algorithm::parse(name).ok_or_else(|| Refusal(format!("alg: no such algorithm: {name}")))?;
    let name = options.str("key_identify_strategy")?;
    let strategy = Strategy::parse(name)
        .ok_or_else(|| Refusal(format!("key_identify_strategy: no such strategy: {name}")))?;
    let cached = options.bool("cache")?;
    let keys = match key_source::read(site, &options)? {
        KeySource::Insecure => {
            return Ok(Some(Box::new(Closed { feature: "JWTValidator", reason: key_source::INSECURE })));
        }
        KeySource::Fixed(_) if cached => {
            return Err(Refusal::new(
                "cache: keys that aren't fetched aren't cached, and KrakenD doesn't start",
            ));
        }
        KeySource::Fixed(set) => Keys::fixed(set, strategy),
        KeySource::Remote(origins) => {
            let cooldown = cooldown(&options)?;
            let remote = |origin: &Origin| -> Result<Remote, OptionError> {
                let (slot, fresh_ms) = match cached {
                    true => slot(site, &options, origin)?,
                    false => (Slot::default(), 0.0),
                };
                Ok(Remote { origin: origin.clone(), slot, fresh_ms, cooldown })
            };
            Keys::remote(origins.iter().map(remote).collect::<Result<_, _>>()?, strategy)
        }
    };
    let checks = match site.namespace(&cel::NAMESPACE) {
        Some(node) => cel::read(node).map_err(|refusal| Refusal(format!("validation/cel: {refusal}")))?,
        None => cel::Checks::default(),
    };
    let header = filled(options.str("auth_header_name")?, "Authorization");
    Ok(Some(Box::new(Validator {
        algorithm,
        keys,
        header: canonical(header).into_owned(),
        cookie: filled(options.str("cookie_key")?, "access_token").to_owned(),
        expected: Expected {
            issuer: options.str("issuer")?.to_owned(),
            audience: owned(options.strings("audience")?),
            leeway: options.duration("leeway")?.max(Duration::from_secs(1)).as_secs_f64() * 1000.0,
        },
        revoker: if Capability::Revocation.is_included() { revoker::in_force(site) } else { None },
        checks,
        policies: policies::of_tokens(site)?,
        roles: roles(&options)?,
        scopes: scopes(&options)?,
        propagated: propagated(&options)?,
        preserve_array: options.bool("propagate_claims_preserve_array")?,
        params: params(site),
        debug: options.bool("operation_debug")?,
    })))
}

/// Lets endpoints share what they fetch; requests aren't changed.
///
/// # Errors
/// If the options can't be served, with the reason.
pub fn share(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Global>>, Refusal> {
    let seconds = match Options::of(node, &SERVICE).int("shared_cache_duration")? {
        seconds if seconds > 0 => seconds as f64,
        _ => 900.0,
    };
    site.environment.shared::<SharedKeys>().share(seconds * 1000.0);
    Ok(None)
}

/// Where fetched keys are kept, and for how many milliseconds.
fn slot(site: &Site<'_>, options: &Options<'_>, origin: &Origin) -> Result<(Slot, f64), OptionError> {
    let seconds = match options.int("cache_duration")? {
        seconds if seconds > 0 => seconds as f64,
        _ => 900.0,
    };
    Ok(site.environment.shared::<SharedKeys>().slot(&origin.url, origin.insecure, seconds * 1000.0))
}

/// Milliseconds, a second at least where there is one.
fn cooldown(options: &Options<'_>) -> Result<f64, OptionError> {
    let cooldown = options.duration("failed_jwk_key_cooldown")?;
    let least = if cooldown.is_zero() { Duration::ZERO } else { Duration::from_secs(1) };
    Ok(cooldown.max(least).as_secs_f64() * 1000.0)
}

fn roles(options: &Options<'_>) -> Result<Access, OptionError> {
    let key = filled(options.str("roles_key")?, "roles").to_owned();
    let nested = options.bool("roles_key_is_nested")? && !key.starts_with("http");
    Ok(Access { nested, key, wanted: owned(options.strings("roles")?), all: false })
}

/// Scopes without a claim to find them in are not checked, as in KrakenD; `check` says so.
fn scopes(options: &Options<'_>) -> Result<Access, OptionError> {
    let key = options.str("scopes_key")?.to_owned();
    let wanted = if key.is_empty() { Vec::new() } else { owned(options.strings("scopes")?) };
    Ok(Access { nested: true, key, wanted, all: options.str("scopes_matcher")? == "all" })
}

/// The claims that become headers; an invalid pair is skipped, as in KrakenD.
fn propagated(options: &Options<'_>) -> Result<Vec<Propagated>, OptionError> {
    let mut propagated = Vec::new();
    for pair in options.items("propagate_claims")? {
        let [claim, header] = pair.items() else { continue };
        let (Some(claim), Some(header)) = (claim.as_str(), header.as_str()) else { continue };
        propagated.push(Propagated {
            claim: claim.to_owned(),
            nested: !claim.starts_with("http"),
            header: canonical(header).into_owned(),
        });
    }
    Ok(propagated)
}

/// The claims that the endpoint's backends have in their `url_pattern`s.
fn params(site: &Site<'_>) -> Vec<String> {
    let backends = site.node.get("backend").map(Node::items).unwrap_or_default();
    let patterns = backends.iter().filter_map(|backend| backend.get("url_pattern")?.as_str());
    let names = patterns.flat_map(|pattern| pattern.split("{JWT.").skip(1));
    let mut names: Vec<String> =
        names.filter_map(|rest| rest.split_once('}')).map(|(name, _)| name.to_owned()).collect();
    names.sort();
    names.dedup();
    names
}

fn filled<'t>(text: &'t str, otherwise: &'t str) -> &'t str {
    if text.is_empty() { otherwise } else { text }
}

fn owned(texts: Vec<&str>) -> Vec<String> {
    texts.into_iter().map(str::to_owned).collect()
}
