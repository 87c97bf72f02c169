//! What Go makes of each template, and what the crate makes of it: text and errors are the same, to the byte.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use fjord_json::Value;
use fjord_template::{Limits, NoHost, Templates};
use serde_json::Value as Json;

/// Errors that say the same as Go's in other words; the first is the template, the second what is said here.
const OTHER_WORDS: &[(&str, &str)] = &[
    // The type of an item is that of its value, not of the interface that holds it.
    ("{{range .mixed}}{{.x}}{{end}}", "can't evaluate field x in type "),
    ("{{range $x := .mixed}}{{$x.k}}{{end}}", "can't evaluate field k in type "),
    ("{{range .tags}}{{.x}}{{end}}", "can't evaluate field x in type string"),
    // The limit is another.
    ("{{template \"t\" }}", "exceeded maximum template depth"),
    (
        "{{ template \"x\" . }}{{ define \"x\" }}{{ template \"x\" . }}{{ end }}",
        "exceeded maximum template depth",
    ),
    // The name of what RE2 leaves out.
    ("{{regexFind \"(?=x)\" \"x\"}}", "invalid or unsupported Perl syntax: `(?=` (RE2 has no lookahead)"),
    ("{{ regexFind \"(?=a)\" \"a\" }}", "invalid or unsupported Perl syntax: `(?=` (RE2 has no lookahead)"),
];

/// The data with numbers as Go's `float64`.
fn with_floats(value: Value) -> Value {
    match value {
        Value::Number(text) => Value::Float(text.parse().unwrap()),
        Value::Array(items) => Value::Array(items.into_iter().map(with_floats).collect()),
        Value::Object(members) => {
            Value::Object(members.into_iter().map(|(key, member)| (key, with_floats(member))).collect())
        }
        other => other,
    }
}

fn run(template: &str, data: &Value) -> Result<String, String> {
    let mut templates = Templates::default();
    templates.add("t", template, &[]).map_err(|error| error.to_string())?;
    templates.render("t", data, Limits::REQUEST, &mut NoHost).map_err(|error| error.to_string())
}

/// What was recorded, in this form.
fn recorded(case: &Json) -> Result<String, String> {
    match &case["out"] {
        Json::String(out) => Ok(out.clone()),
        _ => Err(case["error"].as_str().unwrap().to_owned()),
    }
}

#[test]
fn templates_give_what_go_gives() {
    let text = include_str!("data/go.jsonl");
    let (first, rest) = text.split_once('\n').unwrap();
    let numbers = Value::parse(first.as_bytes()).unwrap().get("data").unwrap().clone();
    let floats = with_floats(numbers.clone());
    let mut faults = Vec::new();
    let mut count = 0;
    for line in rest.lines() {
        let case: Json = serde_json::from_str(line).unwrap();
        let template = case["template"].as_str().unwrap();
        let other = if case["numbers"].is_null() { &case } else { &case["numbers"] };
        for (kind, data, case) in [("floats", &floats, &case), ("numbers", &numbers, other)] {
            count += 1;
            let (want, found) = (recorded(case), run(template, data));
            let is_known = OTHER_WORDS.iter().any(|(known, says)| {
                *known == template && want.is_err() && found.as_ref().is_err_and(|error| error.contains(says))
            });
            if want != found && !is_known {
                faults.push(format!("{template}  ({kind})\n  Go:    {want:?}\n  Fjord: {found:?}"));
            }
        }
    }
    assert!(count > 1000 && faults.is_empty(), "{} of {count} differ:\n{}", faults.len(), faults.join("\n"));
}
