//! How lines are written and which: the compiled `telemetry/logging`.

use fjord_document::node::Node;
use fjord_json::{Map, Value};

use super::access::AccessLog;
use super::clock::Layout;
use super::pattern::Pattern;
use super::{NAMESPACE, level_name};
use crate::options::Options;
use crate::plan::build::Refusal;
use crate::platform::Level;

/// The log of the service.
#[derive(Debug)]
pub struct Log {
    /// Lines below this level aren't written.
    pub level: Level,
    /// The lines of requests; none without `telemetry/logging`.
    pub access: Option<AccessLog>,
    form: Form,
}

/// The form of a line.
#[derive(Debug)]
enum Form {
    /// The message: nothing is configured, and the platform adds time and level.
    Plain,
    /// As the pattern says, behind the prefix.
    Text { prefix: String, pattern: Pattern },
    /// JSON for Logstash.
    Json(Layout),
}

const DEFAULT: &str = " %{time:2006/01/02 - 15:04:05.000} %{color}▶ %{level:.6s}%{color:reset} %{message}";

// === impl Log ===

impl Default for Log {
    fn default() -> Log {
        Log { level: Level::Info, access: None, form: Form::Plain }
    }
}

impl Log {
    /// Compiles the namespace. KrakenD goes on with a plain log if it can't read it.
    pub fn compile(node: &Node, skipped: Option<Vec<String>>) -> Result<Log, Refusal> {
        let options = Options::of(node, &NAMESPACE);
        let refused = |what: &str| Refusal::new(what);
        let level =
            level(options.str("level")?).ok_or_else(|| refused("level: logger: invalid log level"))?;
        let form = match options.str("format")? {
            "logstash" => Form::Json(Layout::parse("2006-01-02T15:04:05.000+00:00")),
            format => {
                let (prefix, pattern) = match format {
                    "custom" => ("", options.str("custom_format")?),
                    _ => (options.str("prefix")?, DEFAULT),
                };
                let pattern = Pattern::parse(pattern).map_err(|error| refused(&error.to_string()))?;
                Form::Text { prefix: prefix.to_owned(), pattern }
            }
        };
        Ok(Log { level, access: skipped.map(AccessLog::new), form })
    }

    /// The line that a message becomes, at a moment in milliseconds since 1970.
    pub fn line(&self, now: f64, level: Level, message: &str) -> String {
        match &self.form {
            Form::Plain => one_line(message),
            Form::Text { prefix, pattern } => {
                let mut line = prefix.clone();
                pattern.write(now, level, &one_line(message), &mut line);
                line
            }
            Form::Json(layout) => json(layout, now, level_name(level), message),
        }
    }

    /// The line of a request: of no level, and as it is where lines are texts.
    pub fn access_line(&self, now: f64, line: String) -> String {
        match &self.form {
            Form::Json(layout) => json(layout, now, level_name(Level::Info), &line),
            _ => line,
        }
    }
}

fn level(name: &str) -> Option<Level> {
    let levels = [Level::Debug, Level::Info, Level::Warning, Level::Error, Level::Critical];
    levels.into_iter().find(|level| level_name(*level).eq_ignore_ascii_case(name))
}

fn json(layout: &Layout, now: f64, level: &str, message: &str) -> String {
    let mut time = String::new();
    layout.write(now, &mut time);
    let text = |text: &str| Value::String(text.to_owned());
    let line = Map::from([
        ("@timestamp".to_owned(), Value::String(time)),
        ("@version".to_owned(), Value::Number("1".into())),
        ("level".to_owned(), text(level)),
        ("message".to_owned(), text(message)),
        ("module".to_owned(), text("KRAKEND")),
    ]);
    String::from_utf8_lossy(&Value::Object(line).to_json()).into_owned()
}

/// Without line ends and other control characters: no request may write a line of its own.
fn one_line(message: &str) -> String {
    if !message.contains(char::is_control) {
        return message.to_owned();
    }
    message
        .chars()
        .map(|c| if c.is_control() { c.escape_default().to_string() } else { c.to_string() })
        .collect()
}
