//! What the command line asks the same module.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::config::node::Node;
use crate::config::{Document, counters, files};
use crate::json::Value;
use crate::registry::explain::{self, Explanation};
use crate::{audit, check, registry};

/// The paths of the files that a configuration names, as a JSON list; none if it can't be read.
#[wasm_bindgen(js_name = files)]
pub fn named_files(config: &[u8]) -> String {
    list(config, files::named)
}

/// The bindings that a configuration wants counts of, as a JSON list; none if it can't be read.
#[wasm_bindgen(js_name = counters)]
pub fn named_counters(config: &[u8]) -> String {
    list(config, counters::named)
}

/// What is wrong with a configuration, as JSON: see [`check::report`].
#[wasm_bindgen(js_name = check)]
pub fn report(config: &[u8], options: &str) -> String {
    check::report(config, options)
}

/// What is open, missing or too generous in a configuration, as JSON: see [`audit::report`].
#[wasm_bindgen(js_name = audit)]
pub fn audited(config: &[u8], options: &str) -> Option<String> {
    audit::report(config, options)
}

/// The JSON schema of the format.
#[wasm_bindgen]
pub fn schema() -> String {
    String::from_utf8_lossy(&registry::schema::schema().to_json()).into_owned()
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

/// What a configuration names, as a JSON list.
fn list(config: &[u8], named: fn(&Node) -> Vec<String>) -> String {
    let document = Document::read(config).document;
    let names = document.map(|document| named(&document.root)).unwrap_or_default();
    let list = Value::Array(names.into_iter().map(Value::String).collect());
    String::from_utf8_lossy(&list.to_json()).into_owned()
}
