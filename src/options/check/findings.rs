//! Collects what is found.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use fjord_document::{Diagnostic, Severity};

use super::rules::{self, View};
use super::spot::Spot;
use super::{CheckOptions, Counts};
use crate::options::{Capability, Role};

/// What a module must have to serve a plan, and the part that needs it.
pub type Required = BTreeMap<Capability, Option<String>>;

/// What was found so far.
pub struct Findings<'a> {
    options: CheckOptions<'a>,
    list: Vec<Diagnostic>,
    closed: Vec<String>,
    required: Required,
    /// Made when the plan has its say.
    index: Option<Index>,
    muted: usize,
    /// What the namespace is for that is looked at.
    role: Role,
    /// Whether the configuration is in a later format: what nobody knows in it closes what it is in.
    is_later: bool,
}

/// The places of findings: there may be a hundred thousand.
struct Index {
    /// The pointers of errors.
    errors: BTreeSet<String>,
    /// The first warning at each pointer.
    warnings: HashMap<String, usize>,
}

/// What was said of a place.
enum Said<'f> {
    Error,
    Warning(&'f mut Diagnostic),
    Nothing,
}

// === impl Findings ===

impl<'a> Findings<'a> {
    /// Nothing yet.
    pub fn new(options: CheckOptions<'a>) -> Findings<'a> {
        Findings {
            options,
            list: Vec::new(),
            closed: Vec::new(),
            required: Required::new(),
            index: None,
            muted: 0,
            role: Role::Plain,
            is_later: false,
        }
    }

    /// The same for a configuration that may be in a later format.
    pub fn later(mut self, is_later: bool) -> Findings<'a> {
        self.is_later = is_later;
        self
    }

    /// Adds a finding. An error stays one where its rule says so.
    pub fn add(&mut self, mut diagnostic: Diagnostic) {
        let class = match self.is_later && rules::is_unknown(diagnostic.code) {
            true => {
                diagnostic.severity = Severity::Error;
                rules::Class::Closes
            }
            false => rules::class(diagnostic.code),
        };
        if diagnostic.severity == Severity::Error && !class.is_error(self.role, self.options.view) {
            diagnostic.severity = Severity::Warning;
        }
        self.list.push(diagnostic);
    }

    /// Looks at something of another role.
    pub fn within(&mut self, role: Role, look: impl FnOnce(&mut Findings<'a>)) {
        let outside = std::mem::replace(&mut self.role, role);
        look(self);
        self.role = outside;
    }

    /// Whether this is a lint.
    pub fn lints(&self) -> bool {
        self.options.view == View::Lint
    }

    /// What the namespace is for that is looked at.
    pub fn role(&self) -> Role {
        self.role
    }

    /// How many findings there are.
    pub fn count(&self) -> usize {
        self.list.len()
    }

    /// Says that the plan refuses a part, and what comes of it leniently: with the finding that is there, if one says why.
    pub fn refuse(&mut self, spot: &Spot<'_>, reason: &str, then: &str) {
        let is_lenient = self.options.view == View::Lenient;
        match self.said_of(spot) {
            Said::Error => {}
            Said::Warning(known) if is_lenient => known.message.push_str(&format!("; {then}")),
            Said::Warning(known) => known.severity = Severity::Error,
            Said::Nothing if is_lenient => self.add(spot.lacks("not-served", format!("{then}: {reason}"))),
            Said::Nothing => self.add(spot.lacks("not-served", format!("this can't be served: {reason}"))),
        }
    }

    /// Says that there is no plan at all.
    pub fn refuse_all(&mut self, spot: &Spot<'_>, reason: &str) {
        match self.said_of(spot) {
            Said::Error => {}
            Said::Warning(known) => known.severity = Severity::Error,
            Said::Nothing => self.add(spot.lacks("no-plan", reason)),
        }
    }

    /// Says that the plan leaves a part out.
    pub fn leave_out(&mut self, spot: &Spot<'_>, reason: &str) {
        match self.said_of(spot) {
            Said::Error => {}
            Said::Warning(known) => known.message.push_str("; it is left out"),
            Said::Nothing => self.list.push(spot.warning("left-out", format!("it is left out: {reason}"))),
        }
    }

    /// What was said of a place that the plan blames: an error there, inside of it, or of all that it is in; or a warning
    /// there.
    fn said_of(&mut self, spot: &Spot<'_>) -> Said<'_> {
        let list = &self.list;
        let index = self.index.get_or_insert_with(|| Index::of(list));
        let path = spot.path.pointer();
        if index.has_error(&path) {
            return Said::Error;
        }
        let warning = index.warnings.get(&path).and_then(|at| self.list.get_mut(*at));
        warning.map_or(Said::Nothing, Said::Warning)
    }

    /// Notes what answers 501, and why.
    pub fn close(&mut self, line: String) {
        self.closed.push(line);
    }

    /// What answers 501, a line for each endpoint.
    pub fn take_closed(&mut self) -> Vec<String> {
        std::mem::take(&mut self.closed)
    }

    /// Notes what a module must have to serve the plan.
    pub fn require(&mut self, capabilities: Required) {
        self.required = capabilities;
    }

    /// What a module must have to serve the plan.
    pub fn take_required(&mut self) -> Required {
        std::mem::take(&mut self.required)
    }

    /// Adds what Fjord makes of an option, unless that is said of its parent.
    pub fn add_support(&mut self, diagnostic: Diagnostic) {
        if self.muted == 0 {
            self.add(diagnostic);
        }
    }

    /// From here on the inside of something of which all is said.
    pub fn mute(&mut self) {
        self.muted += 1;
    }

    /// The end of it.
    pub fn unmute(&mut self) {
        self.muted -= 1;
    }

    /// Whether a file that the configuration names is there.
    pub fn exists(&self, name: &str) -> bool {
        self.options.files.is_none_or(|files| files.contains_key(name))
    }

    /// Whether it is known which files are there.
    pub fn knows_files(&self) -> bool {
        self.options.files.is_some()
    }

    /// The texts of the files that the configuration names, as far as they are known.
    pub fn files(&self) -> &'a BTreeMap<String, String> {
        static UNKNOWN: BTreeMap<String, String> = BTreeMap::new();
        self.options.files.unwrap_or(&UNKNOWN)
    }

    /// How a binding counts; the outer none if nobody knows the bindings, the inner if it isn't among them.
    pub fn counts(&self, binding: &str) -> Option<Option<Counts>> {
        self.options.counters.map(|counters| counters.get(binding).copied())
    }

    /// The worker that the configuration is for, if that is known.
    pub fn worker(&self) -> Option<&'a super::Worker> {
        self.options.worker
    }

    /// Whether no error was found.
    pub fn is_ok(&self) -> bool {
        self.list.iter().all(|diagnostic| diagnostic.severity != Severity::Error)
    }

    /// All findings, in the order in which they were added.
    pub fn into_list(self) -> Vec<Diagnostic> {
        self.list
    }
}

// === impl Index ===

impl Index {
    fn of(list: &[Diagnostic]) -> Index {
        let mut index = Index { errors: BTreeSet::new(), warnings: HashMap::new() };
        for (at, diagnostic) in list.iter().enumerate() {
            match diagnostic.severity {
                Severity::Error => {
                    index.errors.insert(diagnostic.path.clone());
                }
                Severity::Warning => {
                    index.warnings.entry(diagnostic.path.clone()).or_insert(at);
                }
                Severity::Note => {}
            }
        }
        index
    }

    /// Whether there is an error at a pointer, inside of it, or of its parent, short of the whole document.
    fn has_error(&self, path: &str) -> bool {
        let inside = format!("{path}/");
        self.errors.contains(path)
            || self.errors.range(inside.clone()..).next().is_some_and(|error| error.starts_with(&inside))
            || path.match_indices('/').any(|(at, _)| at > 0 && self.errors.contains(&path[..at]))
    }
}
