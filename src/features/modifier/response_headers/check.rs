//! Names and values that can't be written, and changes of which nobody knows the order.

use fjord_http::canonical;
use fjord_http::headers::{is_hop_by_hop, is_token};

use crate::features::security::cors;
use crate::options::check::{Around, Findings, Spot};

/// Why a header of CORS can't be changed.
pub(super) const WRITTEN_BY_CORS: &str =
    "security/cors writes it after this step, so it can't be changed here";

/// Whether a header, by its canonical name, belongs to CORS.
pub(super) fn is_cors(name: &str) -> bool {
    name.starts_with("Access-Control-")
}

/// What a change does to a header.
#[derive(Clone, Copy, PartialEq)]
enum Change {
    Removes,
    Writes,
}

/// Checks the changes.
pub(super) fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let has_cors = around.service.is_some_and(|service| service.namespace(&cors::NAMESPACE).is_some());
    let name = |spot: &Spot<'_>, text: &str, change, findings: &mut Findings<'_>| {
        if let Some(reason) = unfit(text, change, has_cors) {
            findings.add(spot.error("bad-header", reason));
        }
    };
    if let Some(list) = spot.get("delete") {
        for item in list.items() {
            name(&item, item.str().unwrap_or_default(), Change::Removes, findings);
        }
    }
    if let Some(map) = spot.get("rename") {
        for (old, new) in map.members() {
            name(&new, old, Change::Removes, findings);
            name(&new, new.str().unwrap_or_default(), Change::Writes, findings);
        }
        order(&map, findings);
    }
    for key in ["replace", "add"] {
        let Some(map) = spot.get(key) else { continue };
        for (text, values) in map.members() {
            name(&values, text, Change::Writes, findings);
            field(&values, findings);
        }
        repeated(&map, findings);
    }
}

/// Why a name can't be used.
fn unfit(text: &str, change: Change, has_cors: bool) -> Option<String> {
    if !is_token(text) {
        return Some(format!("\"{text}\" isn't a header name"));
    }
    let name = canonical(text);
    if is_hop_by_hop(&name) || matches!(&*name, "Content-Length" | "Content-Encoding") {
        return Some(format!("{name} says how the answer is sent, so it can't be changed"));
    }
    if name == "Content-Type" && change == Change::Removes {
        return Some("an answer without Content-Type gets one from its first bytes: use replace".to_owned());
    }
    (has_cors && is_cors(&name)).then(|| format!("{name}: {WRITTEN_BY_CORS}"))
}

/// The values of a header: those that pass every proxy unchanged.
fn field(values: &Spot<'_>, findings: &mut Findings<'_>) {
    if values.items().len() == 0 {
        findings.add(values.error("empty", "a header needs a value: use delete to remove it"));
    }
    for value in values.items() {
        let is_plain = |b: u8| matches!(b, b' '..=b'~' | b'\t');
        if !value.str().unwrap_or_default().bytes().all(is_plain) {
            findings.add(value.error("bad-header", "a header value has printable ASCII characters only"));
        }
    }
}

/// The members of an object have no order: a header that is renamed to one that is renamed itself, and two that get the same
/// name, would come out differently from one reader to the next.
fn order(map: &Spot<'_>, findings: &mut Findings<'_>) {
    repeated(map, findings);
    let pairs: Vec<_> = map.members().map(|(old, new)| (canonical(old), new)).collect();
    for (at, (_, new)) in pairs.iter().enumerate() {
        let name = canonical(new.str().unwrap_or_default());
        if pairs.iter().any(|(old, _)| *old == name) {
            findings.add(
                new.error("bad-header", format!("{name} is renamed, too: which comes first isn't defined")),
            );
        }
        if pairs[..at].iter().any(|(_, other)| canonical(other.str().unwrap_or_default()) == name) {
            findings.add(new.error("bad-header", format!("another header is renamed to {name}, too")));
        }
    }
}

/// One header under two spellings.
fn repeated(map: &Spot<'_>, findings: &mut Findings<'_>) {
    let members: Vec<_> = map.members().collect();
    for (at, (name, value)) in members.iter().enumerate() {
        if members[..at].iter().any(|(other, _)| other != name && canonical(other) == canonical(name)) {
            findings.add(value.error("repeated-key", format!("{} is here twice", canonical(name))));
        }
    }
}
