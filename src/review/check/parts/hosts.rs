//! Hosts: what KrakenD sanitises, what it would refuse, and what no call would reach.

use std::net::{IpAddr, Ipv6Addr};

use fjord_document::Diagnostic;
use fjord_http::host::Host;
use fjord_http::reach::is_private;

use crate::features;
use crate::options::Scope;
use crate::options::check::{Around, Findings, Hosts, Spot, Worker};
use crate::platform::host_of;
use crate::proxy::private;

/// How the hosts of a backend are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rules {
    /// `scheme://name:port`, the scheme http if there is none.
    Http,
    /// As written, a scheme needed.
    Verbatim,
    /// Names for DNS.
    Dns,
    /// The broker of an AMQP backend.
    Amqp,
    /// The driver of a publisher or subscriber.
    PubSub,
}

// === impl Rules ===

impl Rules {
    /// The rules of the service's hosts.
    pub(super) const HTTP: Rules = Rules::Http;

    /// The rules of a backend's hosts.
    pub(super) fn of(backend: &Spot<'_>) -> Rules {
        let special = special(backend);
        if special.contains(&Hosts::Amqp) {
            return Rules::Amqp;
        }
        if special.contains(&Hosts::PubSub) {
            return Rules::PubSub;
        }
        if backend.get("sd").is_some_and(|sd| sd.str().is_some_and(|sd| sd != "static")) {
            return Rules::Dns;
        }
        match backend.get("disable_host_sanitize").is_some_and(|s| s.is_true()) {
            true => Rules::Verbatim,
            false => Rules::Http,
        }
    }
}

/// What the namespaces of a backend say of its hosts.
fn special(backend: &Spot<'_>) -> Vec<Hosts> {
    let Some(extra) = backend.get("extra_config") else { return Vec::new() };
    extra.members().filter_map(|(key, _)| features::find(Scope::Backend, key)?.hosts).collect()
}

/// Whether a backend needs no host.
pub(super) fn is_elsewhere(backend: &Spot<'_>) -> bool {
    special(backend).iter().any(|hosts| matches!(hosts, Hosts::Elsewhere | Hosts::Assets))
}

/// Checks a list of hosts.
pub(super) fn list(list: &Spot<'_>, rules: Rules, around: &Around<'_>, findings: &mut Findings<'_>) {
    for item in list.items() {
        if let Some(text) = item.str()
            && let Some(fault) = host(&item, text, rules, findings.worker())
            && !(NEEDS_NAME.contains(&fault.code) && is_bound(text, around))
        {
            findings.add(fault);
        }
    }
}

/// What `@fjord.hosts` makes good.
const NEEDS_NAME: &[&str] = &["private-host", "bare-address"];

/// Whether calls to a host, whose address is sound, go through a binding.
fn is_bound(text: &str, around: &Around<'_>) -> bool {
    let hosts = around.service.map(|service| private::readable(service.node));
    hosts.is_some_and(|hosts| hosts.binding(host_of(text.trim())).is_some())
}

fn host(spot: &Spot<'_>, text: &str, rules: Rules, worker: Option<&Worker>) -> Option<Diagnostic> {
    let fault = |message: &str| Some(spot.error("bad-host", message));
    if text.contains("{{") {
        let fault = spot.error("unrendered", "a template that was not rendered");
        return Some(
            fault.help("render the file first: flexible configuration is switched on with FC_ENABLE=1"),
        );
    }
    let (scheme, rest) = match text.trim().split_once("://") {
        Some((scheme, rest)) => (Some(scheme), rest),
        None => (None, text.trim()),
    };
    match rules {
        Rules::Dns => return text.trim().is_empty().then(|| spot.error("bad-host", "an empty host")),
        Rules::PubSub => {
            return scheme
                .is_none()
                .then(|| spot.error("bad-host", "no driver: expected a scheme like nats://"));
        }
        Rules::Amqp if !matches!(scheme, Some("amqp" | "amqps")) => {
            return fault("a broker's address starts with amqp:// or amqps://");
        }
        Rules::Amqp => return None,
        Rules::Verbatim if scheme.is_none() => {
            let fault = spot
                .error("bad-host", "the scheme is missing, and with disable_host_sanitize nothing adds it");
            return Some(fault.help(format!("write \"http://{}\"", text.trim())));
        }
        Rules::Verbatim | Rules::Http => {}
    }
    if scheme == Some("service") {
        let name = rest.strip_suffix('/').unwrap_or(rest);
        let is_name =
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
        return if is_name { None } else { fault("service:// is followed by the name of a binding") };
    }
    if text.contains("{input_headers.") || text.contains("{input_query_strings.") {
        return unread(spot, text, rules);
    }
    if let Some(scheme) = scheme.filter(|scheme| !matches!(*scheme, "http" | "https")) {
        let message =
            format!("hosts speak http or https, not {}", if scheme.is_empty() { "nothing" } else { scheme });
        let fault = spot.error("bad-host", message);
        return Some(match fjord_document::suggest::nearest(scheme, ["http", "https"]) {
            Some(meant) => fault.help(format!("write \"{meant}://{rest}\"")),
            None => fault,
        });
    }
    if text.trim() != text {
        let fault = spot.error("bad-host", "spaces around the host");
        return Some(fault.help(format!("write \"{}\"", text.trim())));
    }
    let (authority, path) = match rest.find(['/', '?', '#']) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    if let Some((_, name)) = authority.rsplit_once('@') {
        let fault = spot.error("bad-host", "a user or password in the host, which KrakenD refuses");
        return Some(fault.help(format!("write only {name}; send credentials in a header")));
    }
    if text.contains(',') {
        let fault = spot.error("bad-host", "several hosts in one string");
        return Some(fault.help("write each as an item of its own"));
    }
    if authority.is_empty() || text.starts_with("http:/") && scheme.is_none() {
        return fault("no host name after the scheme: expected https://api.example.com");
    }
    if path.starts_with(['?', '#']) && rules == Rules::Http {
        let base = &text[..text.len() - path.len()];
        let fault = spot.error("bad-host", "a host has no query or fragment");
        return Some(fault.help(format!("write \"{base}\"")));
    }
    if !matches!(path, "" | "/") && rules == Rules::Http {
        let base = &text[..text.len() - path.len()];
        let fault = spot.error("bad-host", "a host has no path");
        return Some(fault.help(format!("write \"{base}\", and put {path} before the url_pattern")));
    }
    address(spot, authority, worker).or_else(|| unread(spot, text, rules))
}

/// What the plan, which reads the host in the end, doesn't take.
fn unread(spot: &Spot<'_>, text: &str, rules: Rules) -> Option<Diagnostic> {
    let error = Host::parse(text, rules == Rules::Http).err()?;
    Some(spot.error("bad-host", error.to_string()))
}

/// The name and the port.
fn address(spot: &Spot<'_>, authority: &str, worker: Option<&Worker>) -> Option<Diagnostic> {
    let fault = |message: String| Some(spot.error("bad-host", message));
    let (name, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((literal, after)) => {
            if literal.parse::<Ipv6Addr>().is_err() {
                return fault(format!("[{literal}] isn't an IPv6 address"));
            }
            (literal, after.strip_prefix(':').or((!after.is_empty()).then_some("")))
        }
        None => match authority.split_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (authority, None),
        },
    };
    if name.is_empty() {
        return fault("no host name".to_owned());
    }
    if let Some(odd) = name.chars().find(|c| !c.is_alphanumeric() && !"._-:".contains(*c)) {
        let what = if odd.is_whitespace() { "a blank".to_owned() } else { format!("`{odd}`") };
        return fault(format!("{what} in a host name"));
    }
    if let Some(port) = port
        && !port.parse::<u16>().is_ok_and(|port| port > 0)
    {
        return fault(format!("\"{port}\" isn't a port: expected a number from 1 to 65535"));
    }
    if is_private(name) {
        let message = format!("{name} can be reached in a local run only, not from the edge");
        return Some(spot.note("private-host", message).help(super::private::help(name, worker)));
    }
    name.parse::<IpAddr>().is_ok().then(|| {
        let fault = spot.warning("bare-address", format!("the edge calls names, not an address like {name}"));
        fault.help("give it a name in the DNS, or bind it with Workers VPC and name it in @fjord.hosts")
    })
}
