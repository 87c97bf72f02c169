//! The options outside `extra_config`: the root, endpoints, backends, async agents, workflows.

mod agent;
mod backend;
mod endpoint;
mod fjord;
mod service;
pub mod tls;

pub use agent::ASYNC_AGENT;
pub use backend::BACKEND;
pub use endpoint::{ENDPOINT, WORKFLOW};
pub use fjord::{FJORD, KEY as FJORD_KEY, is_binding};
pub use service::SERVICE;

use super::table::{Opt, Scope};

/// The options of a part of the format.
pub fn options(scope: Scope) -> &'static [Opt] {
    match scope {
        Scope::Service => SERVICE,
        Scope::Endpoint => ENDPOINT,
        Scope::Backend => BACKEND,
        Scope::Async => ASYNC_AGENT,
        Scope::Workflow => WORKFLOW,
    }
}
