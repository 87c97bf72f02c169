//! What a user sees of a check, to the letter. `UPDATE_SNAPSHOTS=1 cargo test` writes the snapshots anew.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use fjord::check::{CheckOptions, check_bytes, github, json, text};

fn compare(name: &str, seen: &str) {
    let path = format!("{}/tests/snapshots/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, seen).unwrap();
    }
    let wanted = std::fs::read_to_string(&path).unwrap();
    assert_eq!(seen, wanted, "{name} differs");
}

fn checked(file: &str, see: impl Fn(&fjord::check::Checked<'_>, &str) -> String, lenient: bool) -> String {
    let bytes = std::fs::read(format!("{}/tests/data/check/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    see(&check_bytes(&bytes, &CheckOptions { lenient, ..CheckOptions::default() }), file)
}

#[test]
fn shows_all_faults_at_once() {
    compare("mixed.txt", &checked("mixed.json", |c, file| text(c, file, false), false));
}

#[test]
fn shows_colours_on_a_terminal() {
    compare("mixed.ansi", &checked("mixed.json", |c, file| text(c, file, true), false));
}

#[test]
fn reads_on_behind_syntax_faults() {
    compare("broken.txt", &checked("broken.json", |c, file| text(c, file, false), false));
}

#[test]
fn clips_long_lines() {
    compare("minified.txt", &checked("minified.json", |c, file| text(c, file, false), false));
}

#[test]
fn annotates_for_github() {
    compare("mixed.github.txt", &checked("mixed.json", github, false));
}

#[test]
fn reports_for_programs() {
    let report = checked("mixed.json", |c, file| json(c, file, false), true);
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let diagnostics = serde_json::to_string_pretty(&report["diagnostics"]).unwrap();
    compare("mixed.lenient.json", &(diagnostics + "\n"));
}
