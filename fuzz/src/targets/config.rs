//! Any bytes as a configuration: read as `serde_json` reads it, checked and audited without a panic, and served if it was checked.

use std::collections::BTreeMap;

use fjord::options::Environment;
use fjord::plan;
use fjord::review::Named;
use fjord::review::audit;
use fjord::review::check::{CheckOptions, check_bytes};
use fjord_document::node::{Kind, Node};
use fjord_document::{Document, Reading};
use serde_json::Value;

use crate::{Target, seeds};

pub const TARGET: Target = Target { name: "config", run, seeds, words: WORDS };

const WORDS: &[&str] = &[
    "\"version\":3",
    "\"endpoints\":[",
    "\"endpoint\":\"/a/{x}\"",
    "\"backend\":[{\"url_pattern\":\"/\"}]",
    "\"host\":[\"http://a\"]",
    "\"extra_config\":{",
    "\"qos/ratelimit/router\":{\"max_rate\":1}",
    "\"timeout\":\"3s\"",
    "\"validation/cel\":[{\"check_expr\":\"true\"}]",
    "\"auth/validator\":{",
    "\"proxy\":{\"sequential\":true}",
    "null",
    "-1",
    "1e400",
    "//",
    "/*",
    "'",
    "\u{feff}",
    "{\"a\":",
    "[",
    "\"\":",
    "\\u0000",
    "\\ud800",
];

fn seeds() -> Vec<Vec<u8>> {
    let cases = seeds::lines("tests/data/check_cases.jsonl");
    let mut inputs: Vec<Vec<u8>> = cases
        .iter()
        .filter_map(|case| case.get("config").or_else(|| case.get("text")))
        .map(|config| config.as_str().map_or_else(|| config.to_string(), str::to_owned).into_bytes())
        .collect();
    inputs.push(seeds::file("krakend.json"));
    for name in ["broken", "edge", "minified", "mixed"] {
        inputs.push(seeds::file(&format!("tests/data/check/{name}.json")));
    }
    inputs.retain(|input| input.len() < 8000);
    inputs
}

fn run(input: &[u8]) {
    let reading = Document::read(input);
    read_as_others(input, &reading);
    let files = BTreeMap::new();
    let checked = check_bytes(input, &CheckOptions { files: Some(&files), ..CheckOptions::default() });
    for found in &checked.diagnostics {
        let (start, end) = (found.span.start as usize, found.span.end as usize);
        assert!(checked.text.get(start..end).is_some(), "{} is at {start}..{end}", found.message);
    }
    let _ = audit::report(&reading, "{}");
    let is_ok = checked.is_ok();
    let named = reading.document.as_ref().map(|document| Named::of(&document.root)).unwrap_or_default();
    let variables = named.secrets.into_iter().map(|(name, _)| (name, "a secret".to_owned())).collect();
    match plan::build(input, Environment { variables, ..Environment::default() }) {
        Ok(plan) => plan.endpoints().for_each(|endpoint| {
            assert!(!is_ok || endpoint.refused.is_none(), "checked, but refused: {:?}", endpoint.refused);
        }),
        Err(error) => assert!(!is_ok, "checked, but not served: {error}"),
    }
}

fn read_as_others(input: &[u8], reading: &Reading<'_>) {
    let theirs = serde_json::from_slice::<Value>(input).ok().filter(Value::is_object);
    let is_sound = reading.diagnostics.iter().all(|found| found.severity != fjord_document::Severity::Error);
    if let (Some(document), Some(theirs), true) = (&reading.document, &theirs, is_sound) {
        assert_eq!(&plain(&document.root), theirs);
    }
    // Comments, trailing commas and the like are read, with an error.
    if is_sound && let (Some(_), Ok(text)) = (&reading.document, std::str::from_utf8(input)) {
        let odd =
            text.starts_with('\u{feff}') || text.contains("\\u") || text.matches(['[', '{']).count() > 100;
        assert!(theirs.is_some() || odd || has_large_number(text), "only here accepted: {text}");
    }
}

/// serde_json refuses numbers beyond those of a float.
fn has_large_number(text: &str) -> bool {
    text.contains(['e', 'E']) || text.bytes().filter(u8::is_ascii_digit).count() > 300
}

fn plain(node: &Node) -> Value {
    match &node.kind {
        Kind::Null => Value::Null,
        Kind::Bool(value) => Value::Bool(*value),
        Kind::Number(text) => serde_json::from_str(text).expect("a number is one to others"),
        Kind::String(text) => Value::String(text.to_string()),
        Kind::Array(items) => Value::Array(items.iter().map(plain).collect()),
        Kind::Object(members) => Value::Object(
            members.iter().map(|member| (member.key.to_string(), plain(&member.value))).collect(),
        ),
    }
}
