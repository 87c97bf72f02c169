//! The paths of endpoints: what no request can reach, what KrakenD wouldn't start with, what answers twice.

use fjord_document::Diagnostic;
use fjord_router::{ConflictKind, Options, Outcome, Route, Router};

use crate::options::check::{Around, Findings, Spot};

/// Prefixes of KrakenD's own pages.
const RESERVED: [&str; 3] = ["/__debug", "/__echo", "/__health"];

/// The path of one endpoint.
pub(super) fn path(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let Some(spot) = spot.get("endpoint") else { return };
    let Some(path) = spot.str() else { return };
    if path.contains("{{") {
        // Said already.
        return;
    }
    if let Some(fault) = shape(&spot, path).or_else(|| placeholders(&spot, path, around.disable_rest)) {
        findings.add(fault);
    }
    if !path.contains("/__") {
        return;
    }
    let ends = |prefix: &str| {
        path.match_indices(prefix)
            .any(|(at, _)| matches!(path.as_bytes().get(at + prefix.len()), None | Some(b'/')))
    };
    if let Some(prefix) = RESERVED.into_iter().find(|prefix| ends(prefix)) {
        findings.add(spot.error("reserved-path", format!("{prefix} is a page of the gateway itself")));
    }
}

/// Whether something is said of the path alone.
fn is_odd(spot: &Spot<'_>, around: &Around<'_>) -> bool {
    let path = spot.str().unwrap_or("");
    shape(spot, path).or_else(|| placeholders(spot, path, around.disable_rest)).is_some()
}

/// Characters that no path of a request has, or not there.
fn shape(spot: &Spot<'_>, path: &str) -> Option<Diagnostic> {
    if path.is_empty() {
        return Some(spot.error("bad-path", "an empty path").help("the root is \"/\""));
    }
    if !path.starts_with('/') {
        return Some(spot.error("bad-path", "a path starts with a slash").help(format!("write \"/{path}\"")));
    }
    if let Some(before) = path.split_once('*').map(|(before, _)| before)
        && path != format!("{before}*")
    {
        let fault = spot.error("bad-wildcard", "a wildcard must be at the end of a path");
        return Some(fault.help(format!("write \"{}*\"", before.trim_end_matches(|c| c != '/'))));
    }
    if path.ends_with('*') && !path.ends_with("/*") {
        let fault = spot.error("bad-wildcard", "a wildcard must be a whole segment");
        return Some(fault.help(format!("write \"{}/*\"", path.trim_end_matches('*'))));
    }
    let odd = path.chars().find(|c| c.is_whitespace() || c.is_control() || "#?%&\\".contains(*c))?;
    Some(match odd {
        '#' => spot.error("bad-path", "a fragment never reaches a server, so no request matches"),
        '?' => {
            let fault = spot.error("bad-path", "a query isn't part of a path, so no request matches");
            fault.help("list its parameters in `input_query_strings`")
        }
        '%' => {
            let fault = spot.error("bad-path", "paths are compared decoded, so no request matches an escape");
            fault.help("write the character itself")
        }
        odd if odd.is_whitespace() || odd.is_control() => {
            spot.error("bad-path", "a space or control character in a path")
        }
        odd => spot.error("bad-path", format!("`{odd}` in a path")),
    })
}

/// Braces, colons and slashes that don't make what they look like.
fn placeholders(spot: &Spot<'_>, path: &str, disable_rest: bool) -> Option<Diagnostic> {
    let mut names: Vec<&str> = Vec::new();
    for segment in path.split('/').skip(1) {
        if segment.matches('{').count() != segment.matches('}').count() {
            return Some(spot.error("bad-placeholder", format!("unbalanced braces in \"{segment}\"")));
        }
        let mut rest = segment;
        while let Some((before, behind)) = rest.split_once('{') {
            let Some((name, after)) = behind.split_once('}') else {
                return Some(spot.error("bad-placeholder", format!("unbalanced braces in \"{segment}\"")));
            };
            let is_name =
                |c: char| c.is_ascii_alphanumeric() || "_-".contains(c) || disable_rest && ".:".contains(c);
            if name.is_empty() || !name.chars().all(is_name) {
                let what = if name.is_empty() {
                    "a placeholder without a name".into()
                } else {
                    format!("`{{{name}}}` isn't a placeholder name")
                };
                let fault = spot.error("bad-placeholder", what);
                return Some(fault.help("names are made of letters, digits, _ and -"));
            }
            let is_whole = before.is_empty() && rest.len() == segment.len() && after.is_empty();
            if !disable_rest && !is_whole {
                let message = format!("`{{{name}}}` is not a whole segment, so it is taken literally");
                return Some(
                    spot.error("bad-placeholder", message)
                        .help("make it a segment of its own, or set disable_rest"),
                );
            }
            if names.contains(&name) {
                return Some(spot.error("bad-placeholder", format!("`{{{name}}}` is in the path twice")));
            }
            names.push(name);
            rest = after;
        }
    }
    if path.contains("//") {
        return Some(
            spot.warning("odd-path", "an empty segment: clients and proxies often drop one of the slashes"),
        );
    }
    if path.split('/').any(|segment| matches!(segment, "." | "..")) {
        return Some(
            spot.warning("odd-path", "clients resolve `.` and `..` themselves, so no request matches"),
        );
    }
    path.contains("/:").then(|| {
        let fault = spot.warning("odd-path", "a segment that starts with a colon matches anything");
        fault.help("write {name} for a placeholder")
    })
}

/// Endpoints that answer the same requests, or that KrakenD's router wouldn't take together.
pub(super) fn conflicts(list: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let spots: Vec<Spot<'_>> = list.items().collect();
    let methods: Vec<String> =
        spots.iter().map(|s| s.get("method").and_then(|m| m.str()).unwrap_or("GET").to_uppercase()).collect();
    let paths: Vec<&str> =
        spots.iter().map(|s| s.node.get("endpoint").and_then(|p| p.as_str()).unwrap_or("")).collect();
    let routes = |id: usize| Route { method: &methods[id], path: paths[id], id, builtin: false };
    let routes: Vec<Route<'_>> = (0..spots.len()).filter(|id| !paths[*id].is_empty()).map(routes).collect();
    let options = Options { disable_rest: around.disable_rest, ..Options::default() };
    let (router, conflicts) = Router::new(&routes, options);
    shadowed(&router, &spots, findings);
    for conflict in conflicts {
        let Some(spot) = spots.get(conflict.route.id).and_then(|spot| spot.get("endpoint")) else { continue };
        let other = conflict.other.as_ref().and_then(|other| spots.get(other.id));
        let method = &conflict.route.method;
        let fault = match &conflict.kind {
            // Said with more care already, if it is about the path alone.
            ConflictKind::Pattern(_) if is_odd(&spot, around) => continue,
            ConflictKind::Pattern(error) => spot.error("bad-path", error.to_string()),
            ConflictKind::Duplicate => spot.error(
                "duplicate-route",
                format!("{method} requests for this path go to an earlier endpoint"),
            ),
            ConflictKind::ParamName { name, other } => {
                let message =
                    format!("{name} and {other} are two names for the same segment, which KrakenD refuses");
                spot.error("route-conflict", message).help("use one name in both paths")
            }
            // The more exact endpoint wins, as anybody expects.
            ConflictKind::Wildcard => continue,
        };
        findings.add(match other.and_then(|other| Some(other.get("endpoint")?.span())) {
            Some(span) => fault.related(span, "the earlier endpoint"),
            None => fault,
        });
    }
}

/// Endpoints for whose paths the worker has a file: the platform answers with that, and never asks the gateway.
fn shadowed(router: &Router, spots: &[Spot<'_>], findings: &mut Findings<'_>) {
    let Some(worker) = findings.worker() else { return };
    let mut said = Vec::new();
    for path in &worker.assets {
        let Outcome::Found(found) = router.find("GET", path) else { continue };
        let Some(spot) = spots.get(found.route).and_then(|spot| spot.get("endpoint")) else { continue };
        if said.contains(&found.route) {
            continue;
        }
        said.push(found.route);
        let message = format!("the asset {path} answers such a request before the gateway sees it");
        let help = format!("set `run_worker_first` of `assets` to true in {}", worker.file);
        findings.add(spot.warning("shadowed", message).help(help));
    }
}
