//! Renders templates for the command: a configuration, as KrakenD's flexible configuration does, and a report by `audit --format`.
//!
//! Nothing here reads a file. What a rendering needs is in its [`Job`]; a partial that isn't there yet is asked for by name, and
//! the command renders again with it.

use std::collections::BTreeMap;

use fjord_document::Document;
use fjord_document::diagnostic;
use fjord_json::{Map, Value as Json};
use fjord_template::{Host, Limits, Output, Span, Templates, Value};
use serde::{Deserialize, Serialize};

use super::audit::{Severity, hue};

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
/// Those of a report's.
const REPORT_FUNCTIONS: &[&str] = &["colored", "marshal"];

/// The name of a report's template.
const REPORT: &str = "--format";

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

/// Renders the report of an audit, which is JSON, by a template of its reader's. The names of its fields begin with capital letters.
///
/// # Errors
/// If the report can't be read.
pub fn report(template: &str, report: &str, color: bool) -> Result<String, serde_json::Error> {
    let data = Json::parse(report.as_bytes()).map_err(serde::de::Error::custom)?;
    let data = renamed(floats(data), |first| first.to_ascii_uppercase());
    let mut templates = Templates::default();
    let fault = |offset, message| Outcome::Fault(Fault { list: "templates", index: 0, offset, message });
    let outcome = match templates.add(REPORT, template, REPORT_FUNCTIONS) {
        Err(error) => fault(error.offset, error.message),
        Ok(()) => match templates.render(REPORT, &data, Limits::TOOL, &mut ReportHost { color }) {
            Ok(text) => Outcome::Rendered(Rendered { text, pieces: Vec::new() }),
            Err(error) => fault(error.offset, error.message),
        },
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
        let members = object(text);
        let members =
            members.map_err(|(offset, message)| Fault { list: "settings", index, offset, message })?;
        data.insert(name.clone(), floats(members));
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
    match Json::parse(text.as_bytes()) {
        Ok(object @ Json::Object(_)) => Ok(object),
        Ok(_) => Err((0, "settings are a JSON object".to_owned())),
        Err(error) => {
            let found = Document::read(text.as_bytes()).diagnostics;
            let first = found.into_iter().find(|found| found.severity == diagnostic::Severity::Error);
            Err(first.map_or((0, error.to_string()), |first| (first.span.start as usize, first.message)))
        }
    }
}

/// Numbers as Go has them where it reads JSON without a type: `float64`.
fn floats(value: Json) -> Json {
    match value {
        Json::Number(text) => text.parse().map_or(Json::Number(text), Json::Float),
        Json::Array(items) => Json::Array(items.into_iter().map(floats).collect()),
        Json::Object(members) => {
            Json::Object(members.into_iter().map(|(name, member)| (name, floats(member))).collect())
        }
        other => other,
    }
}

/// The same with another first letter in the name of each field.
fn renamed(value: Json, letter: fn(&char) -> char) -> Json {
    match value {
        Json::Array(items) => Json::Array(items.into_iter().map(|item| renamed(item, letter)).collect()),
        Json::Object(members) => {
            let members = members.into_iter();
            Json::Object(
                members.map(|(name, member)| (begun(&name, letter), renamed(member, letter))).collect(),
            )
        }
        other => other,
    }
}

fn begun(name: &str, letter: fn(&char) -> char) -> String {
    let mut letters = name.chars();
    letters.next().iter().map(letter).chain(letters).collect()
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

/// What a report's template asks for.
struct ReportHost {
    color: bool,
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

// === impl ReportHost ===

impl ReportHost {
    /// The name of a severity in its colour, if the terminal wants colours.
    fn colored(&self, text: &str) -> String {
        match Severity::named(text) {
            Some(severity) if self.color => format!("\x1b[{}m{text}\x1b[0m", hue(severity)),
            _ => text.to_owned(),
        }
    }
}

impl Host for ReportHost {
    fn call<'a>(&mut self, name: &str, args: &[Value<'a>]) -> Result<Value<'a>, String> {
        if name == "colored" {
            return Ok(Value::text(self.colored(text(name, args)?)));
        }
        let json = any(args)?.to_json()?;
        let report = Json::parse(json.as_bytes()).map_err(|error| error.to_string())?;
        let lower = renamed(report, |first| first.to_ascii_lowercase());
        Ok(Value::text(String::from_utf8_lossy(&lower.to_json())))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn run(job: serde_json::Value) -> serde_json::Value {
        serde_json::from_str(&render(&job.to_string()).unwrap()).unwrap()
    }

    fn job(main: &str) -> serde_json::Value {
        serde_json::json!({
            "templates": [
                { "name": "krakend.tmpl", "text": main },
                { "name": "port.tmpl", "text": "{{ .port }}" },
            ],
            "settings": [{ "name": "service", "text": r#"{"port": 8080, "big": 1000000, "tags": ["<a>"]}"# }],
            "partials": [],
            "variables": { "STAGE": "prod" },
        })
    }

    #[test]
    fn a_configuration_is_rendered_with_its_places() {
        let outcome = run(job(r#"{"port": {{ template "port.tmpl" .service }}, "big": {{ .service.big }}}"#));
        assert_eq!(outcome["text"], r#"{"port": 8080, "big": 1e+06}"#);
        assert_eq!(
            outcome["pieces"],
            serde_json::json!([
                [0, 9, 0, 0, 9],
                [9, 13, 1, 0, 11],
                [13, 22, 0, 44, 53],
                [22, 27, 0, 53, 71],
                [27, 28, 0, 71, 72],
            ])
        );
    }

    #[test]
    fn functions_of_the_command() {
        let cases = [
            ("{{ env \"STAGE\" }}{{ env \"NONE\" }}", "prod"),
            ("{{ expandenv \"a-$STAGE-${STAGE}s-$-${}-${STAGE\" }}", "a-prod-prods-$-${}-${STAGE"),
            ("{{ marshal .service.tags }}", r#"["\u003ca\u003e"]"#),
        ];
        for (template, want) in cases {
            assert_eq!(run(job(template))["text"], want, "{template}");
        }
    }

    #[test]
    fn a_partial_is_asked_for_and_then_stands_for_its_file() {
        let mut job = job("[{{ include \"a.json\" }}]");
        assert_eq!(run(job.clone()), serde_json::json!({ "wants": "a.json" }));
        job["partials"] = serde_json::json!([{ "name": "a.json", "text": { "Ok": "{{ 1 }}" } }]);
        let outcome = run(job.clone());
        assert_eq!(outcome["text"], "[{{ 1 }}]");
        assert_eq!(outcome["pieces"][1], serde_json::json!([1, 8, 2, 0, 7]));
        job["partials"] =
            serde_json::json!([{ "name": "a.json", "text": { "Err": "a.json doesn't exist" } }]);
        assert_eq!(run(job)["fault"]["message"], "error calling include: a.json doesn't exist");
    }

    #[test]
    fn mistakes_are_at_their_bytes() {
        let cases = [
            (job("é{{ nothing }}"), ("templates", 0, r#"function "nothing" not defined"#)),
            (job("{{ uuidv4 }}"), ("templates", 0, "it would give another text each time")),
            (job("{{ .service.port.x }}"), ("templates", 0, "can't evaluate field x")),
            (job("{{ env 1 }}"), ("templates", 0, "expected string; got int")),
            (job("{{ env }}"), ("templates", 0, "wrong number of args for env: want 1 got 0")),
            (
                job("{{ template \"port.tmpl\" 5 }}"),
                ("templates", 1, "can't evaluate field port in type int"),
            ),
        ];
        for (job, (list, index, says)) in cases {
            let fault = &run(job)["fault"];
            assert_eq!(
                (fault["list"].as_str(), fault["index"].as_u64()),
                (Some(list), Some(index)),
                "{fault}"
            );
            assert!(fault["message"].as_str().unwrap().contains(says), "{fault}");
        }
        for (text, offset, says) in [("[]", 0, "settings are a JSON object"), (r#"{"a": 1,, }"#, 8, "")] {
            let mut job = job("");
            job["settings"][0]["text"] = text.into();
            let fault = &run(job)["fault"];
            assert_eq!(
                (fault["list"].as_str(), fault["offset"].as_u64()),
                (Some("settings"), Some(offset)),
                "{fault}"
            );
            assert!(fault["message"].as_str().unwrap().contains(says), "{fault}");
        }
    }

    #[test]
    fn a_report_has_the_names_of_krakend() {
        let report_of = |template: &str, color| {
            let data = r#"{"recommendations":[{"rule":"2.1.3","severity":"HIGH"}]}"#;
            let outcome: serde_json::Value =
                serde_json::from_str(&report(template, data, color).unwrap()).unwrap();
            outcome["text"].as_str().unwrap_or_default().to_owned()
        };
        let template =
            "{{ range .Recommendations }}{{ .Rule }} {{ colored .Severity }} {{ colored `x` }}{{ end }}";
        assert_eq!(report_of(template, false), "2.1.3 HIGH x");
        assert_eq!(report_of(template, true), "2.1.3 \x1b[1;31mHIGH\x1b[0m x");
        let marshalled = r#"{"recommendations":[{"rule":"2.1.3","severity":"HIGH"}]}"#;
        assert_eq!(report_of("{{ marshal . }}", false), marshalled);
    }
}
