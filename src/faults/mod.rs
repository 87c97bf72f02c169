//! What the plan asks: the faults that close one part of a configuration.
//!
//! They are the very findings that a `check` without `-l` calls errors, so that no guard is served which the check refuses.

pub(crate) mod namespaces;
pub(crate) mod structure;

use std::collections::BTreeMap;

use fjord_document::node::{Kind, Node};
use fjord_document::path::push_key;
use fjord_document::{Diagnostic, Severity};

use structure::{extra_config, members};

use crate::features;
use crate::options::check::rules::is_unknown;
use crate::options::check::{CheckOptions, Findings, Spot};
use crate::options::{Namespace, Role, Scope};

/// A part of a configuration, alone.
#[derive(Clone, Copy)]
pub(crate) struct Part<'a> {
    pub scope: Scope,
    /// The part as written.
    pub node: &'a Node,
    /// The endpoint that it is or that it is in, and the backend's place there; `None` for the service.
    pub endpoint: Option<(&'a Node, Option<usize>)>,
    /// Whether placeholders may be parts of segments.
    pub disable_rest: bool,
    /// Whether the configuration is in a later format.
    pub is_later: bool,
    /// The texts of the files that the configuration names.
    pub files: &'a BTreeMap<String, String>,
}

/// Why a part, or one namespace of it, is closed.
pub(crate) struct Fault {
    /// The namespace that it is in, if that is a known one.
    pub namespace: Option<&'static Namespace>,
    /// Begins with the way to the place.
    pub reason: String,
    /// Whether it is about a name that nobody knows.
    pub is_unknown: bool,
}

/// The faults of a part that close it: one of its own members at most, and one of each namespace.
pub(crate) fn faults(part: &Part<'_>) -> Vec<Fault> {
    let spot = Spot::root(part.node);
    let extra = spot.get("extra_config");
    let own = part.fault("", None, |findings| {
        members::strangers(&spot, part.scope, findings);
        match &extra {
            Some(extra) if matches!(extra.node.kind, Kind::Object(_)) => {
                members::repeated_namespaces(extra, findings);
            }
            Some(extra) => extra_config::check(extra, part.scope, findings),
            None => {}
        }
        if part.is_later {
            members::strangers_inside(&spot, part.scope, findings);
        }
    });
    let mut faults: Vec<Fault> = own.into_iter().collect();
    let Some(extra) = &extra else { return faults };
    namespaces::alone(part.endpoint, part.disable_rest, |around| {
        for (key, value) in extra.members() {
            let known = features::named(key).next();
            faults.extend(part.fault(key, known, |findings| {
                extra_config::namespace(extra, &value, key, part.scope, findings);
                // What is plain is never closed.
                let counts = known.is_some_and(|namespace| namespace.role() != Role::Plain);
                if counts && findings.is_ok() {
                    namespaces::namespace(key, &value, part.scope, around, findings);
                }
            }));
        }
    });
    faults
}

// === impl Part ===

impl Part<'_> {
    /// The first error that is found in a namespace.
    fn fault(
        &self,
        key: &str,
        namespace: Option<&'static Namespace>,
        look: impl FnOnce(&mut Findings<'_>),
    ) -> Option<Fault> {
        let options = CheckOptions { files: Some(self.files), ..CheckOptions::default() };
        let mut findings = Findings::new(options).later(self.is_later);
        look(&mut findings);
        let error = findings.into_list().into_iter().find(|d| d.severity == Severity::Error)?;
        Some(Fault { namespace, reason: reason(key, &error), is_unknown: is_unknown(error.code) })
    }
}

/// The message behind the way to its place.
fn reason(key: &str, error: &Diagnostic) -> String {
    let mut start = String::new();
    if !key.is_empty() {
        start.push_str("/extra_config");
        push_key(&mut start, key);
    }
    let place = error.path.strip_prefix(&start).unwrap_or(&error.path);
    let steps = [key, place].into_iter().filter(|step| !step.is_empty());
    let mut text: String = steps.flat_map(|step| [step, ": "]).collect();
    text.push_str(&error.message);
    text
}
