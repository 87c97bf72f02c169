//! Rows of tables of facts: every one is run, here or as a case that begins with its id, or a reason says why not.

use std::collections::BTreeSet;

use fjord::options::Environment;
use fjord::plan;
use fjord_http::UrlPattern;
use fjord_http::host::clean_host;
use fjord_http::path::gin_path;
use fjord_http::template::Endpoint;
use serde_json::{Value, json};

use crate::{case, cases};

/// Rows of `unit_cases.json` that no case can be made of.
const LEFT: [(&str, &str); 5] = [
    ("M07", "no step answers neither a response nor an error"),
    ("H07", "only Go plugins make errors with headers"),
    ("H09", "no step answers neither a response nor an error"),
    ("H10", "an answer that comes after its deadline is dropped by the deadline itself"),
    ("H11", "no step answers neither a response nor an error"),
];

fn rows(kind: &str) -> Vec<Value> {
    let all: Vec<Value> = serde_json::from_str(include_str!("../data/unit_cases.json")).unwrap();
    all.into_iter().filter(|row| row["kind"] == kind).collect()
}

/// The first words of the names of cases in the files that begin with `prefix`.
fn ids(prefix: &str) -> BTreeSet<String> {
    let of_prefix = cases().into_iter().filter(|(file, _)| file.starts_with(prefix));
    of_prefix.map(|(_, case)| case["name"].as_str().unwrap().split(' ').next().unwrap().to_owned()).collect()
}

#[test]
fn every_unit_case_is_run_or_has_a_reason() {
    let mut known = ids("unit_");
    known.extend(["formatter", "P", "S"].iter().flat_map(|kind| rows(kind)).map(|row| id(&row)));
    for (id, _) in LEFT {
        assert!(known.insert(id.to_owned()), "{id} is run and has a reason not to be");
    }
    let all = ["formatter", "G", "M", "Q", "S", "P", "H", "I"].iter().flat_map(|kind| rows(kind));
    let all: BTreeSet<String> = all.map(|row| id(&row)).collect();
    assert_eq!(all, known);
    assert_eq!(all.len(), 181);
}

#[test]
fn every_documented_example_is_run_or_has_a_reason() {
    let mut known = ids("doc_");
    known.insert("R01".to_owned());
    for line in include_str!("../data/doc_examples_left.md").lines().filter(|line| line.starts_with("- ")) {
        let id = line[2..].split(':').next().unwrap();
        assert!(known.insert(id.to_owned()), "{id} is run and has a reason not to be");
    }
    let counts = [21, 7, 21, 18, 8, 7, 21, 13, 7, 10, 5, 24, 12, 15, 17, 9, 5, 11, 8];
    let letter = |(letter, count): (char, usize)| (1..=count).map(move |n| format!("{letter}{n:02}"));
    assert_eq!(('A'..='S').zip(counts).flat_map(letter).collect::<BTreeSet<_>>(), known);
}

fn id(row: &Value) -> String {
    row["id"].as_str().unwrap().to_owned()
}

fn run(row: &Value, case: Value) {
    if let Err(reason) = [false, true].into_iter().try_for_each(|recipes| case::run(&case, recipes)) {
        panic!("{row}: {reason}");
    }
}

#[test]
fn formatters() {
    for row in rows("formatter") {
        let mut backend = row["options"].clone();
        backend["url_pattern"] = json!("/b");
        if let Some(operations) = backend.as_object_mut().unwrap().remove("flatmap_filter") {
            backend["extra_config"] = json!({"proxy": {"flatmap_filter": operations}});
        }
        run(
            &row,
            json!({
                "config": {"endpoint": "/x", "backend": [backend]},
                "origins": {"GET http://a/b": {"body": row["in"]}},
                "request": "GET /x",
                "expect": {"body": row["out"]},
            }),
        );
    }
}

#[test]
fn strategies_of_static_data() {
    let (good, bad) = (json!({"url_pattern": "/good"}), json!({"url_pattern": "/bad"}));
    let details =
        json!({"url_pattern": "/bad", "extra_config": {"backend/http": {"return_error_details": "e"}}});
    let error = json!({"error_e": {"http_status_code": 404}});
    // The column, its backends and their answer. (Nothing answers neither a response nor an error.)
    let columns = [
        ("nil response, error", json!([bad]), json!({})),
        ("response not complete, no error", json!([details]), error),
        ("complete, no error", json!([good]), json!({"a": 1})),
        ("response (complete or not) with error", json!([good, bad]), json!({"a": 1})),
    ];
    for row in rows("S") {
        let strategy = row["strategy"].as_str().unwrap().split(' ').next().unwrap();
        for (column, backends, data) in &columns {
            let mut body = data.clone();
            let expect = match row[*column].as_str().unwrap() {
                "no" if *column == "nil response, error" => json!({"status": 500, "body": ""}),
                "no" => json!({"body": body}),
                // "only if not complete", which it never is beside an error
                _ => {
                    body["s"] = json!(1);
                    json!({"body": body})
                }
            };
            let options = json!({"proxy": {"static": {"strategy": strategy, "data": {"s": 1}}}});
            run(
                &row,
                json!({
                    "config": {"endpoint": "/x", "backend": backends, "extra_config": options},
                    "origins": {"GET http://a/good": {"body": {"a": 1}}, "GET http://a/bad": {"status": 404}},
                    "request": "GET /x",
                    "expect": expect,
                }),
            );
        }
    }
}

/// What KrakenD makes of texts in a configuration.
#[test]
fn paths_hosts_and_patterns() {
    let cases = ids("unit_");
    for row in rows("P").iter().filter(|row| !cases.contains(&id(row))) {
        let (what, input) = (row["what"].as_str().unwrap(), row["input"].as_str().unwrap());
        let compiled = |pattern: &str, params: &str| {
            UrlPattern::compile(pattern, &Endpoint::new("GET", params, false), 0)
        };
        let have = match what {
            "url_pattern" => {
                let params = "/{tupu}/{tupu_56}/{supu-5t6}/{foo}/{tupu1}";
                compiled(input, params).unwrap().text().to_owned()
            }
            "endpoint" | "endpoint, strict" => gin_path(input, false),
            "endpoint, disable_rest" => gin_path(input, true),
            "host" => clean_host(input).unwrap_or_else(|error| format!("error: {error}")),
            "version" => {
                let config = json!({"version": input.parse::<u32>().unwrap()}).to_string();
                format!("error: {}", plan::build(config.into_bytes(), Environment::default()).err().unwrap())
            }
            // The error names the path as the router has it.
            _ => {
                let names = what.split(['[', ']']).nth(1).unwrap().split(' ');
                let params = names.map(|name| format!("/{{{name}}}")).collect::<String>();
                let pattern = "supu/{tupu_56}/{supu-5t6}?a={foo}&b={foo}";
                let error = compiled(pattern, &params).unwrap_err().to_string();
                format!("error: {}", error.replace(&gin_path(&params, false), input))
            }
        };
        let want = row["output"].as_str().unwrap();
        let fits = if what == "host" && want.starts_with("error") {
            have.starts_with("error") && have.ends_with("invalid host")
        } else {
            have.trim_start_matches('/') == want.trim_start_matches('/')
        };
        assert!(fits, "{have}, want {row}");
    }
}

/// Example R01: hosts share the calls, and one that is named three times takes three quarters.
#[test]
fn hosts_share_the_calls() {
    for (hosts, low, high) in [(json!(["a", "b"]), 150, 250), (json!(["a", "a", "a", "b"]), 250, 350)] {
        let config = json!({"version": 3, "endpoints": [
            {"endpoint": "/x", "backend": [{"host": hosts, "url_pattern": "/"}]}
        ]});
        let taken = case::calls(&config, 400).iter().filter(|call| *call == "GET http://a/").count();
        assert!((low..high).contains(&taken), "{taken} of 400 with {hosts}");
    }
}
