//! The version of the format: what another one is, and what to do with such a file.

use fjord_document::node::Kind as Is;

use super::wrong;
use crate::options::check::{Findings, Spot};
use crate::options::core::LATER;
use crate::options::{Kind, whole};

pub(super) fn check(spot: &Spot<'_>, findings: &mut Findings<'_>) {
    if !matches!(spot.node.kind, Is::Number(_)) {
        return wrong(spot, &Kind::IntEnum(&[3, LATER]), findings);
    }
    let number = whole(spot.node);
    if number == Some(3) {
        return;
    }
    if number == Some(LATER) {
        let message =
            "4 is the format of KrakenD 3: it is read as 3, and what Fjord doesn't know in it is refused";
        return findings.add(spot.note("version", message));
    }
    let fault = |message: &str| spot.error("version", message);
    findings.add(match number {
        Some(2) => fault("2 is the format of KrakenD 1, which later ones don't read").help(
            "rename `whitelist` to `allow`, `blacklist` to `deny`, `headers_to_pass` to `input_headers` and \
             `querystring_params` to `input_query_strings`, see what the check says of the rest, and write 3",
        ),
        _ => fault("this isn't a version of the format that Fjord reads").help("write 3"),
    });
}
