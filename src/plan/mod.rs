//! What is valid: everything a request needs, compiled once per isolate, at the first request that needs it, and then only read.

pub mod build;
pub mod endpoint;
mod endpoints;
mod needs;
pub mod order;
pub mod service;
#[cfg(test)]
mod tests;

pub use build::{BuildError, Refusals, build, refusals};
pub use endpoint::{Endpoint, EndpointId, Headers, Queries};
pub use service::Service;

use endpoints::Endpoints;

use fjord_router::Router;

/// A configuration, ready to answer.
pub struct Plan {
    /// Options of the service.
    pub service: Service,
    /// Methods and paths to targets.
    pub router: Router,
    endpoints: Endpoints,
    /// What the router's numbers behind those of the endpoints mean.
    builtins: Vec<Target>,
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
        self.endpoints.get(id, &self.service)
    }

    /// All endpoints, in the order of the configuration.
    pub fn endpoints(&self) -> impl Iterator<Item = &Endpoint> {
        (0..self.endpoints.len()).map(|index| self.endpoint(EndpointId(index as u32)))
    }

    /// What a route of the router leads to.
    pub fn target(&self, route: usize) -> Target {
        match route.checked_sub(self.endpoints.len()) {
            None => Target::Endpoint(EndpointId(route as u32)),
            Some(builtin) => self.builtins[builtin],
        }
    }

    /// The names of a list of header lines.
    pub fn header_names(&self, list: u32) -> Option<Vec<String>> {
        self.endpoints.needs.names(list)
    }
}
