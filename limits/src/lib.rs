//! The Durable Object that counts for rate limits: one object for each limit and client, so that all isolates share its
//! bucket.
//!
//! A module of its own (223 kB and 46 kB of glue), instantiated where there are objects and nowhere else. Linked into the
//! gateway's, the crate `worker` made that 153 kB larger and requests no slower (1 × 0.4 KB: 239 µs with it, 241 without); but it
//! imports a script and exports an `init` of its own, and a glue that can be instantiated again after a trap has no place for either.
//! The second module costs the gateway nothing to be measured: first answer 102 ms after the start (107 without), 234 µs (236), 1.8 MB.
//!
//! A limited request costs 119 µs of CPU and 0.12 ms more with an object that counts in memory than with a bucket of the isolate, 450 µs
//! and 3.5 ms with one that also stores (workerd, on a local disk).

#[path = "../../src/features/qos/bucket.rs"]
pub mod bucket;

use std::cell::{Cell, RefCell};
use std::time::Duration;

use js_sys::Date;
use worker::{DurableObject, Env, Request, Response, Result, State, durable_object};

use bucket::{Bucket, Rate};

/// Objects that nobody asks are taken from memory after this time at the earliest. A bucket that is full again by then
/// needs no storage.
const REMEMBERED_MS: f64 = 10_000.0;

/// The storage's key.
const COUNT: &str = "count";

/// The bucket of one limit and client.
#[durable_object(alarm)]
pub struct FjordLimits {
    state: State,
    count: RefCell<Option<(Rate, Bucket)>>,
    /// Whether the storage holds a count, and an alarm will look after it.
    is_stored: Cell<bool>,
}

// === impl FjordLimits ===

impl DurableObject for FjordLimits {
    fn new(state: State, _: Env) -> Self {
        Self { state, count: RefCell::default(), is_stored: Cell::default() }
    }

    /// Takes a token at the rate that the path says: 204 if there was one, else 429.
    async fn fetch(&self, request: Request) -> Result<Response> {
        let Ok(rate) = request.path().trim_start_matches('/').parse::<Rate>() else {
            return Response::error("expected /INTERVAL/CAPACITY", 400);
        };
        let is_slow = rate.fill_ms() > REMEMBERED_MS;
        if is_slow && self.count.borrow().is_none() {
            let stored = self.state.storage().get(COUNT).await?;
            self.is_stored.set(stored.is_some());
            // Of requests that waited for the storage together, the first one's count is kept.
            let mut count = self.count.borrow_mut();
            *count = count.or(stored);
        }
        let (is_taken, count) = self.take(rate);
        if is_slow && is_taken {
            self.state.storage().put(COUNT, count).await?;
            if !self.is_stored.replace(true) {
                self.state.storage().set_alarm(millis(rate.fill_ms())).await?;
            }
        }
        Ok(Response::empty()?.with_status(if is_taken { 204 } else { 429 }))
    }

    /// Forgets a bucket that would be full by now: storage holds only what is in use.
    async fn alarm(&self) -> Result<Response> {
        let stored: Option<(Rate, Bucket)> = self.state.storage().get(COUNT).await?;
        let left = stored.map_or(0.0, |(rate, bucket)| bucket.forgettable_ms(&rate, now()));
        if left > 0.0 {
            self.state.storage().set_alarm(millis(left)).await?;
        } else {
            self.count.take();
            self.is_stored.set(false);
            self.state.storage().delete_all().await?;
        }
        Response::empty()
    }
}

impl FjordLimits {
    /// Takes a token; the rate may have changed since the last one.
    fn take(&self, rate: Rate) -> (bool, (Rate, Bucket)) {
        let now = now();
        let mut count = self.count.borrow_mut();
        let (_, bucket) = count.unwrap_or((rate, Bucket::full(&rate, now)));
        let mut bucket = bucket.within(&rate);
        let is_taken = bucket.take(&rate, now);
        *count = Some((rate, bucket));
        (is_taken, (rate, bucket))
    }
}

fn now() -> f64 {
    Date::now()
}

fn millis(count: f64) -> Duration {
    Duration::from_millis(count.ceil() as u64)
}
