//! What the service declares and no other part asks for.

use fjord_document::Diagnostic;
use fjord_document::node::{Kind, Node};

use super::super::private;
use super::rows::is_on;
use crate::features;
use crate::options::check::{Findings, Spot};
use crate::options::core::FJORD_KEY;
use crate::options::{Namespace, is_comment};

/// Checks the whole document.
pub(in super::super) fn check(root: &Spot<'_>, findings: &mut Findings<'_>) {
    let mut parts = Vec::new();
    below(root.node, &mut parts);
    if let Some(ttl) = root.get("dns_cache_ttl").filter(is_on)
        && !parts.iter().any(|part| text(part, "sd").is_some_and(|sd| sd.starts_with("dns")))
    {
        findings.add(ttl.note("no-effect", "no backend finds its hosts by DNS"));
    }
    let validator = &features::auth::validator::NAMESPACE;
    let caches = |node: &Node| node.get("cache").and_then(Node::as_bool) == Some(true);
    if let Some(shared) = root.namespace(&features::auth::validator::SERVICE)
        && let Some(shared) = shared.get("shared_cache_duration")
        && !values(&parts, validator).any(caches)
    {
        findings.add(shared.note("no-effect", "no endpoint caches keys: none has `cache` in auth/validator"));
    }
    if let Some(logging) = root.namespace(&features::telemetry::logging::NAMESPACE)
        && let Some(format) = logging.get("access_log_format").filter(is_on)
        && let Some(router) = root.namespace(&features::router::NAMESPACE)
        && router.get("disable_access_log").is_some_and(|off| off.is_true())
    {
        findings
            .add(format.warning("no-effect", "`router` has `disable_access_log`, so no request is logged"));
    }
    let quotas = root.namespace(&features::governance::processors::NAMESPACE);
    named(quotas, "quotas", &parts, (&features::governance::quota::NAMESPACE, "quota_name"), findings);
    let servers = root.namespace(&features::ai::mcp::SERVICE);
    named(servers, "servers", &parts, (&features::ai::mcp::NAMESPACE, "server_name"), findings);
    hosts(root, findings);
}

/// Items with names that no value of a namespace has in its `key`.
fn named(
    declared: Option<Spot<'_>>,
    list: &str,
    parts: &[&Node],
    (namespace, key): (&'static Namespace, &str),
    findings: &mut Findings<'_>,
) {
    let Some(list) = declared.as_ref().and_then(|declared| declared.get(list)) else { return };
    for item in list.items() {
        let Some(name) = item.get("name") else { continue };
        if !values(parts, namespace).any(|value| text(value, key) == name.str()) {
            let message = format!("no {} names it in its `{key}`", namespace.name);
            findings.add(name.warning("unused", message));
        }
    }
}

/// Hosts of `@fjord.hosts` that no text of the configuration or its files has.
fn hosts(root: &Spot<'_>, findings: &mut Findings<'_>) {
    private::each(root, |host, spot| {
        let wanted = host.trim_start_matches(['*', '.']).trim_matches(['[', ']']).to_ascii_lowercase();
        let is_named = findings.files().values().any(|file| file.to_ascii_lowercase().contains(&wanted))
            || root.node.members().iter().any(|m| &*m.key != FJORD_KEY && contains(&m.value, &wanted));
        if !is_named && !wanted.is_empty() {
            let message = format!("nothing in the configuration names the host \"{host}\"");
            findings.add(Diagnostic::warning("unused", spot.head(), message).at(spot.path.pointer()));
        }
    });
}

/// Whether a text inside has `wanted`. Depth is bounded by the document's.
fn contains(node: &Node, wanted: &str) -> bool {
    match &node.kind {
        Kind::String(text) => text.to_ascii_lowercase().contains(wanted),
        Kind::Array(items) => items.iter().any(|item| contains(item, wanted)),
        Kind::Object(members) => members.iter().any(|m| !is_comment(&m.key) && contains(&m.value, wanted)),
        Kind::Null | Kind::Bool(_) | Kind::Number(_) => false,
    }
}

/// All objects, the outer ones first: parts of the format are among them wherever they are.
fn below<'d>(node: &'d Node, parts: &mut Vec<&'d Node>) {
    if let Kind::Object(_) = node.kind {
        parts.push(node);
    }
    node.items().iter().for_each(|item| below(item, parts));
    node.members().iter().filter(|m| !is_comment(&m.key)).for_each(|member| below(&member.value, parts));
}

/// The values of a namespace in the `extra_config` of any part.
fn values<'d>(parts: &[&'d Node], namespace: &'static Namespace) -> impl Iterator<Item = &'d Node> {
    let extras = parts.iter().filter_map(|part| part.get("extra_config"));
    extras
        .flat_map(Node::members)
        .filter(|m| features::named(&m.key).any(|n| n.name == namespace.name))
        .map(|member| &member.value)
}

fn text<'d>(node: &'d Node, key: &str) -> Option<&'d str> {
    node.get(key).and_then(Node::as_str)
}
