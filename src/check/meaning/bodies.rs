//! GraphQL variables, and bodies in base64.

use super::super::findings::Findings;
use super::super::spot::Spot;
use super::super::suggest;
use super::{Around, resources};
use crate::encoding::base64;
use crate::http::template::title;

/// `backend/graphql`
pub(super) fn graphql(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    if let Some(path) = spot.get("query_path") {
        resources::file(&path, findings);
    }
    if let Some(query) = spot.get("query")
        && let Some(text) = query.str()
        && let Some((at, what)) = unbalanced(text)
    {
        let fault = query.error("bad-document", format!("no GraphQL document: {what}"));
        findings.add(match query.inside(at) {
            Some(span) => fault.related(span, "here"),
            None => fault,
        });
    }
    let (Some(endpoint), Some(variables)) = (around.endpoint, spot.get("variables")) else { return };
    if spot.get("type").is_some_and(|kind| kind.str() == Some("mutation")) {
        return;
    }
    for (_, variable) in variables.members() {
        let Some(text) = variable.str() else { continue };
        if text.is_empty() {
            findings.add(variable.error("empty", "an empty variable, with which KrakenD doesn't start"));
        }
        let Some(name) = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else { continue };
        if endpoint.params.iter().any(|param| param == name) {
            continue;
        }
        let message = format!("the endpoint declares no `{{{name}}}`, so the text itself is sent");
        let fault = variable.warning("undefined-variable", message);
        findings.add(match suggest::nearest(name, endpoint.params.iter().map(String::as_str)) {
            Some(meant) => fault.help(format!("did you mean \"{{{meant}}}\"?")),
            None => fault,
        });
    }
}

/// The place in a GraphQL document where its brackets go wrong.
fn unbalanced(document: &str) -> Option<(usize, String)> {
    let mut open = Vec::new();
    let mut chars = document.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '#' => {
                chars.find(|(_, c)| *c == '\n');
            }
            '"' => {
                let mut escaped = false;
                chars.find(|(_, c)| {
                    let ends = *c == '"' && !escaped;
                    escaped = *c == '\\' && !escaped;
                    ends
                });
            }
            '{' | '(' | '[' => open.push((at, c)),
            '}' | ')' | ']' => match (open.pop(), c) {
                (Some((_, '{')), '}') | (Some((_, '(')), ')') | (Some((_, '[')), ']') => {}
                _ => return Some((at, format!("`{c}` closes nothing"))),
            },
            _ => {}
        }
    }
    open.pop().map(|(at, c)| (at, format!("`{c}` is not closed")))
}

/// `backend/lambda`: the parameter that names the function.
pub(super) fn lambda(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let Some(endpoint) = around.endpoint else { return };
    if spot.get("function_name").is_some_and(|name| name.str() != Some("")) {
        return;
    }
    let param = spot.get("function_param_name");
    let name = param.as_ref().and_then(Spot::str).unwrap_or("function");
    if endpoint.params.iter().any(|known| title(known) == title(name)) {
        return;
    }
    let message = format!("the endpoint declares no `{{{name}}}` to take the function's name from");
    findings.add(match &param {
        Some(param) => param.error("undefined-variable", message),
        None => spot.lacks("missing", message).help("set `function_name`"),
    });
}

/// `modifier/martian`: modifiers inside modifiers.
pub(super) fn martian(spot: &Spot<'_>, _: &Around<'_>, findings: &mut Findings<'_>) {
    modifiers(spot, findings);
}

fn modifiers(spot: &Spot<'_>, findings: &mut Findings<'_>) {
    for (name, modifier) in spot.members() {
        if name == "body.Modifier"
            && let Some(body) = modifier.get("body")
            && let Some(text) = body.str()
            && base64::decode(text).is_none()
        {
            findings.add(body.error("bad-base64", "a body is written in base64"));
        }
        let target = match name {
            "header.Modifier" => modifier.get("name"),
            "header.Copy" => modifier.get("to"),
            _ => None,
        };
        if let Some(target) = target
            && target.str().is_some_and(|name| name.eq_ignore_ascii_case("host"))
            && works_on_requests(&modifier)
        {
            let message = "another Host is not sent: the platform takes it from the URL";
            findings.add(target.error("not-supported", message).help("change the URL with url.Modifier"));
        }
        if let (true, Some(regex)) = (name.ends_with(".RegexFilter"), modifier.get("regex"))
            && let Some(text) = regex.str()
        {
            super::security::regex(&regex, text, "KrakenD drops the modifier", findings);
        }
        for key in ["modifier", "else"] {
            if let Some(inner) = modifier.get(key) {
                modifiers(&inner, findings);
            }
        }
        let Some(list) = modifier.get("modifiers") else { continue };
        for item in list.items() {
            match item.get("modifier") {
                Some(inner) => modifiers(&inner, findings),
                None => modifiers(&item, findings),
            }
        }
    }
}

/// Without a scope a modifier works on both sides.
fn works_on_requests(modifier: &Spot<'_>) -> bool {
    modifier.get("scope").is_none_or(|scope| scope.items().any(|side| side.str() == Some("request")))
}
