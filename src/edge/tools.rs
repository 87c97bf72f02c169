//! What the command line asks the same module.

use std::collections::BTreeSet;

use wasm_bindgen::prelude::{JsError, wasm_bindgen};

use fjord_document::{Document, Reading};
use fjord_json::Value;

use crate::review::explain::{self, Explanation};
use crate::review::{self, Named, Queues, audit, check, flexible, needs_sockets};

/// A configuration that is read once, whatever is asked about it.
#[wasm_bindgen]
pub struct Config(Reading<'static>);

// === impl Config ===

#[wasm_bindgen]
impl Config {
    /// Reads bytes of any kind. The instance is a tool's from now on: what a configuration and its findings take isn't bounded as
    /// requests are.
    #[wasm_bindgen(constructor)]
    pub fn new(config: &[u8]) -> Config {
        fjord_memory::unbound();
        Config(Document::read(config).into_owned())
    }

    /// The paths of the files that it names, as a JSON list; none if it can't be read.
    pub fn files(&self) -> String {
        self.list(|named| named.files)
    }

    /// The paths of the folders of static assets that it names, as a JSON list; none if it can't be read.
    pub fn folders(&self) -> String {
        self.list(|named| named.folders.into_iter().map(|(path, _)| path).collect())
    }

    /// The bindings that it wants counts of, as a JSON list; none if it can't be read.
    pub fn counters(&self) -> String {
        self.list(|named| named.bindings)
    }

    /// The bindings of Durable Objects that read groups of Kafka, as a JSON list; none if it can't be read.
    pub fn readers(&self) -> String {
        self.list(|named| named.readers)
    }

    /// The queues of the platform that it uses, as JSON: `producers`, the bindings that it sends to, and `consumers`, the names of
    /// those that its agents consume; none if it can't be read.
    pub fn queues(&self) -> String {
        let queues = self.0.document.as_ref().map(|document| Queues::of(&document.root)).unwrap_or_default();
        let list = |names: BTreeSet<String>| Value::Array(names.into_iter().map(Value::String).collect());
        let members = [("producers", list(queues.producers)), ("consumers", list(queues.consumers))];
        let members = members.map(|(name, list)| (name.to_owned(), list));
        String::from_utf8_lossy(&Value::Object(members.into_iter().collect()).to_json()).into_owned()
    }

    /// Whether it calls origins over sockets; not if it can't be read.
    pub fn needs_sockets(&self) -> bool {
        self.0.document.as_ref().is_some_and(|document| needs_sockets(&document.root))
    }

    /// What is wrong with it, as JSON: see [`check::report`].
    ///
    /// # Errors
    /// If the options can't be read, with the reason.
    pub fn check(&self, options: &str) -> Result<String, JsError> {
        Ok(check::report(&self.0, options)?)
    }

    /// What is open, missing or too generous in it, as JSON: see [`audit::report`].
    ///
    /// # Errors
    /// If the options can't be read, with the reason.
    pub fn audit(&self, options: &str) -> Result<Option<String>, JsError> {
        Ok(audit::report(&self.0, options)?)
    }

    /// What it names, as a JSON list.
    fn list(&self, of: fn(Named) -> Vec<String>) -> String {
        let names =
            self.0.document.as_ref().map(|document| of(Named::of(&document.root))).unwrap_or_default();
        let list = Value::Array(names.into_iter().map(Value::String).collect());
        String::from_utf8_lossy(&list.to_json()).into_owned()
    }
}

/// The JSON schema of the format.
#[wasm_bindgen]
pub fn schema() -> String {
    String::from_utf8_lossy(&review::schema::schema().to_json()).into_owned()
}

/// The documentation of what has a name: `{text}`, or `{meant}` with the nearest name, or `{}`, as JSON.
#[wasm_bindgen]
pub fn explain(name: &str, color: bool) -> String {
    let (key, text) = match explain::explain(name, color) {
        Explanation::Found(text) => ("text", Some(text)),
        Explanation::Unknown(meant) => ("meant", meant),
    };
    let members = text.map(|text| (key.to_owned(), Value::String(text)));
    String::from_utf8_lossy(&Value::Object(members.into_iter().collect()).to_json()).into_owned()
}

/// Renders the template of a configuration, from JSON to JSON: see [`flexible::render`].
///
/// # Errors
/// If the job can't be read, with the reason.
#[wasm_bindgen]
pub fn render_template(job: &str) -> Result<String, JsError> {
    fjord_memory::unbound();
    Ok(flexible::render(job)?)
}

/// Renders the report of an audit by a template: see [`flexible::report`].
///
/// # Errors
/// If the report can't be read, with the reason.
#[wasm_bindgen]
pub fn render_report(template: &str, report: &str, color: bool) -> Result<String, JsError> {
    fjord_memory::unbound();
    Ok(flexible::report(template, report, color)?)
}
