//! The rules, a table for each family.

mod access;
mod design;
mod edge;
mod fashion;
mod limits;
mod telemetry;
mod transport;

use super::view::View;
use super::{Hits, Rule, Severity};

/// Every rule, in the order of the ids.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    let families = [
        access::RULES,
        transport::RULES,
        limits::RULES,
        telemetry::RULES,
        design::RULES,
        fashion::RULES,
        edge::RULES,
    ];
    families.into_iter().flatten()
}

const fn rule(
    id: &'static str,
    severity: Severity,
    message: &'static str,
    help: &'static str,
    test: fn(&View<'_>, &mut Hits),
) -> Rule {
    Rule { id, severity, message, help, test }
}
