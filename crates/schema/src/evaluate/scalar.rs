//! The keywords for numbers and strings.

use fjord_json::Value;

use super::super::number::Decimal;
use super::super::subschema::{NumberRules, StringRules, Subschema};
use super::super::violation::{Path, What};
use super::{Outcome, Run, Subject, common};

// === impl Run: what is neither an array nor an object ===

impl<'v> Run<'v> {
    pub(super) fn scalar(
        &mut self,
        schema: &'v Subschema,
        subject: Subject<'v>,
        path: &Path<'_, 'v>,
        out: &mut Outcome<'v>,
    ) {
        if let Some(number) = number(subject) {
            check_number(&schema.number, &number, path, out);
        }
        common(schema, subject, path, out);
        if let Some(text) = subject.text() {
            self.text(&schema.string, text, path, out);
        }
    }

    fn text(&mut self, rules: &'v StringRules, text: &str, path: &Path<'_, 'v>, out: &mut Outcome<'v>) {
        if rules.min_length.is_some() || rules.max_length.is_some() {
            let length = text.chars().count() as u64;
            if let Some(min) = rules.min_length.filter(|min| length < *min) {
                out.add(path, What::MinLength(min));
            }
            if let Some(max) = rules.max_length.filter(|max| length > *max) {
                out.add(path, What::MaxLength(max));
            }
        }
        if let Some(pattern) = rules.pattern.as_ref().filter(|pattern| !self.matches(pattern, text)) {
            out.add(path, What::Pattern(pattern.as_str()));
        }
        if let Some(format) = rules.format.filter(|format| !format.holds(text)) {
            out.add(path, What::Format(format.name()));
        }
        out.score += 1;
    }
}

/// The subject as a number.
pub(super) fn number(subject: Subject<'_>) -> Option<Decimal> {
    match subject {
        Subject::Value(Value::Number(text)) => Decimal::parse(text),
        Subject::Value(Value::Float(float)) => Decimal::from_f64(*float),
        _ => None,
    }
}

fn check_number<'v>(rules: &'v NumberRules, number: &Decimal, path: &Path<'_, 'v>, out: &mut Outcome<'v>) {
    if let Some(divisor) = rules.multiple_of.as_ref().filter(|divisor| !divisor.divides(number)) {
        out.add(path, What::MultipleOf(divisor.value()));
    }
    if let Some(limit) = rules.maximum.as_ref().filter(|limit| number > limit) {
        out.add(path, What::Maximum(limit));
    }
    if let Some(limit) = rules.exclusive_maximum.as_ref().filter(|limit| number >= limit) {
        out.add(path, What::ExclusiveMaximum(limit));
    }
    if let Some(limit) = rules.minimum.as_ref().filter(|limit| number < limit) {
        out.add(path, What::Minimum(limit));
    }
    if let Some(limit) = rules.exclusive_minimum.as_ref().filter(|limit| number <= limit) {
        out.add(path, What::ExclusiveMinimum(limit));
    }
    out.score += 1;
}
