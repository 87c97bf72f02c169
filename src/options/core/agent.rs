//! An item of `async_agent`: a consumer of a queue that feeds backends.

use super::super::table::{Kind, Opt, Scope, opt};

const STRATEGIES: &[&str] = &["linear", "linear-jitter", "exponential", "exponential-jitter", "fallback"];

/// The options of an async agent.
pub static ASYNC_AGENT: &[Opt] = &[
    opt("name", Kind::Str, "A name for logs and the health page.").required(),
    opt("consumer", Kind::Object(CONSUMER), "What is consumed, and how fast.").required(),
    opt("connection", Kind::Object(CONNECTION), "How a lost connection is taken up again."),
    opt("backend", Kind::List(&Kind::Part(Scope::Backend)), "The calls; the message is the body.").required(),
    opt(
        "encoding",
        Kind::Enum(&["json", "safejson", "xml", "rss", "string", "no-op"]),
        "How answers are read.",
    )
    .default("\"json\""),
    opt("extra_config", Kind::ExtraConfig(Scope::Async), "The driver and components, by namespace.")
        .required(),
];

static CONSUMER: &[Opt] = &[
    opt("topic", Kind::Str, "The topic or routing key.").required(),
    opt("workers", Kind::INT, "Messages handled at once.").default("1"),
    opt("timeout", Kind::Duration, "The time of a message."),
    opt("max_rate", Kind::RATE, "Messages in a second; 0 for no limit.").default("0"),
];

static CONNECTION: &[Opt] = &[
    opt("max_retries", Kind::NATURAL, "Attempts to connect; 0 for no limit.").default("0"),
    opt("backoff_strategy", Kind::Enum(STRATEGIES), "How the wait between attempts grows.")
        .default("\"fallback\""),
    opt("health_interval", Kind::Duration, "How often the agent reports that it lives.").default("\"1s\""),
];
