//! `telemetry/opentelemetry-security`: adds credentials to the exporters of telemetry/opentelemetry.

use crate::options::{Edition, Kind, Namespace, Rule, Scopes, Support, opt};

/// The namespace.
pub static NAMESPACE: Namespace = Namespace {
    name: "telemetry/opentelemetry-security",
    aliases: &[],
    scopes: Scopes::SERVICE,
    edition: Edition::Ee,
    support: Support::ENTERPRISE_IGNORED,
    check: None,
    doc: "Adds credentials to the exporters of telemetry/opentelemetry.",
    value: Kind::Object(&[opt(
        "otlp",
        Kind::With(
            &Kind::List(&Kind::Object(&[
                opt(
                    "headers",
                    Kind::Object(&[opt(".*", Kind::Str, "Header value (token).")]),
                    "Header map added to OTLP requests.",
                )
                .required(),
                opt("name", Kind::Str, "Exporter name to protect.").required(),
            ])),
            &[Rule::AtLeast(1)],
        ),
        "List of protected exporters.",
    )
    .required()]),
};
