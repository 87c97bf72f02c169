//! Files that the configuration names.

use super::super::findings::Findings;
use super::super::spot::Spot;

/// A file that must be there.
pub(super) fn file(spot: &Spot<'_>, findings: &mut Findings<'_>) {
    if let Some(name) = spot.str()
        && !name.is_empty()
        && !findings.exists(name)
    {
        findings.add(spot.error("missing-file", format!("the file {name} doesn't exist")));
    }
}

/// The sources of a script.
pub(super) fn sources(spot: &Spot<'_>, findings: &mut Findings<'_>) {
    if let Some(list) = spot.get("sources") {
        list.items().for_each(|item| file(&item, findings));
    }
}
