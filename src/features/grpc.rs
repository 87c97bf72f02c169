//! `grpc`: serves gRPC.

use crate::features::auth::validator;
use crate::options::{Kind, Namespace, Rule, Scope, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "grpc",
    Scopes::SERVICE,
    "Serves gRPC.",
    Kind::Object(&[
        opt("catalog", Kind::STRINGS, ".pb descriptor files/dirs.").required(),
        opt(
            "server",
            Kind::Object(&[
                opt(
                    "opentelemetry",
                    Kind::Object(&[
                        opt("disable_metrics", Kind::Bool, "OTEL for gRPC server.").default("false"),
                        opt("disable_traces", Kind::Bool, "OTEL for gRPC server.").default("false"),
                    ]),
                    "OTEL for gRPC server.",
                ),
                opt(
                    "services",
                    Kind::List(&Kind::Object(&[
                        opt(
                            "methods",
                            Kind::List(&Kind::Object(&[
                                opt(
                                    "backend",
                                    Kind::With(&Kind::List(&Kind::Part(Scope::Backend)), &[Rule::AtLeast(1)]),
                                    "Published methods (like endpoints).",
                                ),
                                opt(
                                    "extra_config",
                                    Kind::Object(&[opt(
                                        "auth/validator",
                                        Kind::With(
                                            &Kind::Object(validator::OPTIONS),
                                            &[Rule::OneOf(&[
                                                &["alg", "jwk_local_path"],
                                                &["alg", "jwk_url"],
                                            ])],
                                        ),
                                        "The auth validator.",
                                    )]),
                                    "Published methods (like endpoints).",
                                ),
                                opt(
                                    "input_headers",
                                    Kind::With(&Kind::STRINGS, &[Rule::Unique]),
                                    "Published methods (like endpoints).",
                                )
                                .default("[]"),
                                opt("name", Kind::Str, "Service/method name."),
                                opt("payload_params", Kind::FREE, "Message field → {param}."),
                            ])),
                            "Published methods (like endpoints).",
                        ),
                        opt("name", Kind::Str, "Service/method name."),
                    ])),
                    "Published services.",
                ),
            ]),
            "GRPC server block.",
        ),
    ]),
)
.enterprise()
.refused(
    "an Enterprise feature that Fjord doesn't have; call the JSON interface of the services, or a worker behind a `service://` host",
);
