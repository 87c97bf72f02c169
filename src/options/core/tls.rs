//! TLS: what calls of origins may choose; what the platform decides towards clients.

use fjord_document::node::Node;

use super::super::pem::Pem;
use super::super::table::{Kind, Opt, Rule, opt};

const ZONE: &str = "the platform ends TLS; its certificates and versions are settings of the zone";

/// The versions of TLS by name, in order.
pub const VERSIONS: &[&str] = &["SSL3.0", "TLS10", "TLS11", "TLS12", "TLS13"];
/// The cipher suites of TLS 1.2 that there are: Go's default ones.
pub const SUITES_12: [i64; 6] = [49195, 49196, 49199, 49200, 52392, 52393];
const CURVES: Kind = Kind::With(&Kind::List(&Kind::IntEnum(&[23, 24, 25])), &[Rule::Unique]);
const SUITES: Kind = Kind::With(&Kind::List(&Kind::INT), &[Rule::Unique]);

/// `client_tls`: TLS towards origins.
pub static CLIENT: &[Opt] = &[
    opt("allow_insecure_connections", Kind::Bool, "Accepts any certificate.").default("false"),
    opt(
        "ca_certs",
        Kind::List(&Kind::Pem(Pem::Certificates)),
        "Files of further roots to trust, or `env:NAME` for a secret with their PEM (Fjord extension).",
    )
    .default("[]"),
    opt("disable_system_ca_pool", Kind::Bool, "Trusts ca_certs only.").default("false"),
    opt("client_certs", Kind::List(&Kind::Object(CLIENT_CERT)), "Certificates to present."),
    opt("min_version", Kind::Enum(VERSIONS), "The lowest version; below TLS12 is TLS12.")
        .default("\"TLS13\""),
    opt("max_version", Kind::Enum(VERSIONS), "The highest version, TLS12 or TLS13.").default("\"TLS13\""),
    opt("cipher_suites", SUITES, "The ciphers of TLS 1.2, by number.").default("[4865,4866,4867]"),
    opt("curve_preferences", CURVES, "The curves, by number.").default("[23,24,25]"),
];

static CLIENT_CERT: &[Opt] = &[
    opt(
        "certificate",
        Kind::Pem(Pem::Certificates),
        "The file of the certificate, or `env:NAME` for a secret with its PEM (Fjord extension).",
    )
    .required(),
    opt(
        "private_key",
        Kind::Pem(Pem::Key),
        "The file of its key, or `env:NAME` for a secret with its PEM (Fjord extension).",
    )
    .required(),
];

/// Whether a `client_tls` asks for what the platform's `fetch` doesn't do: then calls go over a socket.
pub fn is_own(tls: &Node) -> bool {
    let flag = |name| tls.get(name).and_then(Node::as_bool) == Some(true);
    let lists = |name| tls.get(name).is_some_and(|list| !list.items().is_empty());
    flag("allow_insecure_connections")
        || flag("disable_system_ca_pool")
        || lists("ca_certs")
        || lists("client_certs")
}

/// `tls`: TLS towards clients.
pub static SERVER: &[Opt] = &[
    opt("keys", Kind::With(&Kind::List(&Kind::Object(KEY)), &[Rule::AtLeast(1)]), "The key pairs.")
        .no_effect(ZONE),
    opt("enable_mtls", Kind::Bool, "Lets only clients with a valid certificate in.")
        .default("false")
        .refused("the zone checks client certificates: set up mTLS there and remove this option"),
    opt("ca_certs", Kind::STRINGS, "Files of the roots of clients.").default("[]").no_effect(ZONE),
    opt("disable_system_ca_pool", Kind::Bool, "Trusts ca_certs only.").default("false").no_effect(ZONE),
    opt("disabled", Kind::Bool, "Switches this block off.").default("false").no_effect(ZONE),
    opt("min_version", Kind::Enum(VERSIONS), "The lowest version.").default("\"TLS13\"").no_effect(ZONE),
    opt("max_version", Kind::Enum(VERSIONS), "The highest version.").default("\"TLS13\"").no_effect(ZONE),
    opt("cipher_suites", SUITES, "The ciphers, by number.").default("[4865,4866,4867]").no_effect(ZONE),
    opt("curve_preferences", CURVES, "The curves, by number.").default("[23,24,25]").no_effect(ZONE),
];

static KEY: &[Opt] = &[
    opt("public_key", Kind::Str, "The file of the certificate.").default("\"./certs/cert.pem\""),
    opt("private_key", Kind::Str, "The file of its key.").default("\"./certs/key.pem\""),
];
