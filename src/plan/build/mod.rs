//! From the options to the plan. Nothing is validated, parsed or looked up by name after this.
//!
//! A part that can't be served makes its endpoint answer 501 ([`Refusal`](crate::options::Refusal)); a text that isn't a configuration makes no plan
//! ([`BuildError`]). `check` reports the same faults, with their places, before anything is deployed.

pub(super) mod agent;
mod backend;
pub(super) mod endpoint;
mod faults;
mod mcp;
mod outline;
mod service;
mod workflow;

pub(super) use service::Defaults;

use outline::Entry;

use std::borrow::Cow;

use fjord_document::Document;
use fjord_document::node::{Kind, Node};
use fjord_json::Body;
use fjord_router::{ANY_METHOD, Route, Router};

use crate::features::endpoint_cache;
use crate::gateway::{self, CATCH_ALL, Plan, Service};
use crate::options::core::LATER;
use crate::options::{Capability, Environment, EnvironmentError, Options, Scope, letters};

use super::agents::Agents;
use super::endpoints::Endpoints;

/// Why there is no plan at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildError(String);

/// What of a configuration wouldn't be served, and why.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Refusals {
    /// All of it.
    pub service: Option<String>,
    /// Parts of the service that are left out.
    pub left_out: Vec<String>,
    /// Endpoints, by their places in the list.
    pub endpoints: Vec<(usize, String)>,
    /// Agents that queues of the platform feed, by their places in the list.
    pub agents: Vec<(usize, String)>,
}

/// Makes a plan of a configuration's text.
///
/// # Errors
/// If nothing of the configuration can be served, with the reason.
pub fn build(text: impl Into<Body>, environment: Environment) -> Result<Plan, BuildError> {
    plan(text.into(), environment)
}

fn plan(text: Body, environment: Environment) -> Result<Plan, BuildError> {
    let (mut root, entries) = read(&text)?;
    letters::fold(&mut root, Scope::Service, &mut Vec::new());
    let root = environment.overridden(root);
    let options = Options::part(&root, Scope::Service);
    let (defaults, service, _) = head(&options, &environment)?;
    let router_options =
        fjord_router::Options { disable_rest: defaults.disable_rest, ..service::router_options(&options) };
    let (router, builtins) = routes(&service, &entries, router_options);
    let catch_all = catch_all(&entries);
    let spans: Vec<_> = entries.into_iter().map(|entry| entry.span).collect();
    let agents = Agents::new(agent::nodes(&options));
    let endpoints = Endpoints::new(text, spans.into_iter(), agents, defaults, environment);
    Ok(Plan { service, router, catch_all, builtins, endpoints: Box::new(endpoints) })
}

/// Compiles a document part by part for what that refuses; no part is kept.
///
/// # Errors
/// If nothing of the configuration can be served, with the reason.
pub fn refusals(root: &Node, environment: &Environment) -> Result<Refusals, BuildError> {
    if letters::folds(root, Scope::Service) {
        let mut folded = root.clone();
        letters::fold(&mut folded, Scope::Service, &mut Vec::new());
        return refusals(&folded, environment);
    }
    let options = Options::part(root, Scope::Service);
    let (defaults, service, nodes) = head(&options, environment)?;
    let refused = |node| endpoint::build(node, &defaults, environment).refused;
    let endpoints = nodes.iter().map(refused).enumerate();
    let endpoints = endpoints.filter_map(|(index, refused)| Some((index, refused?))).collect();
    let agents = agent::nodes(&options).iter().enumerate();
    let agents = agents.filter(|(_, node)| agent::queue_of(node).is_some());
    let agents = agents
        .filter_map(|(index, node)| Some((index, agent::build(node, &defaults, environment).pipe.err()?)));
    let agents = agents.collect();
    Ok(Refusals { service: service.refused, left_out: service.left_out, endpoints, agents })
}

/// The service, what endpoints inherit from it, and the endpoints as written.
fn head<'a>(
    options: &Options<'a>,
    environment: &Environment,
) -> Result<(Defaults, Service, &'a [Node]), BuildError> {
    match options.int("version") {
        Ok(3 | LATER) => {}
        Ok(version) => return Err(BuildError(format!("unsupported version: {version} (want: 3)"))),
        Err(error) => return Err(error.into()),
    }
    let mut defaults = Defaults::read(options, environment)?;
    let endpoints = match options.node("endpoints") {
        Some(node) if !matches!(node.kind, Kind::Array(_)) => {
            return Err(BuildError(format!("endpoints: expected a list, found {}", node.kind.name())));
        }
        list => list.map(Node::items).unwrap_or_default(),
    };
    let mut service = service::build(options, environment);
    service.left_out.extend(agent::left_out(options));
    if let Err(refusal) = agent::require(options, environment) {
        service.refused.get_or_insert(refusal.0);
    }
    defaults.reads_headers = service.global.iter().any(|step| step.reads_headers());
    if Capability::EndpointCache.is_included() {
        defaults.not_cached = endpoint_cache::reasons::of_service(options.whole());
    }
    defaults.mcp = mcp::servers(options, environment);
    Ok((defaults, service, endpoints))
}

/// The root without its endpoints, or with them, and where they are.
fn read(text: &Body) -> Result<(Node, Vec<Entry<'_>>), BuildError> {
    if let Some((service, entries)) = outline::read(text)
        && let Ok(document) = Document::parse(&service)
    {
        return Ok((document.root, entries));
    }
    let text = str::from_utf8(text.as_slice())
        .map_err(|error| BuildError(format!("the configuration can't be read: {error}")))?;
    let mut root = Document::parse(text).map_err(|faults| BuildError::syntax(text, &faults))?.root;
    letters::fold(&mut root, Scope::Service, &mut Vec::new());
    let entries = outline::of(&root);
    Ok((root, entries))
}

/// Builds the router over the endpoints and the built-in paths. Its numbers are first those of the endpoints.
#[inline(never)]
fn routes(
    service: &Service,
    entries: &[Entry<'_>],
    options: fjord_router::Options,
) -> (Router, Vec<gateway::Route>) {
    let methods: Vec<Cow<'_, str>> = entries.iter().map(|entry| method(&entry.method)).collect();
    let mut routes: Vec<Route<'_>> = Vec::with_capacity(entries.len());
    for (id, entry) in entries.iter().enumerate() {
        // It has no path of its own.
        if entry.path != CATCH_ALL {
            routes.push(Route { method: &methods[id], path: &entry.path, id, builtin: false });
        }
    }
    let mut targets = Vec::new();
    let mut builtin = |methods: &[&'static str], path, target| {
        let id = entries.len() + targets.len();
        targets.push(target);
        routes.extend(methods.iter().map(|method| Route { method, path, id, builtin: true }));
    };
    if let Some(path) = &service.router.health_path {
        builtin(&["GET"], path, gateway::Route::Health);
    }
    if service.debug {
        builtin(&ANY_METHOD, "/__debug/*param", gateway::Route::Debug);
    }
    if service.echo {
        builtin(&ANY_METHOD, "/__echo/*param", gateway::Route::Echo);
    }
    // Conflicts are `check`'s to report; the router serves what it can.
    (Router::new(&routes, options).0, targets)
}

/// The router over the endpoints that take what no other endpoint takes. It redirects nothing.
#[cold]
fn catch_all(entries: &[Entry<'_>]) -> Option<Box<Router>> {
    let caught = entries.iter().enumerate().filter(|(_, entry)| entry.path == CATCH_ALL);
    let methods: Vec<_> = caught.map(|(id, entry)| (id, method(&entry.method))).collect();
    if methods.is_empty() {
        return None;
    }
    let routes: Vec<_> =
        methods.iter().map(|(id, method)| Route { method, path: "/*", id: *id, builtin: false }).collect();
    Some(Box::new(Router::new(&routes, fjord_router::Options::default()).0))
}

/// A method as the router and the backends see it.
fn method(written: &str) -> Cow<'_, str> {
    match written {
        "" => Cow::Borrowed("GET"),
        _ if written.bytes().any(|byte| byte.is_ascii_lowercase()) => {
            Cow::Owned(written.to_ascii_uppercase())
        }
        _ => Cow::Borrowed(written),
    }
}

// === impl BuildError ===

impl BuildError {
    fn syntax(text: &str, faults: &[fjord_document::Diagnostic]) -> Self {
        let lines = fjord_document::Lines::new(text);
        let texts: Vec<String> = faults
            .iter()
            .map(|fault| {
                let at = lines.position(fault.span.start);
                format!("{}:{}: {}", at.line, at.column, fault.message)
            })
            .collect();
        Self(format!("the configuration can't be read: {}", texts.join("; ")))
    }
}

impl From<EnvironmentError> for BuildError {
    fn from(error: EnvironmentError) -> Self {
        Self(error.to_string())
    }
}

impl From<crate::options::OptionError> for BuildError {
    fn from(error: crate::options::OptionError) -> Self {
        Self(error.to_string())
    }
}

impl std::fmt::Display for BuildError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BuildError {}
