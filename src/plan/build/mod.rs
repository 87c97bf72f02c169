//! From the options to the plan. Nothing is validated, parsed or looked up by name after this.
//!
//! A part that can't be served makes its endpoint answer 501 ([`Refusal`]); a text that is no configuration makes no plan
//! ([`BuildError`]). `check` reports the same faults, with their places, before anything is deployed.

mod backend;
mod endpoint;
mod environment;
mod service;
mod site;

pub use environment::Environment;
pub use site::{Refusal, Site};

use crate::config::Document;
use crate::config::node::Node;
use crate::gateway::HeaderNeeds;
use crate::registry::Options;
use crate::registry::core::SERVICE;
use crate::router::{self, ANY_METHOD, Route, Router};

use super::{Endpoint, EndpointId, Plan, Target};

/// Why there is no plan at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildError(String);

/// What of a configuration wouldn't be served, and why.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Refusals {
    /// All of it.
    pub service: Option<String>,
    /// Endpoints, by their places in the list.
    pub endpoints: Vec<(usize, String)>,
}

/// Compiles a configuration.
pub fn build(text: &str, environment: &Environment) -> Result<Plan, BuildError> {
    let document = Document::parse(text).map_err(|faults| BuildError::syntax(text, &faults))?;
    let root = environment.overridden(document.root);
    let options = Options::new(&root, SERVICE);
    let (defaults, service, nodes) = outline(&options, environment)?;
    let build = |(id, node)| endpoint::build(EndpointId(id), node, &defaults, environment, &service);
    let endpoints = (0..).zip(nodes).map(build).collect();
    let router_options = router::Options {
        disable_rest: options.bool("disable_rest").unwrap_or_default(),
        ..service::router_options(&options)
    };
    Ok(assemble(service, endpoints, router_options))
}

/// Compiles a document part by part for what that refuses; no part is kept.
pub fn refusals(root: &Node, environment: &Environment) -> Result<Refusals, BuildError> {
    let (defaults, service, nodes) = outline(&Options::new(root, SERVICE), environment)?;
    let refused =
        |(id, node)| endpoint::build(EndpointId(id), node, &defaults, environment, &service).refused;
    let endpoints = (0..).zip(nodes).map(refused).enumerate();
    let endpoints = endpoints.filter_map(|(index, refused)| Some((index, refused?))).collect();
    Ok(Refusals { service: service.refused, endpoints })
}

/// The service, what endpoints inherit from it, and the endpoints as written.
fn outline<'a>(
    options: &Options<'a>,
    environment: &Environment,
) -> Result<(service::Defaults, super::Service, &'a [Node]), BuildError> {
    match options.int("version") {
        Ok(3) => {}
        Ok(version) => return Err(BuildError(format!("unsupported version: {version} (want: 3)"))),
        Err(error) => return Err(error.into()),
    }
    let defaults = service::Defaults::read(options)?;
    Ok((defaults, service::build(options, environment), options.items("endpoints")?))
}

/// Builds the router over endpoints and built-in paths, and the lists of header lines each route needs.
fn assemble(service: super::Service, endpoints: Vec<Endpoint>, options: router::Options) -> Plan {
    let mut targets: Vec<Target> = endpoints.iter().map(|endpoint| Target::Endpoint(endpoint.id)).collect();
    let mut routes: Vec<Route<'_>> = Vec::with_capacity(endpoints.len());
    for (id, endpoint) in endpoints.iter().enumerate() {
        routes.push(Route { method: &endpoint.method, path: &endpoint.path, id, builtin: false });
    }
    let mut builtin = |methods: &[&'static str], path, target| {
        targets.push(target);
        let id = targets.len() - 1;
        routes.extend(methods.iter().map(|method| Route { method, path, id, builtin: true }));
    };
    if let Some(path) = &service.router.health_path {
        builtin(&["GET"], path, Target::Health);
    }
    if service.debug {
        builtin(&ANY_METHOD, "/__debug/*param", Target::Debug);
    }
    if service.echo {
        builtin(&ANY_METHOD, "/__echo/*param", Target::Echo);
    }
    // Conflicts are `check`'s to report; the router serves what it can.
    let (router, _) = Router::new(&routes, options);
    drop(routes);
    let mut plan = Plan { service, router, endpoints, targets, needs: Vec::new(), lists: Vec::new() };
    plan.needs = (0..plan.targets.len()).map(|id| needs(&plan, id)).collect();
    for need in &plan.needs {
        if let HeaderNeeds::Listed(names) = need
            && !plan.lists.contains(names)
            && plan.lists.len() < MAX_LISTS
        {
            plan.lists.push(names.clone());
        }
    }
    plan
}

/// More lists than this make the rest of the endpoints take all header lines.
const MAX_LISTS: usize = 250;

/// The header lines that a route needs: all where any step of its own may read them.
fn needs(plan: &Plan, id: usize) -> HeaderNeeds {
    let Target::Endpoint(id) = plan.targets[id] else { return HeaderNeeds::All };
    let endpoint = plan.endpoint(id);
    let steps =
        !endpoint.handlers.is_empty() || !plan.service.global.is_empty() || !plan.service.outer.is_empty();
    let mut names = match &endpoint.input_headers {
        super::Headers::All => return HeaderNeeds::All,
        _ if steps => return HeaderNeeds::All,
        super::Headers::ContentType => vec!["Content-Type".to_owned()],
        super::Headers::Listed(names) => names.clone(),
    };
    names.push("Cf-Connecting-Ip".to_owned());
    names.extend(plan.service.router.client_ip.headers.iter().cloned());
    if endpoint.output == crate::encoding::Output::Negotiate {
        names.push("Accept".to_owned());
    }
    names.sort();
    names.dedup();
    HeaderNeeds::Listed(names)
}

// === impl BuildError ===

impl BuildError {
    fn syntax(text: &str, faults: &[crate::config::Diagnostic]) -> Self {
        let lines = crate::config::Lines::new(text);
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

impl From<crate::registry::OptionError> for BuildError {
    fn from(error: crate::registry::OptionError) -> Self {
        Self(error.to_string())
    }
}

impl std::fmt::Display for BuildError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BuildError {}
