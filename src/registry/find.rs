//! Finds a namespace by its name or by a name of old.

use super::table::{Namespace, Scope};
use crate::features;

/// Every namespace, each shape of it: some take other options at the service than at an endpoint.
pub fn namespaces() -> &'static [&'static Namespace] {
    features::NAMESPACES
}

/// The namespace that a key of `extra_config` names at a scope.
pub fn find(scope: Scope, name_or_alias: &str) -> Option<&'static Namespace> {
    named(name_or_alias).find(|namespace| namespace.scopes.contain(scope))
}

/// The shapes of a namespace, at whatever scope.
pub fn named(name_or_alias: &str) -> impl Iterator<Item = &'static Namespace> {
    let is_named = move |n: &&Namespace| n.name == name_or_alias || n.aliases.contains(&name_or_alias);
    namespaces().iter().copied().filter(is_named)
}
