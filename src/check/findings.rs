//! Collects what is found.

use std::collections::BTreeMap;

use super::{CheckOptions, Counts};
use crate::config::{Diagnostic, Severity};

/// What was found so far.
pub(super) struct Findings<'a> {
    options: CheckOptions<'a>,
    list: Vec<Diagnostic>,
    muted: usize,
}

// === impl Findings ===

impl<'a> Findings<'a> {
    pub(super) fn new(options: CheckOptions<'a>) -> Findings<'a> {
        Findings { options, list: Vec::new(), muted: 0 }
    }

    /// Adds a finding. A lenient check takes an error as a warning if the rest can be served without the part it is
    /// about: everything but the root's own options, which all endpoints share.
    pub(super) fn add(&mut self, diagnostic: Diagnostic) {
        let is_part = diagnostic.path.matches('/').count() > 1;
        self.push(diagnostic, is_part);
    }

    /// Adds a finding about something that can be left out wherever it stands.
    pub(super) fn add_part(&mut self, diagnostic: Diagnostic) {
        self.push(diagnostic, true);
    }

    fn push(&mut self, mut diagnostic: Diagnostic, is_part: bool) {
        if self.options.lenient && is_part && diagnostic.severity == Severity::Error {
            diagnostic.severity = Severity::Warning;
        }
        self.list.push(diagnostic);
    }

    /// Adds what Fjord makes of an option, unless that is said of what it stands in.
    pub(super) fn add_support(&mut self, diagnostic: Diagnostic) {
        if self.muted == 0 {
            self.add_part(diagnostic);
        }
    }

    /// From here on the inside of something of which all is said.
    pub(super) fn mute(&mut self) {
        self.muted += 1;
    }

    /// The end of it.
    pub(super) fn unmute(&mut self) {
        self.muted -= 1;
    }

    /// Whether a file that the configuration names is there.
    pub(super) fn exists(&self, name: &str) -> bool {
        self.options.files.is_none_or(|files| files.contains_key(name))
    }

    /// The texts of the files that the configuration names, as far as they are known.
    pub(super) fn files(&self) -> &'a BTreeMap<String, String> {
        static UNKNOWN: BTreeMap<String, String> = BTreeMap::new();
        self.options.files.unwrap_or(&UNKNOWN)
    }

    /// How a binding counts; the outer none if nobody knows the bindings, the inner if it isn't among them.
    pub(super) fn counts(&self, binding: &str) -> Option<Option<Counts>> {
        self.options.counters.map(|counters| counters.get(binding).copied())
    }

    /// The worker that the configuration is for, if that is known.
    pub(super) fn worker(&self) -> Option<&'a super::Worker> {
        self.options.worker
    }

    /// Whether no error was found.
    pub(super) fn is_ok(&self) -> bool {
        self.list.iter().all(|diagnostic| diagnostic.severity != Severity::Error)
    }

    pub(super) fn into_list(self) -> Vec<Diagnostic> {
        self.list
    }
}
