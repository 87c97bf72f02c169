//! `telemetry/logging`: sets how and what is logged.

mod calls;

use std::cell::OnceCell;
use std::rc::Rc;

use fjord_document::node::Node;

use crate::log::{AccessForm, AccessLog, Form, Log, Pattern, Template, level_name};
use crate::options::check::{Around, Findings, Spot};
use crate::options::{
    Capability, Kind, Namespace, Opt, Options, Refusal, Rule, Scopes, Site, namespace, opt,
};
use crate::platform::Level;
use crate::proxy::Exchange;

use super::logstash;

/// The namespace at the service.
pub static NAMESPACE: Namespace = namespace(
    "telemetry/logging",
    Scopes::SERVICE,
    "Sets how and what is logged. With it each request is a line, too, which costs time and money: see router.disable_access_log.",
    Kind::Object(&[
        opt("access_log_custom_format", Kind::Str, "The pattern of a line for each request.")
            .default("\"\"")
            .enterprise(),
        opt(
            "access_log_format",
            Kind::Enum(&["default", "httpdCommon", "httpdCombine", "json", "custom"]),
            "The form of a line for each request: `custom` is the pattern of `access_log_custom_format`.",
        )
        .default("\"\"")
        .enterprise(),
        opt("access_log_missing_key_marker", Kind::Str, "What to write for a missing value.")
            .default("\"-\"")
            .enterprise(),
        opt("backend", CALL_LINE, "A line for each call of a backend.").enterprise(),
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
.requires_where(Capability::LogPatterns, has_pattern)
.check(check);

/// Whether lines of requests or calls have a pattern.
fn has_pattern(node: &Node) -> bool {
    node.get("backend").is_some() || node.get("access_log_format").and_then(Node::as_str) == Some("custom")
}

fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let is_custom = spot.get("access_log_format").is_some_and(|format| format.str() == Some("custom"));
    match spot.get("access_log_custom_format") {
        Some(pattern) if is_custom => variables(&pattern, findings),
        Some(pattern) => {
            findings.add(pattern.warning("no-effect", "nothing reads it: access_log_format isn't \"custom\""))
        }
        None if is_custom => findings.add(spot.warning(
            "no-effect",
            "access_log_custom_format is missing: lines of requests have the default form",
        )),
        None => {}
    }
    check_calls(spot, around, findings);
}

fn check_calls(spot: &Spot<'_>, _: &Around<'_>, findings: &mut Findings<'_>) {
    let calls = spot.get("backend");
    if let Some(pattern) = calls.as_ref().and_then(|calls| calls.get("custom_format")) {
        variables(&pattern, findings);
    }
}

/// Variables that nothing is known of.
fn variables(pattern: &Spot<'_>, findings: &mut Findings<'_>) {
    for name in Template::unknown(pattern.str().unwrap_or_default()) {
        let message = format!("%{{{name}}} is no variable of this line: it is written as a missing value");
        findings.add(pattern.warning("no-effect", message));
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
.requires(Capability::LogPatterns)
.check(check_calls);

/// The line of a call.
const CALL_LINE: Kind = Kind::With(&Kind::Object(CALL), &[Rule::AtLeast(1)]);

static CALL: &[Opt] = &[
    opt("custom_format", Kind::Str, "The pattern of the line.").default(CUSTOM_FORMAT),
    opt("log_with_level", Kind::Enum(LEVELS), "The level of the line; INFO without it."),
    opt("no_value", Kind::Str, "What to write for a missing value.").default("\"-\""),
    opt("prefix", Kind::Str, "The value of `%{prefix}`.").default("\"\""),
];

const LEVELS: &[&str] = &["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"];

const CUSTOM_FORMAT: &str =
    "\"%{prefix}%{time} |%{statusCode}| %{latencyMs} | %{method} %{host} %{path}\\n\"";

const ONE_LOG: &str = "lines go to the log of the worker";

/// The pattern of a line without a `format`.
const DEFAULT: &str = " %{time:2006/01/02 - 15:04:05.000} %{color}▶ %{level:.6s}%{color:reset} %{message}";

/// Compiles the namespace. KrakenD continues with a plain log if it can't read it. `skipped` are the paths without an access
/// line; none: there is no access log.
///
/// # Errors
/// If the level or the pattern can't be read.
pub fn compile(site: &Site<'_>, node: &Node, skipped: Option<Vec<String>>) -> Result<Log, Refusal> {
    let options = Options::of(node, &NAMESPACE);
    let refused = |what: &str| Refusal::new(what);
    let level = level(options.str("level")?).ok_or_else(|| refused("level: logger: invalid log level"))?;
    let form = match options.str("format")? {
        _ if logstash::is_on(site) => Form::logstash(),
        "logstash" => Form::logstash(),
        format => {
            let (prefix, pattern) = match format {
                "custom" => ("", options.str("custom_format")?),
                _ => (options.str("prefix")?, DEFAULT),
            };
            Form::text(prefix, Pattern::parse(pattern).map_err(|error| refused(&error.to_string()))?)
        }
    };
    let prefix = options.str("prefix")?;
    // A form that can't be had has a finding, and the default's lines.
    let access = match custom(&options, prefix)? {
        Some(template) => AccessForm::Custom(template),
        None => AccessForm::named(options.str("access_log_format")?).unwrap_or_default(),
    };
    Ok(Log::new(level, skipped.map(|skipped| AccessLog::new(skipped, access, prefix)), form))
}

/// The pattern for lines of requests; none where they have another form.
fn custom(options: &Options<'_>, prefix: &str) -> Result<Option<Template>, Refusal> {
    let pattern = options.str("access_log_custom_format")?;
    let has = options.str("access_log_format")? == "custom" && !pattern.is_empty();
    if !has || !Capability::LogPatterns.is_included() {
        return Ok(None);
    }
    Ok(Some(Template::parse(pattern, prefix, options.str("access_log_missing_key_marker")?)))
}

/// From now on backends without lines of their own have those of the service.
pub fn share(site: &Site<'_>) {
    let node = site.namespace(&NAMESPACE).and_then(|node| node.get("backend"));
    if let Some(line) = node.and_then(calls::Line::compile) {
        let _ = site.environment.shared::<OfService>().0.set(Rc::new(line));
    }
}

/// The step that logs the calls of a backend.
pub fn step(site: &Site<'_>) -> Option<Box<dyn Exchange>> {
    if !Capability::LogPatterns.is_included() {
        return None;
    }
    let own = site.namespace(&BACKEND).and_then(|node| node.get("backend")).and_then(calls::Line::compile);
    let line = own.map(Rc::new).or_else(|| site.environment.shared::<OfService>().0.get().cloned())?;
    Some(Box::new(calls::Calls(line)))
}

/// The lines of the service's backends.
#[derive(Default)]
struct OfService(OnceCell<Rc<calls::Line>>);

fn level(name: &str) -> Option<Level> {
    let levels = [Level::Debug, Level::Info, Level::Warning, Level::Error, Level::Critical];
    levels.into_iter().find(|level| level_name(*level).eq_ignore_ascii_case(name))
}
