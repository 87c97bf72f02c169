//! Where the function's name comes from.

use crate::options::check::{Around, Findings, Spot};
use fjord_document::Diagnostic;
use fjord_http::template::title;

/// Checks the parameter that names the function.
pub(super) fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let Some(endpoint) = around.endpoint else { return };
    if spot.get("function_name").is_some_and(|name| name.str() != Some("")) {
        return;
    }
    let param = spot.get("function_param_name");
    let name = param.as_ref().and_then(Spot::str).unwrap_or("function");
    if endpoint.params.iter().any(|known| title(known) == title(name)) {
        let message = format!(
            "clients name the function by `{{{name}}}`: whoever calls the endpoint may invoke all that the credentials may"
        );
        let fault = match &param {
            Some(param) => param.warning("everybody", message),
            None => Diagnostic::warning("everybody", spot.head(), message).at(spot.path.pointer()),
        };
        findings.add(fault.help(
            "set `function_name`, or give the worker credentials for the functions that are meant alone",
        ));
        return;
    }
    let message = format!("the endpoint declares no `{{{name}}}` to take the function's name from");
    findings.add(match &param {
        Some(param) => param.error("undefined-variable", message),
        None => spot.lacks("missing", message).help("set `function_name`"),
    });
}
