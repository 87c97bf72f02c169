//! Tokens and keys: settings that would let nobody in, or anybody.

use fjord_document::Diagnostic;
use fjord_document::node::Kind;
use fjord_jose::{Algorithm, KeySet};

use super::super::findings::Findings;
use super::super::spot::Spot;
use super::super::structure::extra_config::is_empty;
use super::{Around, inputs, resources};
use crate::config::secrets;
use crate::features::auth::signature::{self, Size};

/// `auth/validator`
pub(super) fn validator(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let Some(endpoint) = around.endpoint else { return };
    key_set(spot, "every request gets 401", findings);
    if let Some(name) = spot.get("auth_header_name") {
        inputs::header_name(&name, findings);
    }
    if let (Some(cache), Some(_)) = (spot.get("cache").filter(|s| s.is_true()), spot.get("jwk_local_path")) {
        findings.add(cache.error("no-start", "a local key set isn't cached, and KrakenD refuses to start"));
    }
    if let Some(debug) = spot.get("operation_debug").filter(|s| s.is_true()) {
        findings.add(debug.warning("debug", "details of tokens get into the log"));
    }
    let some = |key: &str| spot.get(key).filter(|list| list.items().len() > 0);
    if let Some(scopes) = some("scopes")
        && spot.get("scopes_key").is_none_or(|key| key.str() == Some(""))
    {
        let fault = scopes.error("missing", "without `scopes_key` no scope is checked");
        findings.add(fault.help("add \"scopes_key\": \"scope\", or whatever claim has them"));
    }
    for key in ["audience", "roles", "scopes"] {
        if let Some(list) = spot.get(key).filter(|list| is_empty_list(list)) {
            let message = format!("an empty `{key}` asks for nothing, so every valid token passes it");
            findings
                .add(list.warning("everybody", message).help("name what a token must have, or remove it"));
        }
    }
    if some("audience").is_none() && spot.get("issuer").is_none() {
        let message = "neither audience nor issuer is checked, so tokens made for other services pass";
        findings.add(spot.note("any-audience", message));
    }
    if let Some(pairs) = spot.get("propagate_claims") {
        pairs.items().for_each(|pair| propagated(&pair, endpoint.spot, findings));
    }
}

/// A claim that goes into a header which nobody passes on.
fn propagated(pair: &Spot<'_>, endpoint: &Spot<'_>, findings: &mut Findings<'_>) {
    let Some(header) = pair.items().nth(1) else { return };
    let Some(name) = header.str() else { return };
    inputs::header_name(&header, findings);
    let inputs = endpoint.get("input_headers");
    let lets_in = |text: &str| text == "*" || text.eq_ignore_ascii_case(name);
    if !inputs.is_some_and(|list| list.items().any(|item| item.str().is_some_and(lets_in))) {
        let message = format!("no backend gets the header {name}: the endpoint doesn't let it in");
        let fault = header.warning("not-let-in", message);
        findings.add(fault.help(format!("add \"{name}\" to the `input_headers` of the endpoint")));
    }
}

fn is_empty_list(spot: &Spot<'_>) -> bool {
    matches!(&spot.node.kind, Kind::Array(items) if items.is_empty())
}

/// What `auth/signer` replaces (`spec` §24).
const REPLACED: [&str; 2] = ["modifier/lua-endpoint", "qos/ratelimit/router"];

/// `auth/signer`
pub(super) fn signer(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let endpoint = around.endpoint.map(|endpoint| endpoint.spot);
    for name in REPLACED {
        if let Some(replaced) = endpoint.and_then(|endpoint| endpoint.namespace(name)) {
            let message = format!("`{name}` never runs beside auth/signer, in KrakenD neither");
            let fault = Diagnostic::warning("replaced", replaced.head(), message);
            findings.add(fault.at(replaced.path.pointer()).help("do it at the service or at the backends"));
        }
    }
    key_set(spot, "the endpoint answers 401 to all", findings);
    if let Some(keys) = spot.get("keys_to_sign").filter(|list| list.items().len() == 0) {
        findings.add(keys.warning("no-effect", "an empty list signs nothing"));
    }
}

/// `auth/api-keys`: an endpoint takes the keys of the service.
pub(super) fn api_keys(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let lacks_keys = |service: &Spot<'_>| service.namespace("auth/api-keys").is_none();
    if around.endpoint.is_some() && around.service.is_some_and(lacks_keys) {
        let fault = spot.lacks("missing", "the service declares no keys, so nobody gets in");
        findings.add(fault.help("add auth/api-keys with `keys` to the extra_config of the service"));
    }
    for item in spot.get("keys").iter().flat_map(Spot::items) {
        if item.get("key").is_none_or(|key| key.str() == Some("")) {
            findings.add(item.lacks("empty", "an empty key would let everybody in"));
        }
    }
}

/// Keys and users of the service that no endpoint asks for.
pub(super) fn unused(root: &Spot<'_>, findings: &mut Findings<'_>) {
    for (name, what) in [("auth/api-keys", "a key"), ("auth/basic", "a user")] {
        let Some(spot) = root.namespace(name).filter(|spot| !is_empty(spot.node)) else { continue };
        let endpoints = root.get("endpoints");
        if endpoints.is_some_and(|list| list.items().any(|endpoint| endpoint.namespace(name).is_some())) {
            continue;
        }
        let message = format!("no endpoint asks for {what}, so all of them are open");
        let fault = Diagnostic::warning("unused", spot.head(), message).at(spot.path.pointer());
        findings
            .add(fault.help(format!("add `{name}` to the extra_config of those that aren't for everybody")));
    }
}

/// Where the keys come from.
fn key_set(spot: &Spot<'_>, otherwise: &str, findings: &mut Findings<'_>) {
    if let Some(path) = spot.get("jwk_local_path") {
        resources::file(&path, findings);
        if path.str() == Some("") && spot.get("jwk_url").is_none() {
            findings.add(path.error("empty", format!("no file with keys, so {otherwise}")));
        }
        short_keys(spot, &path, findings);
    }
    if let Some(secret) = spot.get("jwk_secret")
        && let Some(text) = secret.str()
        && !secrets::is_name(secrets::reference(text).unwrap_or(text))
    {
        let fault = secret.error("bad-name", format!("\"{text}\" is no name of a secret, so {otherwise}"));
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
        (Some(("https", rest)), _) if !rest.is_empty() => {}
        (Some(("http", rest)), Some(insecure)) if !rest.is_empty() => {
            let message = "keys are fetched in clear text: whoever sits between can make tokens";
            findings.add(insecure.warning("insecure", message).help("use https"));
        }
        (Some(("http", _)), _) => {
            let fault = url.error("insecure", format!("keys over clear text are refused, so {otherwise}"));
            findings.add(fault.help("use https; or set disable_jwk_security, for tests only"));
        }
        _ => {
            let fault = url.error("bad-url", format!("no address of a key set, so {otherwise}"));
            findings.add(fault.help("write \"https://…\""));
        }
    }
}

/// Keys of a bundled set that are too short for the algorithm.
fn short_keys(spot: &Spot<'_>, path: &Spot<'_>, findings: &mut Findings<'_>) {
    let Some(text) = path.str().and_then(|name| findings.files().get(name)) else { return };
    let algorithm = spot.get("alg").map_or(Some(Algorithm::RS256), |alg| Algorithm::parse(alg.str()?));
    let (Some(algorithm), Ok(set)) = (algorithm, KeySet::parse(text.as_bytes())) else { return };
    for key in set.iter().filter(|key| key.family == algorithm.family()) {
        let message = match signature::size(algorithm, key) {
            Size::Good => continue,
            Size::Small(reason) => reason,
            Size::Unsafe(reason) => format!("{reason}, so all its tokens are refused"),
        };
        findings.add(path.warning("short-key", message));
    }
}

/// `auth/client-credentials`
pub(super) fn client_credentials(spot: &Spot<'_>, _: &Around<'_>, findings: &mut Findings<'_>) {
    for key in ["client_id", "client_secret"] {
        if let Some(empty) = spot.get(key).filter(|text| text.str() == Some("")) {
            findings.add(empty.error("empty", format!("`{key}` is empty, so no token is given")));
        }
    }
    let Some(url) = spot.get("token_url") else { return };
    let Some(text) = url.str() else { return };
    match text.split_once("://") {
        Some(("https", rest)) if !rest.is_empty() => {}
        Some(("http", rest)) if !rest.is_empty() => {
            findings.add(url.note("insecure", "the client's secret is sent in clear text"));
        }
        _ => findings.add(url.error("bad-url", "no address of a token endpoint").help("write \"https://…\"")),
    }
}
