//! The report for programs, and the one call that the command line makes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use fjord_document::{Diagnostic, Lines, Origin, Reading, Severity};

use super::parts::costs;
use crate::options::Module;

use super::{CheckOptions, Checked, Cost, Counts, CustomSchema, Found, View, Worker, found, render};

/// What the command line asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Wish {
    /// The file's name, for the report.
    file: String,
    view: View,
    color: bool,
    /// Leaves notes out: who serves a configuration has read them before.
    quiet: bool,
    /// Texts of the named files that are there; without it all are taken to be there.
    files: Option<BTreeMap<String, String>>,
    /// Whether the worker has room for the configuration.
    fits: Option<bool>,
    /// The worker's bindings that count; without it nobody knows them.
    counters: Option<BTreeMap<String, Counts>>,
    worker: Option<Worker>,
    schema: Option<CustomSchema>,
    /// Variables of the environment.
    variables: Option<BTreeMap<String, String>>,
    /// Whether to tell what each endpoint costs.
    costs: bool,
    /// Whether to tell which module serves it.
    module: bool,
    /// Where the text comes from, if it isn't that of the file.
    origin: Option<Origin>,
}

#[derive(Serialize)]
struct Report<'a> {
    file: &'a str,
    diagnostics: Vec<Entry<'a>>,
    /// The same for people.
    text: String,
    /// The same as annotations of GitHub Actions.
    github: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    costs: Vec<Cost>,
    /// The endpoints that answer 501, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    closed: Vec<String>,
    /// The smallest module of the edge that serves the configuration, and why.
    #[serde(flatten)]
    needs: Option<Needs>,
}

#[derive(Serialize)]
struct Needs {
    module: &'static str,
    /// The names of what it needs beside the core.
    capabilities: Vec<&'static str>,
    /// Which part of it does, by those names.
    reasons: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
struct Entry<'a> {
    severity: &'static str,
    file: &'a str,
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
/// object with any of `file`, `view` (`run`, `lint` or `lenient`), `color`, `quiet`, `files` (texts of the named files that are there, by name),
/// `fits` (whether the worker has room for the configuration), `counters` (the bindings that count, `{NAME: "exactly" | "locally"}`), `worker` (what the worker declares), `schema` (one
/// that the configuration must fit, too: `{file, text}`), `variables` (of the environment), `costs` (whether to add what each
/// endpoint costs), `module` (whether to add which module serves it, and for what) and `origin` (the files that the text was made from).
///
/// # Errors
/// If `options` isn't such an object.
pub fn report(reading: &Reading<'_>, options: &str) -> serde_json::Result<String> {
    let wish: Wish = serde_json::from_str(options)?;
    let options = CheckOptions {
        view: wish.view,
        files: wish.files.as_ref(),
        counters: wish.counters.as_ref(),
        worker: wish.worker.as_ref(),
        schema: wish.schema.as_ref(),
        variables: wish.variables.as_ref(),
    };
    let Found { mut diagnostics, closed, required } = found(reading, &options);
    if wish.fits == Some(false) {
        let fault = Diagnostic::error("no-room", 0..1, "the worker has no memory for all these endpoints");
        diagnostics.insert(0, fault.help("serve them by several workers: one has 128 MB for everything"));
    }
    let mut checked = Checked { text: (&*reading.text).into(), diagnostics };
    if wish.quiet {
        checked.diagnostics.retain(|diagnostic| diagnostic.severity != Severity::Note);
    }
    let needs = wish.module.then(|| Needs {
        module: Module::with(&required.keys().copied().collect()).name(),
        capabilities: required.keys().map(|capability| capability.name()).collect(),
        reasons: required.iter().filter_map(|(one, part)| Some((one.name(), part.clone()?))).collect(),
    });
    let root = reading.document.as_ref().map(|document| &document.root).filter(|_| wish.costs);
    let costs = root.map(costs).unwrap_or_default();
    Ok(match &wish.origin {
        Some(origin) => write(&checked.apart(origin), &wish.file, wish.color, costs, closed, needs),
        None => write(&[(&*wish.file, &checked)], &wish.file, wish.color, costs, closed, needs),
    })
}

/// The report on a checked configuration.
pub fn json(checked: &Checked<'_>, file: &str, color: bool) -> String {
    write(&[(file, checked)], file, color, Vec::new(), Vec::new(), None)
}

/// The report on what was found in each of the sources.
fn write<'a, C: std::borrow::Borrow<Checked<'a>>>(
    parts: &[(&str, C)],
    file: &str,
    color: bool,
    costs: Vec<Cost>,
    closed: Vec<String>,
    needs: Option<Needs>,
) -> String {
    // Most files are in order: their lines needn't be counted.
    let parts = parts.iter().map(|(file, checked)| (*file, checked.borrow()));
    let parts: Vec<(&str, &Checked<'_>)> =
        parts.filter(|(_, checked)| !checked.diagnostics.is_empty()).collect();
    let entries = parts.iter().flat_map(|(file, checked)| {
        let lines = checked.lines();
        checked.diagnostics.iter().map(move |diagnostic| entry(diagnostic, file, &lines))
    });
    let report = Report {
        file,
        diagnostics: entries.collect(),
        text: render::text_of(&parts, color),
        github: parts.iter().map(|(file, checked)| render::github(checked, file)).collect(),
        costs,
        closed,
        needs,
    };
    serde_json::to_string(&report).expect("strings and numbers are JSON")
}

fn entry<'a>(diagnostic: &'a Diagnostic, file: &'a str, lines: &Lines<'_>) -> Entry<'a> {
    let at = lines.position(diagnostic.span.start);
    let related = diagnostic.related.iter().map(|(span, message)| {
        let at = lines.position(span.start);
        Related { line: at.line, column: at.column, message }
    });
    Entry {
        severity: diagnostic.severity.name(),
        file,
        code: diagnostic.code,
        path: &diagnostic.path,
        line: at.line,
        column: at.column,
        message: &diagnostic.message,
        help: diagnostic.help.as_deref(),
        related: related.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fjord_document::Document;

    #[test]
    fn options_that_are_not_understood_are_an_error() {
        let reading = Document::read(b"{\"version\": 3}");
        assert!(report(&reading, "{}").is_ok());
        for options in ["", "[1]", "{\"view\": \"strict\"}", "{\"colour\": true}", "{\"files\": {\"a\": 1}}"]
        {
            assert!(report(&reading, options).is_err(), "{options}");
        }
    }
}
