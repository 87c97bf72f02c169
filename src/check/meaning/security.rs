//! CORS, host names, bots: rules that match nothing, or everything.

use fjord_document::Diagnostic;
use fjord_pattern::Pattern;

use super::super::findings::Findings;
use super::super::spot::Spot;
use super::{Around, inputs};

/// `security/cors`
pub(super) fn cors(spot: &Spot<'_>, _: &Around<'_>, findings: &mut Findings<'_>) {
    let origins = spot.get("allow_origins");
    if let Some(list) = &origins {
        if list.items().len() == 0 {
            let fault = list.warning("everybody", "an empty list lets pages of every origin in");
            findings.add(fault.help("write [\"*\"] if that is meant"));
        }
        let star = list.items().find(|item| item.str() == Some("*"));
        if let Some(star) = star.filter(|_| list.items().len() > 1) {
            findings
                .add(star.warning("everybody", "the star lets every origin in, so the others say nothing"));
        }
        list.items().filter_map(|item| origin(&item)).for_each(|fault| findings.add(fault));
    }
    for key in ["allow_headers", "expose_headers"] {
        let Some(list) = spot.get(key) else { continue };
        list.items()
            .filter(|item| item.str() != Some("*"))
            .for_each(|item| inputs::header_name(&item, findings));
    }
    let any = |list: &Spot<'_>| list.items().len() == 0 || list.items().any(|item| item.str() == Some("*"));
    if let Some(credentials) = spot.get("allow_credentials").filter(|s| s.is_true())
        && origins.as_ref().is_none_or(any)
    {
        let fault =
            credentials.warning("star-credentials", "browsers refuse a star together with credentials");
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
        return Some(never("this is no host"));
    }
    (text.matches('*').count() > 1)
        .then(|| never("the second star stands for itself").help("one star is enough for all in its place"))
}

/// `security/http`
pub(super) fn http(spot: &Spot<'_>, _: &Around<'_>, findings: &mut Findings<'_>) {
    if let Some(development) = spot.get("is_development").filter(|s| s.is_true()) {
        let message =
            "switches the check of host names, redirects to https and Strict-Transport-Security off";
        findings.add(development.warning("debug", message));
    }
    if let Some(host) = spot.get("ssl_host")
        && host.str().is_some_and(|text| text.contains('/'))
    {
        findings.add(
            host.error("never-matches", "a host name has neither scheme nor path, so redirects lead nowhere"),
        );
    }
    if let Some(list) = spot.get("host_proxy_headers") {
        list.items().for_each(|item| inputs::header_name(&item, findings));
    }
    let is_regex = spot.get("allowed_hosts_are_regex").is_some_and(|s| s.is_true());
    let Some(hosts) = spot.get("allowed_hosts") else { return };
    if hosts.items().len() == 0 {
        findings.add(hosts.warning("everybody", "an empty list lets every host name in"));
    }
    for item in hosts.items() {
        let Some(text) = item.str() else { continue };
        if is_regex {
            regex(&item, text, "no host would match", findings);
            if is_split(text) {
                let message = "the bar splits what is to fit the whole name: the first part fits names that begin with it, the last \
                               names that end with it, one between both any name that has it";
                let fault = item.warning("half-fits", message);
                findings.add(fault.help(format!("write \"({text})\"")));
            }
        } else if text.contains("://") || text.contains('/') {
            let message = "a host name has neither scheme nor path, so no request matches";
            findings.add(item.error("never-matches", message));
        } else if text.contains('*') {
            let fault = item.error("never-matches", "a star stands for itself here, so no request matches");
            findings.add(fault.help("set allowed_hosts_are_regex and write a regular expression"));
        }
    }
}

/// Whether a regular expression has a bar outside of groups and classes. Around it, `^` and `$` don't hold for all of it.
fn is_split(text: &str) -> bool {
    let (mut rest, mut depth) = (text.char_indices().peekable(), 0_usize);
    while let Some((at, c)) = rest.next() {
        match c {
            '\\' if text[at..].starts_with("\\Q") => {
                let end = text[at..].find("\\E").map_or(text.len(), |end| at + end + 2);
                while rest.next_if(|(at, _)| *at < end).is_some() {}
            }
            '\\' => {
                rest.next();
            }
            '[' => {
                rest.next_if(|(_, c)| *c == '^');
                // A bracket that comes first stands for itself.
                rest.next_if(|(_, c)| *c == ']');
                while let Some((_, c)) = rest.next_if(|(_, c)| *c != ']') {
                    if c == '\\' {
                        rest.next();
                    }
                }
                rest.next();
            }
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '|' if depth == 0 => return true,
            _ => {}
        }
    }
    false
}

/// `security/bot-detector`
pub(super) fn bot_detector(spot: &Spot<'_>, _: &Around<'_>, findings: &mut Findings<'_>) {
    let Some(patterns) = spot.get("patterns") else { return };
    for item in patterns.items() {
        let Some(text) = item.str() else { continue };
        regex(&item, text, "KrakenD switches the detector off", findings);
        // A pattern that finds nothing in particular finds it in every client.
        if Pattern::new(text)
            .is_ok_and(|pattern| ["", "x", "Mozilla/5.0"].iter().all(|name| pattern.is_match(name)))
        {
            findings.add(item.warning("everybody", "this matches every client, so all are refused as bots"));
        }
    }
}

/// A regular expression that Go doesn't read.
pub(super) fn regex(item: &Spot<'_>, text: &str, otherwise: &str, findings: &mut Findings<'_>) {
    let Err(error) = Pattern::new(text) else { return };
    let fault =
        item.error("bad-regex", format!("no regular expression of RE2: {}; {otherwise}", error.message));
    findings.add(match item.inside(error.offset) {
        Some(span) => fault.related(span, "here"),
        None => fault,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_of_the_whole_expression_are_found() {
        for split in
            ["a|b", "(a|b)|c", "|", "(?i)a|b", r"\\|a", r"\Qa|b\E|c", "[|]|a", "[^]|]|a", "a)|b", "[a-z]+|é"]
        {
            assert!(is_split(split), "{split}");
        }
        for whole in [
            "",
            "a",
            "(a|b)",
            "(?:a|(b|c))d",
            r"a\|b",
            r"\Qa|b\E",
            r"\Qa|b",
            "[|]",
            "[]|]",
            r"[\]|]",
            "[^]|]",
            "[a|b",
        ] {
            assert!(!is_split(whole), "{whole}");
        }
    }
}
