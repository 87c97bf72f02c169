//! The pipe of an endpoint: a request goes through the configured layers to one or several backends, a reply comes back.
//!
//! [`Layer`] is the one shape of everything that can stand in a pipe: it sees the request, may call what lies inside
//! ([`Next`]) and sees the reply. A layer that isn't configured isn't in the list.

mod backend;
mod concurrent;
mod decode;
mod discovery;
mod error;
mod exchange;
mod hosts;
mod merge;
mod reply;
mod request;
mod sequence;
mod shadow;
mod stack;

pub use backend::Backend;
pub use decode::{Decode, Failure};
pub use discovery::{Discovery, RESOLVER};
pub use error::Error;
pub use exchange::{Exchange, HttpRequest, HttpResponse, NextExchange, Policy};
pub use hosts::Hosts;
pub use merge::{Merge, Pipe};
pub use reply::{Metadata, Reply, Response};
pub use request::{Params, REST, Request};
pub use sequence::{Sequence, Take};
pub use shadow::{Shadow, Splitter};
pub use stack::{Layer, Next};

use crate::gateway::{self, Reach};
use crate::plan::{Endpoint, Plan};
use crate::platform::{Deadline, Io, Level};
use std::rc::Rc;

/// What every step of one request can reach.
#[derive(Clone, Copy)]
pub struct Cx<'a> {
    /// The border to the host.
    pub io: &'a Rc<Io>,
    /// The plan, shared by all requests.
    pub plan: &'a Rc<Plan>,
    /// The endpoint that answers.
    pub endpoint: &'a Endpoint,
    /// The nearest deadline: every wait for the outside is bounded by it.
    pub deadline: &'a Deadline<'a>,
}

impl<'a> Cx<'a> {
    /// The same, under a nearer deadline.
    pub fn within(self, deadline: &'a Deadline<'a>) -> Cx<'a> {
        Cx { deadline, ..self }
    }

    /// What of this steps outside of an endpoint have, too.
    pub fn reach(self) -> Reach<'a> {
        Reach { io: self.io, plan: self.plan }
    }

    /// Writes to the log if the service's level lets it through.
    pub fn log(self, level: Level, message: impl FnOnce() -> String) {
        gateway::log(self.reach(), level, message);
    }
}
