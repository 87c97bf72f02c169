//! What the gateway asks of its host, and how it waits for the answers.
//!
//! The core performs no I/O. A leaf future ([`Io::fetch`], [`Io::call`], a [`Deadline`]) records an [`Effect`]; when
//! every future of a request waits, the host takes the recorded effects in one batch, performs them, and completes them
//! one by one. At the edge the host is a small script over the platform's `fetch`; in tests it is a simulation with virtual time.

mod arrivals;
mod deadline;
mod effect;
pub mod hops;
mod io;
mod ledger;
mod private;
mod shared;
mod trace;

pub use deadline::{Deadline, Expired};
pub use effect::{
    Answer, AnswerBody, Body, Call, Caller, Effect, EffectId, Fetch, Fetched, HostError, Level, Outcome,
    Passed, Request, RequestBody, Stream, Via,
};
pub use io::{Io, LocalFuture, Watch};
pub use private::{PrivateHosts, host_of};
pub use shared::{CALL_MS, Shared};
pub use trace::{OwnCall, OwnCalls, Trace, inside};
