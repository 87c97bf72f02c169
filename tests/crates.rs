//! The crates below `crates/` are layered in floors: each knows only crates of the floors below its own or of its own, none of
//! them in a circle, and none knows the gateway.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The floors, from the ground up. A crate that isn't here fails the test: it needs a floor.
const FLOORS: &[&[&str]] = &[
    &["memory", "calendar", "pattern", "json", "document"],
    &["http", "encoding", "router", "schema", "cel", "lua", "jmespath", "jose", "sigv4", "template"],
];

/// What each crate's manifest names of the workspace, for its tests too.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates");
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    names
        .map(|entry| {
            let manifest = fs::read_to_string(entry.path().join("Cargo.toml")).unwrap();
            (entry.file_name().into_string().unwrap(), named(&manifest))
        })
        .collect()
}

/// The packages of this workspace that a manifest names, `fjord-json` as `json`.
fn named(manifest: &str) -> BTreeSet<String> {
    let mut inside = false;
    let mut found = BTreeSet::new();
    for line in manifest.lines() {
        if let Some(table) = line.strip_prefix('[') {
            inside = table.trim_end().ends_with("dependencies]");
            assert!(!table.contains("dependencies.fjord"), "{line}: a table of its own is not read here");
        } else if inside && line.starts_with("fjord") {
            let name = line.split(['.', ' ', '=']).next().unwrap();
            found.insert(name.strip_prefix("fjord-").unwrap_or(name).to_owned());
        }
    }
    found
}

fn floor(name: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&name))
}

/// Whatever breaks the rule, in words.
fn faults(crates: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, below) in crates {
        let Some(own) = floor(name) else {
            faults.push(format!("{name} has no floor"));
            continue;
        };
        for other in below {
            match floor(other) {
                None => faults.push(format!("{name} names {other}, which is no crate of a floor")),
                Some(theirs) if theirs > own => faults.push(format!("{name} names {other}, a floor above")),
                Some(_) => {}
            }
        }
    }
    for name in FLOORS.iter().copied().flatten() {
        if !crates.contains_key(*name) {
            faults.push(format!("{name} has a floor, and doesn't exist"));
        }
    }
    faults
}

#[test]
fn no_crate_knows_the_gateway_or_a_floor_above() {
    assert_eq!(faults(&dependencies()), Vec::<String>::new());
}

#[test]
fn the_rule_can_be_broken() {
    let mut crates = dependencies();
    crates.get_mut("json").unwrap().insert("http".to_owned());
    crates.get_mut("cel").unwrap().insert("fjord".to_owned());
    crates.insert("telemetry".to_owned(), BTreeSet::new());
    assert_eq!(
        faults(&crates),
        [
            "cel names fjord, which is no crate of a floor",
            "json names http, a floor above",
            "telemetry has no floor",
        ]
    );
    let manifest = "[package]\nname = \"fjord-a\"\n[dependencies]\nfjord-json.workspace = true\nserde = \"1\"\n\
                    [dev-dependencies]\nfjord = { path = \"../..\" }\n[lints]\nfjord-x = 1\n";
    assert_eq!(named(manifest), BTreeSet::from(["fjord".to_owned(), "json".to_owned()]));
}

#[test]
fn every_crate_says_what_it_is_and_where_its_data_are_from() {
    for name in dependencies().keys() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates").join(name);
        let readme = fs::read_to_string(folder.join("README.md")).unwrap_or_default();
        for part in [&format!("# fjord-{name}"), "## Who uses it", "## Why it isn't a library", "## Tests"] {
            assert!(readme.lines().any(|line| line == part), "crates/{name}/README.md: {part}");
        }
        let Ok(data) = fs::read_dir(folder.join("tests/data")) else { continue };
        for file in data.map(|entry| entry.unwrap().file_name().into_string().unwrap()) {
            let kind = file.split_once('.').map_or("", |(_, kind)| kind);
            let is_named = readme.contains(&format!("`tests/data/{file}`"))
                || readme.contains(&format!("`tests/data/*.{kind}`"));
            assert!(is_named, "crates/{name}/README.md doesn't name tests/data/{file}");
        }
    }
}
