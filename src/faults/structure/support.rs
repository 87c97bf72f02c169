//! What Fjord makes of what is set: nothing to say, a note, or a refusal.

use fjord_document::Diagnostic;
use fjord_document::node::{Kind as Is, Node};

use crate::options::check::{Findings, Spot};
use crate::options::{Edition, Namespace, Opt, Support};

/// Reports an option that has no effect or is refused; true if nothing more needs to be said of what is inside.
pub(super) fn option(spot: &Spot<'_>, option: &Opt, findings: &mut Findings<'_>) -> bool {
    // What changes nothing needs no word.
    if option.support == Support::Implemented || is_default(spot.node, option.default) {
        return false;
    }
    let subject = format!("`{}`", option.name);
    report(spot, &subject, option.support, false, findings)
}

/// The same for a namespace.
pub(super) fn namespace(spot: &Spot<'_>, namespace: &Namespace, findings: &mut Findings<'_>) -> bool {
    let subject = format!("`{}`", namespace.name);
    report(spot, &subject, namespace.support, namespace.edition == Edition::Ee, findings)
}

fn report(
    spot: &Spot<'_>,
    subject: &str,
    support: Support,
    is_enterprise: bool,
    findings: &mut Findings<'_>,
) -> bool {
    let at = |fault: Diagnostic| fault.at(spot.path.pointer());
    match support {
        Support::Implemented => return false,
        Support::NoEffect(reason) => {
            let message = format!("{subject} has no effect: {reason}");
            let fault = match is_enterprise {
                true => Diagnostic::warning("no-effect", spot.head(), message),
                false => Diagnostic::note("no-effect", spot.head(), message),
            };
            findings.add_support(at(fault));
        }
        Support::Refused(reason) => {
            let (why, way_out) = reason.split_once("; ").map_or((reason, None), |(a, b)| (a, Some(b)));
            let mut fault = at(Diagnostic::error(
                "not-supported",
                spot.head(),
                format!("{subject} is not served: {why}"),
            ));
            if let Some(way_out) = way_out {
                fault = fault.help(way_out);
            }
            findings.add_support(fault);
        }
    }
    true
}

/// Whether a value is what holds without it.
fn is_default(node: &Node, default: Option<&str>) -> bool {
    let default = default.unwrap_or("");
    match &node.kind {
        Is::Null => true,
        Is::Bool(value) => default == if *value { "true" } else { "false" },
        Is::Number(text) => **text == *default,
        Is::String(text) => text.is_empty() || default.trim_matches('"') == &**text,
        Is::Array(items) => items.is_empty(),
        Is::Object(members) => members.is_empty(),
    }
}
