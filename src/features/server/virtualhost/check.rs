//! Hosts that no request can have, and prefixes without a host.

use std::collections::BTreeSet;

use crate::options::check::{Around, Findings, Spot};

/// Checks the hosts, and the endpoints with prefixes.
pub(super) fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let mut aliases = BTreeSet::new();
    let mut known = BTreeSet::new();
    let mut one = |alias: &str, host: &Spot<'_>, findings: &mut Findings<'_>| {
        let Some(text) = host.str() else { return };
        if !is_host(text) {
            let message = format!("\"{text}\" isn't a host: write api.example.com, or api.example.com:8080");
            findings.add(host.error("bad-name", message));
        }
        if !known.insert(super::bare(text).to_ascii_lowercase()) {
            findings.add(host.error("bad-name", "the host is listed twice: the first alias counts"));
        }
        aliases.insert(alias.to_owned());
    };
    if let Some(hosts) = spot.get("hosts") {
        for host in hosts.items() {
            one(host.str().unwrap_or_default(), &host, findings);
        }
    }
    if let Some(hosts) = spot.get("aliased_hosts") {
        for (alias, host) in hosts.members() {
            let is_alias = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
            if alias.is_empty() || !alias.bytes().all(is_alias) {
                let message = format!("\"{alias}\" isn't an alias: use a-z, 0-9 and _");
                findings.add(host.error("bad-name", message));
            }
            one(alias, &host, findings);
        }
    }
    if aliases.is_empty() {
        findings.add(spot.lacks("idle-guard", "without hosts every request goes to the same endpoints"));
        return;
    }
    prefixes(&aliases, around, findings);
}

/// Endpoints of a host that isn't listed, which no request reaches.
fn prefixes(aliases: &BTreeSet<String>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let Some(endpoints) = around.service.and_then(|service| service.get("endpoints")) else { return };
    for endpoint in endpoints.items() {
        let Some(path) = endpoint.get("endpoint") else { continue };
        let text = path.str().unwrap_or_default();
        let Some(rest) = text.strip_prefix(super::PREFIX) else { continue };
        let alias = rest.split('/').next().unwrap_or_default();
        if !alias.starts_with('{') && !aliases.contains(alias) {
            let message = format!("server/virtualhost has no host {alias}, so no request comes here");
            findings.add(path.error("never-matches", message));
        }
    }
}

/// Whether this is a name, with a port or without.
fn is_host(text: &str) -> bool {
    let (name, port) = text.split_once(':').map_or((text, None), |(name, port)| (name, Some(port)));
    let is_part = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
    !name.is_empty() && name.bytes().all(is_part) && port.is_none_or(|port| port.parse::<u16>().is_ok())
}
