//! Renders the report of an audit by a template of its reader's.

use fjord_json::Value as Json;
use fjord_template::{Host, Limits, Templates, Value};

use super::{Fault, Outcome, Rendered, any, text, value};
use crate::review::audit::{Severity, hue};

/// What a report's template asks for.
struct ReportHost {
    color: bool,
}

/// The functions beside Go's and Sprig's.
const FUNCTIONS: &[&str] = &["colored", "marshal"];

/// The name of the template.
const NAME: &str = "--format";

/// Renders the report of an audit, which is JSON, by a template of its reader's. The names of its fields begin with capital letters.
///
/// # Errors
/// If the report can't be read.
pub fn report(template: &str, report: &str, color: bool) -> Result<String, serde_json::Error> {
    let data = value(report).map_err(|(_, message)| serde::de::Error::custom(message))?;
    let data = renamed(data, |first| first.to_ascii_uppercase());
    let mut templates = Templates::default();
    let fault = |offset, message| Outcome::Fault(Fault { list: "templates", index: 0, offset, message });
    let outcome = match templates.add(NAME, template, FUNCTIONS) {
        Err(error) => fault(error.offset, error.message),
        Ok(()) => match templates.render(NAME, &data, Limits::TOOL, &mut ReportHost { color }) {
            Ok(text) => Outcome::Rendered(Rendered { text, pieces: Vec::new() }),
            Err(error) => fault(error.offset, error.message),
        },
    };
    serde_json::to_string(&outcome)
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
