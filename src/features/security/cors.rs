//! `security/cors`: lets web pages of other origins read answers.

use crate::registry::{Edition, Kind, Namespace, Rule, Scopes, Support, opt};

/// The namespace at the service.
pub static NAMESPACE: Namespace = Namespace {
    name: "security/cors",
    aliases: &["github_com/devopsfaith/krakend-cors"],
    scopes: Scopes::SERVICE,
    edition: Edition::Ce,
    support: Support::NOT_YET,
    doc: "Lets web pages of other origins read answers.",
    value: Kind::Object(&[
        opt("allow_credentials", Kind::Bool, "Lets pages send cookies and authorization.").default("false"),
        opt(
            "allow_headers",
            Kind::STRINGS,
            "The request headers that pages may send; an empty list for all.",
        )
        .default("[]"),
        opt(
            "allow_methods",
            Kind::With(
                &Kind::List(&Kind::Enum(&["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])),
                &[Rule::Unique],
            ),
            "The methods that pages may use.",
        )
        .default("[\"GET\",\"HEAD\",\"POST\"]"),
        opt(
            "allow_origins",
            Kind::STRINGS,
            "The origins of pages that may read answers, each with one * at most.",
        )
        .default("[\"*\"]")
        .required(),
        opt("debug", Kind::Bool, "Logs each decision.").default("false"),
        opt("expose_headers", Kind::STRINGS, "The answer's headers that pages may read.").default("[]"),
        opt("max_age", Kind::Duration, "How long browsers may keep a permission."),
        opt("allow_private_network", Kind::Bool, "Lets public pages reach a private network.")
            .default("false"),
        opt("options_passthrough", Kind::Bool, "Lets preflights through to the endpoint.").default("false"),
        opt("options_success_status", Kind::Int { min: 200, max: 299 }, "The status of a preflight.")
            .default("204"),
    ]),
};

/// The namespace at the endpoint.
pub static ENDPOINT: Namespace = Namespace {
    name: "security/cors",
    aliases: &["github_com/devopsfaith/krakend-cors"],
    scopes: Scopes::ENDPOINT,
    edition: Edition::Ee,
    support: Support::NoEffect("KrakenD reads it at the service only, and so does Fjord"),
    doc: "Lets web pages of other origins read answers.",
    value: Kind::Object(&[
        opt("allow_credentials", Kind::Bool, "Lets pages send cookies and authorization.").default("false"),
        opt(
            "allow_headers",
            Kind::STRINGS,
            "The request headers that pages may send; an empty list for all.",
        )
        .default("[]"),
        opt(
            "allow_methods",
            Kind::List(&Kind::Enum(&["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])),
            "The methods that pages may use.",
        )
        .default("[\"GET\",\"HEAD\",\"POST\"]"),
        opt(
            "allow_origins",
            Kind::STRINGS,
            "The origins of pages that may read answers, each with one * at most.",
        )
        .default("[\"*\"]"),
        opt("allow_private_network", Kind::Bool, "Lets public pages reach a private network.")
            .default("false"),
        opt("debug", Kind::Bool, "Logs each decision.").default("false"),
        opt("expose_headers", Kind::STRINGS, "The answer's headers that pages may read.")
            .default("[\"Content-Length\",\"Content-Type\"]"),
        opt("max_age", Kind::Duration, "How long browsers may keep a permission.").default("\"0h\""),
        opt("options_passthrough", Kind::Bool, "Lets preflights through to the endpoint.").default("false"),
        opt("options_success_status", Kind::INT, "The status of a preflight.").default("204"),
    ]),
};
