//! The members of an object: unknown, misspelt, repeated, missing, on their way out.

use std::collections::HashMap;

use fjord_document::node::Kind as Is;
use fjord_document::node::Member;
use fjord_document::{Diagnostic, Severity, suggest};

use super::{expected, support, value, version, wrong};
use crate::features;
use crate::options::check::rules::is_unknown;
use crate::options::check::{CheckOptions, Findings, Spot};
use crate::options::role::looks_like_guard;
use crate::options::{Kind, Opt, Role, Rule, Scope, Support, core, is_comment};

/// What an object is, beside its table.
#[derive(Clone, Copy, Default)]
pub(crate) struct Extent {
    /// A part of the format, with `extra_config`.
    part: Option<Scope>,
    /// KrakenD's schema allows further members.
    is_open: bool,
    /// Further members are somebody else's.
    is_free: bool,
}

/// Options of a part that decide which data leaves it: a misspelt one lets out what was meant to stay.
const FILTERS: &[&str] = &["allow", "deny", "mapping", "target", "group", "extra_config"];

// === impl Extent ===

impl Extent {
    /// Nothing but the table.
    pub(super) const CLOSED: Extent = Extent { part: None, is_open: false, is_free: false };

    /// What the rules of an object say.
    pub(super) fn of(rules: &[Rule]) -> Extent {
        let has = |wanted: fn(&Rule) -> bool| rules.iter().any(wanted);
        let (is_open, is_free) =
            (has(|rule| matches!(rule, Rule::Open)), has(|rule| matches!(rule, Rule::Free)));
        Extent { is_open, is_free, ..Extent::CLOSED }
    }

    /// A part of the format.
    pub(crate) const fn part(scope: Scope) -> Extent {
        Extent { part: Some(scope), ..Extent::CLOSED }
    }
}

/// Checks an object against its table.
pub(super) fn object(spot: &Spot<'_>, options: &'static [Opt], extent: Extent, findings: &mut Findings<'_>) {
    if !matches!(spot.node.kind, Is::Object(_)) {
        let kind = extent.part.map_or(Kind::Object(options), Kind::Part);
        return wrong(spot, &kind, findings);
    }
    repeated(spot, findings);
    for (key, member) in spot.members() {
        match options.iter().find(|option| option.name == key) {
            Some(option) => known(&member, option, extent.part, findings),
            None if extent.is_free => {}
            None => findings.add(unknown(&member, key, options, extent, findings.role())),
        }
    }
    for option in options.iter().filter(|option| option.required && spot.get(option.name).is_none()) {
        let is_version = extent.part == Some(Scope::Service) && option.name == "version";
        let code = if is_version { "version" } else { "missing" };
        let fault = Diagnostic::error(code, spot.head(), format!("`{}` is missing", option.name));
        // Where there is a default KrakenD takes that.
        let role = if option.default.is_some() { Role::Plain } else { findings.role() };
        findings.within(role, |findings| {
            findings.add(fault.at(spot.path.pointer()).help(option.doc));
        });
    }
}

/// Reports the members of a part that nobody knows.
pub(crate) fn strangers(spot: &Spot<'_>, scope: Scope, findings: &mut Findings<'_>) {
    let options = core::options(scope);
    for (key, member) in spot.members().filter(|(key, _)| !options.iter().any(|option| option.name == *key)) {
        findings.add(unknown(&member, key, options, Extent::part(scope), findings.role()));
    }
}

/// Reports what nobody knows inside of the options of a part itself. Parts in it are asked for themselves.
pub(crate) fn strangers_inside(spot: &Spot<'_>, scope: Scope, findings: &mut Findings<'_>) {
    for option in core::options(scope) {
        if let (Kind::Object(_) | Kind::With(Kind::Object(_), _), Some(member)) =
            (&option.kind, spot.get(option.name))
        {
            let mut inside = Findings::new(CheckOptions::default()).later(true);
            value(&member, &option.kind, &mut inside);
            inside
                .into_list()
                .into_iter()
                .filter(|found| is_unknown(found.code))
                .for_each(|found| findings.add(found));
        }
    }
}

fn known(member: &Spot<'_>, option: &'static Opt, part: Option<Scope>, findings: &mut Findings<'_>) {
    if let Some(instead) = option.deprecated {
        let message = format!("`{}` is deprecated", option.name);
        let fault = Diagnostic::warning("deprecated", member.head(), message).at(member.path.pointer());
        findings.add(fault.help(format!("use {instead}")));
    }
    let silent = support::option(member, option, findings);
    if silent {
        findings.mute();
    }
    // A value that nobody reads, or that is dropped when it is of another type, harms nothing.
    let is_idle = option.lax || matches!(option.support, Support::NoEffect(_));
    let role = if is_idle { Role::Plain } else { findings.role() };
    findings.within(role, |findings| content(member, option, part, findings));
    if silent {
        findings.unmute();
    }
}

fn content(member: &Spot<'_>, option: &'static Opt, part: Option<Scope>, findings: &mut Findings<'_>) {
    if part == Some(Scope::Service) && option.name == "version" {
        version::check(member, findings);
    } else if part.is_some()
        && let Some(text) = member.str()
        && text.contains("{{")
    {
        let fault = member.error("unrendered", "a template that was not rendered");
        findings
            .add(fault.help("render the file first: flexible configuration is switched on with FC_ENABLE=1"));
    } else if member.node.kind != Is::Null {
        value(member, &option.kind, findings);
    } else if option.required || !matches!(option.kind, Kind::With(..)) {
        let message = format!("expected {}, found null", expected(&option.kind));
        findings.add(member.error("null-value", message));
    }
}

/// An option that the table doesn't have.
fn unknown(member: &Spot<'_>, key: &str, options: &[Opt], extent: Extent, role: Role) -> Diagnostic {
    let head = member.head();
    let fault =
        |code, message: String| Diagnostic::error(code, head.clone(), message).at(member.path.pointer());
    let code = code_of(key, options, extent, role);
    if let (Some(scope), Some(namespace)) = (extent.part, features::named(key).next()) {
        let code = if namespace.role() == Role::Guard { "guard-name" } else { code };
        let fault = fault(code, format!("`{key}` is a namespace, which has no effect outside extra_config"));
        return match features::find(scope, key) {
            Some(_) => fault.help(format!("move it into the extra_config of this {}", scope.part())),
            None => {
                fault.help(format!("it belongs in the extra_config of {}", places(namespace.scopes.iter())))
            }
        };
    }
    if let Some((_, new)) = OLD_NAMES.iter().find(|(old, _)| *old == key)
        && options.iter().any(|option| option.name == *new)
    {
        return fault(
            code,
            format!("`{key}` is a name from old versions; nothing reads it, not even KrakenD"),
        )
        .help(format!("write `{new}`"));
    }
    let names = || options.iter().map(|option| option.name);
    if let Some(meant) = suggest::nearest(key, names()) {
        let fault = fault(code, format!("unknown option `{key}`"));
        return match meant.eq_ignore_ascii_case(key) {
            true => fault.help(format!("keys are case-sensitive: write `{meant}`")),
            false => fault.help(format!("did you mean `{meant}`?")),
        };
    }
    if let Some(scope) = extent.part {
        let has = |s: &Scope| core::options(*s).iter().any(|option| option.name == key);
        let elsewhere: Vec<Scope> =
            Scope::ALL.into_iter().filter(|s| *s != scope && *s != Scope::Workflow && has(s)).collect();
        if !elsewhere.is_empty() {
            let places = places(elsewhere.into_iter());
            return fault(code, format!("`{key}` is an option of {places}, not of {}", scope.plural()));
        }
    }
    let mut fault = fault(code, format!("unknown option `{key}`"));
    if extent.is_open && code == "unknown-option" && role != Role::Guard {
        fault.severity = Severity::Warning;
    }
    match names().count() {
        0 => fault,
        1..=8 => fault.help(format!("known here: {}", names().collect::<Vec<_>>().join(", "))),
        _ => fault.help("notes of your own go under keys that start with @, $, _ or #"),
    }
}

/// What kind of fault an unknown option is.
fn code_of(key: &str, options: &[Opt], extent: Extent, role: Role) -> &'static str {
    let is_near = |name: &str| suggest::distance(&key.to_lowercase(), name) <= 1;
    match extent.part {
        Some(_) if looks_like_guard(key) => "guard-name",
        // Else it would have the table's name by now: the other one is there, too.
        Some(_) if options.iter().any(|option| option.name.eq_ignore_ascii_case(key)) => "misspelt",
        Some(_) if FILTERS.iter().any(|name| is_near(name) && options.iter().any(|o| o.name == *name)) => {
            "misspelt"
        }
        Some(_) if OLD_NAMES.iter().any(|(old, new)| *old == key && FILTERS.contains(new)) => "misspelt",
        None if role == Role::Shield && options.iter().any(|option| is_near(option.name)) => "misspelt",
        _ => "unknown-option",
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

/// Reports repeated keys; the last of them counts.
pub(super) fn repeated(spot: &Spot<'_>, findings: &mut Findings<'_>) {
    each_repeated(spot, |spot, first, member| findings.add(twice(spot, first, member)));
}

/// The same for namespaces, each in its role.
pub(crate) fn repeated_namespaces(spot: &Spot<'_>, findings: &mut Findings<'_>) {
    each_repeated(spot, |spot, first, member| {
        let role = features::named(&member.key).next().map_or(Role::Plain, |namespace| namespace.role());
        findings.within(role, |findings| findings.add(twice(spot, first, member)));
    });
}

fn twice(spot: &Spot<'_>, first: &Member, member: &Member) -> Diagnostic {
    let message = format!("`{}` is here twice, and the first value is lost", member.key);
    let fault = Diagnostic::error("repeated-key", member.key_span.clone(), message);
    fault.at(spot.path.key(&member.key).pointer()).related(first.key_span.clone(), "first here")
}

fn each_repeated(spot: &Spot<'_>, mut report: impl FnMut(&Spot<'_>, &Member, &Member)) {
    let members = spot.node.members();
    if members.len() < 16 {
        for (i, member) in members.iter().enumerate() {
            if let Some(first) = members[..i].iter().find(|first| first.key == member.key)
                && !is_comment(&member.key)
            {
                report(spot, first, member);
            }
        }
        return;
    }
    let mut seen: HashMap<&str, &Member> = HashMap::with_capacity(members.len());
    for member in members.iter().filter(|member| !is_comment(&member.key)) {
        match seen.get(&*member.key) {
            Some(first) => report(spot, first, member),
            None => {
                seen.insert(&member.key, member);
            }
        }
    }
}
