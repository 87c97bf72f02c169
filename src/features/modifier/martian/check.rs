//! Modifiers inside modifiers: bodies, header names, ports and expressions that can't be used.

use super::answers::{is_filled, names};
use crate::features::proxy;
use crate::options::check::{Around, Findings, Spot, looks};
use fjord_encoding::base64;

/// Checks a modifier, and those inside.
pub(super) fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    modifiers(spot, around, findings);
}

/// Values of earlier answers that aren't there.
fn answers(value: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let names = names(value.str().unwrap_or_default());
    if names.is_empty() {
        return;
    }
    let proxy = around.endpoint.and_then(|endpoint| endpoint.spot.namespace(&proxy::NAMESPACE));
    let list = proxy.as_ref().and_then(|proxy| proxy.get("sequential_propagated_params"));
    let listed: Vec<&str> = list.iter().flat_map(Spot::items).filter_map(|name| name.str()).collect();
    let backend = around.backend.map_or(0, |(index, _)| index);
    if let Some(name) = names.iter().find(|name| !is_filled(name, &listed, backend)) {
        let message = format!("no earlier answer gives {name}: the value is sent as it's written");
        findings.add(
            value
                .warning("no-value", message)
                .help("list it in `sequential_propagated_params` of the endpoint's proxy"),
        );
    }
}

fn modifiers(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    for (name, modifier) in spot.members() {
        if let ("header.Modifier" | "header.Append" | "querystring.Modifier", Some(value)) =
            (name, modifier.get("value"))
        {
            answers(&value, around, findings);
        }
        if name == "body.Modifier"
            && let Some(body) = modifier.get("body")
            && let Some(text) = body.str()
            && base64::decode(text).is_none()
        {
            findings.add(body.error("bad-base64", "a body is written in base64"));
        }
        if name.starts_with("header.") {
            let names = ["name", "from", "to"].into_iter().filter_map(|key| modifier.get(key));
            names.for_each(|name| looks::header_name(&name, findings));
        }
        if let (Some(port), true) = (modifier.get("port"), name.starts_with("port."))
            && port.f64().is_some_and(|port| !(1.0..=65535.0).contains(&port))
        {
            findings.add(port.error("out-of-range", "expected a port from 1 to 65535"));
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
            looks::regex(&regex, text, "KrakenD drops the modifier", findings);
        }
        for key in ["modifier", "else"] {
            if let Some(inner) = modifier.get(key) {
                modifiers(&inner, around, findings);
            }
        }
        let Some(list) = modifier.get("modifiers") else { continue };
        for item in list.items() {
            match item.get("modifier") {
                Some(inner) => modifiers(&inner, around, findings),
                None => modifiers(&item, around, findings),
            }
        }
    }
}

/// Without a scope a modifier works on both sides.
fn works_on_requests(modifier: &Spot<'_>) -> bool {
    modifier.get("scope").is_none_or(|scope| scope.items().any(|side| side.str() == Some("request")))
}
