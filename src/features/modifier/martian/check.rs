//! Modifiers inside modifiers: bodies, header names, ports and expressions that can't be used.

use crate::options::check::{Around, Findings, Spot, looks};
use fjord_encoding::base64;

/// Checks a modifier, and those inside.
pub(super) fn check(spot: &Spot<'_>, _: &Around<'_>, findings: &mut Findings<'_>) {
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
