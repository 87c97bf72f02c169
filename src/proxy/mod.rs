//! The pipe of an endpoint: a request goes through the configured layers to one or several backends, a reply comes back.
//!
//! [`Layer`] is the one shape of everything that can be in a pipe: it sees the request, may call what is inside
//! ([`Next`]) and sees the reply. A layer that isn't configured isn't in the list.

mod backend;
pub mod certificates;
mod concurrent;
mod condition;
mod decode;
mod discovery;
mod error;
mod exchange;
mod fallback;
mod hosts;
mod merge;
pub mod private;
mod reply;
mod request;
mod retry;
mod sequence;
mod shadow;
mod stack;
mod workflow;

pub use backend::Backend;
pub use condition::{Condition, When};
pub use decode::{Decode, Failure};
pub use discovery::{Discovery, RESOLVER};
pub use error::{BadStatus, Blame, Call, Error, Kind};
pub use exchange::{Exchange, HttpRequest, HttpResponse, NextExchange, Policy};
pub use fallback::Fallback;
pub use hosts::Hosts;
pub use merge::{Merge, Pipe};
pub use reply::{Metadata, Reply, Response};
pub use request::{REST, Request};
pub use retry::Retries;
pub use sequence::{Sequence, Take};
pub use shadow::{Shadow, Splitter};
pub use stack::{Layer, Next};
pub use workflow::Workflow;
