//! Finds what a name stands for.

use fjord_document::suggest;

use crate::features::{self, named, namespaces};
use crate::options::{Kind, Namespace, Opt, Scope, core};

use super::{Owner, Subject};

/// Options of the same name that are explained one by one.
const MANY: usize = 6;

/// Names of parts of the format, as they are written in paths.
const PARTS: &[(&str, Scope)] = &[
    ("service", Scope::Service),
    ("root", Scope::Service),
    ("endpoint", Scope::Endpoint),
    ("endpoints", Scope::Endpoint),
    ("backend", Scope::Backend),
    ("async_agent", Scope::Async),
    ("async", Scope::Async),
    ("workflow", Scope::Workflow),
];

/// What a name stands for; several if it isn't unique.
pub(super) fn subjects(name: &str) -> Vec<Subject> {
    if let Some(pointer) = name.strip_prefix('/') {
        return at_pointer(pointer).into_iter().collect();
    }
    let whole: Vec<Subject> = named(name).map(Subject::Namespace).collect();
    if !whole.is_empty() {
        return whole;
    }
    // A path from the root leads through parts: endpoints.backend.host
    if let Some((first, rest)) = name.split_once('.')
        && let Some((second, _)) = rest.split_once('.')
        && [first, second].iter().all(|name| PARTS.iter().any(|(part, _)| part == name))
    {
        return subjects(rest);
    }
    let mut found = Vec::new();
    for (at, _) in name.match_indices('.') {
        let (owner, path) = (&name[..at], &name[at + 1..]);
        found.extend(named(owner).filter_map(|namespace| inside(Owner::Namespace(namespace), path)));
        let parts = PARTS.iter().filter(|(part, _)| *part == owner);
        found.extend(parts.filter_map(|(_, scope)| inside(Owner::Part(*scope), path)));
        // endpoint.extra_config.proxy.sequential
        if let Some((_, rest)) = path.split_once("extra_config.") {
            found.extend(subjects(rest));
        }
    }
    if found.is_empty() {
        let everywhere = owners().filter_map(|owner| inside(owner, name));
        found.extend(everywhere);
    }
    if found.is_empty() {
        found.extend(PARTS.iter().filter(|(part, _)| *part == name).map(|(_, scope)| Subject::Part(*scope)));
    }
    found.truncate(MANY);
    found
}

/// The name nearest to one that nothing has: of a namespace, or of an option.
pub(super) fn nearest(name: &str) -> Option<String> {
    if let Some((_, step)) = name.starts_with('/').then(|| name.rsplit_once('/')).flatten() {
        return nearest(&step.replace("~1", "/").replace("~0", "~")).filter(|_| !step.is_empty());
    }
    let spaces = || namespaces().iter().flat_map(|n| std::iter::once(n.name));
    for (at, _) in name.match_indices('.').rev() {
        let (space, option) = (&name[..at], &name[at + 1..]);
        let space = named(space).next().map(|n| n.name).or_else(|| suggest::nearest(space, spaces()));
        if let Some(namespace) = space.and_then(|space| named(space).next()) {
            let known = inside(Owner::Namespace(namespace), option).map(|_| option);
            let options = namespace.options().iter().map(|option| option.name);
            return Some(match known.or_else(|| suggest::nearest(option, options)) {
                Some(option) => format!("{}.{option}", namespace.name),
                None => namespace.name.to_owned(),
            });
        }
    }
    let last = name.rsplit('.').next().unwrap_or(name);
    // A letter is near to every other one.
    if last.len() < 2 {
        return None;
    }
    let options = || owners().flat_map(|owner| owner.options().iter().map(|option| option.name));
    let near = suggest::nearest(name, spaces()).or_else(|| suggest::nearest(last, options()));
    near.map(str::to_owned)
}

/// What is at a JSON pointer, without its first slash.
fn at_pointer(pointer: &str) -> Option<Subject> {
    let mut owner = Owner::Part(Scope::Service);
    let mut path = String::new();
    let mut subject = Subject::Part(Scope::Service);
    let mut in_extra = false;
    for step in pointer.split('/').filter(|step| !step.is_empty()) {
        let step = step.replace("~1", "/").replace("~0", "~");
        if step.bytes().all(|b| b.is_ascii_digit()) {
            continue;
        }
        if in_extra {
            let Owner::Part(scope) = owner else { return None };
            let namespace = features::find(scope, &step).or_else(|| named(&step).next())?;
            (owner, subject, in_extra) = (Owner::Namespace(namespace), Subject::Namespace(namespace), false);
            path.clear();
            continue;
        }
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(&step);
        // A member of a free object has no documentation of its own: that of the object stands for it.
        let Some(found) = inside(owner, &path) else { return Some(subject) };
        if let Subject::Option { option, .. } = &found {
            in_extra = matches!(option.kind, Kind::ExtraConfig(_));
            if let Some(scope) = part_of(&option.kind) {
                owner = Owner::Part(scope);
                path.clear();
            }
        }
        subject = found;
    }
    Some(subject)
}

/// The part of the format that a kind holds.
fn part_of(kind: &Kind) -> Option<Scope> {
    match kind {
        Kind::Part(scope) => Some(*scope),
        Kind::List(inner) | Kind::With(inner, _) => part_of(inner),
        _ => None,
    }
}

/// An option of an owner by its way: dots lead into objects, marks of lists and maps may be left out.
fn inside(owner: Owner, path: &str) -> Option<Subject> {
    let (path, option) = walk(&owner.kind(), path)?;
    Some(Subject::Option { owner, path, option })
}

fn walk(kind: &Kind, path: &str) -> Option<(String, &'static Opt)> {
    // Each step takes a name off the path, so this ends however tables refer to each other.
    let options = match kind {
        Kind::Same(inner) => inner.members(),
        Kind::Part(scope) => core::options(*scope),
        other => other.members(),
    };
    // The longest name first: some have dots.
    let mut fits: Vec<&'static Opt> = options.iter().filter(|option| path.starts_with(option.name)).collect();
    fits.sort_by_key(|option| std::cmp::Reverse(option.name.len()));
    fits.into_iter().find_map(|option| {
        let rest = &path[option.name.len()..];
        if rest.trim_start_matches(['[', ']', '.', '*']).is_empty() {
            return Some((option.name.to_owned(), option));
        }
        let inner = match rest.as_bytes().first()? {
            b'[' => rest.split_once(']')?.1.strip_prefix('.')?,
            b'.' => rest[1..].strip_prefix("*.").unwrap_or(&rest[1..]),
            _ => return None,
        };
        let (below, found) = walk(&option.kind, inner)?;
        Some((format!("{}{}{below}", option.name, option.kind.steps()), found))
    })
}

fn owners() -> impl Iterator<Item = Owner> {
    let parts = Scope::ALL.into_iter().map(Owner::Part);
    parts.chain(namespaces().iter().map(|namespace| Owner::Namespace(namespace)))
}

// === impl Owner ===

impl Owner {
    fn kind(self) -> Kind {
        match self {
            Owner::Namespace(Namespace { value, .. }) => *value,
            Owner::Part(scope) => Kind::Part(scope),
        }
    }

    fn options(self) -> &'static [Opt] {
        match self {
            Owner::Namespace(namespace) => namespace.options(),
            Owner::Part(scope) => core::options(scope),
        }
    }
}
