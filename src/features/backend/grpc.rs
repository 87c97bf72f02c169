//! `backend/grpc`: calls a gRPC service.

use crate::options::core::tls;
use crate::options::{Kind, Namespace, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "backend/grpc",
    Scopes::BACKEND,
    "Calls a gRPC service.",
    Kind::Object(&[
        opt("client_tls", Kind::Object(tls::CLIENT), "GRPC TLS option."),
        opt("disable_query_params", Kind::Bool, "Do not fill payload from params/query.").default("false"),
        opt("header_mapping", Kind::Map(&Kind::Str), "Rename headers to metadata."),
        opt("idle_conn_disconnect_time", Kind::Duration, "Idle connection close.").default("\"10m\""),
        opt("input_assume_bytes", Kind::Any, "Try base64 for bytes fields.").default("false"),
        opt("input_mapping", Kind::Map(&Kind::Str), "Param→field names."),
        opt("max_call_recv_msg_size", Kind::NUMBER, "The largest message that is accepted, in bytes."),
        opt("output_duration_as_string", Kind::Bool, "Duration as \"3.5s\" string.").default("false"),
        opt("output_enum_as_string", Kind::Bool, "Enum names.").default("false"),
        opt("output_remove_unset_values", Kind::Bool, "Drop unset fields.").default("false"),
        opt("output_timestamp_as_string", Kind::Bool, "RFC3339 timestamps.").default("false"),
        opt("read_buffer_size", Kind::NUMBER, "Buffer."),
        opt(
            "request_naming_convention",
            Kind::Enum(&["camelCase", "snake_case"]),
            "CamelCase/snake_case input.",
        )
        .default("\"snake_case\""),
        opt(
            "response_naming_convention",
            Kind::Enum(&["camelCase", "snake_case"]),
            "CamelCase/snake_case output.",
        )
        .default("\"snake_case\""),
        opt("use_alternate_host_on_error", Kind::Bool, "Try another host on failure."),
        opt("use_request_body", Kind::Bool, "Use JSON body as message.").default("false"),
    ]),
)
.enterprise()
.refused(
    "an Enterprise feature that Fjord doesn't have; call the JSON interface of the service, or a worker behind a `service://` host",
);
