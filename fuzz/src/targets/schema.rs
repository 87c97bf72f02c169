//! JSON schemas: `allOf` of a schema, and twice `not`, decide as the schema does.
//!
//! The first line is the schema, the rest the body.

use fjord_document::Document;
use fjord_json::{Body, Value};
use fjord_schema::{Schema, validate_body};

use crate::{Target, seeds};

pub const TARGET: Target = Target {
    name: "schema",
    run,
    seeds,
    words: &[
        "\"type\":\"object\"",
        "\"required\":[\"a\"]",
        "\"$ref\":\"#\"",
        "\"pattern\":\"^a\"",
        "\"format\":\"date-time\"",
        "\"multipleOf\":0.01",
        "\"uniqueItems\":true",
        "\"if\":{},\"then\":false",
        "\"dependencies\":{\"a\":[\"b\"]}",
        "\"additionalProperties\":false",
        "1e400",
        "\"definitions\":{\"a\":{}}",
        "\"enum\":[1]",
        "\"contains\":{}",
    ],
};

fn seeds() -> Vec<Vec<u8>> {
    let suite = seeds::json("crates/schema/tests/data/json-schema.json");
    let drafts = suite["drafts"].as_object().expect("the suite has drafts");
    let mut inputs = Vec::new();
    for groups in drafts.values().flat_map(|draft| draft.as_object().expect("a draft has keywords").values())
    {
        // One of each group, so that mutations meet all keywords soon.
        for group in groups.as_array().expect("a keyword has groups") {
            inputs.push(format!("{}\n{}", group["schema"], group["tests"][0]["data"]).into_bytes());
        }
    }
    inputs.retain(|input| input.len() < 2000);
    inputs
}

fn run(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let Some((source, body)) = text.split_once('\n') else { return };
    let Some(schema) = compiled(source) else { return };
    let _ = validate_body(&schema, &Body::from(body.as_bytes()));
    let Ok(value) = Value::parse(body.as_bytes()) else { return };
    // What bounds the work may be reached a little earlier where more is asked.
    let decide = |schema: &Schema| match schema.validate(&value) {
        Ok(()) => Some(true),
        Err(violations) if violations.iter().any(|v| v.description.contains("Too complex")) => None,
        Err(violations) => {
            assert!(!violations.is_empty());
            Some(false)
        }
    };
    let Some(valid) = decide(&schema) else { return };
    // A reference means another place below another root, and draft 4 lets `$ref` be alone.
    if source.contains("$ref")
        || source.contains("id\"")
        || source.contains("\\u")
        || source.contains("$schema")
    {
        return;
    }
    for wrapped in [format!("{{\"allOf\":[{source}]}}"), format!("{{\"not\":{{\"not\":{source}}}}}")] {
        let Some(wrapped_schema) = compiled(&wrapped) else { panic!("refused: {wrapped}") };
        if let Some(decided) = decide(&wrapped_schema) {
            assert_eq!(decided, valid, "{wrapped}");
        }
    }
}

fn compiled(source: &str) -> Option<Schema> {
    Schema::compile(&Document::value(source).ok()?).ok()
}
