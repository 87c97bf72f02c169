//! A key set at an address: fetched once for all who wait, fresh for a while, good a while longer where its server fails.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use fjord_http::Headers;
use fjord_jose::{Jwk, KeyError, KeySet, Strategy};
use fjord_sigv4::hash;

use super::{KeyFault, unknown};
use crate::context::Cx;
use crate::features::auth::key_source::Origin;
use crate::platform::{Body, CALL_MS, Deadline, Fetch, Level, LocalFuture, Shared};
use crate::proxy::{NextExchange, Policy};

/// A key set at an address.
#[derive(Debug)]
pub struct Remote {
    /// The server.
    pub origin: Origin,
    /// What requests share.
    pub slot: Slot,
    /// Milliseconds in which a fetched set is fresh; 0: each request wants one that was fetched while it waited.
    pub fresh_ms: f64,
    /// Milliseconds in which an unknown id isn't looked for again.
    pub cooldown: f64,
}

/// The place of a key set that requests share.
pub type Slot = Rc<Kept>;

/// A key set that was fetched, and ids that weren't in it.
#[derive(Debug, Default)]
pub struct Kept {
    set: Shared<Fetched, KeyFault>,
    /// After a failure the old keys hold until then, and the server gets a pause.
    retry: Cell<f64>,
    /// Fresh sets aren't fetched again until then, whatever ids are asked for.
    pause: Cell<f64>,
    missing: RefCell<VecDeque<(String, f64)>>,
}

/// A key set, and when it came.
#[derive(Debug, Clone)]
struct Fetched {
    set: Rc<KeySet>,
    at: f64,
    /// Milliseconds for which its server says that it's fresh; 0 where nobody heeds that.
    age: f64,
}

/// Key sets that endpoints share (`auth/validator` at the service).
#[derive(Debug, Clone, Default)]
pub struct SharedKeys(Rc<Slots>);

#[derive(Debug, Default)]
struct Slots {
    /// Milliseconds; 0 if endpoints don't share.
    duration: Cell<f64>,
    /// By address, and whether it may be reached without TLS.
    slots: RefCell<BTreeMap<(Rc<str>, bool), Slot>>,
}

/// What the keys that are kept say to an id.
enum Lookup {
    Found(Rc<Jwk>),
    /// It was asked for a short time ago, or others that are unknown were.
    Missing,
    /// The key server has to say.
    Ask {
        /// The set is fresh: only the id is unknown.
        is_fresh: bool,
    },
}

/// What is known of an id without a call.
pub(super) enum Known {
    /// Its key.
    Key(Rc<Jwk>),
    /// A fresh set lacks it.
    Lacks,
    /// There's no fresh set.
    Nothing,
}

/// Ids that are remembered as missing.
const MAX_MISSING: usize = 256;

/// The bytes of a key set; thousands of keys fit in.
const MAX_SET: usize = 1 << 20;

/// How long old keys hold when the server fails, before it is asked again.
const RETRY_MS: f64 = 10_000.0;

/// How long old keys hold at most, after the time in which they were fresh: a key that was withdrawn must end some day.
const HOLD_MS: f64 = 3_600_000.0;

/// No server's word holds longer.
const MOST_AGE_MS: f64 = 24.0 * 3_600_000.0;

/// How often a fresh set is fetched again because of ids that it lacks: tokens with made-up ids cost nothing to make.
const PAUSE_MS: f64 = 10_000.0;

// === impl Remote ===

impl Remote {
    /// The key of that id.
    pub(super) async fn find(&self, cx: Cx<'_>, strategy: Strategy, id: &str) -> Result<Rc<Jwk>, KeyFault> {
        let is_fresh = match self.lookup(strategy, id, cx.io.now()) {
            Lookup::Found(key) => return Ok(key),
            Lookup::Missing => return Err(unknown(id)),
            Lookup::Ask { is_fresh } => is_fresh,
        };
        let has_it = |fetched: &Fetched| {
            cx.io.now() < self.fresh_until(fetched) && fetched.set.find(strategy, id).is_some()
        };
        let call = || {
            if is_fresh {
                self.slot.pause.set(cx.io.now() + PAUSE_MS.min(positive(self.cooldown)));
            }
            self.call(cx)
        };
        // Old keys leave time to use them where the server hangs.
        let patience = match self.old(strategy, id, cx.io.now()) {
            Some(_) => cx.deadline.remaining_ms() / 2,
            None => cx.deadline.remaining_ms(),
        };
        let patience = Deadline::new(cx.io, patience);
        let asked = patience.bound(self.slot.set.get(cx.io, has_it, call)).await;
        let asked = asked.unwrap_or_else(|expired| Err(KeyFault::Fetch(expired.to_string())));
        let now = cx.io.now();
        match asked {
            Ok(fetched) => fetched.set.find(strategy, id).cloned().ok_or_else(|| {
                self.slot.miss(id, self.cooldown, now);
                unknown(id)
            }),
            Err(fault) => {
                self.slot.retry.set(now + RETRY_MS);
                let old = self.old(strategy, id, now);
                if old.is_some() {
                    cx.log(Level::Warning, || {
                        format!("[SERVICE: JOSE] {}: {fault}; the old keys hold", self.origin.url)
                    });
                }
                old.ok_or(fault)
            }
        }
    }

    /// What is known of an id without a call.
    pub(super) fn known(&self, strategy: Strategy, id: &str, now: f64) -> Known {
        match self.lookup(strategy, id, now) {
            Lookup::Found(key) => Known::Key(key),
            Lookup::Missing | Lookup::Ask { is_fresh: true } => Known::Lacks,
            Lookup::Ask { is_fresh: false } => Known::Nothing,
        }
    }

    /// When a set isn't fresh any more.
    fn fresh_until(&self, fetched: &Fetched) -> f64 {
        fetched.at + self.fresh_ms.max(fetched.age)
    }

    fn lookup(&self, strategy: Strategy, id: &str, now: f64) -> Lookup {
        let Some(last) = self.slot.set.last() else { return Lookup::Ask { is_fresh: false } };
        let fresh_until = self.fresh_until(&last);
        let holds = || now < self.slot.retry.get() && now < fresh_until + HOLD_MS;
        let is_good = now < fresh_until || holds();
        if !is_good {
            return Lookup::Ask { is_fresh: false };
        }
        if let Some(key) = last.set.find(strategy, id) {
            return Lookup::Found(Rc::clone(key));
        }
        // What somebody has asked already costs nothing.
        let waits = now < self.slot.pause.get() && !self.slot.set.is_asking(now);
        if waits || self.slot.is_missing(id, self.cooldown, now) {
            return Lookup::Missing;
        }
        Lookup::Ask { is_fresh: true }
    }

    /// A key of a set that isn't fresh any more. While the server fails it is still good for a while, and the server gets a pause.
    fn old(&self, strategy: Strategy, id: &str, now: f64) -> Option<Rc<Jwk>> {
        let last = self.slot.set.last()?;
        let fresh_until = self.fresh_until(&last);
        let holds = fresh_until > last.at && now < fresh_until + HOLD_MS;
        last.set.find(strategy, id).filter(|_| holds).cloned()
    }

    /// A call that needs nothing of the request that begins it.
    fn call(&self, cx: Cx<'_>) -> LocalFuture<'static, Result<Fetched, KeyFault>> {
        let (io, service, endpoint) = (Rc::clone(cx.io), Rc::clone(cx.service), Rc::clone(cx.endpoint));
        let origin = self.origin.clone();
        Box::pin(async move {
            let deadline = Deadline::new(&io, CALL_MS);
            let cx = Cx { io: &io, service: &service, endpoint: &endpoint, deadline: &deadline };
            let (set, age) = fetch(cx, origin).await?;
            Ok(Fetched { set: Rc::new(set), at: io.now(), age })
        })
    }
}

/// No pause but the usual one where none is configured.
fn positive(cooldown: f64) -> f64 {
    if cooldown > 0.0 { cooldown } else { f64::INFINITY }
}

/// The key set, and for how many milliseconds its server says that it's fresh, if that is heeded.
async fn fetch(cx: Cx<'_>, origin: Origin) -> Result<(KeySet, f64), KeyFault> {
    let Origin { url, insecure, heeds_age } = origin;
    let call = Fetch::new("GET", url, Headers::from_iter([("User-Agent", "KrakenD")]));
    let steps = NextExchange::new(&[], &[], Policy { send_body: false, follow: true });
    let answer = steps.run(cx, call).await.map_err(|error| KeyFault::Fetch(error.to_string()))?;
    if !insecure && !answer.url.starts_with("https://") {
        return Err(KeyFault::Insecure);
    }
    // Its status isn't looked at (spec §23).
    let content_type = answer.headers.get("Content-Type").unwrap_or_default();
    if !["application/json", "application/jwk-set+json"].iter().any(|kind| content_type.starts_with(kind)) {
        return Err(KeyFault::ContentType(content_type.chars().take(64).collect()));
    }
    match &answer.body {
        Body::Bytes(body) if body.len() > MAX_SET => Err(KeyFault::TooLong),
        Body::Bytes(body) => {
            let age = answer.headers.get("Cache-Control").filter(|_| heeds_age).map_or(0.0, max_age);
            KeySet::parse(body.as_slice()).map(|set| (set, age)).map_err(KeyFault::Set)
        }
        Body::Stream(_) => Err(KeyFault::Set(KeyError::NoSet)),
    }
}

/// The milliseconds of `max-age`; none with a directive that forbids to keep.
fn max_age(control: &str) -> f64 {
    let mut age = 0.0;
    for directive in control.split(',').map(str::trim) {
        match directive.split_once('=') {
            Some((name, seconds)) if name.eq_ignore_ascii_case("max-age") => {
                age = seconds
                    .trim_matches('"')
                    .parse::<u32>()
                    .map_or(0.0, |seconds| f64::from(seconds) * 1000.0);
            }
            None if ["no-store", "no-cache"].iter().any(|name| directive.eq_ignore_ascii_case(name)) => {
                return 0.0;
            }
            _ => {}
        }
    }
    age.min(MOST_AGE_MS)
}

/// What is kept of an id: a token may bring one of 48 KB, and 256 of them would be 12 MB.
fn short(id: &str) -> Cow<'_, str> {
    if id.len() <= 64 { id.into() } else { hash(id.as_bytes()).into() }
}

// === impl Kept ===

impl Kept {
    fn is_missing(&self, id: &str, cooldown: f64, now: f64) -> bool {
        let id = short(id);
        self.missing.borrow().iter().any(|(known, at)| *known == id && now < at + cooldown)
    }

    fn miss(&self, id: &str, cooldown: f64, now: f64) {
        if cooldown > 0.0 {
            let (id, mut missing) = (short(id), self.missing.borrow_mut());
            missing.retain(|(known, _)| *known != id);
            missing.truncate(MAX_MISSING - 1);
            missing.push_front((id.into_owned(), now));
        }
    }
}

// === impl SharedKeys ===

impl SharedKeys {
    /// Lets endpoints share what they fetch for `duration` milliseconds.
    pub fn share(&self, duration: f64) {
        self.0.duration.set(duration);
    }

    /// The place for the key set of an address, and how long it is fresh: one of the endpoint's own, or a shared one.
    pub fn slot(&self, url: &Rc<str>, insecure: bool, duration: f64) -> (Slot, f64) {
        let shared = self.0.duration.get();
        if shared == 0.0 {
            return (Slot::default(), duration);
        }
        let slot = self.0.slots.borrow_mut().entry((Rc::clone(url), insecure)).or_default().clone();
        (slot, duration.max(shared))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_says_how_long_its_keys_are_fresh() {
        for (control, age) in [
            ("max-age=60", 60_000.0),
            ("public, Max-Age=\"60\", must-revalidate", 60_000.0),
            ("max-age=999999999", MOST_AGE_MS),
            ("max-age=60, no-store", 0.0),
            ("no-cache, max-age=60", 0.0),
            ("max-age=-1", 0.0),
            ("", 0.0),
        ] {
            assert_eq!(max_age(control), age, "{control}");
        }
    }

    #[test]
    fn long_ids_are_missed_by_their_hashes() {
        let kept = Kept::default();
        let (long, other) = ("k".repeat(40_000), "k".repeat(40_001));
        for id in ["short", &long] {
            kept.miss(id, 1000.0, 0.0);
            assert!(kept.is_missing(id, 1000.0, 999.0) && !kept.is_missing(id, 1000.0, 1000.0));
        }
        assert!(!kept.is_missing(&other, 1000.0, 0.0));
        assert!(kept.missing.borrow().iter().all(|(id, _)| id.len() <= 64));
    }
}
