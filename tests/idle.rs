//! `tests/data/idle.tsv`: for each option of the format the answer to one question, whether it can be valid and yet idle or contradictory.
//!
//! - `acts`: nothing beside it takes its effect away.
//! - A rule's code: `check -l` finds that, and the last cell has a configuration of which it does, beside one good endpoint.
//! - `above`: what is said of the object that it is in.
//!
//! An option that is refused, or that has no effect at all, needs no line: the registry says so.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::{BTreeMap, BTreeSet};

use fjord::features::namespaces;
use fjord::options::check::rules::RULES;
use fjord::options::{Kind, Opt, Scope, Support, core};
use fjord::review::check::{CheckOptions, Diagnostic, View, check};
use serde_json::{Value, json};

const ANSWERS: &str = include_str!("data/idle.tsv");

/// One line.
struct Answer {
    /// Scope, namespace, and the way to the option.
    option: (&'static str, &'static str, &'static str),
    says: &'static str,
    example: &'static str,
}

fn answers() -> impl Iterator<Item = Answer> {
    ANSWERS.lines().skip(1).map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        let [scope, namespace, option, says, example] = cells[..] else { panic!("{line}: five cells") };
        Answer { option: (scope, namespace, option), says, example }
    })
}

/// The options that do something, by scope, namespace and way.
fn options() -> BTreeSet<(String, String, String)> {
    let mut all = BTreeSet::new();
    // `async_agent` is refused with all that is in it.
    for scope in Scope::ALL.into_iter().filter(|scope| *scope != Scope::Async) {
        walk((scope.name(), ""), "", core::options(scope), 0, &mut all);
    }
    for namespace in namespaces().iter().filter(|namespace| namespace.support == Support::Implemented) {
        let scope = namespace.scopes.iter().next().unwrap().name();
        let value = match namespace.value {
            Kind::Same(inner) => *inner,
            other => other,
        };
        walk((scope, namespace.name), "", value.members(), 0, &mut all);
    }
    all
}

fn walk(
    place: (&str, &str),
    before: &str,
    options: &[Opt],
    depth: usize,
    all: &mut BTreeSet<(String, String, String)>,
) {
    for option in options.iter().filter(|option| option.support == Support::Implemented) {
        let way = format!("{before}{}", option.name);
        if depth < 6 {
            let inner = format!("{way}{}", option.kind.steps());
            walk(place, &inner, option.kind.members(), depth + 1, all);
        }
        all.insert((place.0.to_owned(), place.1.to_owned(), way));
    }
}

#[test]
fn every_option_has_an_answer() {
    let mut answered = BTreeSet::new();
    for Answer { option: (scope, namespace, option), says, example } in answers() {
        let key = (scope.to_owned(), namespace.to_owned(), option.to_owned());
        assert!(answered.insert(key), "{scope} {namespace} {option} is there twice");
        let is_code = RULES.iter().any(|rule| rule.code == says);
        assert!(is_code || ["acts", "above"].contains(&says), "{option}: no rule {says}");
        assert_eq!(is_code, !example.is_empty(), "{option}: a rule needs an example, and nothing else does");
    }
    let options = options();
    let missing: Vec<_> = options.difference(&answered).collect();
    let unknown: Vec<_> = answered.difference(&options).collect();
    assert!(
        missing.is_empty() && unknown.is_empty(),
        "without an answer: {missing:#?}\nno option: {unknown:#?}"
    );
}

#[test]
fn what_is_above_has_an_answer() {
    let said: BTreeMap<_, _> = answers().map(|answer| (answer.option, answer.says)).collect();
    for Answer { option: (scope, namespace, option), .. } in answers().filter(|answer| answer.says == "above")
    {
        let above = option.rsplit_once('.').unwrap().0.trim_end_matches("[]");
        let above = said[&(scope, namespace, above)];
        assert!(!["acts", "above"].contains(&above), "{option}: nothing is said of what it is in");
    }
}

#[test]
fn what_is_idle_is_found() {
    let keys = r#"{"keys":[{"kty":"oct","kid":"test","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75"}]}"#;
    let files = BTreeMap::from([("keys.json".to_owned(), keys.to_owned())]);
    let mut faults = Vec::new();
    for Answer { option: (scope, namespace, option), says, example } in answers() {
        if example.is_empty() {
            continue;
        }
        let text = document(example).to_string();
        let found =
            check(&text, &CheckOptions { view: View::Lint, files: Some(&files), ..CheckOptions::default() });
        let name = option.rsplit('.').next().unwrap();
        let names_it = |text: &str| text.contains(name);
        let whole = format!("/{}", namespace.replace('/', "~1"));
        // Some findings are about the whole namespace.
        let is_it = |d: &Diagnostic| {
            d.code == says
                && (names_it(&d.path)
                    || names_it(&d.message)
                    || names_it(d.help.as_deref().unwrap_or_default())
                    || !namespace.is_empty() && d.path.ends_with(&whole))
        };
        if !found.iter().any(is_it) {
            let found: Vec<_> =
                found.iter().map(|d| format!("{} {}: {}", d.path, d.code, d.message)).collect();
            faults
                .push(format!("{scope} {namespace} {option}: no {says} in {text}\n  {}", found.join("\n  ")));
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// The members of an example, over those of a document with one endpoint.
fn document(example: &str) -> Value {
    let example: Value = serde_json::from_str(example).unwrap_or_else(|error| panic!("{example}: {error}"));
    let over = |base: Value, key: &str| {
        let (Value::Object(mut base), own) = (base, &example[key]) else {
            unreachable!("a base is an object")
        };
        base.extend(own.as_object().cloned().unwrap_or_default());
        Value::Object(base)
    };
    let backend = over(json!({"url_pattern": "/b"}), "backend");
    let mut backends = vec![backend];
    backends.extend(example["others"].as_array().cloned().unwrap_or_default());
    let endpoint = over(json!({"endpoint": "/a/{id}", "backend": backends}), "endpoint");
    over(json!({"version": 3, "host": ["https://b.example"], "endpoints": [endpoint]}), "service")
}
