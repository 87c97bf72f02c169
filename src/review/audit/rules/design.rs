//! How the API is cut: open routes, writes, sequences, aggregation.

use fjord_document::node::Node;

use super::super::Rule;
use super::super::Severity::{Critical, Low, Medium};
use super::super::view::{backends, component, flag, head, inherited};
use super::rule;

pub(super) static RULES: &[Rule] = &[
    rule(
        "5.1.1",
        Low,
        "paths don't follow REST: placeholders may be parts of segments",
        "give placeholders whole segments and remove disable_rest",
        |view, hits| hits.maybe(flag(view.root, "disable_rest")),
    ),
    rule(
        "5.1.2",
        Low,
        "the debug endpoint is switched on",
        "remove debug_endpoint; `fjord run -d` serves it on this machine",
        |view, hits| hits.maybe(flag(view.root, "debug_endpoint")),
    ),
    rule("5.1.3", Low, "the echo endpoint is switched on", "remove echo_endpoint", |view, hits| {
        hits.maybe(flag(view.root, "echo_endpoint"))
    }),
    rule(
        "5.1.4",
        Low,
        "an endpoint takes whatever path begins with its own",
        "declare the paths that exist",
        |view, hits| {
            let paths = view.endpoints.iter().filter_map(|endpoint| endpoint.get("endpoint"));
            let open = paths.filter(|path| path.as_str().is_some_and(|path| path.ends_with('*')));
            open.for_each(|path| hits.at(path.span.clone()));
        },
    ),
    rule(
        "5.1.5",
        Medium,
        "an endpoint takes every path that no other has",
        "declare the paths that exist",
        |view, hits| {
            let paths = view.endpoints.iter().filter_map(|endpoint| endpoint.get("endpoint"));
            paths
                .filter(|path| path.as_str() == Some("/__catchall"))
                .for_each(|path| hits.at(path.span.clone()));
        },
    ),
    rule(
        "5.1.6",
        Medium,
        "an endpoint writes to several backends, and nothing undoes the first write when the second fails",
        "let one backend write, and have its service notify the others",
        |view, hits| {
            for endpoint in view.endpoints {
                let writes = |backend: &&Node| {
                    let method = inherited(backend, endpoint, "method").unwrap_or("GET");
                    !matches!(method, "GET" | "HEAD") || component(backend, "backend/grpc").is_some()
                };
                if backends(endpoint).iter().filter(writes).count() > 1 {
                    hits.at(head(endpoint));
                }
            }
        },
    ),
    rule(
        "5.1.7",
        Medium,
        "backends are called one after the other, and their times add up",
        "let a service answer in one call what needs several, or bound it with a short timeout",
        |view, hits| {
            let proxies = view.at_endpoints("proxy");
            proxies.for_each(|proxy| hits.maybe(flag(&proxy.value, "sequential")));
        },
    ),
    rule(
        "5.2.1",
        Critical,
        "an endpoint without backends",
        "add a backend, or remove the endpoint",
        |view, hits| {
            let empty = view.endpoints.iter().filter(|endpoint| backends(endpoint).is_empty());
            empty.for_each(|endpoint| hits.at(head(endpoint)));
        },
    ),
    rule(
        "5.2.2",
        Low,
        "no endpoint merges the answers of several backends",
        "spare clients calls: several backends of one endpoint are called at once",
        |view, hits| {
            if !view.endpoints.is_empty()
                && view.endpoints.iter().all(|endpoint| backends(endpoint).len() < 2)
            {
                hits.at(view.list());
            }
        },
    ),
    rule(
        "5.2.3",
        Low,
        "every endpoint passes answers through unread",
        "let the gateway read answers (encoding json): filters, merging and checks work on what it reads only",
        |view, hits| {
            let passes = |endpoint: &Node| inherited(endpoint, view.root, "output_encoding") == Some("no-op");
            if !view.endpoints.is_empty() && view.endpoints.iter().all(passes) {
                hits.at(view.list());
            }
        },
    ),
    rule(
        "6.1.1",
        Low,
        "ten or more async agents start one after the other",
        "remove sequential_start",
        |view, hits| {
            if view.agents.len() >= 10 {
                hits.maybe(flag(view.root, "sequential_start"));
            }
        },
    ),
];
