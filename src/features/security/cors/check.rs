//! Origins that no page has, and rules that let every page in.

use crate::options::check::{Around, Findings, Spot, looks};
use fjord_document::Diagnostic;

/// Checks who may read answers.
pub(super) fn check(spot: &Spot<'_>, _: &Around<'_>, findings: &mut Findings<'_>) {
    let origins = spot.get("allow_origins");
    if let Some(list) = &origins {
        if list.items().len() == 0 {
            let fault = list.warning("everybody", "an empty list allows pages of every origin");
            findings.add(fault.help("write [\"*\"] if that is meant"));
        }
        let star = list.items().find(|item| item.str() == Some("*"));
        if let Some(star) = star.filter(|_| list.items().len() > 1) {
            findings.add(star.warning("everybody", "`*` allows every origin, so the others have no effect"));
        }
        list.items().filter_map(|item| origin(&item)).for_each(|fault| findings.add(fault));
    }
    for key in ["allow_headers", "expose_headers"] {
        let Some(list) = spot.get(key) else { continue };
        list.items()
            .filter(|item| item.str() != Some("*"))
            .for_each(|item| looks::header_name(&item, findings));
    }
    let any = |list: &Spot<'_>| list.items().len() == 0 || list.items().any(|item| item.str() == Some("*"));
    if let Some(credentials) = spot.get("allow_credentials").filter(|s| s.is_true())
        && origins.as_ref().is_none_or(any)
    {
        let fault = credentials.warning("star-credentials", "browsers refuse `*` together with credentials");
        findings.add(fault.help("name the origins"));
    }
}

fn origin(item: &Spot<'_>) -> Option<Diagnostic> {
    let text = item.str()?;
    if matches!(text, "*" | "null") {
        return None;
    }
    let never = |what: &str| item.error("bad-origin", format!("{what}, so no page has this origin"));
    let Some((scheme, rest)) = text.split_once("://") else {
        return Some(never("an origin starts with a scheme").help(format!("write \"https://{text}\"")));
    };
    if let Some((host, _)) = rest.split_once('/') {
        return Some(never("an origin has no path").help(format!("write \"{scheme}://{host}\"")));
    }
    if rest.is_empty() || text.contains(char::is_whitespace) {
        return Some(never("this isn't a host"));
    }
    (text.matches('*').count() > 1)
        .then(|| never("the second `*` is literal").help("one `*` stands for anything"))
}
