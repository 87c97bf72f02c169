//! The namespaces of a part: known, at their place, under one name only.

use super::super::findings::Findings;
use super::super::spot::Spot;
use super::super::suggest;
use super::{members, support, value, wrong};
use crate::config::Diagnostic;
use crate::config::node::Kind as Is;
use crate::registry::{self, Kind, Namespace, Scope};

/// Namespaces that another one replaces.
const SUPERSEDED: &[(&str, &str)] = &[
    ("telemetry/opencensus", "telemetry/opentelemetry"),
    ("modifier/body-generator", "modifier/request-body-generator"),
];

pub(super) fn check(spot: &Spot<'_>, scope: Scope, findings: &mut Findings<'_>) {
    if !matches!(spot.node.kind, Is::Object(_)) {
        return wrong(spot, &Kind::ExtraConfig(scope), findings);
    }
    members::repeated(spot, findings);
    for (key, member) in spot.members() {
        match registry::find(scope, key) {
            Some(namespace) => known(spot, &member, key, namespace, findings),
            None => findings.add_part(unknown(&member, key, scope)),
        }
    }
}

fn known(
    parent: &Spot<'_>,
    member: &Spot<'_>,
    key: &str,
    namespace: &'static Namespace,
    findings: &mut Findings<'_>,
) {
    let name = namespace.name;
    let at = |fault: Diagnostic| fault.at(member.path.pointer());
    if key != name {
        let message = format!("`{key}` is the old name of `{name}`");
        findings.add(
            at(Diagnostic::warning("old-name", member.head(), message)).help(format!("write \"{name}\"")),
        );
        if let Some(other) = parent.get(name) {
            let fault = Diagnostic::error(
                "repeated-key",
                member.head(),
                format!("`{name}` stands here under two names"),
            );
            findings.add(at(fault).related(other.head(), "the other name"));
        }
    }
    if let Some((_, instead)) = SUPERSEDED.iter().find(|(old, _)| *old == name) {
        let message = format!("`{name}` is on its way out");
        findings.add(
            at(Diagnostic::warning("deprecated", member.head(), message)).help(format!("use {instead}")),
        );
    }
    let silent = support::namespace(member, namespace, findings);
    if silent {
        findings.mute();
    }
    value(member, &namespace.value, findings);
    if silent {
        findings.unmute();
    }
}

/// A namespace that this part doesn't have.
fn unknown(member: &Spot<'_>, key: &str, scope: Scope) -> Diagnostic {
    let fault =
        |code, message: String| Diagnostic::error(code, member.head(), message).at(member.path.pointer());
    let mut elsewhere =
        registry::named(key).flat_map(|namespace| namespace.scopes.iter()).collect::<Vec<_>>();
    elsewhere.dedup();
    if !elsewhere.is_empty() {
        let places: Vec<&str> = elsewhere.iter().map(|scope| scope.plural()).collect();
        let message = format!("`{key}` belongs to {}; {} ignore it", places.join(" and "), scope.plural());
        let fault = fault("wrong-scope", message);
        return match relative(key, scope) {
            Some(near) => fault.help(format!("for {} there is `{near}`", scope.plural())),
            None => fault.help(format!("move it into the extra_config of {}", places.join(" or "))),
        };
    }
    let here = registry::namespaces().iter().filter(|n| n.scopes.contain(scope)).map(|n| n.name);
    let all = registry::namespaces().iter().map(|n| n.name);
    let fault = fault("unknown-namespace", format!("unknown namespace `{key}`"));
    match suggest::nearest(key, here.clone()).or_else(|| suggest::nearest(key, all)) {
        Some(meant) => fault.help(format!("did you mean `{meant}`?")),
        None => {
            let group = key.split('/').next().unwrap_or(key);
            let near: Vec<&str> =
                here.filter(|name| name.split('/').next() == Some(group) && name.contains('/')).collect();
            match near.as_slice() {
                [] => fault.help("notes of your own go under keys that start with @, $, _ or #"),
                near => fault.help(format!("known here: {}", near.join(", "))),
            }
        }
    }
}

/// The namespace of a scope that does the same kind of thing: `qos/ratelimit/proxy` for `qos/ratelimit/router`.
fn relative(key: &str, scope: Scope) -> Option<&'static str> {
    let (family, _) = key.rsplit_once('/')?;
    // A family of one word (`qos`) is too wide.
    let family = family.contains('/').then(|| format!("{family}/"))?;
    let mut names = registry::namespaces().iter().filter(|n| n.scopes.contain(scope)).map(|n| n.name);
    names.find(|name| name.strip_prefix(&*family).is_some_and(|rest| !rest.contains('/')))
}
