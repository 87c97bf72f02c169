//! `telemetry/opentelemetry-security`: adds credentials to the exporters of telemetry/opentelemetry.

use crate::options::{Kind, Namespace, Rule, Scopes, Secret, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "telemetry/opentelemetry-security",
    Scopes::SERVICE,
    "Adds credentials to the exporters of telemetry/opentelemetry.",
    Kind::Object(&[opt(
        "otlp",
        Kind::With(
            &Kind::List(&Kind::Object(&[
                opt(
                    "headers",
                    Kind::Object(&[opt(
                        ".*",
                        Kind::Secret(Secret::Reference),
                        "Header value; $NAME names a secret.",
                    )]),
                    "Header lines of the calls to the exporter.",
                )
                .required(),
                opt("name", Kind::Str, "Exporter name to protect.").required(),
            ])),
            &[Rule::AtLeast(1)],
        ),
        "List of protected exporters.",
    )
    .required()]),
)
.enterprise();
