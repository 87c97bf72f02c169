//! TLS: what a worker can't decide, because the platform does.

use super::super::table::{Kind, Opt, Rule, opt};

/// Why a wish to trust other certificates is refused.
pub const VERIFIED: &str = "fetch always verifies certificates against the public roots; give the origin a public certificate, or bind it with Workers VPC";
const CLIENT_CERTS: &str = "fetch presents no certificate of a file; bind one with mtls_certificates and name its hosts in @fjord.hosts";
const NEGOTIATED: &str = "the platform negotiates TLS 1.2 or 1.3 with its own ciphers";
const ZONE: &str = "the platform ends TLS; its certificates and versions are settings of the zone";

/// The versions of TLS by name, in order.
pub const VERSIONS: &[&str] = &["SSL3.0", "TLS10", "TLS11", "TLS12", "TLS13"];
const CURVES: Kind = Kind::With(&Kind::List(&Kind::IntEnum(&[23, 24, 25])), &[Rule::Unique]);
const SUITES: Kind = Kind::With(&Kind::List(&Kind::INT), &[Rule::Unique]);

/// `client_tls`: TLS towards origins.
pub static CLIENT: &[Opt] = &[
    opt("allow_insecure_connections", Kind::Bool, "Accepts any certificate.")
        .default("false")
        .refused(VERIFIED),
    opt("ca_certs", Kind::STRINGS, "Files of further roots to trust.").default("[]").refused(VERIFIED),
    opt("disable_system_ca_pool", Kind::Bool, "Trusts ca_certs only.").default("false").refused(VERIFIED),
    opt("client_certs", Kind::List(&Kind::Object(CLIENT_CERT)), "Certificates to present.")
        .refused(CLIENT_CERTS),
    opt("min_version", Kind::Enum(VERSIONS), "The lowest version.")
        .default("\"TLS13\"")
        .no_effect(NEGOTIATED),
    opt("max_version", Kind::Enum(VERSIONS), "The highest version.")
        .default("\"TLS13\"")
        .no_effect(NEGOTIATED),
    opt("cipher_suites", SUITES, "The ciphers, by number.").default("[4865,4866,4867]").no_effect(NEGOTIATED),
    opt("curve_preferences", CURVES, "The curves, by number.").default("[23,24,25]").no_effect(NEGOTIATED),
];

static CLIENT_CERT: &[Opt] = &[
    opt("certificate", Kind::Str, "The file of the certificate.").required(),
    opt("private_key", Kind::Str, "The file of its key.").required(),
];

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
