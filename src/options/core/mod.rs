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
pub use fjord::{FJORD, FJORD_OF_BACKEND, FJORD_OF_ENDPOINT, KEY as FJORD_KEY, MAX_RETRIES, is_binding};
pub use service::SERVICE;

use fjord_document::node::Node;

use super::table::{Opt, Scope};
use super::whole;

/// The version of KrakenD 3's format. It is read as 3, and an option that nobody knows may be one that counts there.
pub const LATER: i64 = 4;

/// Whether a configuration is in a later format.
pub fn is_later(root: &Node) -> bool {
    root.get("version").and_then(whole) == Some(LATER)
}

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
