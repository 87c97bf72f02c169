//! The way of a request through the gateway, from the wire to the answer.
//!
//! `outer steps (CORS) ▶ route ▶ global steps ▶ handlers of the endpoint ▶ layers ▶ backends ▶ render` (spec §1). What can
//! be configured where is listed in `plan/order.rs`.

mod agent;
mod answer;
mod builtin;
mod endpoint;
mod handler;
mod incoming;
mod plan;
mod rewrite;
mod service;
mod session;

pub use agent::{Agent, AgentId, Backoff, Growth, Message, Pace};
pub use endpoint::{Endpoint, EndpointId, InputHeaders, InputQueries};
pub use handler::{Global, Handler, Inside, NextGlobal, NextHandler};
pub use incoming::{Incoming, Route};
pub use plan::{CATCH_ALL, Endpoints, Plan};
pub use rewrite::{Rewrite, rewritten};
pub use service::{RouterOptions, Service, Trust};
pub use session::{Opening, Session, State, is_plain};

use std::rc::Rc;

/// A plan that answers requests.
#[derive(Clone)]
pub struct Gateway {
    plan: Rc<Plan>,
}

// === impl Gateway ===

impl Gateway {
    /// A gateway that serves `plan`.
    pub fn new(plan: Plan) -> Self {
        Self { plan: Rc::new(plan) }
    }

    /// The plan.
    pub fn plan(&self) -> &Rc<Plan> {
        &self.plan
    }
}
