//! Headers and query parameters: which get in, and which get on.

use crate::options::check::{Endpoint, Findings, Spot, looks};

/// Headers that the gateway sets itself, so that a backend gets them without the endpoint's leave.
const OWN: [&str; 4] = ["x-forwarded-for", "x-forwarded-host", "x-forwarded-via", "user-agent"];

pub(super) fn endpoint(endpoint: &Endpoint<'_>, findings: &mut Findings<'_>) {
    if let Some(list) = endpoint.spot.get("input_query_strings") {
        for item in list.items() {
            let Some(text) = item.str() else { continue };
            if let Some(odd) = text.chars().find(|c| "?&=#".contains(*c)) {
                let message = format!("`{odd}` can't be in a parameter's name, so this matches none");
                findings.add(item.warning("never-matches", message));
            }
        }
    }
    let Some(list) = endpoint.spot.get("input_headers") else { return };
    let mut seen: Vec<(&str, Spot<'_>)> = Vec::new();
    for item in list.items() {
        let Some(text) = item.str() else { continue };
        if text != "*" {
            looks::header_name(&item, findings);
        }
        if text.eq_ignore_ascii_case("host") {
            let message = "the client's Host can't be passed on: an origin sees its own name";
            findings.add(item.note("no-effect", message).help("X-Forwarded-Host has it"));
        }
        if let Some((_, first)) =
            seen.iter().find(|(other, _)| other.eq_ignore_ascii_case(text) && *other != text)
        {
            let fault = item.warning("repeated", format!("header names fold case: \"{text}\" is here twice"));
            findings.add(fault.related(first.span(), "first here"));
        }
        seen.push((text, item));
    }
}

/// What a backend asks for and the endpoint doesn't let in.
pub(super) fn backend(backend: &Spot<'_>, endpoint: &Endpoint<'_>, findings: &mut Findings<'_>) {
    for (key, is_header, what) in
        [("input_headers", true, "header"), ("input_query_strings", false, "query parameter")]
    {
        let Some(list) = backend.get(key) else { continue };
        let outer = endpoint.spot.get(key);
        let outer: Vec<&str> =
            outer.iter().flat_map(|list| list.node.items()).filter_map(|item| item.as_str()).collect();
        for item in list.items() {
            let Some(text) = item.str().filter(|text| !text.is_empty()) else { continue };
            if text == "*" {
                let fault = item.warning("no-effect", "`*` isn't a wildcard here, so nothing is forwarded");
                findings.add(fault.help(format!("leave `{key}` out to send all that the endpoint forwards")));
                continue;
            }
            let same = |other: &&str| {
                *other == "*" || *other == text || is_header && other.eq_ignore_ascii_case(text)
            };
            let own = is_header
                && (OWN.contains(&&*text.to_lowercase())
                    || outer.is_empty() && text.eq_ignore_ascii_case("content-type"));
            if !own && !outer.iter().any(same) {
                let message = format!(
                    "the endpoint doesn't forward the {what} \"{text}\", so the backend never gets it"
                );
                findings.add(
                    item.warning("not-let-in", message)
                        .help(format!("add it to the `{key}` of the endpoint")),
                );
            }
        }
    }
}
