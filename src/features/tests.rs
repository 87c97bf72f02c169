//! The tables against the list of all options of the format.

use super::*;
use crate::options::{Kind, Opt, Support, core, duration};

/// One row of the list.
struct Row {
    scope: Scope,
    namespace: &'static str,
    path: &'static str,
    kind: &'static str,
    default: &'static str,
    choices: &'static str,
    required: bool,
}

/// Defaults that differ from the schema's, and why.
const OTHER_DEFAULTS: &[(&str, &str, &str)] = &[
    ("", "name", "the schema shows an example; no name is no name"),
    ("", "timeout", "an endpoint without one takes the service's"),
    ("", "output_encoding", "an endpoint without one takes the service's"),
    ("", "method", "a backend without one takes the endpoint's"),
    ("", "group", "the schema shows an example; without one nothing is wrapped"),
    ("", "is_collection", "the code starts from false"),
    ("proxy", "shadow", "a backend that doesn't say so is no shadow"),
    ("qos/ratelimit/proxy", "capacity", "the rate"),
    ("qos/ratelimit/router", "capacity", "the rate"),
    ("qos/ratelimit/router", "client_capacity", "the rate"),
    ("qos/ratelimit/service", "capacity", "the rate"),
    ("qos/ratelimit/service", "client_capacity", "the rate"),
    ("qos/ratelimit/tiered", "tiers[].ratelimit.capacity", "the rate"),
    ("qos/ratelimit/tiered", "tiers[].ratelimit.client_capacity", "the rate"),
    ("router", "forwarded_by_client_ip", "the engine starts from true"),
    ("security/cors", "allow_credentials", "the code starts from false"),
    ("security/cors", "debug", "the code starts from false"),
    ("telemetry/moesif", "should_skip", "the schema has a list for a text"),
    ("security/http", "referrer_policy", "the schema shows an example; the code sends none"),
    ("security/http", "ssl_host", "the schema shows an example"),
    ("security/http", "ssl_redirect", "the code starts from false"),
];

/// Types and choices that are narrower than the schema's, and why.
const OTHER_KINDS: &[(&str, &str, &str)] = &[
    ("", "sd_scheme", "hosts speak http or https"),
    ("", "version", "a later format is read as this one"),
    ("", "output_encoding", "yaml is a rendering at the service too"),
    ("", "tls", "null is the same as nothing"),
    ("documentation/openapi", "param_definition[].type", "KrakenD 2.12 has numbers too"),
    ("documentation/openapi", "query_definition[].type", "KrakenD 2.12 has numbers too"),
];

fn rows() -> impl Iterator<Item = Row> {
    include_str!("../../tests/data/options.tsv").lines().skip(1).map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        let scope = Scope::ALL.into_iter().find(|s| s.name() == cells[0]).unwrap();
        Row {
            scope,
            namespace: cells[1],
            path: cells[2],
            kind: cells[3],
            default: cells[4],
            choices: cells[5],
            required: cells[6] == "yes",
        }
    })
}

/// What is at a path of the list: `a.b[].c`, `<…>` for any key.
enum Found {
    Option(&'static Opt),
    Member(Kind),
}

/// What a path of names leads to. `passed` is told of each option on the way.
fn find_path(kind: Kind, path: &str, passed: &mut dyn FnMut(&'static Opt)) -> Option<Found> {
    let path = path.strip_prefix('.').unwrap_or(path);
    match kind {
        Kind::With(inner, _) | Kind::Same(inner) => find_path(*inner, path, passed),
        Kind::List(item) => find_path(*item, path.strip_prefix("[]")?, passed),
        Kind::Part(scope) => find_path(Kind::Object(core::options(scope)), path, passed),
        Kind::Map(value) => {
            let rest = &path[path.strip_prefix('<')?.find('>')? + 2..];
            if rest.is_empty() { Some(Found::Member(*value)) } else { find_path(*value, rest, passed) }
        }
        Kind::Object(options) => options.iter().find_map(|option| {
            let rest = path.strip_prefix(option.name)?;
            if !matches!(rest.as_bytes().first(), None | Some(b'.' | b'[')) {
                return None;
            }
            passed(option);
            if rest.is_empty() { Some(Found::Option(option)) } else { find_path(option.kind, rest, passed) }
        }),
        _ => None,
    }
}

/// A kind in the words of the list.
fn words(kind: Kind) -> String {
    match kind {
        Kind::Any => "any".into(),
        Kind::Bool => "boolean".into(),
        Kind::Int { .. } | Kind::IntEnum(_) => "integer".into(),
        Kind::Number { .. } => "number".into(),
        Kind::Str
        | Kind::File
        | Kind::Folder
        | Kind::Pem(_)
        | Kind::Secret(_)
        | Kind::Binding
        | Kind::Reader
        | Kind::Enum(_)
        | Kind::Format(_) => "string".into(),
        Kind::Duration => "duration".into(),
        Kind::List(item) => format!("array<{}>", words(*item)),
        Kind::Object(_) | Kind::Map(_) | Kind::ExtraConfig(_) => "object".into(),
        Kind::OneOf(kinds) => kinds.iter().map(|k| words(*k)).collect::<Vec<_>>().join("|"),
        Kind::With(inner, _) => words(*inner),
        Kind::Same(_) => "object=modifier/martian".into(),
        Kind::Part(scope) => scope.name().into(),
    }
}

/// Whether a kind is what the list says; lists without a type of items may be anything inside.
fn agrees(ours: &str, theirs: &str) -> bool {
    let theirs = theirs.replace("array<object><modifier/martian>", "array<object=modifier/martian>");
    ours == theirs
        || (theirs == "array<array>" && ours.starts_with("array<array<"))
        || (theirs == "array" && ours.starts_with("array<"))
        || (ours == "any" && theirs.matches('|').count() > 2)
        || (ours == "array<any>" && theirs.contains('|'))
        || ours.split('|').all(|part| theirs.split('|').any(|t| t == part)) && theirs.contains('|')
}

/// The texts that a kind allows.
fn choices(kind: Kind) -> Option<String> {
    let quoted = |texts: &[&str]| {
        let texts: Vec<String> = texts.iter().map(|text| format!("{text:?}")).collect();
        format!("[{}]", texts.join(","))
    };
    match kind {
        Kind::Enum(texts) => Some(quoted(texts)),
        Kind::IntEnum(numbers) => {
            let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
            Some(format!("[{}]", numbers.join(",")))
        }
        Kind::List(inner) | Kind::With(inner, _) => choices(*inner),
        _ => None,
    }
}

#[test]
fn every_option_of_the_format_is_known() {
    let mut faults = Vec::new();
    let excused = |list: &[(&str, &str, &str)], row: &Row| {
        list.iter().any(|(namespace, path, _)| *namespace == row.namespace && *path == row.path)
    };
    for row in rows() {
        let name = format!("{} {} {}", row.scope.name(), row.namespace, row.path);
        let root = match row.namespace {
            "" => Kind::Part(row.scope),
            namespace => match find(row.scope, namespace) {
                Some(found) => found.value,
                None => {
                    faults.push(format!("{name}: no such namespace"));
                    continue;
                }
            },
        };
        let Some(found) = find_path(root, row.path, &mut |_| {}) else {
            faults.push(format!("{name}: not found"));
            continue;
        };
        let (kind, default, required) = match found {
            Found::Option(option) => (option.kind, option.default, option.required),
            Found::Member(kind) => (kind, None, false),
        };
        let excused_kind = excused(OTHER_KINDS, &row);
        if !agrees(&words(kind), row.kind) && !excused_kind {
            faults.push(format!("{name}: {} instead of {}", words(kind), row.kind));
        }
        let ours = choices(kind).unwrap_or_default();
        let lists_of_lists = row.choices.starts_with("[[");
        if !lists_of_lists && !row.choices.is_empty() && ours != row.choices && !excused_kind {
            faults.push(format!("{name}: one of {ours} instead of {}", row.choices));
        }
        let same = default.map(|text| text.replace(' ', "")) == Some(row.default.replace(' ', ""));
        if !row.default.is_empty() && !same && !excused(OTHER_DEFAULTS, &row) {
            faults.push(format!("{name}: default {default:?} instead of {}", row.default));
        }
        if required != row.required {
            faults.push(format!("{name}: required {required} instead of {}", row.required));
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// What KrakenD 2.12 and 2.13 add: in a configuration of theirs nothing is unknown.
#[test]
fn every_option_of_later_formats_is_known() {
    let mut unknown = Vec::new();
    for line in include_str!("../../tests/data/options-2.13.tsv").lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [scope, namespace, path] = cells[..] else { panic!("{line}: three cells") };
        let scope = Scope::ALL.into_iter().find(|s| s.name() == scope).unwrap();
        let root = match namespace {
            "" => Some(Kind::Part(scope)),
            namespace => find(scope, namespace).map(|found| found.value),
        };
        let is_known =
            root.is_some_and(|root| path.is_empty() || find_path(root, path, &mut |_| {}).is_some());
        if !is_known {
            unknown.push(line);
        }
    }
    assert!(unknown.is_empty(), "{} unknown:\n{}", unknown.len(), unknown.join("\n"));
}

/// The README says how many options there are of each kind; `UPDATE=1 cargo test -p fjord --lib readme` writes it anew. What is in a refused place is refused.
#[test]
fn the_readme_counts_the_options() {
    let (mut works, mut silent, mut refused) = (0, 0, 0);
    for row in rows() {
        let namespace = find(row.scope, row.namespace);
        let root = namespace.map_or(Kind::Part(row.scope), |found| found.value);
        let mut supports: Vec<Support> = namespace.iter().map(|found| found.support).collect();
        find_path(root, row.path, &mut |option| supports.push(option.support));
        let any = |is: fn(&Support) -> bool| supports.iter().any(is);
        let count = match () {
            () if any(|support| matches!(support, Support::Refused(_))) => &mut refused,
            () if any(|support| matches!(support, Support::NoEffect(_))) => &mut silent,
            () => &mut works,
        };
        *count += 1;
    }
    let total = works + silent + refused;
    let line = format!(
        "Of {total} options (an option counts once for each place where it is allowed) {works} work, {silent} are accepted without effect, {refused} are refused.\n"
    );
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let (before, rest) = readme.split_once("<!-- counts:start -->\n").unwrap();
    let (written, after) = rest.split_once("<!-- counts:end -->").unwrap();
    if std::env::var_os("UPDATE").is_some() {
        let readme = format!("{before}<!-- counts:start -->\n{line}<!-- counts:end -->{after}");
        return std::fs::write(path, readme).unwrap();
    }
    assert_eq!(written, line, "run UPDATE=1 cargo test -p fjord --lib readme");
}

/// A room that isn't on the list would be an unknown namespace.
#[test]
fn every_room_is_on_the_list() {
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src/features"))];
    let mut count = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(&path).unwrap();
                count += text
                    .lines()
                    .filter(|line| line.starts_with("pub static ") && line.contains(": Namespace ="))
                    .count();
            }
        }
    }
    assert_eq!(count, NAMESPACES.len());
}

#[test]
fn names_are_unique_in_a_scope() {
    for scope in Scope::ALL {
        let here = || namespaces().iter().filter(|n| n.scopes.contain(scope));
        let mut names: Vec<&str> = here().flat_map(|n| n.aliases.iter().chain([&n.name])).copied().collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count, "{scope:?}");
    }
}

#[test]
fn defaults_are_values_of_their_kind() {
    fn walk(options: &'static [Opt], depth: usize) {
        for option in options {
            if let Some(json) = option.default {
                let value: serde_json::Value = serde_json::from_str(json).unwrap();
                let fits = match option.kind {
                    Kind::Bool => value.is_boolean(),
                    Kind::Int { min, max } => value.as_i64().is_some_and(|n| (min..=max).contains(&n)),
                    Kind::Number { min, max } => value.as_f64().is_some_and(|n| n >= min && n <= max),
                    Kind::Duration => value.as_str().is_some_and(|s| duration::parse(s).is_ok()),
                    Kind::Enum(texts) => value.as_str().is_some_and(|s| s.is_empty() || texts.contains(&s)),
                    Kind::Str => value.is_string(),
                    Kind::List(_) => value.is_array(),
                    _ => true,
                };
                assert!(fits, "{}: {json}", option.name);
            }
            if depth < 8 {
                walk(option.kind.options(), depth + 1);
            }
        }
    }
    namespaces().iter().for_each(|namespace| walk(namespace.options(), 0));
    Scope::ALL.into_iter().for_each(|scope| walk(core::options(scope), 0));
}
