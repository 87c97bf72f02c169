//! The members of an object: unknown, repeated, missing, on their way out.

use std::collections::HashMap;

use super::super::findings::Findings;
use super::super::spot::{Spot, is_comment};
use super::super::suggest;
use super::{support, value, wrong};
use crate::config::node::Kind as Is;
use crate::config::{Diagnostic, node::Member};
use crate::registry::{self, Kind, Opt, Scope, core};

/// Checks an object against its table; `part` if it is a part of the format with `extra_config`.
pub(super) fn object(
    spot: &Spot<'_>,
    options: &'static [Opt],
    part: Option<Scope>,
    findings: &mut Findings<'_>,
) {
    if !matches!(spot.node.kind, Is::Object(_)) {
        let kind = part.map_or(Kind::Object(options), Kind::Part);
        return wrong(spot, &kind, findings);
    }
    repeated(spot, findings);
    for (key, member) in spot.members() {
        match options.iter().find(|option| option.name == key) {
            Some(option) => known(&member, option, part, findings),
            None => findings.add_part(unknown(&member, key, options, part)),
        }
    }
    for option in options.iter().filter(|option| option.required && spot.get(option.name).is_none()) {
        let fault = Diagnostic::error("missing", spot.head(), format!("`{}` is missing", option.name));
        findings.add(fault.at(spot.path.pointer()).help(option.doc));
    }
}

fn known(member: &Spot<'_>, option: &'static Opt, part: Option<Scope>, findings: &mut Findings<'_>) {
    if let Some(instead) = option.deprecated {
        let message = format!("`{}` is on its way out", option.name);
        let fault = Diagnostic::warning("deprecated", member.head(), message).at(member.path.pointer());
        findings.add(fault.help(format!("use {instead}")));
    }
    let silent = support::option(member, option, findings);
    if silent {
        findings.mute();
    }
    if part.is_some()
        && let Some(text) = member.str()
        && text.contains("{{")
    {
        let fault = member.error("template", "a template that was not rendered");
        findings
            .add(fault.help("render the file first: flexible configuration is switched on with FC_ENABLE=1"));
    } else if member.node.kind != Is::Null || option.required || !matches!(option.kind, Kind::With(..)) {
        value(member, &option.kind, findings);
    }
    if silent {
        findings.unmute();
    }
}

/// An option that the table doesn't have.
fn unknown(member: &Spot<'_>, key: &str, options: &[Opt], part: Option<Scope>) -> Diagnostic {
    let head = member.head();
    let fault = |message: String| {
        Diagnostic::error("unknown-option", head.clone(), message).at(member.path.pointer())
    };
    if let (Some(scope), Some(namespace)) = (part, registry::named(key).next()) {
        let fault = fault(format!("`{key}` is a namespace, which has no effect outside extra_config"));
        return match registry::find(scope, key) {
            Some(_) => fault.help(format!("move it into the extra_config of this {}", scope.part())),
            None => {
                fault.help(format!("it belongs into the extra_config of {}", places(namespace.scopes.iter())))
            }
        };
    }
    if let Some((_, new)) = OLD_NAMES.iter().find(|(old, _)| *old == key)
        && options.iter().any(|option| option.name == *new)
    {
        return fault(format!("`{key}` is a name of old versions, which nothing reads"))
            .help(format!("write `{new}`"));
    }
    let names = || options.iter().map(|option| option.name);
    if let Some(meant) = suggest::nearest(key, names()) {
        let fault = fault(format!("unknown option `{key}`"));
        return match meant.eq_ignore_ascii_case(key) {
            true => fault.help(format!("keys are case-sensitive: write `{meant}`")),
            false => fault.help(format!("did you mean `{meant}`?")),
        };
    }
    if let Some(scope) = part {
        let has = |s: &Scope| core::options(*s).iter().any(|option| option.name == key);
        let elsewhere: Vec<Scope> =
            Scope::ALL.into_iter().filter(|s| *s != scope && *s != Scope::Workflow && has(s)).collect();
        if !elsewhere.is_empty() {
            let places = places(elsewhere.into_iter());
            return fault(format!("`{key}` is an option of {places}, not of {}", scope.plural()));
        }
    }
    let fault = fault(format!("unknown option `{key}`"));
    match names().count() {
        0 => fault,
        1..=8 => fault.help(format!("known here: {}", names().collect::<Vec<_>>().join(", "))),
        _ => fault.help("notes of your own go under keys that start with @, $, _ or #"),
    }
}

/// Names of KrakenD 1.
const OLD_NAMES: &[(&str, &str)] = &[
    ("blacklist", "deny"),
    ("whitelist", "allow"),
    ("headers_to_pass", "input_headers"),
    ("querystring_params", "input_query_strings"),
];

fn places(scopes: impl Iterator<Item = Scope>) -> String {
    scopes.map(|scope| scope.plural()).collect::<Vec<_>>().join(" and ")
}

/// Reports keys that stand twice; the last of them counts.
pub(super) fn repeated(spot: &Spot<'_>, findings: &mut Findings<'_>) {
    let members = spot.node.members();
    let mut report = |first: &Member, member: &Member| {
        let message = format!("`{}` stands here twice, and the first value is lost", member.key);
        let fault = Diagnostic::error("repeated-key", member.key_span.clone(), message);
        let path = spot.path.key(&member.key).pointer();
        findings.add(fault.at(path).related(first.key_span.clone(), "first here"));
    };
    if members.len() < 16 {
        for (i, member) in members.iter().enumerate() {
            if let Some(first) = members[..i].iter().find(|first| first.key == member.key)
                && !is_comment(&member.key)
            {
                report(first, member);
            }
        }
        return;
    }
    let mut seen: HashMap<&str, &Member> = HashMap::with_capacity(members.len());
    for member in members.iter().filter(|member| !is_comment(&member.key)) {
        match seen.get(&*member.key) {
            Some(first) => report(first, member),
            None => {
                seen.insert(&member.key, member);
            }
        }
    }
}
