//! Templates that can't be read, and bodies that are never sent.

use fjord_template::{ParseError, Templates};

use super::{decoded, parse};

use crate::options::check::{Around, Findings, Spot};

/// Checks a generator of answers.
pub(crate) fn check(spot: &Spot<'_>, _: &Around<'_>, findings: &mut Findings<'_>) {
    templates(spot, findings);
}

/// The template of a generator, if it can be read.
fn templates(spot: &Spot<'_>, findings: &mut Findings<'_>) -> Option<Templates> {
    if let Some(inline) = spot.get("template") {
        return match decoded(inline.str().unwrap_or_default()) {
            Ok(text) => read(&inline, &text, findings),
            Err(reason) => {
                findings.add(inline.error("bad-base64", reason));
                None
            }
        };
    }
    let path = spot.get("path")?;
    let text = path.str().and_then(|name| findings.files().get(name))?;
    read(&path, text, findings)
}

fn read(spot: &Spot<'_>, text: &str, findings: &mut Findings<'_>) -> Option<Templates> {
    let fault = |ParseError { line, message, .. }| {
        let message = format!("the template can't be read: {message} in line {line}");
        findings.add(spot.error("bad-script", message));
    };
    parse(text).map_err(fault).ok()
}

/// Checks a generator of request bodies that are always sent.
pub(crate) fn check_input(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let templates = templates(spot, findings);
    let Some(endpoint) = around.endpoint else { return };
    if templates.is_some_and(|templates| templates.reads("req_body"))
        && let Some(headers) = endpoint.spot.get("input_headers")
        && headers.items().len() > 0
        && !headers.items().any(|name| {
            name.str().is_some_and(|name| name == "*" || name.eq_ignore_ascii_case("Content-Type"))
        })
    {
        let message = "without Content-Type among them .req_body is a string, never JSON, XML or a form";
        findings.add(headers.warning("not-let-in", message));
    }
}

/// Checks a generator of request bodies.
pub(crate) fn check_request(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    check_input(spot, around, findings);
    let Some(endpoint) = around.endpoint else { return };
    let method = |backend: &Spot<'_>| {
        let own = backend.get("method").and_then(|method| method.str()).unwrap_or_default();
        if own.is_empty() { endpoint.method.clone() } else { own.to_ascii_uppercase() }
    };
    let sends_nothing = |backend: &Spot<'_>| matches!(&*method(backend), "GET" | "HEAD");
    let never = match around.backend {
        Some((_, backend)) => sends_nothing(backend),
        None => !endpoint.backends.is_empty() && endpoint.backends.iter().all(sends_nothing),
    };
    if never {
        let message = "a GET or HEAD to an origin has no body here: set the backend's method";
        findings.add(spot.error("never-runs", message));
    }
}
