//! `telemetry/moesif`: reports API use to Moesif.

use crate::options::{Kind, Namespace, Rule, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "telemetry/moesif",
    Scopes::SERVICE,
    "Reports API use to Moesif.",
    Kind::Object(&[
        opt("application_id", Kind::Str, "Collector id.").required(),
        opt("batch_size", Kind::INT, "Events per push.").default("200"),
        opt("debug", Kind::Bool, "Verbose.").default("false"),
        opt("event_queue_size", Kind::INT, "Buffer.").default("1000000"),
        opt(
            "identify_company",
            Kind::With(
                &Kind::Object(&[
                    opt("header", Kind::Str, "Header holding the id."),
                    opt("jwt_claim", Kind::Str, "Claim holding the id."),
                    opt("query_string", Kind::Str, "Query param holding the id."),
                ]),
                &[Rule::AtMost(1)],
            ),
            "Company id source block.",
        ),
        opt("log_body", Kind::Bool, "Send bodies.").default("true"),
        opt("metadata", Kind::FREE, "Static metadata."),
        opt("request_body_masks", Kind::STRINGS, "Masked request fields."),
        opt("request_header_masks", Kind::STRINGS, "Masked request headers."),
        opt("response_body_masks", Kind::STRINGS, "Masked response fields."),
        opt("response_header_masks", Kind::STRINGS, "Masked response headers."),
        opt("should_skip", Kind::Str, "Policy to skip reporting."),
        opt("timer_wake_up_seconds", Kind::INT, "Flush period.").default("2"),
        opt("user_id_headers", Kind::STRINGS, "Headers with user id.").required(),
        opt("user_id_jwt_claim", Kind::Str, "Claim with user id (sub).").default("\"sub\""),
    ]),
)
.enterprise()
.no_effect(
    "nothing is sent to Moesif: it wants whole bodies, which mostly pass by the gateway; put Moesif's own worker for Cloudflare \
     before this one",
);
