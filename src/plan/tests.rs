//! A plan of a text of any kind: an error, or endpoints that say for themselves what is wrong with them.

use crate::gateway::{EndpointId, Plan};
use crate::options::{Environment, Step};

use super::*;

fn built(text: impl AsRef<[u8]>) -> Result<Plan, String> {
    build(text.as_ref(), Environment::default()).map_err(|error| error.to_string())
}

fn refused(endpoints: &str) -> Vec<Option<String>> {
    let plan =
        built(format!(r#"{{"version": 3, "host": ["http://a"], "endpoints": [{endpoints}]}}"#)).unwrap();
    plan.endpoints().map(|endpoint| endpoint.refused.clone()).collect()
}

#[test]
fn a_text_that_is_no_configuration_makes_no_plan() {
    for (text, error) in [
        ("", "the configuration can't be read: 1:1: the file is empty"),
        (
            "{\"version\": 3, \"endpoints\": [{\"a\": 1,}]}",
            "the configuration can't be read: 1:37: a comma before the end of the object",
        ),
        ("{\"version\": 2}", "unsupported version: 2 (want: 3)"),
        ("{\"version\": 3, \"endpoints\": {}}", "endpoints: expected a list, found an object"),
    ] {
        assert_eq!(built(text).err().as_deref(), Some(error), "{text}");
    }
    let error = built(b"{\"version\": 3, \"a\": \"\xff\"}").err().unwrap();
    assert!(error.starts_with("the configuration can't be read: invalid utf-8"), "{error}");
}

#[test]
fn an_endpoint_that_is_none_harms_no_other() {
    let good = r#"{"endpoint": "/a", "backend": [{"url_pattern": "/"}]}"#;
    let odd = r#"{"endpoint": "/c", "timeout": "2s" , "backend": [{"url_pattern": '/'}]}"#;
    let deep = format!(r#"{{"endpoint": "/b", "@x": {}{}}}"#, "[".repeat(9000), "]".repeat(9000));
    let seen = refused(&format!("5, {good}, {deep}, {odd}, null, {{\"endpoint\": 7}}"));
    let none = Some("there is no backend to answer with".to_owned());
    assert_eq!(
        seen,
        [
            none.clone(),
            None,
            Some("it can't be read: values are nested more than 256 levels deep".to_owned()),
            Some("it can't be read: single quotes: strings and keys need double quotes".to_owned()),
            none.clone(),
            none
        ]
    );
}

#[test]
fn a_byte_order_mark_and_half_a_character_are_read_over() {
    let text = "\u{feff}{\"version\": 3, \"@a\": \"\\ud800\", \"endpoints\": [{\"endpoint\": \"/é\", \"backend\": [{\"url_pattern\": \"/\", \"host\": [\"http://a\"]}]}]}";
    let plan = built(text).unwrap();
    let seen: Vec<_> =
        plan.endpoints().map(|endpoint| (endpoint.info.path.as_str(), &endpoint.refused)).collect();
    assert_eq!(seen, [("/é", &None)]);
}

#[test]
fn an_endpoint_is_compiled_once() {
    let plan = built(r#"{"version": 3, "endpoints": [{"endpoint": "/a"}]}"#).unwrap();
    assert!(std::ptr::eq(plan.endpoint(EndpointId(0)), plan.endpoint(EndpointId(0))));
}

/// The order of steps for what draws a configuration, which knows no Rust.
#[test]
fn the_command_draws_steps_in_their_order() {
    fn names<T: ?Sized>(steps: &[Step<T>]) -> Vec<&'static str> {
        steps.iter().map(|step| step.namespace.name).collect()
    }
    let lists = [
        ("service", [names(order::ROUTING), names(order::OUTER), names(order::GLOBAL)].concat()),
        ("endpoint", [names(order::HANDLERS), names(order::LAYERS), names(order::DATA)].concat()),
        (
            "backend",
            [names(order::WHEN), names(order::BACKEND), names(order::AROUND), names(order::HOP)].concat(),
        ),
    ];
    let mut script = "// Steps in the order in which a request passes them; an answer passes them the other way. Generated from src/plan/order.rs:\n// UPDATE=1 cargo test -p fjord --lib plan::tests\nexport const ORDER = {\n".to_owned();
    for (place, names) in lists {
        let lines: Vec<String> = names.iter().map(|name| format!("    {name:?},\n")).collect();
        script += &format!("  {place}: [\n{}  ],\n", lines.concat());
    }
    script += "};\n";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/bin/lib/graph/order.mjs");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &script).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(path).unwrap_or_default(),
        script,
        "run UPDATE=1 cargo test -p fjord --lib plan::tests"
    );
}
