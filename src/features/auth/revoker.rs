//! `auth/revoker`: refuses tokens that were revoked, by a filter of their claims.

use crate::options::check::{Around, Findings, Spot};
use crate::options::{Kind, Namespace, Scopes, namespace, opt};

/// An empty filter would let every revoked token in: nothing of this can be left out.
const NO_RPC: &str = "its filter is filled over an RPC port, which a worker doesn't have, and a filter that stays empty revokes \
    nothing; give tokens short lives, revoke single ones with validation/cel (`!(JWT.jti in ['a', 'b'])`), and all of a client or \
    a device by a claim in the same way";

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "auth/revoker",
    Scopes::SERVICE,
    "Refuses tokens that were revoked, by a filter of their claims.",
    Kind::Object(&[
        opt("N", Kind::POSITIVE, "How many tokens the filter is made for.").required(),
        opt(
            "P",
            Kind::Number { min: 0.0, max: 1.0 },
            "The share of good tokens that may be taken for revoked ones.",
        )
        .required(),
        opt("TTL", Kind::POSITIVE, "How long a revoked token is remembered, in seconds.").required(),
        opt("hash_name", Kind::Enum(&["optimal", "default"]), "The hash functions of the filter.").required(),
        opt("port", Kind::PORT, "The port on which KrakenD takes revocations.").required(),
        opt("revoke_server_api_key", Kind::Str, "Shared key.").enterprise(),
        opt("revoke_server_max_retries", Kind::INT, "Retries.").default("0").enterprise(),
        opt("revoke_server_max_workers", Kind::INT, "Push workers.").default("5").enterprise(),
        opt("revoke_server_ping_interval", Kind::Duration, "Heartbeat.").enterprise(),
        opt("revoke_server_ping_url", Kind::Str, "Registration URL.").enterprise(),
        opt("token_keys", Kind::STRINGS, "The claims by which tokens are revoked; a match answers 401.")
            .required(),
        opt("headers", Kind::STRINGS, "Request headers whose values revoke too."),
    ]),
)
.aliases(&["github_com/devopsfaith/bloomfilter"])
.refused(NO_RPC)
.check(check);

/// Refuses a share that no filter can have.
fn check(spot: &Spot<'_>, _: &Around<'_>, findings: &mut Findings<'_>) {
    if let Some(share) = spot.get("P")
        && share.f64().is_some_and(|share| share <= 0.0 || share >= 1.0)
    {
        findings.add(share.error("out-of-range", "expected a probability between 0 and 1, both excluded"));
    }
}
