//! The version of the format: what another one is, and what to do with such a file.

use fjord_document::node::Kind as Is;

use super::wrong;
use crate::options::check::{Findings, Spot};
use crate::options::{Kind, whole};

pub(super) fn check(spot: &Spot<'_>, findings: &mut Findings<'_>) {
    if !matches!(spot.node.kind, Is::Number(_)) {
        return wrong(spot, &Kind::IntEnum(&[3]), findings);
    }
    let number = whole(spot.node);
    if number == Some(3) {
        return;
    }
    let fault = |message: &str| spot.error("version", message);
    findings.add(match number {
        Some(2) => fault("2 is the format of KrakenD 1, which later ones don't read").help(
            "rename `whitelist` to `allow`, `blacklist` to `deny`, `headers_to_pass` to `input_headers` and \
             `querystring_params` to `input_query_strings`, see what the check says of the rest, and write 3",
        ),
        Some(4) => fault("4 is the format of KrakenD 3, which Fjord doesn't read").help(
            "write 3: most options mean the same there, and the check says of each other one that it doesn't know it",
        ),
        _ => fault("this isn't a version of the format that Fjord reads").help("write 3"),
    });
}
