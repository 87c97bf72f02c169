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
mod privacy;
mod resources;
mod response;
mod routes;
mod scripts;
mod security;
mod sequence;
mod service;
mod tls;
mod url_pattern;

use fjord_document::node::Node;
use fjord_http::path::{clean_leading_slash, params};

use super::findings::Findings;
use super::spot::Spot;
use crate::features;
use crate::options::role::role;

/// What the checks of a part know of the parts around it.
#[derive(Clone, Copy)]
struct Around<'a> {
    /// None where one part is asked about alone.
    service: Option<&'a Spot<'a>>,
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
    let around = Around { service: Some(&root), disable_rest, endpoint: None, backend: None };
    service::check(&root, findings);
    bindings::check(&root, findings);
    if let Some(hosts) = root.get("host") {
        hosts::list(&hosts, hosts::Rules::HTTP, findings);
    }
    namespaces(&root, &around, findings);
    if let Some(list) = root.get("endpoints") {
        list.items().for_each(|spot| endpoint(&spot, &root, &around, findings));
        routes::conflicts(&list, &around, findings);
    }
    jwt::unused(&root, findings);
    if let Some(agents) = root.get("async_agent") {
        for agent in agents.items() {
            namespaces(&agent, &around, findings);
        }
    }
}

fn endpoint(spot: &Spot<'_>, root: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let list = spot.get("backend");
    let backends: Vec<Spot<'_>> = list.as_ref().map(|list| list.items().collect()).unwrap_or_default();
    let endpoint = Endpoint::read(spot, &backends, around.disable_rest);
    let around = Around { endpoint: Some(&endpoint), ..*around };
    routes::path(spot, &around, findings);
    output::check(&endpoint, &around, findings);
    inputs::endpoint(&endpoint, findings);
    service::endpoint_timeout(&endpoint, &around, findings);
    privacy::cache_ttl(&endpoint, root, findings);
    response::groups(&endpoint, findings);
    sequence::shadows(&endpoint, findings);
    edge::limits(spot, root, findings);
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
        namespace(key, &value, around, findings);
    }
}

/// Checks one namespace, in its role.
fn namespace(key: &str, value: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let name = features::named(key).next().map_or(key, |namespace| namespace.name);
    if let Some((_, check)) = NAMESPACES.iter().find(|(namespace, _)| *namespace == name) {
        findings.within(role(name), |findings| check(value, around, findings));
    }
}

/// Checks one namespace of an endpoint, or of its backend with a number; of the service without an endpoint.
pub(super) fn one(
    key: &str,
    value: &Spot<'_>,
    endpoint: Option<(&Node, Option<usize>)>,
    disable_rest: bool,
    findings: &mut Findings<'_>,
) {
    let alone = Around { service: None, disable_rest, endpoint: None, backend: None };
    let Some((node, index)) = endpoint else { return namespace(key, value, &alone, findings) };
    let spot = Spot::root(node);
    let list = spot.get("backend");
    let backends: Vec<Spot<'_>> = list.as_ref().map(|list| list.items().collect()).unwrap_or_default();
    let endpoint = Endpoint::read(&spot, &backends, disable_rest);
    let backend = index.and_then(|index| Some((index, backends.get(index)?)));
    namespace(key, value, &Around { endpoint: Some(&endpoint), backend, ..alone }, findings);
}

// === impl Endpoint ===

impl<'a> Endpoint<'a> {
    fn read(spot: &'a Spot<'a>, backends: &'a [Spot<'a>], disable_rest: bool) -> Endpoint<'a> {
        let text = |key: &str| spot.node.get(key).and_then(Node::as_str);
        let path = clean_leading_slash(text("endpoint").unwrap_or(""));
        let proxy = spot.namespace("proxy");
        Endpoint {
            spot,
            method: text("method").unwrap_or("GET").to_uppercase(),
            params: params(&path, disable_rest).into_iter().map(str::to_owned).collect(),
            backends,
            is_sequential: proxy.is_some_and(|proxy| proxy.get("sequential").is_some_and(|s| s.is_true())),
        }
    }
}
