//! The namespaces of a part: known, at their place, under one name only, and switching something on.

use fjord_document::Diagnostic;
use fjord_document::node::{Kind as Is, Node};
use fjord_document::suggest;

use super::{members, support, value, wrong};
use crate::features;
use crate::options::check::{Findings, Spot};
use crate::options::role::looks_like_guard;
use crate::options::{Kind, Namespace, Role, Scope, Support, is_empty};

pub(crate) fn check(spot: &Spot<'_>, scope: Scope, findings: &mut Findings<'_>) {
    match &spot.node.kind {
        Is::Object(_) => {}
        // KrakenD passes over a list, and over the guards in it.
        Is::Array(items) if !items.is_empty() => {
            let fault =
                spot.error("bad-extra-config", "expected an object with namespaces as keys, found a list");
            return findings.add(fault.help("a list here has no effect, not even in KrakenD"));
        }
        _ => return wrong(spot, &Kind::ExtraConfig(scope), findings),
    }
    members::repeated_namespaces(spot, findings);
    for (key, member) in spot.members() {
        namespace(spot, &member, key, scope, findings);
    }
}

/// One namespace of the `extra_config` at `parent`.
pub(crate) fn namespace(
    parent: &Spot<'_>,
    member: &Spot<'_>,
    key: &str,
    scope: Scope,
    findings: &mut Findings<'_>,
) {
    let found = features::find(scope, key);
    let role = match found.or_else(|| features::named(key).next()) {
        // What has no effect can't fail to have one.
        Some(namespace) if matches!(namespace.support, Support::NoEffect(_)) => Role::Plain,
        Some(namespace) => namespace.role(),
        None => Role::Plain,
    };
    findings.within(role, |findings| match found {
        Some(namespace) => known(parent, member, key, namespace, scope, findings),
        None => findings.add(unknown(member, key, scope)),
    });
}

fn known(
    parent: &Spot<'_>,
    member: &Spot<'_>,
    key: &str,
    namespace: &'static Namespace,
    scope: Scope,
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
            let fault =
                Diagnostic::error("repeated-key", member.head(), format!("`{name}` is here under two names"));
            findings.add(at(fault).related(other.head(), "the other name"));
        }
    }
    if let Some(instead) = namespace.superseded {
        let message = format!("`{name}` is deprecated");
        findings.add(
            at(Diagnostic::warning("deprecated", member.head(), message)).help(format!("use {instead}")),
        );
    }
    let silent = support::namespace(member, namespace, findings);
    if silent {
        findings.mute();
    }
    let before = findings.count();
    if scope == Scope::Service && is_empty(member.node) {
        dropped(member, name, findings);
    } else {
        value(member, &namespace.value, findings);
    }
    if findings.count() == before && findings.role() == Role::Guard && is_idle(member.node, name, scope) {
        let fault =
            Diagnostic::error("idle-guard", member.head(), format!("an empty `{name}` switches nothing on"));
        findings.add(at(fault).help("fill it in, or remove it"));
    }
    if silent {
        findings.unmute();
    }
}

/// An empty object at the service, which KrakenD's loader drops.
fn dropped(member: &Spot<'_>, name: &str, findings: &mut Findings<'_>) {
    if findings.role() == Role::Guard {
        return;
    }
    let message = format!("KrakenD's loader drops an empty object here, so `{name}` is off");
    let fault = Diagnostic::warning("no-effect", member.head(), message).at(member.path.pointer());
    findings.add(fault.help("set an option, or remove it"));
}

/// Whether a guard guards nothing. At an endpoint an empty `auth/basic` asks for a user of the service.
fn is_idle(node: &Node, name: &str, scope: Scope) -> bool {
    is_empty(node) && !(name == "auth/basic" && scope == Scope::Endpoint)
}

/// A namespace that this part doesn't have.
fn unknown(member: &Spot<'_>, key: &str, scope: Scope) -> Diagnostic {
    let fault =
        |code, message: String| Diagnostic::error(code, member.head(), message).at(member.path.pointer());
    let mut elsewhere =
        features::named(key).flat_map(|namespace| namespace.scopes.iter()).collect::<Vec<_>>();
    elsewhere.dedup();
    if !elsewhere.is_empty() {
        let places: Vec<&str> = elsewhere.iter().map(|scope| scope.plural()).collect();
        let is_one = scope == Scope::Service;
        let verb = if is_one { "ignores" } else { "ignore" };
        let message = format!("`{key}` belongs to {}; {} {verb} it", places.join(" and "), scope.plural());
        let fault = fault("wrong-scope", message);
        return match relative(key, scope) {
            Some(near) => fault.help(format!("for {} there is `{near}`", scope.plural())),
            None => fault.help(format!("move it into the extra_config of {}", places.join(" or "))),
        };
    }
    let here = features::namespaces().iter().filter(|n| n.scopes.contain(scope)).map(|n| n.name);
    let all = features::namespaces().iter().map(|n| n.name);
    let meant = suggest::nearest(key, here.clone()).or_else(|| suggest::nearest(key, all));
    let is_guard = looks_like_guard(key)
        || meant.and_then(|name| features::named(name).next()).is_some_and(|n| n.role() == Role::Guard);
    let code = if is_guard { "guard-name" } else { "unknown-namespace" };
    if let Some(namespace) = respelt(key, scope) {
        let mut message = format!("nothing reads `{key}` here, not even KrakenD");
        if namespace.name == "auth/validator" {
            message.push_str(": no token is checked");
        }
        return fault(code, message).help(format!("write `{}`", namespace.name));
    }
    let fault = fault(code, format!("unknown namespace `{key}`"));
    match meant {
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

/// The namespace whose old name this is in the spelling of other parts: the service has `github_com/`, the others have `github.com/`.
fn respelt(key: &str, scope: Scope) -> Option<&'static Namespace> {
    let (from, to) = match scope {
        Scope::Service => ("github.com/", "github_com/"),
        _ => ("github_com/", "github.com/"),
    };
    let name = format!("{to}{}", key.strip_prefix(from)?);
    features::named(&name).find(|namespace| namespace.scopes.contain(scope))
}

/// The namespace of a scope that does the same kind of thing: `qos/ratelimit/proxy` for `qos/ratelimit/router`.
fn relative(key: &str, scope: Scope) -> Option<&'static str> {
    let (family, _) = key.rsplit_once('/')?;
    // A family of one word (`qos`) is too wide.
    let family = family.contains('/').then(|| format!("{family}/"))?;
    let mut names = features::namespaces().iter().filter(|n| n.scopes.contain(scope)).map(|n| n.name);
    names.find(|name| name.strip_prefix(&*family).is_some_and(|rest| !rest.contains('/')))
}
