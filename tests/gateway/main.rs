//! Whole-gateway tests over a simulated platform: virtual time, scripted origins, the same result on every run.
//!
//! Each file of `cases/` holds cases as data: a configuration, origins, a request, what must come back, and after how
//! many milliseconds. A folder there has the name of the page of `docs/krakend` whose sentences its cases prove.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod agents;
mod case;
mod rows;
mod shapes;
mod shared;
mod sim;
mod simulation;
mod token;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// All cases, each with the name of its file.
fn cases() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gateway/cases");
    let list = |folder: PathBuf| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, mut files): (Vec<_>, Vec<_>) = list(folder).partition(|path| path.is_dir());
    files.extend(folders.into_iter().flat_map(list));
    files.sort();
    let read = |file: PathBuf| {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let cases: Vec<Value> = serde_json::from_slice(&fs::read(&file).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        cases.into_iter().map(move |case| (name.clone(), case))
    };
    files.into_iter().flat_map(read).collect()
}

#[test]
fn each_folder_of_cases_has_its_page() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let entries = fs::read_dir(root.join("tests/gateway/cases")).unwrap().map(|entry| entry.unwrap().path());
    let folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    assert!(!folders.is_empty());
    for folder in folders {
        let page = folder.file_name().unwrap().to_string_lossy().into_owned() + ".md";
        assert!(root.join("docs/krakend").join(&page).is_file(), "no page {page}");
    }
}

#[test]
fn every_case_answers_as_written() {
    let (mut passed, mut failures) = (0, Vec::new());
    for (file, case) in cases() {
        for (recipes, way) in [(false, ""), (true, " (by recipe)")] {
            match case::run(&case, recipes) {
                Ok(()) => passed += 1,
                Err(reason) => failures.push(format!("{file}: {}{way}: {reason}", case["name"])),
            }
        }
    }
    assert!(failures.is_empty(), "{passed} passed, {} failed:\n{}", failures.len(), failures.join("\n"));
    assert!(passed > 0, "no case was found");
}
