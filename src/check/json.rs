//! The report for programs, and the one call that the command line makes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{CheckOptions, Checked, Counts, check_bytes, render};
use crate::config::{Diagnostic, Lines, Severity};

/// What the command line asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wish {
    /// The file's name, for the report.
    file: String,
    lenient: bool,
    color: bool,
    /// Leaves notes out: who serves a configuration has read them before.
    quiet: bool,
    /// Names of files that are there; without it all are taken to be there.
    files: Option<Vec<String>>,
    /// The worker's bindings that count; without it nobody knows them.
    counters: Option<BTreeMap<String, Counts>>,
}

#[derive(Serialize)]
struct Report<'a> {
    file: &'a str,
    diagnostics: Vec<Entry<'a>>,
    /// The same for people.
    text: String,
    /// The same as annotations of GitHub Actions.
    github: String,
}

#[derive(Serialize)]
struct Entry<'a> {
    severity: &'static str,
    code: &'a str,
    path: &'a str,
    line: usize,
    column: usize,
    message: &'a str,
    help: Option<&'a str>,
    related: Vec<Related<'a>>,
}

#[derive(Serialize)]
struct Related<'a> {
    line: usize,
    column: usize,
    message: &'a str,
}

/// Checks a configuration and writes the report as JSON: `{file, diagnostics, text, github}`. `options` is a JSON
/// object with any of `file`, `lenient`, `color`, `quiet`, `files`, the named files that are there, and `counters`, the bindings that count
/// (`{NAME: "exactly" | "locally"}`).
pub fn report(text: &[u8], options: &str) -> String {
    let wish: Wish = serde_json::from_str(options).unwrap_or_default();
    let exists = |name: &str| wish.files.as_ref().is_none_or(|files| files.iter().any(|file| file == name));
    let options =
        CheckOptions { lenient: wish.lenient, exists: Some(&exists), counters: wish.counters.as_ref() };
    let mut checked = check_bytes(text, &options);
    if wish.quiet {
        checked.diagnostics.retain(|diagnostic| diagnostic.severity != Severity::Note);
    }
    json(&checked, &wish.file, wish.color)
}

/// The report on a checked configuration.
pub fn json(checked: &Checked<'_>, file: &str, color: bool) -> String {
    let lines = checked.lines();
    let report = Report {
        file,
        diagnostics: checked.diagnostics.iter().map(|d| entry(d, &lines)).collect(),
        text: render::text(checked, file, color),
        github: render::github(checked, file),
    };
    // Strings and numbers only: writing them as JSON can't fail.
    serde_json::to_string(&report).unwrap_or_default()
}

fn entry<'a>(diagnostic: &'a Diagnostic, lines: &Lines<'_>) -> Entry<'a> {
    let at = lines.position(diagnostic.span.start);
    let related = diagnostic.related.iter().map(|(span, message)| {
        let at = lines.position(span.start);
        Related { line: at.line, column: at.column, message }
    });
    Entry {
        severity: diagnostic.severity.name(),
        code: diagnostic.code,
        path: &diagnostic.path,
        line: at.line,
        column: at.column,
        message: &diagnostic.message,
        help: diagnostic.help.as_deref(),
        related: related.collect(),
    }
}
