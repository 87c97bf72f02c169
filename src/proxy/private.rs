//! `@fjord.hosts` as written: read strictly for the plan, and as far as it can be read for a check.

use fjord_document::node::{Kind, Node};

use crate::options::core::{FJORD, FJORD_KEY, is_binding};
use crate::options::{Refusal, is_comment};
use crate::platform::PrivateHosts;

/// The hosts of a configuration; none if none are named.
///
/// # Errors
/// If anything in `@fjord` isn't understood: the calls would leave the private network.
pub fn compile(root: &Node) -> Result<Option<PrivateHosts>, Refusal> {
    let Some(node) = root.get(FJORD_KEY).filter(|node| !matches!(node.kind, Kind::Null)) else {
        return Ok(None);
    };
    let known = |key: &str| is_comment(key) || FJORD.iter().any(|option| option.name == key);
    if let Some(odd) = object(node, FJORD_KEY)?.iter().find(|member| !known(&member.key)) {
        return Err(Refusal(format!("{FJORD_KEY}: unknown option `{}`", odd.key)));
    }
    let Some(node) = node.get("hosts") else { return Ok(None) };
    object(node, "@fjord.hosts")?;
    let mut hosts = PrivateHosts::default();
    for (host, binding) in entries(root) {
        let fault = |reason: &str| Refusal(format!("@fjord.hosts.{host}: {reason}"));
        let name = binding.as_str().filter(|name| is_binding(name));
        hosts.add(host, name.ok_or_else(|| fault("expected the name of a binding"))?).map_err(fault)?;
    }
    Ok((!hosts.is_empty()).then_some(hosts))
}

/// The hosts of a configuration that can be read.
pub fn readable(root: &Node) -> PrivateHosts {
    let mut hosts = PrivateHosts::default();
    for (host, binding) in entries(root) {
        // What isn't a name is reported with its place.
        let _ = binding.as_str().map(|binding| hosts.add(host, binding));
    }
    hosts
}

/// Host and binding of each member of `@fjord.hosts`.
pub fn entries(root: &Node) -> impl Iterator<Item = (&str, &Node)> {
    let members =
        root.get(FJORD_KEY).and_then(|fjord| fjord.get("hosts")).map(Node::members).unwrap_or_default();
    members.iter().filter(|member| !is_note(&member.key)).map(|member| (&*member.key, &member.value))
}

/// Whether a key of `@fjord.hosts` is a comment. A host's name may begin as comments do (`_api.internal`); what has a dot is one.
pub fn is_note(key: &str) -> bool {
    is_comment(key) && !key.contains('.')
}

fn object<'a>(node: &'a Node, name: &str) -> Result<&'a [fjord_document::node::Member], Refusal> {
    match node.kind {
        Kind::Object(_) => Ok(node.members()),
        _ => Err(Refusal(format!("{name}: expected an object, found {}", node.kind.name()))),
    }
}
