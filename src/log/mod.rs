//! Which lines are written to the log, and how: what `telemetry/logging` is compiled to.

mod access;
mod clock;
mod pattern;
mod template;

pub use access::{AccessForm, AccessLog, Ended, Entry};
pub use pattern::{Pattern, PatternError};
pub use template::{Begun, Got, Sent, Template};

use fjord_json::{Map, Value};

use crate::platform::Level;

use clock::Layout;

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
pub struct Form(Lines);

#[derive(Debug)]
enum Lines {
    /// The message: nothing is configured, and the platform adds time and level.
    Plain,
    /// As the pattern says, behind the prefix.
    Text { prefix: String, pattern: Pattern },
    /// JSON for Logstash.
    Json(Layout),
}

// === impl Log ===

impl Default for Log {
    fn default() -> Log {
        Log { level: Level::Info, access: None, form: Form(Lines::Plain) }
    }
}

impl Log {
    /// Lines of a level and above, in a form; with a line for each request if there is an access log.
    pub fn new(level: Level, access: Option<AccessLog>, form: Form) -> Log {
        Log { level, access, form }
    }

    /// The line that a message becomes, at a moment in milliseconds since 1970. The trace that it belongs to is at its end.
    pub fn line(&self, now: f64, level: Level, message: &str, trace: Option<u128>) -> String {
        match &self.form.0 {
            Lines::Plain => one_line(message) + &mark(trace),
            Lines::Text { prefix, pattern } => {
                let mut line = prefix.clone();
                pattern.write(now, level, &(one_line(message) + &mark(trace)), &mut line);
                line
            }
            Lines::Json(layout) => json(layout, now, level_name(level), message, trace),
        }
    }

    /// The line of a request: of no level, and as it is where lines are texts.
    pub fn access_line(&self, now: f64, line: String, trace: Option<u128>) -> String {
        match (&self.form.0, &self.access) {
            // A line of its own form stays as it is.
            (_, Some(access)) if access.is_whole() => line,
            (Lines::Json(layout), _) => json(layout, now, level_name(Level::Info), &line, trace),
            _ => line + &mark(trace),
        }
    }

    /// A line that a pattern has made: as it is where lines are texts.
    pub fn own_line(&self, now: f64, level: Level, line: String, trace: Option<u128>) -> String {
        match &self.form.0 {
            Lines::Json(layout) => json(layout, now, level_name(level), &line, trace),
            _ => line,
        }
    }
}

/// The trace at the end of a line of text.
fn mark(trace: Option<u128>) -> String {
    trace.map_or_else(String::new, |trace| format!(" trace_id={trace:032x}"))
}

/// The name of a level in a line.
pub fn level_name(level: Level) -> &'static str {
    match level {
        Level::Debug => "DEBUG",
        Level::Info => "INFO",
        Level::Warning => "WARNING",
        Level::Error => "ERROR",
        Level::Critical => "CRITICAL",
    }
}

fn json(layout: &Layout, now: f64, level: &str, message: &str, trace: Option<u128>) -> String {
    let mut time = String::new();
    layout.write(now, &mut time);
    let text = |text: &str| Value::String(text.to_owned());
    let mut line = Map::from([
        ("@timestamp".to_owned(), Value::String(time)),
        ("@version".to_owned(), Value::Number("1".into())),
        ("level".to_owned(), text(level)),
        ("message".to_owned(), text(message)),
        ("module".to_owned(), text("KRAKEND")),
    ]);
    if let Some(trace) = trace {
        line.insert("trace_id".to_owned(), Value::String(format!("{trace:032x}")));
    }
    String::from_utf8_lossy(&Value::Object(line).to_json()).into_owned()
}

// === impl Form ===

impl Form {
    /// As a pattern says, after a prefix.
    pub fn text(prefix: &str, pattern: Pattern) -> Form {
        Form(Lines::Text { prefix: prefix.to_owned(), pattern })
    }

    /// JSON for Logstash.
    pub fn logstash() -> Form {
        Form(Lines::Json(Layout::parse("2006-01-02T15:04:05.000+00:00")))
    }
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
