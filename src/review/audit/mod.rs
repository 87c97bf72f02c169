//! Judges a configuration that is valid: what is open, missing, too generous or out of fashion, rule by rule.
//!
//! The first digits 1 to 7 are KrakenD's rules under its ids and severities; where its own test misses what the rule is
//! meant for, or raises a false alarm, the rule here does what it is meant for. The first digit 9 is what only matters at
//! the edge: what is in the bundle, what the platform reaches, how long it waits, what an isolate holds.

mod report;
mod rules;
mod secrets;
#[cfg(test)]
mod tests;
mod view;

use std::ops::Range;

use fjord_document::document::pointer_at;
use fjord_document::node::Node;

pub use report::{hue, json, report, text};
pub use rules::rules;
use view::View;

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// A look is enough.
    Low,
    /// Worth a change.
    Medium,
    /// To be mended before going live.
    High,
    /// To be mended now.
    Critical,
}

/// One rule.
pub struct Rule {
    /// Its id: `2.1.3`.
    pub id: &'static str,
    /// How grave it is.
    pub severity: Severity,
    /// What is wrong where it finds something, in a sentence without a period.
    pub message: &'static str,
    /// How to mend it.
    pub help: &'static str,
    test: fn(&View<'_>, &mut Hits),
}

/// Which rules to apply, and what is known beside the configuration.
#[derive(Debug, Clone, Default)]
pub struct AuditOptions {
    /// The severities to report; all if empty.
    pub severities: Vec<Severity>,
    /// Ids not to report; `9` and `9.1` stand for all that begin with them.
    pub ignore: Vec<String>,
    /// The names of the worker's bindings; none if nobody knows them.
    pub bindings: Option<Vec<String>>,
}

/// One finding.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// What it found here, if that differs from place to place.
    pub detail: Option<String>,
    /// The JSON pointer of the value it is about; empty for the whole document.
    pub path: String,
    /// The place in the text, in bytes.
    pub span: Range<u32>,
}

/// The places where a rule finds something.
#[derive(Default)]
struct Hits {
    list: Vec<(Range<u32>, Option<String>)>,
}

/// Applies the rules to the root of a document. The gravest come first, then those of the smaller id.
pub fn audit(root: &Node, options: &AuditOptions) -> Vec<Finding> {
    let view = View::new(root, options.bindings.as_deref());
    let mut findings = Vec::new();
    for rule in rules().filter(|rule| options.wants(rule)) {
        let mut hits = Hits::default();
        (rule.test)(&view, &mut hits);
        hits.list.sort_by_key(|(span, _)| span.start);
        hits.list.dedup();
        findings.extend(hits.list.into_iter().map(|(span, detail)| {
            let is_whole = span.start == root.span.start;
            let path = if is_whole { String::new() } else { pointer_at(root, span.start) };
            Finding { rule, detail, path, span }
        }));
    }
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.rule.severity));
    findings
}

// === impl Severity ===

impl Severity {
    /// All, the gravest first.
    pub const ALL: [Severity; 4] = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low];

    /// The name in every output.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Critical => "CRITICAL",
            Severity::High => "HIGH",
            Severity::Medium => "MEDIUM",
            Severity::Low => "LOW",
        }
    }

    /// The severity of a name.
    pub fn named(name: &str) -> Option<Severity> {
        Severity::ALL.into_iter().find(|severity| severity.name().eq_ignore_ascii_case(name))
    }
}

// === impl Rule ===

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.id, self.severity.name())
    }
}

// === impl AuditOptions ===

impl AuditOptions {
    fn wants(&self, rule: &Rule) -> bool {
        let covers = |id: &String| {
            rule.id.strip_prefix(id.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let is_grave = self.severities.is_empty() || self.severities.contains(&rule.severity);
        is_grave && !self.ignore.iter().any(covers)
    }
}

// === impl Finding ===

impl Finding {
    /// The rule's message and what it found here.
    pub fn message(&self) -> String {
        match &self.detail {
            Some(detail) => format!("{}: {detail}", self.rule.message),
            None => self.rule.message.to_owned(),
        }
    }
}

// === impl Hits ===

impl Hits {
    /// The rule found something here.
    fn at(&mut self, span: Range<u32>) {
        self.list.push((span, None));
    }

    /// The rule found something here, namely this.
    fn tell(&mut self, span: Range<u32>, detail: impl Into<String>) {
        self.list.push((span, Some(detail.into())));
    }

    /// The rule found something here, if anywhere.
    fn maybe(&mut self, span: Option<Range<u32>>) {
        self.list.extend(span.map(|span| (span, None)));
    }
}
