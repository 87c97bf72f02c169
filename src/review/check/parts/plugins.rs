//! `@fjord.plugins`: workers for plugins that nothing names.

use std::collections::BTreeSet;

use fjord_document::Diagnostic;
use fjord_document::node::{Kind, Node};

use crate::features;
use crate::options::check::{Findings, Spot};
use crate::options::core::FJORD_KEY;
use crate::options::is_comment;

/// The members of `@fjord.plugins`.
pub(super) fn each(root: &Spot<'_>, mut look: impl FnMut(&str, &Spot<'_>)) {
    if let Some(fjord) = root.get(FJORD_KEY)
        && let Some(plugins) = fjord.get("plugins")
    {
        plugins.members_but(is_comment).for_each(|(name, spot)| look(name, &spot));
    }
}

/// Workers for plugins that nothing names.
pub(super) fn check(root: &Spot<'_>, findings: &mut Findings<'_>) {
    let mut named = None;
    each(root, |name, spot| {
        if !named.get_or_insert_with(|| names(root.node)).contains(name) {
            let message = format!("nothing in the configuration names the plugin \"{name}\"");
            findings.add(Diagnostic::warning("unused", spot.head(), message).at(spot.path.pointer()));
        }
    });
}

/// The plugins that the parts of a configuration name.
fn names(root: &Node) -> BTreeSet<&str> {
    let endpoints = root.get("endpoints").map(Node::items).unwrap_or_default();
    let backends =
        endpoints.iter().flat_map(|endpoint| endpoint.get("backend").map(Node::items).unwrap_or_default());
    let extras =
        std::iter::once(root).chain(endpoints).chain(backends).filter_map(|part| part.get("extra_config"));
    let is_plugin = |key: &str| features::named(key).any(|namespace| namespace.name.starts_with("plugin/"));
    let spaces = extras.flat_map(Node::members).filter(|member| is_plugin(&member.key));
    let lists = spaces.filter_map(|member| member.value.get("name"));
    lists
        .flat_map(|list| match list.kind {
            Kind::Array(_) => list.items(),
            _ => std::slice::from_ref(list),
        })
        .filter_map(Node::as_str)
        .collect()
}
