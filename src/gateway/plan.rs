//! What a gateway serves: the service, the routes, and the endpoints, each of which is compiled when it is first asked for.

use fjord_router::{Outcome, Router};

use super::{Agent, AgentId, Endpoint, EndpointId, Route, Service};

/// A configuration, ready to answer.
pub struct Plan {
    /// The service.
    pub service: Service,
    /// Methods and paths to numbers: first those of the endpoints, then those of `builtins`.
    pub router: Router,
    /// The endpoints of [`CATCH_ALL`], each as `/*`; none where there's no such endpoint.
    pub catch_all: Option<Box<Router>>,
    /// What the router's numbers after those of the endpoints mean.
    pub builtins: Vec<Route>,
    /// The endpoints.
    pub endpoints: Box<dyn Endpoints>,
}

/// The path of an endpoint that takes what no other endpoint takes.
pub const CATCH_ALL: &str = "/__catchall";

/// The endpoints of a plan, in the order of the configuration.
pub trait Endpoints {
    /// How many there are.
    fn count(&self) -> usize;

    /// The endpoint `id` of a service.
    fn get(&self, id: EndpointId, service: &Service) -> &Endpoint;

    /// The number of the list of header lines for what no endpoint answers; none: all.
    fn header_list(&self, service: &Service) -> Option<u32>;

    /// The names of a list of header lines.
    fn header_names(&self, list: u32) -> Option<Vec<String>>;

    /// The agent that a queue of the platform feeds.
    fn agent_of(&self, queue: &str) -> Option<AgentId>;

    /// The agent `id`.
    fn agent(&self, id: AgentId) -> Option<&Agent>;
}

// === impl Plan ===

impl Plan {
    /// The endpoint `id`.
    pub fn endpoint(&self, id: EndpointId) -> &Endpoint {
        self.endpoints.get(id, &self.service)
    }

    /// All endpoints, in the order of the configuration.
    pub fn endpoints(&self) -> impl Iterator<Item = &Endpoint> {
        (0..self.endpoints.count()).map(|index| self.endpoint(EndpointId(index as u32)))
    }

    /// The number of the list of header lines for what no endpoint answers; none: all.
    pub fn header_list(&self) -> Option<u32> {
        self.endpoints.header_list(&self.service)
    }

    /// The names of a list of header lines.
    pub fn header_names(&self, list: u32) -> Option<Vec<String>> {
        self.endpoints.header_names(list)
    }

    /// Where a request goes, and the values of its url parameters.
    pub(super) fn route(&self, method: &str, target: &str) -> (Route, Vec<(String, String)>) {
        let route = match self.router.find(method, target) {
            Outcome::Found(found) => {
                let params = found.params().map(|(name, value)| (name.to_owned(), value.to_owned()));
                return (self.numbered(found.route), params.collect());
            }
            Outcome::Options { allow } => Route::Options(allow.to_owned()),
            Outcome::Redirect(redirect) => Route::Redirect(redirect.into_owned()),
            Outcome::NotFound => return self.caught(method, target).unwrap_or((Route::NotFound, Vec::new())),
            Outcome::MethodNotAllowed { .. } => Route::MethodNotAllowed,
            Outcome::BadRequest => Route::BadRequest,
        };
        (route, Vec::new())
    }

    /// The endpoint that takes what no other takes; its `*` is the whole path.
    fn caught(&self, method: &str, target: &str) -> Option<(Route, Vec<(String, String)>)> {
        let Outcome::Found(found) = self.catch_all.as_ref()?.find(method, target) else { return None };
        let params = found.params().map(|(name, value)| (name.to_owned(), value.to_owned()));
        Some((Route::Endpoint(EndpointId(found.route as u32)), params.collect()))
    }

    fn numbered(&self, number: usize) -> Route {
        match number.checked_sub(self.endpoints.count()) {
            None => Route::Endpoint(EndpointId(number as u32)),
            Some(builtin) => self.builtins[builtin].clone(),
        }
    }
}
