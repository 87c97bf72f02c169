//! `telemetry/logging`: sets how and what is logged.

use fjord_document::node::Node;

use crate::log::{AccessForm, AccessLog, Form, Log, Pattern, level_name};
use crate::options::check::{Around, Findings, Spot};
use crate::options::{Kind, Namespace, Options, Refusal, Rule, Scopes, Support, namespace, opt};
use crate::platform::Level;

/// The namespace at the service.
pub static NAMESPACE: Namespace = namespace(
    "telemetry/logging",
    Scopes::SERVICE,
    "Sets how and what is logged. With it each request is a line, too, which costs time and money: see router.disable_access_log.",
    Kind::Object(&[
        opt("access_log_custom_format", Kind::Str, "The pattern of a line for each request.")
            .default("\"\"")
            .enterprise()
            .no_effect(ENTERPRISE),
        opt(
            "access_log_format",
            Kind::Enum(&["default", "httpdCommon", "httpdCombine", "json", "custom"]),
            "The form of a line for each request. `custom` isn't there: such lines have the default form.",
        )
        .default("\"\"")
        .enterprise(),
        opt("access_log_missing_key_marker", Kind::Str, "What to write for a missing value.")
            .default("\"-\"")
            .enterprise()
            .no_effect(ENTERPRISE),
        opt("backend", CALL_LINE, "A line for each call of a backend.").enterprise().no_effect(ENTERPRISE),
        opt("custom_format", Kind::Str, "The pattern of a line, with format custom."),
        opt("format", Kind::Str, "The form of a line: default, logstash, or custom.").default("\"default\""),
        opt("level", Kind::Enum(LEVELS), "The least level that is logged.").required(),
        opt("prefix", Kind::Str, "What each line starts with."),
        opt("stdout", Kind::Bool, "Writes to the standard output.").default("false").no_effect(ONE_LOG),
        opt("syslog", Kind::Bool, "Writes to the system log.").default("false").no_effect(ONE_LOG),
        opt(
            "syslog_facility",
            Kind::Enum(&["local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"]),
            "The facility of the system log.",
        )
        .default("\"local3\"")
        .no_effect(ONE_LOG),
    ]),
)
.aliases(&["github_com/devopsfaith/krakend-gologging"])
.check(check);

fn check(spot: &Spot<'_>, _: &Around<'_>, findings: &mut Findings<'_>) {
    if let Some(format) = spot.get("access_log_format")
        && format.str() == Some("custom")
    {
        findings.add(
            format.warning("no-effect", "lines of requests have no pattern here: they have the default form"),
        );
    }
}

/// The namespace at the backend.
pub static BACKEND: Namespace = namespace(
    "telemetry/logging",
    Scopes::BACKEND,
    "Sets how and what is logged.",
    Kind::Object(&[opt("backend", CALL_LINE, "A line for each call of a backend.")]),
)
.aliases(&["github_com/devopsfaith/krakend-gologging"])
.enterprise()
.support(Support::ENTERPRISE_IGNORED);

/// The line of a call.
const CALL_LINE: Kind = Kind::With(
    &Kind::Object(&[
        opt("custom_format", Kind::Str, "The pattern of the line.").default(CUSTOM_FORMAT),
        opt("log_with_level", Kind::Enum(LEVELS), "The level of the line."),
        opt("no_value", Kind::Str, "What to write for a missing value.").default("\"-\""),
        opt("prefix", Kind::Str, "What each line starts with.").default("\"\""),
    ]),
    &[Rule::AtLeast(1)],
);

const LEVELS: &[&str] = &["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"];

const CUSTOM_FORMAT: &str =
    "\"%{prefix}%{time} |%{statusCode}| %{latencyMs} | %{method} %{host} %{path}\\n\"";

const ONE_LOG: &str = "lines go to the log of the worker";
const ENTERPRISE: &str = "an Enterprise option";

/// The pattern of a line without a `format`.
const DEFAULT: &str = " %{time:2006/01/02 - 15:04:05.000} %{color}▶ %{level:.6s}%{color:reset} %{message}";

/// Compiles the namespace. KrakenD continues with a plain log if it can't read it. `skipped` are the paths without an access
/// line; none: there is no access log.
///
/// # Errors
/// If the level or the pattern can't be read.
pub fn compile(node: &Node, skipped: Option<Vec<String>>) -> Result<Log, Refusal> {
    let options = Options::of(node, &NAMESPACE);
    let refused = |what: &str| Refusal::new(what);
    let level = level(options.str("level")?).ok_or_else(|| refused("level: logger: invalid log level"))?;
    let form = match options.str("format")? {
        "logstash" => Form::logstash(),
        format => {
            let (prefix, pattern) = match format {
                "custom" => ("", options.str("custom_format")?),
                _ => (options.str("prefix")?, DEFAULT),
            };
            Form::text(prefix, Pattern::parse(pattern).map_err(|error| refused(&error.to_string()))?)
        }
    };
    // A form that isn't there has a finding, and the default's lines.
    let access = AccessForm::named(options.str("access_log_format")?).unwrap_or_default();
    Ok(Log::new(level, skipped.map(|skipped| AccessLog::new(skipped, access)), form))
}

fn level(name: &str) -> Option<Level> {
    let levels = [Level::Debug, Level::Info, Level::Warning, Level::Error, Level::Critical];
    levels.into_iter().find(|level| level_name(*level).eq_ignore_ascii_case(name))
}
