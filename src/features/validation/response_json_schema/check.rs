//! Schemas that check nothing, answers that have no data, and errors that read like successes.

use fjord_document::node::Kind;

use crate::features::security::policies::Rejection;
use crate::features::validation::json_schema;
use crate::options::check::{Around, Findings, Spot, looks};

/// Checks the schema, the error, and the part that it belongs to.
pub(super) fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    looks::no_op(spot, around, "a no-op answer isn't decoded, so it can't be checked", findings);
    if let Some(schema) = spot.get("schema") {
        if matches!(&schema.node.kind, Kind::Object(_)) && schema.members().next().is_none() {
            findings.add(schema.error("idle-guard", "every answer fits an empty schema"));
        }
        json_schema::check_schema(&schema, findings);
    }
    if let Some(error) = spot.get("error") {
        Rejection::check(&error, findings);
    }
}
