//! The endpoints of a plan. Each is read and compiled when it is first asked for, and stays as long as the plan: an isolate
//! meets few of a thousand, and none of them before its first request.

use std::cell::OnceCell;
use std::ops::Range;
use std::rc::Rc;

use fjord_document::Document;
use fjord_document::node::{Kind, Node};
use fjord_json::Body;

use super::agents::Agents;
use super::build::{Defaults, endpoint};
use super::needs::Needs;
use crate::gateway::{self, Agent, AgentId, Endpoint, EndpointId, Service};
use crate::options::{Environment, Scope, letters};

/// The endpoints, in the order of the configuration.
pub(super) struct Endpoints {
    /// The configuration.
    text: Body,
    places: Vec<Place>,
    agents: Agents,
    defaults: Defaults,
    environment: Environment,
    needs: Needs,
    /// The list of header lines for what no endpoint answers.
    others: OnceCell<Option<u32>>,
}

/// Where an endpoint is in the text, and what it became.
struct Place {
    span: Range<u32>,
    compiled: OnceCell<Rc<Endpoint>>,
}

// === impl Endpoints ===

impl Endpoints {
    /// The endpoints that are at `spans` of a text, and the agents.
    pub(super) fn new(
        text: Body,
        spans: impl Iterator<Item = Range<u32>>,
        agents: Agents,
        defaults: Defaults,
        environment: Environment,
    ) -> Self {
        let places = spans.map(|span| Place { span, compiled: OnceCell::new() }).collect();
        Self { text, places, agents, defaults, environment, needs: Needs::default(), others: OnceCell::new() }
    }

    fn compile(&self, span: &Range<u32>, service: &Service) -> Endpoint {
        let text = self.text.as_slice().get(span.start as usize..span.end as usize).unwrap_or_default();
        let text = str::from_utf8(text).unwrap_or_default();
        let (mut node, fault) = match Document::value(text) {
            Ok(node) => (node, None),
            Err(faults) => (Node { span: span.clone(), kind: Kind::Null }, faults.into_iter().next()),
        };
        letters::fold(&mut node, Scope::Endpoint, &mut Vec::new());
        let mut endpoint = endpoint::build(&node, &self.defaults, &self.environment);
        if let Some(fault) = fault {
            endpoint.refused = Some(format!("it can't be read: {}", fault.message));
        }
        endpoint.is_steady = is_steady(&endpoint, service);
        endpoint.header_list = self.needs.number(Some(&endpoint), service);
        endpoint
    }
}

impl gateway::Endpoints for Endpoints {
    fn count(&self) -> usize {
        self.places.len()
    }

    fn get(&self, id: EndpointId, service: &Service) -> &Endpoint {
        let place = &self.places[id.0 as usize];
        let compile =
            || Rc::new_cyclic(|me| Endpoint { me: me.clone(), ..self.compile(&place.span, service) });
        place.compiled.get_or_init(compile)
    }

    fn header_list(&self, service: &Service) -> Option<u32> {
        *self.others.get_or_init(|| self.needs.number(None, service))
    }

    fn header_names(&self, list: u32) -> Option<Vec<String>> {
        self.needs.names(list)
    }

    fn agent_of(&self, queue: &str) -> Option<AgentId> {
        self.agents.of_queue(queue)
    }

    fn agent(&self, id: AgentId) -> Option<&Agent> {
        self.agents.get(id, &self.defaults, &self.environment)
    }
}

/// Whether nothing acts before an endpoint's first calls, and nothing chooses among them.
fn is_steady(endpoint: &Endpoint, service: &Service) -> bool {
    let steps = !service.global.is_empty() || !service.outer.is_empty() || !endpoint.handlers.is_empty();
    let refused = service.refused.is_some() || endpoint.refused.is_some();
    !steps && !refused && endpoint.layers.is_empty() && endpoint.pipe.is_steady()
}
