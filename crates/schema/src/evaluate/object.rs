//! The keywords for objects. Members come in the order of their names; KrakenD's come in any.

use fjord_json::{Map, Value};

use super::super::subschema::{Additional, ObjectRules};
use super::super::violation::{Path, Segment, What};
use super::{Outcome, Run, Subject};

// === impl Run: objects ===

impl<'v> Run<'v> {
    pub(super) fn object(
        &mut self,
        rules: &'v ObjectRules,
        members: &'v Map,
        path: &Path<'_, 'v>,
        out: &mut Outcome<'v>,
    ) {
        let size = members.len() as u64;
        if let Some(min) = rules.min_properties.filter(|min| size < *min) {
            out.add(path, What::MinProperties(min));
        }
        if let Some(max) = rules.max_properties.filter(|max| size > *max) {
            out.add(path, What::MaxProperties(max));
        }
        for name in &rules.required {
            if members.contains_key(&**name) {
                out.score += 1;
            } else {
                out.add(path, What::Required(name));
            }
        }
        for (name, value) in members {
            self.described(rules, name, value, path, out);
        }
        if let Some(id) = rules.names {
            for name in members.keys() {
                let outcome = self.attempt(id, Subject::Name(name), path);
                if !outcome.is_valid() {
                    out.add(path, What::PropertyName(name));
                    out.merge(outcome);
                }
            }
        }
        out.score += 1;
    }

    /// A member by its name's patterns; one that nothing describes is additional.
    fn described(
        &mut self,
        rules: &'v ObjectRules,
        name: &'v str,
        value: &'v Value,
        path: &Path<'_, 'v>,
        out: &mut Outcome<'v>,
    ) {
        let mut matched = false;
        for (pattern, id) in &rules.patterns {
            if !self.matches(pattern, name) {
                continue;
            }
            matched = true;
            out.merge(self.attempt(*id, Subject::Value(value), &path.below(Segment::Key(name))));
        }
        if matched {
            out.score += 1;
        }
        if matched || rules.properties.contains_key(name) {
            return;
        }
        match rules.additional {
            Additional::Allowed => {}
            Additional::Refused => out.add(path, What::AdditionalProperty(name)),
            Additional::Schema(id) => {
                out.merge(self.attempt(id, Subject::Value(value), &path.below(Segment::Key(name))));
            }
        }
    }

    /// The members that have a schema of their own.
    pub(super) fn properties(
        &mut self,
        rules: &'v ObjectRules,
        members: &'v Map,
        path: &Path<'_, 'v>,
        out: &mut Outcome<'v>,
    ) {
        for (name, id) in &rules.properties {
            if let Some(value) = members.get(&**name) {
                self.evaluate(*id, Subject::Value(value), &path.below(Segment::Key(name)), out);
            }
        }
    }
}
