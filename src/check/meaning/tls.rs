//! TLS versions that leave none.

use super::super::findings::Findings;
use super::super::spot::Spot;
use super::Around;
use crate::options::core::tls::VERSIONS;

/// `client_tls` or `tls`: the lowest version above the highest.
pub(super) fn versions(spot: &Spot<'_>, findings: &mut Findings<'_>) {
    let rank = |key| {
        let spot = spot.get(key)?;
        VERSIONS.iter().position(|version| Some(*version) == spot.str())
    };
    if let (Some(min), Some(max)) = (rank("min_version"), rank("max_version"))
        && min > max
        && let Some(spot) = spot.get("max_version")
    {
        findings.add(spot.error("empty-range", "the highest version is below the lowest"));
    }
}

/// `backend/http/client`
pub(super) fn client(spot: &Spot<'_>, _: &Around<'_>, findings: &mut Findings<'_>) {
    if let Some(tls) = spot.get("client_tls") {
        versions(&tls, findings);
    }
}
