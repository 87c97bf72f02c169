//! What the validator and the signer check of their keys: where they come from, what they are for, and how long they are.

use fjord_jose::{Algorithm, KeySet, Strategy};

use super::super::aggregated::is_served;
use super::super::signature::{self, Size};
use crate::options::Secret;
use crate::options::check::{Around, Findings, Spot};

/// The calls that fetch the keys.
pub(in crate::features::auth) fn fetches(spot: &Spot<'_>) -> u64 {
    u64::from(spot.get("jwk_url").is_some_and(|url| url.str().is_some()))
}

/// Where the keys come from.
pub(in crate::features::auth) fn key_set(
    spot: &Spot<'_>,
    around: &Around<'_>,
    otherwise: &str,
    findings: &mut Findings<'_>,
) {
    if let Some(path) = spot.get("jwk_local_path") {
        if path.str() == Some("") && spot.get("jwk_url").is_none() {
            findings.add(path.error("empty", format!("no key file is named, so {otherwise}")));
        }
        local_keys(spot, &path, otherwise, findings);
    }
    if let Some(secret) = spot.get("jwk_secret")
        && let Some(text) = secret.str()
        && Secret::Name.named(text).is_none()
    {
        let fault =
            secret.error("bad-name", format!("\"{text}\" isn't the name of a secret, so {otherwise}"));
        findings.add(fault.help("write only its name; `npx wrangler secret put NAME` takes what it holds"));
    }
    let Some(url) = spot.get("jwk_url") else { return };
    let Some(text) = url.str() else { return };
    let is_given = |key: &str| spot.get(key).is_some_and(|value| value.str() != Some(""));
    if is_given("jwk_secret") || is_given("jwk_local_path") {
        // These win.
        return;
    }
    let insecure = spot.get("disable_jwk_security").filter(|s| s.is_true());
    match (text.split_once("://"), insecure) {
        (Some(("https", rest)), None) if !rest.is_empty() => {}
        (Some(("https", rest)), Some(insecure)) if !rest.is_empty() => {
            findings.add(insecure.note("no-effect", "an https address doesn't need `disable_jwk_security`"));
        }
        // The address never leaves the gateway.
        (Some(("http", _)), Some(_)) if around.service.is_some_and(|service| is_served(service, text)) => {}
        (Some(("http", rest)), Some(insecure)) if !rest.is_empty() => {
            let message = "keys are fetched in clear text: whoever sits between can make tokens";
            findings.add(insecure.warning("insecure", message).help("use https"));
        }
        (Some(("http", _)), _) => {
            let fault = url.error("insecure", format!("keys over clear text are refused, so {otherwise}"));
            findings.add(fault.help("use https; or set disable_jwk_security, for tests only"));
        }
        _ => {
            let fault = url.error("bad-url", format!("expected an http(s) URL, so {otherwise}"));
            findings.add(fault.help("write \"https://…\""));
        }
    }
}

/// Keys of a bundled set that can't be used with the algorithm, or are too short for it.
fn local_keys(spot: &Spot<'_>, path: &Spot<'_>, otherwise: &str, findings: &mut Findings<'_>) {
    let Some((file, text)) = path.str().and_then(|name| Some((name, findings.files().get(name)?))) else {
        return;
    };
    let name = spot.get("alg").and_then(|alg| alg.str()).unwrap_or("RS256");
    let (Some(algorithm), Ok(set)) = (Algorithm::parse(name), KeySet::parse(text.as_bytes())) else { return };
    if set.iter().all(|key| key.family != algorithm.family()) {
        let place = spot.get("alg");
        let message = format!("no key of {file} can be used with {name}, so {otherwise}");
        findings.add(place.as_ref().unwrap_or(path).error("never-matches", message));
        return;
    }
    // Only a signer chooses one of its keys itself.
    if let Some(kid) = spot.get("kid")
        && let Some(id) = kid.str()
    {
        let fault = match set.find(Strategy::Kid, id) {
            None => Some(format!("no key of {file} has this id, so {otherwise}")),
            Some(key) if key.family != algorithm.family() => {
                Some(format!("this key can't be used with {name}, so {otherwise}"))
            }
            Some(key) if key.is_public() => Some(format!("a public key signs nothing, so {otherwise}")),
            Some(_) => None,
        };
        if let Some(message) = fault {
            // The file may be another one where it's deployed.
            findings.add(kid.note("never-matches", message));
        }
    }
    for key in set.iter().filter(|key| key.family == algorithm.family()) {
        let message = match signature::size(algorithm, key) {
            Size::Good => continue,
            Size::Small(reason) => reason,
            Size::Unsafe(reason) => format!("{reason}, so all its tokens are refused"),
        };
        findings.add(path.warning("short-key", message));
    }
}
