//! `security/http`: sends security headers, checks the host, and redirects to https.

use crate::registry::{Edition, Kind, Namespace, Opt, Scopes, Support, opt};

/// The namespace at the service.
pub static NAMESPACE: Namespace = Namespace {
    name: "security/http",
    aliases: &["github_com/devopsfaith/krakend-httpsecure"],
    scopes: Scopes::SERVICE,
    edition: Edition::Ce,
    support: Support::NOT_YET,
    doc: "Sends security headers, checks the host, and redirects to https.",
    value: Kind::Object(OPTIONS),
};

/// The namespace at the endpoint.
pub static ENDPOINT: Namespace = Namespace {
    name: "security/http",
    aliases: &["github_com/devopsfaith/krakend-httpsecure"],
    scopes: Scopes::ENDPOINT,
    edition: Edition::Ee,
    support: Support::NoEffect("KrakenD reads it at the service only, and so does Fjord"),
    doc: "Sends security headers, checks the host, and redirects to https.",
    value: Kind::Object(OPTIONS),
};

static OPTIONS: &[Opt] = &[
    opt(
        "allowed_hosts",
        Kind::STRINGS,
        "The host names that are served, with their ports; others get an error.",
    )
    .default("[]"),
    opt(
        "allowed_hosts_are_regex",
        Kind::Bool,
        "Reads allowed_hosts as regular expressions for the whole name.",
    )
    .default("false"),
    opt("browser_xss_filter", Kind::Bool, "Sends X-XSS-Protection: 1; mode=block.").default("false"),
    opt(
        "content_security_policy",
        Kind::Str,
        "The Content-Security-Policy; $NONCE becomes a new value for each answer.",
    )
    .default("\"\""),
    opt("content_type_nosniff", Kind::Bool, "Sends X-Content-Type-Options: nosniff.").default("false"),
    opt("custom_frame_options_value", Kind::Str, "The X-Frame-Options; wins over frame_deny.")
        .default("\"\""),
    opt("force_sts_header", Kind::Bool, "Sends Strict-Transport-Security over plain http too.")
        .default("false"),
    opt("frame_deny", Kind::Bool, "Sends X-Frame-Options: DENY.").default("false"),
    opt("host_proxy_headers", Kind::STRINGS, "Headers with the host that the client asked for."),
    opt("hpkp_public_key", Kind::Str, "Does nothing: browsers gave up key pinning.")
        .default("\"\"")
        .no_effect("browsers gave up key pinning"),
    opt("is_development", Kind::Bool, "Switches host names, redirects and Strict-Transport-Security off.")
        .default("false"),
    opt("referrer_policy", Kind::Str, "The Referrer-Policy.").default("\"\""),
    opt("ssl_host", Kind::Str, "The host to redirect to; the request's by default.").default("\"\""),
    opt(
        "ssl_proxy_headers",
        Kind::Map(&Kind::Str),
        "Headers and values that say the client came over https.",
    ),
    opt("ssl_redirect", Kind::Bool, "Redirects http to https.").default("false"),
    opt("sts_include_subdomains", Kind::Bool, "Makes Strict-Transport-Security count for subdomains.")
        .default("false"),
    opt("sts_seconds", Kind::NATURAL, "The age of Strict-Transport-Security; 0 sends none.").default("0"),
];
