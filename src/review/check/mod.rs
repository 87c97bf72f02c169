//! Says what is wrong with a configuration, all at once: what it is made of, and what it would do.
//!
//! [`faults`](crate::faults) knows the tables and asks the room of each namespace what is wrong with its value. `parts` knows what
//! the parts of the format do together: routes, variables, hosts. The plan has the last word.

mod custom;
mod json;
mod parts;
mod render;
mod served;

use std::borrow::Cow;

use fjord_document::document::pointer_at;
use fjord_document::node::Node;
use fjord_document::{Document, Lines, Origin, Reading, Severity};

use crate::faults::structure;
use crate::options::check::{Findings, Required, Spot};
use crate::options::core::is_later;
use crate::options::letters::{self, Renamed};
use crate::options::{Environment, Scope};

pub use crate::options::check::{CheckOptions, Counts, CustomSchema, View, Worker, rules};
pub use fjord_document::Diagnostic;
pub use json::{json, report};
pub use parts::Cost;
pub use render::{github, text};

/// More findings than these are only counted: nobody reads them, and a file may have a million.
const MAX_FINDINGS: usize = 1000;

/// A configuration, checked.
#[derive(Debug)]
pub struct Checked<'a> {
    /// The text that the spans point into.
    pub text: Cow<'a, str>,
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
    let Found { diagnostics, .. } = found(&reading, options);
    Checked { text: reading.text, diagnostics }
}

/// What was found in a text that was read.
struct Found {
    /// All that is wrong, in the order of the text.
    diagnostics: Vec<Diagnostic>,
    /// The endpoints that the plan closes, a line for each.
    closed: Vec<String>,
    /// What a module must have to serve the plan.
    required: Required,
}

fn found(reading: &Reading<'_>, options: &CheckOptions<'_>) -> Found {
    let (mut diagnostics, mut closed) = (reading.diagnostics.clone(), Vec::new());
    let mut required = Required::new();
    if let Some(document) = &reading.document {
        let mut findings = Findings::new(*options).later(is_later(&document.root));
        let (root, overrides) = overridden(&document.root, options, &mut findings);
        let root = folded(root, &mut findings);
        structure::check(&root, &mut findings);
        parts::check(&root, &mut findings);
        if let Some(schema) = options.schema {
            custom::check(&reading.text, &document.root, schema, &mut findings);
        }
        // A plan of a text that was repaired would be one of another text.
        if diagnostics.iter().all(|d| d.severity != Severity::Error) {
            served::check(&root, &mut findings);
        }
        closed = findings.take_closed();
        required = findings.take_required();
        let mut list = findings.into_list();
        for (path, variable) in overrides {
            // The text shows another value than the one that is wrong.
            let of_value = |d: &&mut Diagnostic| d.path == path && d.code != "overridden";
            list.iter_mut().filter(of_value).for_each(|d| d.message = format!("{variable}: {}", d.message));
        }
        diagnostics.extend(list);
    }
    diagnostics.sort_by_key(|d| (d.span.start, std::cmp::Reverse(d.severity)));
    diagnostics.dedup_by(|later, first| later.path == first.path && later.message == first.message);
    let more = diagnostics.split_off(diagnostics.len().min(MAX_FINDINGS));
    if let (Some(worst), Some(next)) = (more.iter().map(|d| d.severity).max(), more.first()) {
        let message = format!("{} more findings, from here on", more.len());
        diagnostics.push(Diagnostic::new(worst, "more", next.span.clone(), message).at(&*next.path));
    }
    Found { diagnostics, closed, required }
}

/// The root as it is with the variables of the environment, and a note on each of these; the pointers of the values, with the
/// variables that take their places.
fn overridden<'a>(
    root: &'a Node,
    options: &CheckOptions<'_>,
    findings: &mut Findings<'_>,
) -> (Cow<'a, Node>, Vec<(String, String)>) {
    let Some(variables) = options.variables.filter(|variables| !variables.is_empty()) else {
        return (Cow::Borrowed(root), Vec::new());
    };
    let mut overrides = Vec::new();
    let environment = Environment { variables: variables.clone(), ..Environment::default() };
    let root_spot = Spot::root(root);
    let after = environment.overridden(root.clone());
    for (before, after) in root.members().iter().zip(after.members()) {
        if before.value != after.value
            && let Some(spot) = root_spot.get(&before.key)
        {
            let name = format!("KRAKEND_{}", before.key.to_ascii_uppercase());
            findings.add(spot.note("overridden", format!("{name} takes the place of this value")));
            overrides.push((spot.path.pointer(), name));
        }
    }
    (Cow::Owned(after), overrides)
}

/// The root with the names of the tables, and a finding for each that was written in other letters.
fn folded<'a>(root: Cow<'a, Node>, findings: &mut Findings<'_>) -> Cow<'a, Node> {
    if !letters::folds(&root, Scope::Service) {
        return root;
    }
    let (mut folded, mut renamed) = (root.clone().into_owned(), Vec::new());
    letters::fold(&mut folded, Scope::Service, &mut renamed);
    for Renamed { written, name, span } in renamed {
        let path = pointer_at(&root, span.start);
        let fault = Diagnostic::error("letter-case", span, format!("`{written}` is written `{name}`"));
        findings.add(fault.at(path).help(format!("keys are case-sensitive: write `{name}`")));
    }
    Cow::Owned(folded)
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
            // What is inside a loop is wrong in each of its turns.
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
