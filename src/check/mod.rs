//! Says what is wrong with a configuration, all at once: what it is made of, and what it would do.
//!
//! `structure` knows the registry only: types, ranges, required and unknown options. `meaning` knows what options do
//! together: routes, variables, hosts, credentials. A feature whose options hold a language of its own (expressions,
//! scripts, schemas) adds its function to the table in [`meaning`].

mod findings;
mod json;
mod meaning;
mod render;
mod served;
mod spot;
mod structure;
pub(crate) mod suggest;

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::config::{Document, Lines, Origin, Reading, Severity};

pub use crate::config::Diagnostic;
pub use json::{json, report};
pub use render::{github, text};

/// How to check.
#[derive(Clone, Copy, Default)]
pub struct CheckOptions<'a> {
    /// Parts that are refused and options that are unknown are warnings.
    pub lenient: bool,
    /// The texts of the files that the configuration names, by their names; without it all files are taken to be there.
    pub files: Option<&'a BTreeMap<String, String>>,
    /// The worker's bindings that can count for rate limits; none if nobody knows them.
    pub counters: Option<&'a BTreeMap<String, Counts>>,
    /// The worker that the configuration is for, if that is known.
    pub worker: Option<&'a Worker>,
}

/// What a worker's own configuration declares.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Worker {
    /// The name of its file, such as `wrangler.toml`.
    pub file: String,
    /// The names of its bindings, variables and required secrets.
    pub names: Vec<String>,
}

/// How a binding counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Counts {
    /// A Durable Object namespace: for all isolates together.
    Exactly,
    /// A rate-limit binding: for each of the platform's locations.
    Locally,
}

/// A configuration, checked.
#[derive(Debug)]
pub struct Checked<'a> {
    /// The text that the spans point into.
    pub text: std::borrow::Cow<'a, str>,
    /// What was found, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// What is wrong with a configuration's text, in the order of the text.
pub fn check(text: &str, options: &CheckOptions<'_>) -> Vec<Diagnostic> {
    check_bytes(text.as_bytes(), options).diagnostics
}

/// The same for bytes that may be no text.
pub fn check_bytes<'a>(bytes: &'a [u8], options: &CheckOptions<'_>) -> Checked<'a> {
    let reading = Document::read(bytes);
    let diagnostics = found(&reading, options);
    Checked { text: reading.text, diagnostics }
}

/// All that is wrong with a text that was read, in the order of the text.
fn found(reading: &Reading<'_>, options: &CheckOptions<'_>) -> Vec<Diagnostic> {
    let mut diagnostics = reading.diagnostics.clone();
    if let Some(document) = &reading.document {
        let mut findings = findings::Findings::new(*options);
        structure::check(&document.root, &mut findings);
        meaning::check(&document.root, &mut findings);
        let is_ok = diagnostics.iter().all(|d| d.severity != Severity::Error) && findings.is_ok();
        if is_ok && !options.lenient {
            served::check(&document.root, &mut findings);
        }
        diagnostics.extend(findings.into_list());
    }
    diagnostics.sort_by_key(|d| (d.span.start, std::cmp::Reverse(d.severity)));
    diagnostics.dedup_by(|later, first| later.path == first.path && later.message == first.message);
    diagnostics
}

// === impl Checked ===

impl Checked<'_> {
    /// Whether the configuration can be served.
    pub fn is_ok(&self) -> bool {
        self.diagnostics.iter().all(|d| d.severity != Severity::Error)
    }

    /// What was found, by the sources that the text was made from.
    fn apart<'o>(&self, origin: &'o Origin) -> Vec<(&'o str, Checked<'o>)> {
        let mut parts: Vec<(&str, Checked<'_>)> = origin
            .sources()
            .iter()
            .map(|source| {
                let checked = Checked { text: source.text.as_str().into(), diagnostics: Vec::new() };
                (source.file.as_str(), checked)
            })
            .collect();
        for diagnostic in &self.diagnostics {
            let (source, span) = origin.place(&diagnostic.span);
            let Some((_, part)) = parts.get_mut(source) else { continue };
            let mut moved = Diagnostic { span, related: Vec::new(), ..diagnostic.clone() };
            for (span, label) in &diagnostic.related {
                let (other, span) = origin.place(span);
                // An excerpt shows one file.
                if other == source {
                    moved.related.push((span, label.clone()));
                }
            }
            part.diagnostics.push(moved);
        }
        for (_, part) in &mut parts {
            part.diagnostics.sort_by_key(|d| (d.span.start, std::cmp::Reverse(d.severity)));
            // What stands in a loop is wrong in each of its turns.
            part.diagnostics
                .dedup_by(|later, first| later.span == first.span && later.message == first.message);
        }
        parts
    }

    /// The lines of the text.
    pub fn lines(&self) -> Lines<'_> {
        Lines::new(&self.text)
    }
}
