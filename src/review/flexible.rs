//! Renders templates for the command: a configuration, as KrakenD's flexible configuration does, and a [`report`] by `audit --format`.
//!
//! Nothing here reads a file. What a rendering needs is in its [`Job`]; a partial that isn't there yet is asked for by name, and
//! the command renders again with it.

mod report;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use fjord_document::{Document, Severity};
use fjord_json::{Map, Value as Json};
use fjord_template::{Host, Limits, Output, Span, Templates, Value};
use serde::{Deserialize, Serialize};

pub use report::report;

/// What a configuration is rendered from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Job {
    /// The template of the configuration, and behind it those that it can call.
    templates: Vec<Source>,
    /// JSON objects, each the variable of its name.
    settings: Vec<Source>,
    /// Files that `include` writes, as far as they were asked for.
    partials: Vec<Partial>,
    /// What `env` gives.
    variables: BTreeMap<String, String>,
}

/// A text and what it's called.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    name: String,
    text: String,
}

/// A file that `include` asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Partial {
    name: String,
    /// The text, or why there is none.
    text: Result<String, String>,
}

/// What became of a job, as JSON: `{"text", "pieces"}`, `{"wants"}` or `{"fault"}`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome<'a> {
    /// The partial that is needed.
    Wants(String),
    Fault(Fault<'a>),
    #[serde(untagged)]
    Rendered(Rendered),
}

/// A text, and which of its bytes come from which bytes of which source.
#[derive(Debug, Default, Serialize)]
struct Rendered {
    text: String,
    pieces: Vec<Piece>,
}

/// The bytes `start` to `end` come from the bytes `from` to `to` of a source: of the templates, and behind them of the partials.
#[derive(Debug, Serialize)]
struct Piece(usize, usize, usize, usize, usize);

/// One mistake, at a byte of a file.
#[derive(Debug, Serialize)]
struct Fault<'a> {
    /// `templates` or `settings`.
    list: &'a str,
    /// Which of the list.
    index: usize,
    offset: usize,
    message: String,
}

/// The functions of a configuration's template beside Go's and Sprig's.
const FUNCTIONS: &[&str] = &["env", "expandenv", "include", "marshal"];
/// Renders a configuration. `job` and what it gives are JSON: see [`Job`] and [`Outcome`].
///
/// # Errors
/// If the job can't be read.
pub fn render(job: &str) -> Result<String, serde_json::Error> {
    let job: Job = serde_json::from_str(job)?;
    let outcome = match rendered(&job) {
        Ok(outcome) => outcome,
        Err(fault) => Outcome::Fault(fault),
    };
    serde_json::to_string(&outcome)
}

fn rendered(job: &Job) -> Result<Outcome<'static>, Fault<'static>> {
    let mut templates = Templates::default();
    for (index, Source { name, text }) in job.templates.iter().enumerate() {
        let fault = |offset, message| Fault { list: "templates", index, offset, message };
        templates.add(name, text, FUNCTIONS).map_err(|error| fault(error.offset, error.message))?;
    }
    let mut data = Map::new();
    for (index, Source { name, text }) in job.settings.iter().enumerate() {
        let members =
            object(text).map_err(|(offset, message)| Fault { list: "settings", index, offset, message })?;
        data.insert(name.clone(), members);
    }
    let data = Json::Object(data);
    let mut host = ConfigHost { job, wants: None };
    let mut out = Writer { job, rendered: Rendered::default() };
    let main = job.templates.first().map_or("", |source| &source.name);
    match templates.execute(main, &data, Limits::TOOL, &mut host, &mut out) {
        Ok(()) => Ok(Outcome::Rendered(out.rendered)),
        Err(error) => match host.wants {
            Some(partial) => Ok(Outcome::Wants(partial)),
            None => {
                let (index, offset, message) = (error.index, error.offset, error.message);
                Err(Fault { list: "templates", index, offset, message })
            }
        },
    }
}

/// The object of a file of settings, or where it isn't one and why.
fn object(text: &str) -> Result<Json, (usize, String)> {
    match value(text)? {
        object @ Json::Object(_) => Ok(object),
        _ => Err((0, "settings are a JSON object".to_owned())),
    }
}

/// A JSON text as a template sees it: numbers are `float64`, as where Go reads without a type. Else where it isn't JSON, and why.
fn value(text: &str) -> Result<Json, (usize, String)> {
    Document::value(text).map(|node| Json::from(&node)).map_err(|found| {
        let first = found.into_iter().find(|found| found.severity == Severity::Error);
        first.map_or_else(
            || (0, "there is no value".to_owned()),
            |first| (first.span.start as usize, first.message),
        )
    })
}

/// The only argument of a function that takes a string.
fn text<'v>(name: &str, args: &'v [Value<'_>]) -> Result<&'v str, String> {
    match args {
        [Value::String(text)] => Ok(text),
        [other] => Err(format!("wrong type for value; expected string; got {}", other.type_name())),
        _ => Err(format!("wrong number of args for {name}: want 1 got {}", args.len())),
    }
}

/// The only argument of `marshal`.
fn any<'v, 'a>(args: &'v [Value<'a>]) -> Result<&'v Value<'a>, String> {
    match args {
        [value] => Ok(value),
        _ => Err(format!("wrong number of args for marshal: want 1 got {}", args.len())),
    }
}

/// A text with `$NAME` and `${NAME}` replaced.
fn expanded<'v>(text: &str, variable: impl Fn(&str) -> &'v str) -> String {
    let mut parts = text.split('$');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (open, rest) = part.strip_prefix('{').map_or(("", part), |rest| ("{", rest));
        let end = rest.find(|c: char| c != '_' && !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let (name, behind) = rest.split_at(end);
        match if open.is_empty() { Some(behind) } else { behind.strip_prefix('}') } {
            Some(behind) if !name.is_empty() => {
                out.push_str(variable(name));
                out.push_str(behind);
            }
            _ => {
                out.push('$');
                out.push_str(part);
            }
        }
    }
    out
}

/// What a configuration's template asks for.
struct ConfigHost<'j> {
    job: &'j Job,
    /// The partial that ended the rendering.
    wants: Option<String>,
}

/// Collects what is written, with its pieces.
struct Writer<'j> {
    job: &'j Job,
    rendered: Rendered,
}

// === impl ConfigHost ===

impl ConfigHost<'_> {
    fn variable(&self, name: &str) -> &str {
        self.job.variables.get(name).map_or("", String::as_str)
    }

    fn include(&mut self, name: &str) -> Result<String, String> {
        let found = self.job.partials.iter().find(|partial| partial.name == name);
        found.map(|partial| partial.text.clone()).unwrap_or_else(|| {
            self.wants = Some(name.to_owned());
            Err("not read yet".to_owned())
        })
    }
}

impl Host for ConfigHost<'_> {
    fn call<'a>(&mut self, name: &str, args: &[Value<'a>]) -> Result<Value<'a>, String> {
        Ok(Value::text(match name {
            "env" => self.variable(text(name, args)?).to_owned(),
            "expandenv" => expanded(text(name, args)?, |name| self.variable(name)),
            "include" => self.include(text(name, args)?)?,
            _ => any(args)?.to_json()?,
        }))
    }
}

// === impl Writer ===

impl Writer<'_> {
    /// The partial that an action has written as it is.
    fn partial(&self, text: &str, span: Span) -> Option<usize> {
        let source = self.job.templates.get(span.source)?;
        if source.text.get(span.start..span.end) == Some(text) {
            return None;
        }
        self.job.partials.iter().position(|partial| partial.text.as_deref() == Ok(text))
    }
}

impl Output for Writer<'_> {
    fn write(&mut self, text: &str, span: Span) {
        if text.is_empty() {
            return;
        }
        let (source, from, to) = match self.partial(text, span) {
            Some(index) => (self.job.templates.len() + index, 0, text.len()),
            None => (span.source, span.start, span.end),
        };
        let start = self.rendered.text.len();
        self.rendered.text.push_str(text);
        self.rendered.pieces.push(Piece(start, self.rendered.text.len(), source, from, to));
    }
}
