//! `auth/validator`: lets in requests with a valid token and hands its claims on.
//!
//! Where KrakenD panics over a token (roles and scopes that aren't texts) this answers 403. A configuration that KrakenD
//! doesn't start with is refused.

mod access;
mod check;
pub(super) mod claims;
mod compile;
mod handler;

pub use compile::{compile, share};

use fjord_document::node::Node;

use super::key_source::{self, ALGORITHMS, CIPHERS, NO_CERTIFICATE, NO_CYPHER, PUBLIC_ROOTS};
use crate::options::check::Purpose;
use crate::options::{Kind, Namespace, Opt, Rule, Scopes, Secret, formats, namespace, opt};

/// The namespace at the endpoint.
pub static NAMESPACE: Namespace = namespace(
    "auth/validator",
    Scopes::ENDPOINT,
    "Lets in requests with a valid token and hands its claims on.",
    Kind::With(
        &Kind::Object(OPTIONS),
        &[Rule::OneOf(&[&["alg", "jwk_local_path"], &["alg", "jwk_url"], &["alg", "jwk_secret"]])],
    ),
)
.aliases(&["github.com/devopsfaith/krakend-jose/validator"])
.check(check::check)
.calls(Purpose::Keys, key_source::check::fetches)
.identifies();

/// The namespace at the service.
pub static SERVICE: Namespace = namespace(
    "auth/validator",
    Scopes::SERVICE,
    "Lets in requests with a valid token and hands its claims on.",
    Kind::Object(&[opt(
        "shared_cache_duration",
        Kind::NATURAL,
        "How long keys stay shared between endpoints with cache, in seconds.",
    )
    .required()]),
)
.aliases(&["github.com/devopsfaith/krakend-jose/validator"])
.check(check::check);

/// Shared by several namespaces.
pub static OPTIONS: &[Opt] = &[
    opt("alg", Kind::Enum(ALGORITHMS), "The algorithm that tokens must be signed with.").default("\"RS256\""),
    opt("audience", Kind::STRINGS, "Audiences that a token must name, all of them."),
    opt("auth_header_name", Kind::Str, "The header with the token; a leading Bearer is taken off.")
        .default("\"Authorization\""),
    opt("cache", Kind::Bool, "Caches the key set instead of fetching it for each token.").default("false"),
    opt("cache_duration", Kind::NATURAL, "How long the key set is cached, in seconds.").default("900"),
    opt("cipher_suites", Kind::List(&Kind::IntEnum(CIPHERS)), "The ciphers to fetch the key set with.")
        .default("[49199,49195,49200,49196,52392,52393]")
        .no_effect("the platform negotiates TLS"),
    opt("cookie_key", Kind::Str, "The cookie with the token, if the header has none.")
        .default("\"access_token\""),
    opt("cypher_key", Kind::Str, "The key that decrypts a local key set, in base64.").refused(NO_CYPHER),
    opt(
        "disable_jwk_security",
        Kind::Bool,
        "Accepts a key set over plain http; without it such an endpoint answers 401 to all.",
    )
    .default("false"),
    opt("failed_jwk_key_cooldown", Kind::Duration, "How long an unknown key id isn't looked up again."),
    opt("issuer", Kind::Str, "The issuer that a token must name."),
    opt("jwk_fingerprints", Kind::STRINGS, "Fingerprints of the certificates of the key server.")
        .refused(NO_CERTIFICATE),
    opt("jwk_local_ca", Kind::Str, "The file of a root to trust for the key server.").refused(PUBLIC_ROOTS),
    opt("jwk_local_path", Kind::File, "The file of the key set, instead of jwk_url."),
    opt(
        "jwk_secret",
        Kind::Secret(Secret::Name),
        "Fjord extension: the name of the secret that holds the key set, as JSON.",
    ),
    opt("jwk_url", Kind::Str, "The address of the key set."),
    opt(
        "key_identify_strategy",
        Kind::Enum(&["kid", "x5t", "x5t#S256", "kid_x5t"]),
        "The members of the token's header that name its key.",
    )
    .default("\"kid\""),
    opt("leeway", Kind::Duration, "The tolerance for the dates of a token; a second at least.")
        .default("\"1s\""),
    opt("operation_debug", Kind::Bool, "Logs why a token was refused.").default("false"),
    opt(
        "propagate_claims",
        Kind::List(&Kind::With(&Kind::STRINGS, &[Rule::AtLeast(2), Rule::AtMost(2)])),
        "Pairs of claim and header: what backends get to know of the token.",
    ),
    opt(
        "propagate_claims_preserve_array",
        Kind::Bool,
        "Sends a list as several headers instead of one with commas.",
    )
    .default("false"),
    opt("roles", Kind::STRINGS, "Roles of which the token needs one; otherwise 403."),
    opt("roles_key", Kind::Str, "The claim with the roles.").default("\"roles\""),
    opt("roles_key_is_nested", Kind::Bool, "The dots of roles_key lead into objects."),
    opt("scopes", Kind::STRINGS, "Scopes that the token needs; otherwise 403. Needs scopes_key."),
    opt("scopes_key", Kind::Str, "The claim with the scopes; dots lead into objects."),
    opt("scopes_matcher", Kind::Enum(&["any", "all"]), "Whether the token needs all scopes or any.")
        .default("\"any\""),
    opt("secret_url", Kind::Format(&formats::SECRET_URL), "The key service that decrypts a local key set.")
        .refused(NO_CYPHER),
];

/// The headers that a validator, as written, fills with claims (`propagate_claims`).
pub fn claim_headers(validator: &Node) -> impl Iterator<Item = &str> {
    let pairs = validator.get("propagate_claims").map(Node::items).unwrap_or_default();
    pairs.iter().filter_map(|pair| pair.items().get(1)?.as_str())
}
