//! Sequences without a row, references to answers that aren't there, operations that lack their paths.

use crate::options::check::{Around, Findings, Spot};
use crate::options::formats;

/// Checks the `proxy` of an endpoint, a backend or a workflow.
pub(super) fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    if let Some(list) = spot.get("flatmap_filter") {
        list.items().for_each(|item| operation(&item, findings));
    }
    let (Some(endpoint), None) = (around.endpoint, around.backend) else { return };
    let count = endpoint.backends.len();
    let sequential = spot.get("sequential").filter(|s| s.is_true());
    let is_in_order = match spot.get("strategy") {
        Some(strategy) => strategy.str() == Some("sequential"),
        None => sequential.is_some(),
    };
    if let Some(sequential) = &sequential
        && count == 1
    {
        findings.add(sequential.warning("no-effect", "a sequence of one backend does nothing"));
    }
    let Some(params) = spot.get("sequential_propagated_params") else { return };
    if !is_in_order && params.items().len() > 0 {
        let fault =
            params.warning("no-effect", "nothing is passed on: the backends aren't called in a sequence");
        findings.add(fault.help("set \"sequential\": true beside it"));
    }
    for item in params.items() {
        let Some(text) = item.str().filter(|text| (formats::RESPONSE.test)(text)) else { continue };
        let digits: String = text[4..].chars().take_while(char::is_ascii_digit).collect();
        if !digits.parse::<usize>().is_ok_and(|number| number < count) {
            let last = count.saturating_sub(1);
            let message = format!("there is no backend {digits}; they are numbered from 0 to {last}");
            findings.add(item.error("no-value", message));
        }
    }
}

/// The starts of words that ask for a removal.
const REMOVES: [&str; 3] = ["de", "drop", "rem"];

/// One operation of a flatmap: what it needs.
fn operation(spot: &Spot<'_>, findings: &mut Findings<'_>) {
    let (Some(kind), Some(args)) = (spot.get("type"), spot.get("args")) else { return };
    if !matches!(args.node.kind, fjord_document::node::Kind::Array(_)) {
        return;
    }
    let count = args.items().len();
    match kind.str() {
        Some(kind @ ("move" | "append")) if count != 2 => {
            let message = format!("{kind} needs two paths, source and target, and has {count}");
            findings.add(args.error("wrong-arguments", message));
        }
        Some("del") if count == 0 => findings.add(args.error("wrong-arguments", "del needs a path")),
        Some(other)
            if REMOVES.iter().any(|start| other.to_lowercase().starts_with(start)) && other != "del" =>
        {
            let message = format!("there is no operation {other}, so nothing is removed");
            findings.add(kind.error("misspelt", message).help("write \"del\""));
        }
        _ => {}
    }
}
