//! What the checks of several namespaces look for.

use fjord_http::headers::is_token;
use fjord_pattern::Pattern;

use super::{Around, Findings, Spot};
use crate::options::Capability;
use crate::options::core::tls::{VERSIONS, is_own};
use crate::options::pem::Pem;

/// A name that no header can have.
pub fn header_name(item: &Spot<'_>, findings: &mut Findings<'_>) {
    let Some(text) = item.str() else { return };
    // An empty name stands for "none".
    if !text.is_empty() && !is_token(text) {
        findings.add(item.error("bad-header", format!("\"{text}\" isn't a header name")));
    }
}

/// A regular expression that Go doesn't read.
pub fn regex(item: &Spot<'_>, text: &str, otherwise: &str, findings: &mut Findings<'_>) {
    if !Capability::Patterns.is_included() {
        return;
    }
    let Err(error) = Pattern::new(text) else { return };
    let fault = item.error("bad-regex", format!("not an RE2 expression: {}; {otherwise}", error.message));
    findings.add(match item.inside(error.offset) {
        Some(span) => fault.related(span, "here"),
        None => fault,
    });
}

/// Something that needs data, at an endpoint or a backend whose answers are passed on as they come.
pub fn no_op(spot: &Spot<'_>, around: &Around<'_>, message: &str, findings: &mut Findings<'_>) {
    let output = |part: &Spot<'_>| {
        part.get("output_encoding").and_then(|output| output.str()).map(|output| output == "no-op")
    };
    let endpoint = around.endpoint.and_then(|endpoint| output(endpoint.spot));
    let is_no_op = endpoint.or_else(|| around.service.and_then(output)) == Some(true);
    let is_raw = |backend: &Spot<'_>| backend.get("encoding").is_some_and(|e| e.str() == Some("no-op"));
    if is_no_op || around.backend.is_some_and(|(_, backend)| is_raw(backend)) {
        findings.add(spot.error("never-runs", message));
    }
}

/// A number that is zero.
pub fn zero(spot: &Spot<'_>, key: &str, message: &str, findings: &mut Findings<'_>) {
    if let Some(value) = spot.get(key)
        && value.f64() == Some(0.0)
    {
        findings.add(value.warning("zero", message));
    }
}

/// `client_tls` or `tls`: the lowest version above the highest.
pub fn versions(spot: &Spot<'_>, findings: &mut Findings<'_>) {
    let rank = |key| {
        let spot = spot.get(key)?;
        VERSIONS.iter().position(|version| Some(*version) == spot.str())
    };
    if let (Some(min), Some(max)) = (rank("min_version"), rank("max_version"))
        && min > max
        && let Some(spot) = spot.get("max_version")
    {
        findings.add(spot.error("empty-range", "the highest version is below the lowest"));
    }
}

/// The better ways to call an origin that `fetch` doesn't trust, the best one first.
const BETTER: &str = "better, in this order: a public certificate on the origin; the origin behind your own zone with an Origin CA certificate; \
    a Workers VPC service in @fjord.hosts (npx wrangler cert upload certificate-authority --ca-cert ca.pem, then npx wrangler vpc service create NAME \
    --type http --hostname HOST --tunnel-id TUNNEL_ID --cert-verification-mode verify_full --certificate-authority CA_ID); \
    for client certificates alone mtls_certificates in @fjord.hosts";

/// `client_tls`: what it costs and what is better, or what of it has no effect.
pub fn client_tls(spot: &Spot<'_>, findings: &mut Findings<'_>) {
    versions(spot, findings);
    if !is_own(spot.node) {
        for key in ["min_version", "max_version", "cipher_suites", "curve_preferences"] {
            if let Some(option) = spot.get(key).filter(|option| option.str() != Some("TLS13")) {
                let message = format!(
                    "`{key}` alone has no effect: the platform negotiates TLS 1.2 or 1.3 with its own ciphers"
                );
                findings.add(option.note("no-effect", message));
            }
        }
        return;
    }
    if let Some(highest) = spot.get("max_version")
        && highest.str().is_some_and(|version| VERSIONS[..3].contains(&version))
    {
        findings.add(highest.error("out-of-range", "nothing below TLS 1.2 is spoken"));
    }
    let message =
        "calls to https:// hosts go over sockets: 2 to 3 ms of CPU each, 30 the first time in an isolate";
    findings.add(spot.note("socket", message).help(BETTER));
    let Some(pairs) = spot.get("client_certs") else { return };
    for pair in pairs.items() {
        if let Some(key) = pair.get("private_key")
            && key.str().is_some_and(|text| Pem::secret(text).is_none())
        {
            let message = "the key is bundled with the worker: whoever can read its code can read the key";
            let help = "write \"env:CLIENT_KEY\", and npx wrangler secret put CLIENT_KEY";
            findings.add(key.warning("bundled-key", message).help(help));
        }
    }
}
