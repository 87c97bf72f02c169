//! `telemetry/logging`: sets how and what is logged.

use crate::registry::{Edition, Kind, Namespace, Rule, Scopes, Support, opt};

/// The namespace at the service.
pub static NAMESPACE: Namespace = Namespace {
    name: "telemetry/logging",
    aliases: &["github_com/devopsfaith/krakend-gologging"],
    scopes: Scopes::SERVICE,
    edition: Edition::Ce,
    support: Support::NoEffect("lines go to the log of the worker, in the platform's form"),
    doc: "Sets how and what is logged.",
    value: Kind::Object(&[
        opt("access_log_custom_format", Kind::Str, "The pattern of a line for each request.")
            .default("\"\"")
            .enterprise(),
        opt(
            "access_log_format",
            Kind::Enum(&["default", "httpdCommon", "httpdCombine", "json", "custom"]),
            "The form of a line for each request.",
        )
        .default("\"\"")
        .enterprise(),
        opt("access_log_missing_key_marker", Kind::Str, "What stands for a missing value.")
            .default("\"-\"")
            .enterprise(),
        opt(
            "backend",
            Kind::With(
                &Kind::Object(&[
                    opt("custom_format", Kind::Str, "The pattern of the line.").default(CUSTOM_FORMAT),
                    opt(
                        "log_with_level",
                        Kind::Enum(&["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]),
                        "The level of the line.",
                    ),
                    opt("no_value", Kind::Str, "What stands for a missing value.").default("\"-\""),
                    opt("prefix", Kind::Str, "What each line starts with.").default("\"\""),
                ]),
                &[Rule::AtLeast(1)],
            ),
            "A line for each call of a backend.",
        )
        .enterprise(),
        opt("custom_format", Kind::Str, "The pattern of a line, with format custom."),
        opt("format", Kind::Str, "The form of a line: default, logstash, or custom.").default("\"default\""),
        opt(
            "level",
            Kind::Enum(&["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]),
            "The least level that is logged.",
        )
        .required(),
        opt("prefix", Kind::Str, "What each line starts with."),
        opt("stdout", Kind::Bool, "Writes to the standard output.").default("false"),
        opt("syslog", Kind::Bool, "Writes to the system log.").default("false"),
        opt(
            "syslog_facility",
            Kind::Enum(&["local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"]),
            "The facility of the system log.",
        )
        .default("\"local3\""),
    ]),
};

/// The namespace at the backend.
pub static BACKEND: Namespace = Namespace {
    name: "telemetry/logging",
    aliases: &["github_com/devopsfaith/krakend-gologging"],
    scopes: Scopes::BACKEND,
    edition: Edition::Ee,
    support: Support::ENTERPRISE_IGNORED,
    doc: "Sets how and what is logged.",
    value: Kind::Object(&[opt(
        "backend",
        Kind::With(
            &Kind::Object(&[
                opt("custom_format", Kind::Str, "The pattern of the line.").default(CUSTOM_FORMAT),
                opt(
                    "log_with_level",
                    Kind::Enum(&["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]),
                    "The level of the line.",
                ),
                opt("no_value", Kind::Str, "What stands for a missing value.").default("\"-\""),
                opt("prefix", Kind::Str, "What each line starts with.").default("\"\""),
            ]),
            &[Rule::AtLeast(1)],
        ),
        "A line for each call of a backend.",
    )]),
};

const CUSTOM_FORMAT: &str =
    "\"%{prefix}%{time} |%{statusCode}| %{latencyMs} | %{method} %{host} %{path}\\n\"";
