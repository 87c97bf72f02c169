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
}

// === impl Counter ===

impl Counter {
    /// Reads the option of a limit.
    ///
    /// # Errors
    /// If the counter can't be reached in time.
    pub fn new(options: &Options<'_>, name: String) -> Result<Self, Refusal> {
        Ok(Self { binding: options.str("binding")?.to_owned(), name })
    }

    /// Takes a token for everybody or for one client; `here` takes it from the isolate's own bucket.
    pub async fn take(
        &self,
        reach: Reach<'_>,
        patience_ms: u32,
        rate: &Rate,
        client: Option<&str>,
        here: impl FnOnce() -> bool,
    ) -> bool {
        // Boxed where it is used: limits that stay in the isolate don't carry it.
        let asked = match self.binding.is_empty() {
            true => None,
            false => Box::pin(self.ask(reach, patience_ms, rate, client)).await,
        };
        asked.unwrap_or_else(here)
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
            format!("[RATELIMIT: {}] {}: {reason}. Counting in this isolate", self.name, self.binding)
        });
        None
    }
}
