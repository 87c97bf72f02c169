//! Says what is wrong with a configuration, all at once: what it is made of, and what it would do.
//!
//! `structure` knows the tables only: types, ranges, required and unknown options. `meaning` knows what options do
//! together: routes, variables, hosts, credentials. A feature whose options hold a language of its own (expressions,
//! scripts, schemas) adds its function to the table in `meaning`.

pub(crate) mod around;
mod custom;
pub(crate) mod findings;
mod guards;
mod json;
pub(crate) mod looks;
mod meaning;
mod namespaces;
mod render;
pub mod rules;
mod served;
pub(crate) mod spot;
mod structure;

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;

use fjord_document::document::pointer_at;
use fjord_document::node::Node;
use fjord_document::{Document, Lines, Origin, Reading, Severity};

use crate::options::Environment;
use crate::options::Scope;
use crate::options::letters::{self, Renamed};

pub use around::Check;
pub use custom::CustomSchema;
pub use fjord_document::Diagnostic;
pub(crate) use guards::{Fault, Part, faults};
pub use json::{json, report};
pub use meaning::Cost;
pub use render::{github, text};
pub use rules::View;

/// More findings than these are only counted: nobody reads them, and a file may have a million.
const MAX_FINDINGS: usize = 1000;

/// How to check.
#[derive(Clone, Copy, Default)]
pub struct CheckOptions<'a> {
    /// Whose view of it is asked for.
    pub view: View,
    /// The texts of the files that the configuration names, by their names; without it all files are taken to be there.
    pub files: Option<&'a BTreeMap<String, String>>,
    /// The worker's bindings that can count for rate limits; none if nobody knows them.
    pub counters: Option<&'a BTreeMap<String, Counts>>,
    /// The worker that the configuration is for, if that is known.
    pub worker: Option<&'a Worker>,
    /// A schema that the configuration must fit, too.
    pub schema: Option<&'a CustomSchema>,
    /// Variables of the environment, of which `KRAKEND_PORT` and the like take the place of options.
    pub variables: Option<&'a BTreeMap<String, String>>,
}

/// What a worker's own configuration declares.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Worker {
    /// The name of its file, such as `wrangler.toml`.
    pub file: String,
    /// The names of its bindings, variables and required secrets.
    #[serde(default)]
    pub names: Vec<String>,
    /// Paths that its static assets answer before any endpoint can.
    #[serde(default)]
    pub assets: Vec<String>,
    /// What switches `request.signal` off, if anything does.
    #[serde(default)]
    pub deaf: Option<String>,
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
}

fn found(reading: &Reading<'_>, options: &CheckOptions<'_>) -> Found {
    let (mut diagnostics, mut closed) = (reading.diagnostics.clone(), Vec::new());
    if let Some(document) = &reading.document {
        let mut findings = findings::Findings::new(*options);
        let (root, overrides) = overridden(&document.root, options, &mut findings);
        let root = folded(root, &mut findings);
        structure::check(&root, &mut findings);
        meaning::check(&root, &mut findings);
        if let Some(schema) = options.schema {
            custom::check(&reading.text, &document.root, schema, &mut findings);
        }
        // A plan of a text that was repaired would be one of another text.
        if diagnostics.iter().all(|d| d.severity != Severity::Error) {
            served::check(&root, &mut findings);
        }
        closed = findings.take_closed();
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
    Found { diagnostics, closed }
}

/// The root as it is with the variables of the environment, and a note on each of these; the pointers of the values, with the
/// variables that take their places.
fn overridden<'a>(
    root: &'a Node,
    options: &CheckOptions<'_>,
    findings: &mut findings::Findings<'_>,
) -> (Cow<'a, Node>, Vec<(String, String)>) {
    let Some(variables) = options.variables.filter(|variables| !variables.is_empty()) else {
        return (Cow::Borrowed(root), Vec::new());
    };
    let mut overrides = Vec::new();
    let environment = Environment { variables: variables.clone(), ..Environment::default() };
    let root_spot = spot::Spot::root(root);
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
fn folded<'a>(root: Cow<'a, Node>, findings: &mut findings::Findings<'_>) -> Cow<'a, Node> {
    if !letters::folds(&root, Scope::Service) {
        return root;
    }
    let (mut folded, mut renamed) = (root.clone().into_owned(), Vec::new());
    letters::fold(&mut folded, Scope::Service, &mut renamed);
    for Renamed { written, name, span } in renamed {
        let path = pointer_at(&root, span.start);
        let fault =
            Diagnostic::error("letter-case", span, format!("`{written}` in other letters than `{name}`"));
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
