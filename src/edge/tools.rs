//! What the command line asks the same module.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::config::{Document, files};
use crate::json::Value;

/// The paths of the files that a configuration names, as a JSON list; none if it can't be read.
#[wasm_bindgen(js_name = files)]
pub fn named_files(config: &str) -> String {
    let paths = Document::parse(config).map(|document| files::named(&document.root)).unwrap_or_default();
    let list = Value::Array(paths.into_iter().map(Value::String).collect());
    String::from_utf8_lossy(&list.to_json()).into_owned()
}

/// What is wrong with a configuration, as JSON: `{"diagnostics": […], "text": "…"}`.
#[wasm_bindgen]
pub fn check(config: &str, options: &str) -> String {
    let options = Value::parse(options.as_bytes()).unwrap_or(Value::Null);
    let lenient = options.get("lenient").is_some_and(Value::is_true);
    let mut texts = Vec::new();
    match crate::plan::build(config, &crate::plan::Environment::default()) {
        Err(error) => texts.push(error.to_string()),
        Ok(_) if lenient => {}
        Ok(plan) => texts.extend(plan.endpoints().iter().filter_map(|e| e.refused.clone())),
    }
    let diagnostics = texts.iter().map(|text| {
        Value::Object(crate::json::Map::from([
            ("severity".to_owned(), Value::String("error".to_owned())),
            ("message".to_owned(), Value::String(text.clone())),
        ]))
    });
    let report = Value::Object(crate::json::Map::from([
        ("diagnostics".to_owned(), Value::Array(diagnostics.collect())),
        ("text".to_owned(), Value::String(texts.join("\n"))),
    ]));
    String::from_utf8_lossy(&report.to_json()).into_owned()
}
