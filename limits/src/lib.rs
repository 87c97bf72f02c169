//! The Durable Object of what all isolates share: one object for each limit and client counts, one keeps the list of revoked tokens.
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
#[path = "../../src/features/auth/revoker/list.rs"]
pub mod list;
mod revocations;
#[path = "../../src/features/governance/windows.rs"]
pub mod windows;

use std::cell::{Cell, RefCell};
use std::time::Duration;

use js_sys::Date;
use worker::{DurableObject, Env, Request, Response, Result, State, durable_object};

use bucket::{Bucket, Rate};
use list::{Command, RevocationList};
use windows::{Limits, Usage};

/// Objects that nobody asks are taken from memory after this time at the earliest. A bucket that is full again by then
/// needs no storage.
const REMEMBERED_MS: f64 = 10_000.0;

/// The storage's key.
const COUNT: &str = "count";
/// The same of a quota.
const USAGE: &str = "usage";

/// The bucket of one limit and client.
#[durable_object(alarm)]
pub struct FjordLimits {
    state: State,
    count: RefCell<Option<(Rate, Bucket)>>,
    /// What is used of a quota, if the object counts for one.
    usage: RefCell<Option<Usage>>,
    /// The list of revoked tokens, if the object keeps it.
    list: RefCell<Option<RevocationList>>,
    /// Whether the storage holds a count, and an alarm will look after it.
    is_stored: Cell<bool>,
}

// === impl FjordLimits ===

impl DurableObject for FjordLimits {
    fn new(state: State, _: Env) -> Self {
        Self {
            state,
            count: RefCell::default(),
            usage: RefCell::default(),
            list: RefCell::default(),
            is_stored: Cell::default(),
        }
    }

    /// Takes a token at the rate that the path says: 204 if there was one, else 429.
    async fn fetch(&self, request: Request) -> Result<Response> {
        if let Some(take) = request.path().strip_prefix("/quota/") {
            return self.quota(take).await;
        }
        if let Some(command) = request.path().strip_prefix("/revoker/") {
            return self.revoker(command).await;
        }
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
        if self.look_at_list().await? {
            return Response::empty();
        }
        if let Some(usage) = self.state.storage().get::<Usage>(USAGE).await? {
            let left = usage.ends_ms() - now();
            if left > 0.0 {
                self.state.storage().set_alarm(millis(left)).await?;
                return Response::empty();
            }
            self.usage.take();
        }
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
    /// Tells a copy what it lacks, or changes the list.
    async fn revoker(&self, command: &str) -> Result<Response> {
        let Ok(command) = command.parse::<Command>() else {
            return Response::error("expected since, add or remove", 400);
        };
        self.load_list().await?;
        let changed = match self.list.borrow_mut().as_mut() {
            Some(list) => revocations::apply(list, &command),
            None => return Response::error("the list isn't there", 500),
        };
        let Ok(changed) = changed else {
            return Response::error("the list is full", 507);
        };
        if let Command::Since(epoch, version) = command {
            let update = self.list.borrow().as_ref().map(|list| list.update(epoch, version));
            return Response::from_bytes(update.unwrap_or_default());
        }
        revocations::store(&self.state.storage(), &self.list, &changed).await?;
        if matches!(command, Command::Add(..)) && !self.is_stored.replace(true) {
            self.wake_for_list().await?;
        }
        Ok(Response::empty()?.with_status(204))
    }

    /// Drops what has ended from the list. False if the object keeps none.
    async fn look_at_list(&self) -> Result<bool> {
        self.load_list().await?;
        let ended = match self.list.borrow_mut().as_mut() {
            Some(list) if list.ends_ms().is_some() => list.prune(now()),
            _ => return Ok(false),
        };
        revocations::store(&self.state.storage(), &self.list, &ended).await?;
        self.wake_for_list().await?;
        Ok(true)
    }

    async fn load_list(&self) -> Result<()> {
        if self.list.borrow().is_none() {
            let stored = revocations::load(&self.state.storage()).await?;
            // Of requests that waited for the storage together, the first one's list is kept.
            let mut list = self.list.borrow_mut();
            let list = list.get_or_insert(stored);
            if list.ends_ms().is_some() {
                self.is_stored.set(true);
            }
        }
        Ok(())
    }

    async fn wake_for_list(&self) -> Result<()> {
        let next = self.list.borrow().as_ref().and_then(revocations::next_look_ms);
        match next {
            Some(next) => self.state.storage().set_alarm(millis(next)).await,
            None => {
                self.is_stored.set(false);
                Ok(())
            }
        }
    }

    /// Uses an amount of a quota: `take/WEIGHT/LIMITS` where something is left of all limits, `add/WEIGHT/LIMITS` anyway.
    async fn quota(&self, take: &str) -> Result<Response> {
        let mut parts = take.splitn(3, '/');
        let (verb, weight, limits) = (parts.next(), parts.next(), parts.next());
        let forced = match verb {
            Some("take") => false,
            Some("add") => true,
            _ => return Response::error("expected take or add", 400),
        };
        let weight = weight.and_then(|weight| weight.parse::<f64>().ok());
        let limits = limits.and_then(|limits| limits.parse::<Limits>().ok());
        let (Some(weight), Some(limits)) = (weight, limits) else {
            return Response::error("expected WEIGHT/LIMITS", 400);
        };
        if self.usage.borrow().is_none() {
            let stored = self.state.storage().get(USAGE).await?;
            self.is_stored.set(stored.is_some());
            // Of requests that waited for the storage together, the first one's count is kept.
            let mut usage = self.usage.borrow_mut();
            if usage.is_none() {
                *usage = Some(stored.unwrap_or_default());
            }
        }
        let (verdict, usage) = {
            let mut usage = self.usage.borrow_mut();
            let usage = usage.get_or_insert_with(Usage::default);
            (usage.take(&limits, weight, forced, now()), usage.clone())
        };
        if weight > 0.0 && (verdict.is_allowed || forced) {
            let ends_ms = usage.ends_ms();
            self.state.storage().put(USAGE, usage).await?;
            if !self.is_stored.replace(true) {
                self.state.storage().set_alarm(millis(ends_ms - now())).await?;
            }
        }
        Response::ok(verdict.to_string())
    }

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
