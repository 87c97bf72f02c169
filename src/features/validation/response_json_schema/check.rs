//! Schemas that check nothing, answers that have no data, and errors that read like successes.

use std::ops::RangeInclusive;

use fjord_document::node::Kind;

use crate::features::validation::json_schema;
use crate::options::check::{Around, Findings, Spot, looks};

/// The statuses of an error.
pub(super) const STATUSES: RangeInclusive<u16> = 400..=599;

/// Why another status is refused.
pub(super) const NO_FAILURE: &str =
    "the status of an error is 400 to 599: clients take any other for an answer that fits";

/// Checks the schema, the error, and the part that it belongs to.
pub(super) fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    looks::no_op(spot, around, "a no-op answer isn't decoded, so it can't be checked", findings);
    if let Some(schema) = spot.get("schema") {
        if matches!(&schema.node.kind, Kind::Object(_)) && schema.members().next().is_none() {
            findings.add(schema.error("idle-guard", "every answer fits an empty schema"));
        }
        json_schema::check_schema(&schema, findings);
    }
    if let Some(error) = spot.get("error")
        && let Some(status) = error.get("status")
        && let Some(number) = status.f64()
        && !(f64::from(*STATUSES.start())..=f64::from(*STATUSES.end())).contains(&number)
    {
        findings.add(status.error("out-of-range", NO_FAILURE));
    }
}
