//! What the three namespaces of Kafka have in common (KrakenD 2.13).

use crate::options::core::tls;
use crate::options::{Kind, Opt, opt};

/// Why they are refused.
pub const REASON: &str = "an Enterprise namespace of KrakenD 2.13 that Fjord doesn't have; backend/pubsub/publisher and backend/pubsub/subscriber speak to Kafka by hosts like kafka://topic";

const COUNT: Kind = Kind::Number { min: 0.0, max: f64::MAX };

/// The brokers, and how they are reached.
pub static CLUSTER: &[Opt] = &[
    opt("brokers", Kind::STRINGS, "The addresses of the brokers.").required(),
    opt("client_tls", Kind::Object(tls::CLIENT), "TLS towards the brokers."),
    opt("dial_timeout", Kind::Duration, "The time to connect.").default("\"30s\""),
    opt("read_timeout", Kind::Duration, "The time to read an answer.").default("\"30s\""),
    opt("write_timeout", Kind::Duration, "The time to write a request.").default("\"30s\""),
    opt("keep_alive", Kind::Duration, "How long an idle connection stays open.").default("\"0s\""),
    opt("client_id", Kind::Str, "The name of the client."),
    opt("rack_id", Kind::Str, "The rack of the client.").default("\"\""),
    opt("channel_buffer_size", COUNT, "How many events the client holds.").default("256"),
    opt("metadata_retry_max", COUNT, "Attempts to find the cluster again.").default("3"),
    opt("metadata_retry_backoff", Kind::Duration, "The wait between these.").default("\"250ms\""),
    opt("sasl", Kind::Object(SASL), "The login."),
];

static SASL: &[Opt] = &[
    opt("mechanism", Kind::Enum(&["PLAIN", "OAUTHBEARER"]), "The mechanism.").default("\"PLAIN\""),
    opt("user", Kind::Str, "The user."),
    opt("password", Kind::Str, "The password."),
    opt("auth_identity", Kind::Str, "The identity that is authorised."),
    opt("scram_auth_id", Kind::Str, "The identity of SCRAM."),
    opt("azure_event_hub", Kind::Bool, "Uses the older handshake of Event Hubs.").default("false"),
    // Spelled so in KrakenD.
    opt("disable_hanshake", Kind::Bool, "Skips the handshake of Kafka.").default("true"),
];

/// A group of consumers.
pub static GROUP: &[Opt] = &[
    opt("id", Kind::Str, "The group."),
    opt("instance_id", Kind::Str, "A name for a static member."),
    opt("session_timeout", Kind::Duration, "After which silence a member is lost.").default("\"10s\""),
    opt("heartbeat_interval", Kind::Duration, "How often a member says that it lives.").default("\"3s\""),
    opt("rebalance_timeout", Kind::Duration, "How long members have to join again.").default("\"60s\""),
    opt(
        "rebalance_strategies",
        Kind::List(&Kind::Enum(&["range", "roundrobin", "sticky"])),
        "How partitions are shared, in order of preference.",
    )
    .default("[\"range\"]"),
    opt("fetch_default", Kind::NUMBER, "How many bytes are asked for at once."),
    // Spelled so in KrakenD.
    opt(
        "isolation_level",
        Kind::Enum(&["read_commited", "read_uncommited"]),
        "Whether messages of open transactions are read.",
    )
    .default("\"read_commited\""),
];

/// How messages are sent.
pub static PRODUCER: &[Opt] = &[
    opt("max_message_bytes", COUNT, "The longest message."),
    opt("required_acks", Kind::Str, "Which brokers confirm a message.").default("\"wait_for_local\""),
    opt("required_acks_timeout", Kind::Duration, "How long they have.").default("\"10s\""),
    opt(
        "compression_codec",
        Kind::Enum(&["none", "gzip", "snappy", "lz4", "zstd"]),
        "How messages are compressed.",
    )
    .default("\"none\""),
    opt("compression_level", Kind::Str, "How much they are compressed."),
    opt(
        "partitioner",
        Kind::Enum(&["sarama", "standard", "random", "roundrobin"]),
        "How partitions are chosen.",
    )
    .default("\"standard\""),
    opt("idempotent", Kind::Bool, "Writes each message once.").default("false"),
    opt("retry_max", COUNT, "How often a message is sent again.").default("3"),
    opt("retry_backoff", Kind::Duration, "The wait between these.").default("\"100ms\""),
];
