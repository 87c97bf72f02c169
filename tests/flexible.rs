//! Templates of configurations: what Go's text/template with Sprig made of each is in `tests/data/templates.jsonl`.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use fjord::review::flexible;
use serde_json::{Value, json};

/// Renders `template` on `data`, which is the settings `all`.
fn rendered(template: &str, data: &Value) -> Value {
    let job = json!({
        "templates": [
            { "name": "main", "text": "{{ template \"t.tmpl\" .all }}" },
            { "name": "t.tmpl", "text": template },
        ],
        "settings": [{ "name": "all", "text": data.to_string() }],
        "partials": [],
        "variables": {},
    });
    serde_json::from_str(&flexible::render(&job.to_string()).unwrap()).unwrap()
}

#[test]
fn configurations_give_what_go_gives() {
    let text = include_str!("data/templates.jsonl");
    let (first, rest) = text.split_once('\n').unwrap();
    let data = &serde_json::from_str::<Value>(first).unwrap()["data"];
    let mut faults = Vec::new();
    for line in rest.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let template = case["template"].as_str().unwrap();
        let found = rendered(template, data);
        let agrees = match case["out"].as_str() {
            Some(out) => found["text"] == out,
            None => {
                let fault = &found["fault"];
                let offset = fault["offset"].as_u64().unwrap_or(0) as usize;
                let line = 1 + template.get(..offset).unwrap_or(template).matches('\n').count();
                fault.is_object() && case["line"].as_u64().is_none_or(|want| want == line as u64)
            }
        };
        if !agrees {
            faults.push(format!("{template}\n  Go:    {case}\n  Fjord: {found}"));
        }
    }
    assert!(faults.is_empty(), "{} differ:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn hostile_templates_end_in_a_fault() {
    let nested = format!("{}{}", "{{if true}}".repeat(5000), "{{end}}".repeat(5000));
    let parentheses = format!("{{{{ {}1{} }}}}", "(".repeat(5000), ")".repeat(5000));
    let open = "{{".repeat(50_000);
    let hostile = [
        &*open,
        &*nested,
        &*parentheses,
        "{{ define \"a\" }}{{ template \"a\" }}{{ end }}{{ template \"a\" }}",
        "{{ range until 100000000 }}x{{ end }}",
        "{{ repeat 1000000000 `abc` }}",
        "{{ \0 }}",
        "{{ constructor }}",
        "{{ toString | }}",
    ];
    for template in hostile {
        let found = rendered(template, &json!({}));
        assert!(found["fault"].is_object(), "{}: {found}", template.get(..60).unwrap_or(template));
    }
}

/// The page says which of Sprig's functions are left out, and for which reason.
#[test]
fn the_page_names_what_is_left_out() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/flexible.md")).unwrap();
    let (_, list) = page.split_once("<!-- left-out:start -->").unwrap();
    let (list, _) = list.split_once("<!-- left-out:end -->").unwrap();
    let listed: BTreeSet<_> = list.split('`').skip(1).step_by(2).collect();
    let sprig = fs::read_to_string(root.join("crates/template/tests/data/sprig.txt")).unwrap();
    let left_out =
        |name: &&str| fjord_template::left_out(name).is_some() && !["env", "expandenv"].contains(name);
    assert_eq!(listed, sprig.lines().filter(left_out).collect());
}
