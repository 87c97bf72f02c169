//! What options do together: routes, variables, hosts, steps, credentials.
//!
//! The parts of the format come first, then each namespace that has more to say than its table: one line in
//! [`NAMESPACES`] for a function that gets the namespace's value, and the endpoint and backend it stands in.

mod backend;
mod bindings;
mod bodies;
mod callers;
mod counts;
mod edge;
mod expressions;
mod graphql;
mod hosts;
mod inputs;
mod json_schema;
mod jwt;
mod limits;
mod output;
mod resources;
mod response;
mod routes;
mod scripts;
mod security;
mod sequence;
mod service;
mod tls;
mod url_pattern;

use super::findings::Findings;
use super::spot::Spot;
use crate::config::node::Node;
use crate::http::path::{clean_leading_slash, params};
use crate::registry;

/// What the checks of a part know of the parts around it.
#[derive(Clone, Copy)]
struct Around<'a> {
    service: &'a Spot<'a>,
    /// Whether placeholders may be parts of segments.
    disable_rest: bool,
    endpoint: Option<&'a Endpoint<'a>>,
    /// The backend's place in the row, and the backend.
    backend: Option<(usize, &'a Spot<'a>)>,
}

/// An endpoint, as far as others need to know of it.
struct Endpoint<'a> {
    spot: &'a Spot<'a>,
    method: String,
    /// Its parameters, in the order of the path.
    params: Vec<String>,
    backends: &'a [Spot<'a>],
    is_sequential: bool,
}

pub use edge::Cost;

/// What each endpoint of a document costs the worker.
pub(super) fn costs(root: &Node) -> Vec<Cost> {
    let root = Spot::root(root);
    let Some(list) = root.get("endpoints") else { return Vec::new() };
    list.items().map(|endpoint| Cost::of(&endpoint, &root)).collect()
}

type Check = fn(&Spot<'_>, &Around<'_>, &mut Findings<'_>);

/// The namespaces with a meaning beyond their table.
const NAMESPACES: &[(&str, Check)] = &[
    ("auth/api-keys", jwt::api_keys),
    ("auth/client-credentials", jwt::client_credentials),
    ("auth/revoker", limits::revoker),
    ("auth/signer", jwt::signer),
    ("auth/validator", jwt::validator),
    ("backend/graphql", graphql::check),
    ("backend/http/client", tls::client),
    ("backend/lambda", bodies::lambda),
    ("modifier/lua-backend", scripts::lua),
    ("modifier/lua-endpoint", scripts::lua),
    ("modifier/lua-proxy", scripts::lua),
    ("modifier/martian", bodies::martian),
    ("proxy", sequence::proxy),
    ("qos/circuit-breaker", limits::circuit_breaker),
    ("qos/http-cache", limits::http_cache),
    ("qos/ratelimit/proxy", limits::proxy),
    ("qos/ratelimit/router", limits::router),
    ("qos/ratelimit/service", limits::router),
    ("router", service::router),
    ("security/bot-detector", security::bot_detector),
    ("security/cors", security::cors),
    ("security/http", security::http),
    ("validation/cel", expressions::cel),
    ("validation/json-schema", json_schema::check),
];

/// Checks what a whole document means.
pub(super) fn check(root: &Node, findings: &mut Findings<'_>) {
    let root = Spot::root(root);
    let disable_rest = root.get("disable_rest").is_some_and(|spot| spot.is_true());
    let around = Around { service: &root, disable_rest, endpoint: None, backend: None };
    service::check(&around, findings);
    bindings::check(&root, findings);
    if let Some(hosts) = root.get("host") {
        hosts::list(&hosts, hosts::Rules::HTTP, findings);
    }
    namespaces(&root, &around, findings);
    if let Some(list) = root.get("endpoints") {
        list.items().for_each(|spot| endpoint(&spot, &around, findings));
        routes::conflicts(&list, &around, findings);
    }
    if let Some(agents) = root.get("async_agent") {
        for agent in agents.items() {
            namespaces(&agent, &around, findings);
        }
    }
}

fn endpoint(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let method = spot.get("method");
    let method = method.as_ref().and_then(Spot::str).unwrap_or("GET").to_uppercase();
    let list = spot.get("backend");
    let backends: Vec<Spot<'_>> = list.as_ref().map(|list| list.items().collect()).unwrap_or_default();
    let proxy = spot.namespace("proxy");
    let is_sequential =
        proxy.as_ref().and_then(|proxy| proxy.get("sequential").map(|s| s.is_true())).unwrap_or(false);
    let path = spot.get("endpoint");
    let path = clean_leading_slash(path.as_ref().and_then(Spot::str).unwrap_or(""));
    let params = params(&path, around.disable_rest).into_iter().map(str::to_owned).collect();
    let endpoint = Endpoint { spot, method, params, backends: &backends, is_sequential };
    let around = Around { endpoint: Some(&endpoint), ..*around };
    routes::path(spot, &around, findings);
    output::check(&endpoint, &around, findings);
    inputs::endpoint(&endpoint, findings);
    service::endpoint_timeout(&endpoint, &around, findings);
    response::groups(&endpoint, findings);
    sequence::shadows(&endpoint, findings);
    edge::limits(spot, around.service, findings);
    namespaces(spot, &around, findings);
    for (index, spot) in backends.iter().enumerate() {
        let around = Around { backend: Some((index, spot)), ..around };
        backend::check(spot, &endpoint, &around, findings);
        namespaces(spot, &around, findings);
    }
}

/// Checks the namespaces of a part.
fn namespaces(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let Some(extra) = spot.get("extra_config") else { return };
    for (key, value) in extra.members() {
        let name = registry::named(key).next().map_or(key, |namespace| namespace.name);
        if let Some((_, check)) = NAMESPACES.iter().find(|(namespace, _)| *namespace == name) {
            check(&value, around, findings);
        }
    }
}
