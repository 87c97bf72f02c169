//! A checker's exam: configurations, right and wrong, with the verdict, the places and the suggestions that are due.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "support/exam.rs"]
mod exam;

use std::fmt::Write;

use fjord::features;
use fjord::options::Support;
use fjord::review::check::{CheckOptions, Diagnostic, View, check_bytes};
use fjord_document::{Lines, Severity};
use serde_json::Value;

/// Cases that can't be right yet, and why.
const OPEN: &[(&str, &str)] = &[];

#[test]
fn every_case_gets_its_verdict_place_and_suggestion() {
    let mut report = String::new();
    for case in exam::cases() {
        let id = case["id"].as_str().unwrap();
        // A namespace that is refused for now hides whether the rest of the verdict is right.
        let misses = judge(&case, false).min(judge(&case, true));
        match (misses.is_empty(), OPEN.iter().any(|(open, _)| *open == id)) {
            (false, false) => writeln!(report, "{id}: {}", misses.join("; ")).unwrap(),
            (true, true) => writeln!(report, "{id} is right now: take it off the list").unwrap(),
            _ => {}
        }
    }
    assert!(report.is_empty(), "\n{report}");
}

/// What is wrong with the answer to a case.
fn judge(case: &Value, all_supported: bool) -> Vec<String> {
    let bytes = exam::document(case);
    let files = exam::files();
    let mut checked = check_bytes(
        &bytes,
        &CheckOptions { files: Some(&files), view: View::Lint, ..CheckOptions::default() },
    );
    checked
        .diagnostics
        .retain(|d| d.severity != Severity::Note && !(all_supported && d.code == "not-supported"));
    let lines = Lines::new(&checked.text);
    let found = &checked.diagnostics;
    let verdict = match found.iter().map(|d| d.severity).max() {
        Some(Severity::Error) => "error",
        Some(_) => "warn",
        None => "ok",
    };
    let text = |key: &str| case[key].as_str();
    if text("unless") == Some("implemented") && verdict == "ok" {
        return Vec::new();
    }
    if Some(verdict) != text("expect") && Some(verdict) != text("also") {
        return vec![format!("verdict {verdict} instead of {:?}, with {:?}", text("expect"), codes(found))];
    }
    if text("expect") == Some("ok") || verdict == "ok" {
        return Vec::new();
    }
    let mut misses = Vec::new();
    let strings = |value: &Value| -> Vec<String> {
        let items = value.as_array().map_or(&[][..], Vec::as_slice);
        items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    for (index, place) in strings(&case["where"]).into_iter().enumerate() {
        if text("unless") == Some("implemented") && is_implemented(&place) {
            continue;
        }
        let columns = strings(&case["at"][index]);
        let exact = |d: &&Diagnostic| {
            let at = lines.position(d.span.start);
            columns.contains(&format!("{}:{}", at.line, at.column))
        };
        let there = |d: &Diagnostic| d.path == place || strings(&case["alt"]).contains(&d.path);
        if !(found.iter().any(there) || place.is_empty() && found.iter().any(|d| exact(&d))) {
            misses.push(format!("nothing at {place:?}"));
        }
        if !columns.is_empty() && !found.iter().any(|d| exact(&d)) {
            misses.push(format!("nothing at {columns:?}"));
        }
    }
    let names = |d: &Diagnostic, meant: &str| {
        d.message.contains(meant) || d.help.as_ref().is_some_and(|help| help.contains(meant))
    };
    if let Some(meant) = text("suggest").filter(|meant| !found.iter().any(|d| names(d, meant))) {
        misses.push(format!("doesn't suggest {meant}"));
    }
    misses
}

/// Whether a place is that of a namespace that Fjord has, though the open KrakenD doesn't.
fn is_implemented(place: &str) -> bool {
    let name = place.rsplit('/').next().unwrap_or("").replace("~1", "/");
    features::named(&name).any(|namespace| namespace.support == Support::Implemented)
}

fn codes(found: &[Diagnostic]) -> Vec<(&str, &str)> {
    found.iter().map(|d| (d.code, d.path.as_str())).collect()
}
