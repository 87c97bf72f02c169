//! Where a limit is counted: in this isolate, or by a binding of the worker for all of them.
//!
//! The host sees what the binding is. A Durable Object namespace gives each limit and each of its clients one object
//! that counts exactly, wherever a request comes in. A rate-limit binding counts by location, with a limit and a period of its
//! own. If the binding fails, the isolate counts: a limit protects origins, so it neither vanishes nor closes the API.

use crate::context::Reach;
use crate::features::qos::bucket::Rate;
use crate::options::{Kind, Opt, Options, Refusal, opt};
use crate::platform::{Deadline, Level};

/// The option of all limits.
pub const BINDING: Opt = opt(
    "binding",
    Kind::Binding,
    "Fjord extension: the binding of the worker that counts for all isolates. A Durable Object namespace of the class FjordLimits \
     counts exactly; a rate-limit binding counts by location, with the limit and period of its own. While it fails, each isolate counts by itself and the log says so.",
);

/// The most that a request waits for a count, in milliseconds.
const PATIENCE_MS: u32 = 1000;

/// What counts for one limit.
pub struct Counter {
    /// Empty without a binding.
    binding: String,
    /// Names the limit among all that the binding counts for.
    name: String,
    /// Whether nothing is let through while the binding fails.
    closes: bool,
}

/// The binding fails, and the limit lets nothing through then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Down;

// === impl Counter ===

impl Counter {
    /// Reads the option of a limit.
    ///
    /// # Errors
    /// If the counter can't be reached in time.
    pub fn new(options: &Options<'_>, name: String) -> Result<Self, Refusal> {
        Ok(Self { binding: options.str("binding")?.to_owned(), name, closes: false })
    }

    /// Reads the options of a limit that KrakenD counts in Redis: the connection's name is that of a binding.
    ///
    /// # Errors
    /// If there is no connection.
    pub fn redis(options: &Options<'_>, name: String) -> Result<Self, Refusal> {
        let binding = match (options.str("connection_name")?, options.str("connection_pool")?) {
            ("", "") => return Err(Refusal::new("there is no connection_name")),
            ("", old) => old,
            (name, _) => name,
        };
        Ok(Self { binding: binding.to_owned(), name, closes: !options.bool("on_failure_allow")? })
    }

    /// Takes a token for everybody or for one client; `here` takes it from the isolate's own bucket.
    ///
    /// # Errors
    /// If the binding fails, and the isolate isn't to count then.
    pub async fn take(
        &self,
        reach: Reach<'_>,
        patience_ms: u32,
        rate: &Rate,
        client: Option<&str>,
        here: impl FnOnce() -> bool,
    ) -> Result<bool, Down> {
        // Boxed where it is used: limits that stay in the isolate don't carry it.
        let asked = match self.binding.is_empty() {
            true => None,
            false => Box::pin(self.ask(reach, patience_ms, rate, client)).await,
        };
        match asked {
            Some(taken) => Ok(taken),
            None if self.closes => Err(Down),
            None => Ok(here()),
        }
    }

    /// What the binding says; nothing if it fails.
    async fn ask(
        &self,
        reach: Reach<'_>,
        patience_ms: u32,
        rate: &Rate,
        client: Option<&str>,
    ) -> Option<bool> {
        // No name has a line break in it: a client can't choose the key of another limit.
        let key = client.map_or_else(|| self.name.clone(), |client| format!("{}\n{client}", self.name));
        let args = vec![self.binding.clone().into(), key.into(), rate.to_string().into()];
        let deadline = Deadline::new(reach.io, patience_ms.min(PATIENCE_MS));
        let reason = match deadline.bound(reach.io.call("limit", args)).await {
            Ok(Ok(answer)) => return Some(answer == [1]),
            Ok(Err(error)) => error.to_string(),
            Err(expired) => expired.to_string(),
        };
        reach.log(Level::Error, || {
            let (name, binding) = (&self.name, &self.binding);
            match self.closes {
                true => format!("[RATELIMIT: {name}] {binding}: {reason}. Nothing is let through"),
                false => format!("[RATELIMIT: {name}] {binding}: {reason}. Counting in this isolate"),
            }
        });
        None
    }
}
