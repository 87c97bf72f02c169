//! The root of the document.

use super::super::table::{Kind, Opt, Rule, Scope, opt};
use super::tls;

const LISTENER: &str = "the platform listens and speaks HTTP to the client";
const POOL: &str = "the platform manages connections to the origins";

/// The options of the root.
pub static SERVICE: &[Opt] = &[
    opt("version", Kind::IntEnum(&[3, 4]), "The version of the format; 4 is read as 3.").required(),
    opt("name", Kind::Str, "A label of the service for logs and traces."),
    opt("endpoints", Kind::List(&Kind::Part(Scope::Endpoint)), "The routes that are served."),
    opt("host", Kind::STRINGS, "The hosts of backends that name none."),
    opt(
        "timeout",
        Kind::Duration,
        "The timeout of endpoints that don't set one, from the request to the last byte.",
    )
    .default("\"2s\""),
    opt("cache_ttl", Kind::Duration, "How long clients may keep complete answers (Cache-Control: max-age).")
        .default("\"0s\""),
    opt(
        "output_encoding",
        Kind::Enum(super::endpoint::ENCODINGS),
        "The rendering of endpoints that don't set one.",
    )
    .default("\"json\""),
    opt("extra_config", Kind::ExtraConfig(Scope::Service), "Components of the whole service, by namespace."),
    opt("async_agent", Kind::List(&Kind::Part(Scope::Async)), "Consumers of queues that feed backends."),
    opt("debug_endpoint", Kind::Bool, "Serves /__debug/*, which logs the request and answers pong.")
        .default("false"),
    opt("echo_endpoint", Kind::Bool, "Serves /__echo/*, which answers with the request it got.")
        .default("false"),
    opt("disable_rest", Kind::Bool, "Allows a {placeholder} beside other text in a path segment.")
        .default("false"),
    opt("client_tls", Kind::Object(tls::CLIENT), "TLS towards the origins."),
    opt("allow_insecure_connections", Kind::Bool, "Accepts any certificate of an origin.")
        .default("false")
        .deprecated("client_tls.allow_insecure_connections"),
    opt("dns_cache_ttl", Kind::Duration, "How long hosts found by DNS stay known.").default("\"30s\""),
    opt("port", Kind::PORT, "The port of a local run.").default("8080"),
    opt("listen_ip", Kind::Str, "The address of a local run.").default("\"0.0.0.0\"").no_effect(LISTENER),
    opt(
        "tls",
        Kind::With(&Kind::Object(tls::SERVER), &[Rule::AnyOf(&[&["keys"]])]),
        "TLS towards the clients.",
    ),
    opt("use_h2c", Kind::Bool, "HTTP/2 without TLS.").default("false").no_effect(LISTENER),
    opt("read_timeout", Kind::Duration, "The time to read a request.").default("\"0s\"").no_effect(LISTENER),
    opt("read_header_timeout", Kind::Duration, "The time to read the headers of a request.")
        .default("\"0s\"")
        .no_effect(LISTENER),
    opt("write_timeout", Kind::Duration, "The time to write an answer.")
        .default("\"0s\"")
        .no_effect(LISTENER),
    opt("idle_timeout", Kind::Duration, "How long a client's connection stays open.")
        .default("\"0s\"")
        .no_effect(LISTENER),
    opt("max_header_bytes", Kind::NATURAL, "The largest headers of a request, in bytes.")
        .default("1000000")
        .no_effect("the platform limits headers to 128 KB"),
    opt("max_idle_connections", Kind::NATURAL, "Idle connections held to all origins.")
        .default("0")
        .no_effect(POOL),
    opt("max_idle_connections_per_host", Kind::NATURAL, "Idle connections held to one origin.")
        .default("250")
        .no_effect(POOL),
    opt("idle_connection_timeout", Kind::Duration, "How long a connection to an origin stays open.")
        .default("\"0s\"")
        .no_effect(POOL),
    opt("disable_keep_alives", Kind::Bool, "A connection of its own for each call.")
        .default("false")
        .no_effect(POOL),
    opt("disable_compression", Kind::Bool, "Doesn't ask origins for compressed answers.")
        .default("false")
        .no_effect("the platform negotiates compression with origins and undoes it"),
    opt("response_header_timeout", Kind::Duration, "The time for an origin's headers.")
        .default("\"0s\"")
        .no_effect("the endpoint's timeout bounds the wait"),
    opt("expect_continue_timeout", Kind::Duration, "The wait for a 100 Continue of an origin.")
        .default("\"0s\"")
        .no_effect(POOL),
    opt("dialer_timeout", Kind::Duration, "The time to connect to an origin.")
        .default("\"0s\"")
        .no_effect("the endpoint's timeout bounds the wait"),
    opt("dialer_fallback_delay", Kind::Duration, "The wait before IPv4 is tried beside IPv6.")
        .default("\"300ms\"")
        .no_effect(POOL),
    opt("dialer_keep_alive", Kind::Duration, "The period of TCP keep-alives.")
        .default("\"15s\"")
        .no_effect(POOL),
    opt("sequential_start", Kind::Bool, "Starts async agents one after the other.")
        .default("false")
        .no_effect("nothing is started: the platform calls the worker"),
    opt(
        "max_shutdown_wait_time",
        Kind::Duration,
        "How long a shutdown waits for requests; 0 for as long as they take.",
    )
    .default("\"0s\"")
    .no_effect("the platform ends a version when its requests have ended"),
    opt(super::FJORD_KEY, Kind::Object(super::FJORD), "Fjord extension: what KrakenD has no option for."),
    opt("plugin", Kind::Object(PLUGIN), "Loads plugins of Go.").no_effect(
        "Go plugins can't be loaded; a worker of @fjord.plugins stands in for each one that is used",
    ),
];

static PLUGIN: &[Opt] = &[
    opt("folder", Kind::Str, "The folder of the plugins.").default("\"/opt/krakend/plugins/\"").required(),
    opt("pattern", Kind::Str, "A part of the file names to load.").default("\".so\"").required(),
];
