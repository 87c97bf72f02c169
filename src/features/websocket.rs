//! `websocket`: connects clients to a WebSocket backend.

use crate::options::{Kind, Namespace, Rule, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "websocket",
    Scopes::ENDPOINT,
    "Connects clients to a WebSocket backend.",
    Kind::Object(&[
        opt(
            "backoff_strategy",
            Kind::Enum(&["linear", "linear-jitter", "exponential", "exponential-jitter", "fallback"]),
            "Reconnect delay law to backend.",
        )
        .default("\"fallback\""),
        opt("connect_event", Kind::Bool, "Notify backend on client connect.").default("false"),
        opt("disable_otel_metrics", Kind::Bool, "No OTEL for sockets.").default("false"),
        opt("disconnect_event", Kind::Bool, "Notify backend on disconnect.").default("false"),
        opt(
            "enable_direct_communication",
            Kind::Bool,
            "1:1 tunnel instead of one multiplexed backend socket.",
        )
        .default("false"),
        opt(
            "input_headers",
            Kind::With(&Kind::STRINGS, &[Rule::Unique]),
            "Headers sent on the backend handshake.",
        )
        .default("[]"),
        opt("max_message_size", Kind::INT, "Bytes (512).").default("512"),
        opt("max_retries", Kind::INT, "Backend reconnects.").default("0"),
        opt("message_buffer_size", Kind::INT, "Per-client queue (256).").default("256"),
        opt("ping_period", Kind::Duration, "Ping interval (54s, < pong_wait).").default("\"54s\""),
        opt("pong_wait", Kind::Duration, "Pong deadline.").default("\"60s\""),
        opt("read_buffer_size", Kind::INT, "Go buffer.").default("1024"),
        opt("return_error_details", Kind::Bool, "Send {\"error\":\"reason\"} to client on backend failure.")
            .default("false"),
        opt(
            "subprotocols",
            Kind::With(&Kind::STRINGS, &[Rule::Unique]),
            "Accepted Sec-WebSocket-Protocol values.",
        )
        .default("[]"),
        opt("timeout", Kind::Duration, "Backend read timeout (5m).").default("\"5m\""),
        opt("write_buffer_size", Kind::INT, "Go buffer.").default("1024"),
        opt("write_wait", Kind::Duration, "Write deadline.").default("\"10s\""),
    ]),
)
.enterprise()
.no_effect(
    "an Enterprise feature: the open edition ignores it, and so does Fjord, so the endpoint answers plain HTTP; give the path of the sockets a route of its own to their server",
);
