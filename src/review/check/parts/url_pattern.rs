//! The variables of a `url_pattern`: each must have a value when the call goes out.

use fjord_document::Diagnostic;
use fjord_document::suggest;

use super::response;
use crate::features;
use crate::options::check::{Around, Endpoint, Findings, Spot};

pub(super) fn check(
    spot: &Spot<'_>,
    index: usize,
    endpoint: &Endpoint<'_>,
    around: &Around<'_>,
    findings: &mut Findings<'_>,
) {
    let Some(text) = spot.str() else { return };
    if text.contains("{{") {
        // Said already.
        return;
    }
    if let Some((scheme, rest)) = text.split_once("://")
        && scheme.chars().all(|c| c.is_ascii_alphanumeric())
    {
        let path = rest.find('/').map_or("/", |at| &rest[at..]);
        let fault = spot.error("url-not-path", "expected a path, found a whole URL");
        findings.add(fault.help(format!("put the host into `host`, and \"{path}\" here")));
        return;
    }
    if text.contains(char::is_whitespace) {
        findings.add(spot.warning("odd-path", "a space in a path; it is sent as %20"));
    }
    if text.contains('#') {
        findings.add(spot.warning("odd-path", "what follows `#` never reaches a server"));
    }
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('{') {
        if before.contains('}') {
            break;
        }
        let Some((name, after)) = behind.split_once('}') else {
            findings.add(spot.error("bad-placeholder", "a brace isn't closed, so it is sent as written"));
            return;
        };
        rest = after;
        if let Some(fault) = variable(spot, name, index, endpoint, around) {
            findings.add(fault);
        }
    }
    if rest.contains('}') {
        findings.add(spot.error("bad-placeholder", "a closing brace without an opening one"));
    }
}

fn variable(
    spot: &Spot<'_>,
    name: &str,
    index: usize,
    endpoint: &Endpoint<'_>,
    around: &Around<'_>,
) -> Option<Diagnostic> {
    if name.is_empty() {
        return Some(spot.error("bad-placeholder", "a placeholder without a name"));
    }
    if let Some(claim) = name.strip_prefix("JWT.") {
        if endpoint.spot.namespace(&features::auth::validator::NAMESPACE).is_some()
            || around.endpoint.is_none()
        {
            return None;
        }
        let message = format!("`{{JWT.{claim}}}` has no value: no token is checked at this endpoint");
        return Some(spot.error("no-value", message).help("add auth/validator to the endpoint"));
    }
    if name.starts_with("input_headers.") || name.starts_with("input_query_strings.") {
        return input(spot, name, endpoint);
    }
    if endpoint.params.iter().any(|param| param == name) {
        return None;
    }
    match response::Reference::read(name) {
        Some(reference) => response::reference(spot, &reference, index, endpoint),
        None => Some(undefined(spot, name, endpoint)),
    }
}

/// `{input_headers.X}` and `{input_query_strings.x}`: what the endpoint doesn't let in has no value.
fn input(spot: &Spot<'_>, name: &str, endpoint: &Endpoint<'_>) -> Option<Diagnostic> {
    let (list, key) = name.split_once('.')?;
    let inputs = endpoint.spot.get(list);
    let is_header = list == "input_headers";
    let lets_in = |text: &str| text == "*" || text == key || is_header && text.eq_ignore_ascii_case(key);
    if inputs.is_some_and(|inputs| inputs.items().any(|item| item.str().is_some_and(lets_in))) {
        return None;
    }
    let fault = spot.error("no-value", format!("`{{{name}}}` has no value: the endpoint doesn't forward it"));
    Some(fault.help(format!("add \"{key}\" to the `{list}` of the endpoint")))
}

fn undefined(spot: &Spot<'_>, name: &str, endpoint: &Endpoint<'_>) -> Diagnostic {
    let fault = spot.error("undefined-variable", format!("the endpoint declares no `{{{name}}}`"));
    if let Some((prefix, claim)) = name.split_once('.')
        && prefix.eq_ignore_ascii_case("JWT")
    {
        return fault.help(format!("claims are written {{JWT.{claim}}}"));
    }
    if name.starts_with("resp") && name[4..].bytes().all(|b| b.is_ascii_digit()) && name.len() > 4 {
        return fault.help(format!("name a field of the answer: {{{name}_field}}"));
    }
    let params = endpoint.params.iter().map(String::as_str);
    if let Some(meant) = suggest::nearest(name, params.clone()) {
        return fault.help(format!("did you mean {{{meant}}}?"));
    }
    match params.map(|param| format!("{{{param}}}")).collect::<Vec<_>>().join(", ") {
        list if list.is_empty() => {
            fault.help(format!("add a segment {{{name}}} to the path of the endpoint"))
        }
        list => fault.help(format!("it declares {list}")),
    }
}
