//! Host names that match nothing, or everything.

use crate::options::check::{Around, Findings, Spot, looks};

/// Checks which hosts are served.
pub(super) fn check(spot: &Spot<'_>, _: &Around<'_>, findings: &mut Findings<'_>) {
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
        list.items().for_each(|item| looks::header_name(&item, findings));
    }
    let is_regex = spot.get("allowed_hosts_are_regex").is_some_and(|s| s.is_true());
    let Some(hosts) = spot.get("allowed_hosts") else { return };
    if hosts.items().len() == 0 {
        findings.add(hosts.warning("everybody", "an empty list accepts every host name"));
    }
    for item in hosts.items() {
        let Some(text) = item.str() else { continue };
        if is_regex {
            looks::regex(&item, text, "no host would match", findings);
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
            let fault = item.error("never-matches", "`*` is literal here, so no request matches");
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
                // A bracket that comes first means itself.
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
