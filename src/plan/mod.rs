//! What is valid: everything a request needs, compiled once per isolate and then only read.

pub mod build;
pub mod decode;
pub mod discovery;
pub mod endpoint;
pub mod hosts;
pub mod order;
pub mod service;

pub use build::{BuildError, Environment, Refusals, build, refusals};
pub use endpoint::{Endpoint, EndpointId, Headers, Queries};
pub use service::Service;

use crate::gateway::HeaderNeeds;
use crate::router::Router;

/// A configuration, ready to answer.
pub struct Plan {
    /// Options of the service.
    pub service: Service,
    /// Methods and paths to targets.
    pub router: Router,
    endpoints: Vec<Endpoint>,
    /// What the router's numbers mean.
    targets: Vec<Target>,
    /// For each target the header lines it needs.
    needs: Vec<HeaderNeeds>,
    /// The different lists among `needs`.
    lists: Vec<Vec<String>>,
}

/// What a route leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A configured endpoint.
    Endpoint(EndpointId),
    /// The health answer.
    Health,
    /// The debug endpoint.
    Debug,
    /// The echo endpoint.
    Echo,
}

// === impl Plan ===

impl Plan {
    /// The endpoint `id`.
    pub fn endpoint(&self, id: EndpointId) -> &Endpoint {
        &self.endpoints[id.0 as usize]
    }

    /// All endpoints, in the order of the configuration.
    pub fn endpoints(&self) -> &[Endpoint] {
        &self.endpoints
    }

    /// What a route of the router leads to.
    pub fn target(&self, route: usize) -> Target {
        self.targets[route]
    }

    /// The header lines that a route needs.
    pub fn header_needs(&self, route: usize) -> &HeaderNeeds {
        &self.needs[route]
    }

    /// The number of a list of header lines; none means all.
    pub fn header_list(&self, needs: &HeaderNeeds) -> Option<u32> {
        let HeaderNeeds::Listed(names) = needs else { return None };
        self.lists.iter().position(|list| list == names).map(|index| index as u32)
    }

    /// The names of a list of header lines.
    pub fn header_names(&self, list: u32) -> Option<&[String]> {
        self.lists.get(list as usize).map(Vec::as_slice)
    }
}
