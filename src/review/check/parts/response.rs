//! Fields of answers: references of later calls to earlier answers, and fields that overwrite each other.

use fjord_document::Diagnostic;

use crate::features;
use crate::options::check::{Endpoint, Findings, Spot};

/// `respN_field`
pub(super) struct Reference<'a> {
    pub(super) backend: usize,
    pub(super) field: &'a str,
}

// === impl Reference ===

impl<'a> Reference<'a> {
    pub(super) fn read(name: &'a str) -> Option<Reference<'a>> {
        let (number, field) = name.strip_prefix("resp")?.split_once('_')?;
        let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        (is_number && !field.is_empty())
            .then(|| Reference { backend: number.parse().unwrap_or(usize::MAX), field })
    }
}

/// Whether the call with the number `index` knows the field of an earlier answer.
pub(super) fn reference(
    spot: &Spot<'_>,
    reference: &Reference<'_>,
    index: usize,
    endpoint: &Endpoint<'_>,
) -> Option<Diagnostic> {
    let Reference { backend, field } = *reference;
    let name = format!("resp{backend}_{field}");
    let fault = |why: &str| spot.error("no-value", format!("`{{{name}}}` has no value: {why}"));
    if !endpoint.is_sequential {
        let fault = fault("backends are called at the same time");
        return Some(fault.help("set \"sequential\": true in the `proxy` of the endpoint"));
    }
    let count = endpoint.backends.len();
    if backend >= count {
        let last = count.saturating_sub(1);
        return Some(fault(&format!("there is no backend {backend}; they are numbered from 0 to {last}")));
    }
    if backend == index {
        return Some(fault("it is the answer of this very call"));
    }
    if backend > index {
        return Some(fault("that answer comes later"));
    }
    hidden(&endpoint.backends[backend], field).map(|(why, instead)| {
        let fault = fault(&why);
        match instead {
            Some(instead) => fault.help(format!("write {{resp{backend}_{instead}}}")),
            None => fault,
        }
    })
}

/// Why an answer has no such field, and where it is instead.
fn hidden(backend: &Spot<'_>, field: &str) -> Option<(String, Option<String>)> {
    let (head, tail) = field.split_once('.').map_or((field, ""), |(head, _)| (head, &field[head.len()..]));
    if let Some(group) = backend.node.get("group").and_then(|g| g.as_str()).filter(|g| !g.is_empty()) {
        return (head != group)
            .then(|| (format!("that answer is grouped under `{group}`"), Some(format!("{group}.{field}"))));
    }
    if backend
        .namespace(&features::proxy::NAMESPACE)
        .is_some_and(|proxy| proxy.get("flatmap_filter").is_some())
    {
        return None;
    }
    if backend.get("is_collection").is_some_and(|s| s.is_true()) {
        return (head != "collection").then(|| ("that answer is a list".to_owned(), None));
    }
    if backend.get("encoding").is_some_and(|s| s.str() == Some("string")) {
        let instead = Some("content".to_owned());
        return (head != "content").then(|| ("that answer is a string".to_owned(), instead));
    }
    if backend.get("encoding").is_some_and(|s| s.str() == Some("no-op")) {
        return Some(("no-op reads nothing of that answer".to_owned(), None));
    }
    let mapping = backend.get("mapping");
    let renamed = mapping
        .as_ref()
        .map(|m| m.members().filter_map(|(from, to)| Some((from, to.str()?))).collect::<Vec<_>>());
    let renamed = renamed.unwrap_or_default();
    if renamed.iter().any(|(_, to)| *to == head) {
        return None;
    }
    if let Some((_, to)) = renamed.iter().find(|(from, _)| *from == head) {
        return Some((format!("`{head}` is renamed to `{to}`"), Some(format!("{to}{tail}"))));
    }
    let lists = |key: &str, test: &dyn Fn(&str) -> bool| {
        backend.get(key).is_some_and(|list| list.items().any(|item| item.str().is_some_and(test)))
    };
    let top = |path: &str| path.split('.').next() == Some(head);
    if backend.get("allow").is_some_and(|list| list.items().len() > 0) {
        return (!lists("allow", &top)).then(|| (format!("`allow` leaves `{head}` out"), None));
    }
    lists("deny", &|path| path == head).then(|| (format!("`deny` removes `{head}`"), None))
}

/// Two backends that write into one group.
pub(super) fn groups(endpoint: &Endpoint<'_>, findings: &mut Findings<'_>) {
    for (index, backend) in endpoint.backends.iter().enumerate() {
        let Some(group) = backend.get("group") else { continue };
        let first = endpoint.backends[..index]
            .iter()
            .find_map(|other| other.get("group").filter(|g| g.str() == group.str()).map(|g| g.span()));
        if let Some(first) = first.filter(|_| group.str().is_some_and(|text| !text.is_empty())) {
            let message = "two backends share a group, so one answer overwrites the other";
            findings.add(group.warning("overwritten", message).related(first, "the other one"));
        }
    }
}

/// What `allow`, `deny`, `mapping` and `flatmap_filter` of one backend do to each other.
pub(super) fn filters(backend: &Spot<'_>, findings: &mut Findings<'_>) {
    let list = |key| backend.get(key).filter(|list| list.items().len() > 0);
    let (allow, deny, mapping) = (list("allow"), list("deny"), backend.get("mapping"));
    if let (Some(allow), Some(deny)) = (&allow, &deny) {
        let fault = deny.warning("no-effect", "`deny` has no effect beside `allow`");
        findings.add(fault.related(allow.head(), "this alone counts"));
    }
    let flatmap = backend.namespace(&features::proxy::NAMESPACE);
    let flatmap = flatmap.as_ref().and_then(|proxy| proxy.get("flatmap_filter"));
    if flatmap.is_some_and(|flatmap| flatmap.items().len() > 0) {
        for (key, spot) in [("allow", &allow), ("deny", &deny), ("mapping", &mapping)] {
            if let Some(spot) = spot {
                findings
                    .add(spot.warning("no-effect", format!("`{key}` has no effect beside `flatmap_filter`")));
            }
        }
        return;
    }
    let Some(mapping) = &mapping else { return };
    let mut seen: Vec<(&str, Spot<'_>)> = Vec::new();
    for (from, to) in mapping.members() {
        let Some(name) = to.str() else { continue };
        if let Some((_, first)) = seen.iter().find(|(other, _)| *other == name) {
            let fault = to
                .warning("overwritten", format!("two fields get the name `{name}`, and one of them is lost"));
            findings.add(fault.related(first.span(), "the other one"));
        }
        let keeps = |path: &str| path.split('.').next() == Some(from);
        if let Some(allow) = &allow
            && !allow.items().any(|item| item.str().is_some_and(keeps))
        {
            let fault =
                to.warning("no-effect", format!("there is no `{from}` to rename: `allow` leaves it out"));
            findings.add(fault.related(allow.head(), "without it"));
        } else if from.contains('.') {
            findings.add(to.warning("no-effect", "only fields of the first level can be renamed"));
        } else if let (Some(deny), None) = (&deny, &allow)
            && deny.items().any(|item| item.str() == Some(from))
        {
            let fault = to.warning("no-effect", format!("there is no `{from}` to rename: `deny` removes it"));
            findings.add(fault.related(deny.head(), "with it"));
        }
        seen.push((name, to));
    }
}
