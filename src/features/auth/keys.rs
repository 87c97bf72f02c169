//! Where the keys of tokens come from: bundled with the configuration, or fetched, kept and renewed.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::rc::Rc;

use super::signature::{GOOD_RSA_BITS, LEAST_RSA_BITS};
use crate::http::Headers;
use crate::jose::{Jwk, KeyError, KeySet, Strategy};
use crate::plan::{EndpointId, Plan};
use crate::platform::{Body, CALL_MS, Deadline, Fetch, Io, Level, LocalFuture, RequestBody, Shared, Via};
use crate::proxy::{Cx, NextExchange, Policy};

/// The key set of one feature.
#[derive(Debug)]
pub struct Keys {
    source: Source,
    strategy: Strategy,
    /// Whether the log has been told of a short key.
    warned: Cell<bool>,
}

#[derive(Debug)]
enum Source {
    Fixed(KeySet),
    Remote(Remote),
}

/// A key set at an address.
#[derive(Debug)]
pub struct Remote {
    /// The address.
    pub url: Rc<str>,
    /// Whether it may be reached, or may lead to others, without TLS.
    pub insecure: bool,
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

/// Why there is no key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyFault {
    /// The set has none of that id.
    Unknown(String),
    /// The key server can't be reached.
    Fetch(String),
    /// It leads away from TLS.
    Insecure,
    /// Its answer is of another type.
    ContentType(String),
    /// Its answer is too long.
    TooLong,
    /// Its answer is no key set.
    Set(KeyError),
}

/// Ids that are remembered as missing.
const MAX_MISSING: usize = 256;

/// The bytes of a key set; thousands of keys fit in.
const MAX_SET: usize = 1 << 20;

/// How long old keys hold when the server fails, before it is asked again.
const RETRY_MS: f64 = 10_000.0;

/// How long old keys hold at most, after the time in which they were fresh: a key that was withdrawn must end some day.
const HOLD_MS: f64 = 3_600_000.0;

/// How often a fresh set is fetched again because of ids that it lacks: tokens with made-up ids cost nothing to make.
const PAUSE_MS: f64 = 10_000.0;

// === impl Keys ===

impl Keys {
    /// Keys that are there from the start.
    pub fn fixed(set: KeySet, strategy: Strategy) -> Self {
        Self { source: Source::Fixed(set), strategy, warned: Cell::default() }
    }

    /// Keys at an address.
    pub fn remote(remote: Remote, strategy: Strategy) -> Self {
        Self { source: Source::Remote(remote), strategy, warned: Cell::default() }
    }

    /// Which members of a token's header name its key.
    pub fn strategy(&self) -> Strategy {
        self.strategy
    }

    /// The key of that id.
    pub async fn find(&self, cx: Cx<'_>, id: &str) -> Result<Rc<Jwk>, KeyFault> {
        let key = match &self.source {
            Source::Fixed(set) => set.find(self.strategy, id).cloned().ok_or_else(|| unknown(id))?,
            Source::Remote(remote) => remote.find(cx, self.strategy, id).await?,
        };
        if let Some(bits @ LEAST_RSA_BITS..GOOD_RSA_BITS) = key.modulus_bits
            && !self.warned.replace(true)
        {
            cx.log(Level::Warning, || {
                let kid: String = key.kid.chars().take(64).collect();
                format!("[ENDPOINT: {}][JOSE] the RSA key {kid:?} has {bits} bits; {GOOD_RSA_BITS} or more are recommended", cx.endpoint.path)
            });
        }
        Ok(key)
    }
}

fn unknown(id: &str) -> KeyFault {
    KeyFault::Unknown(id.chars().take(64).collect())
}

// === impl Remote ===

impl Remote {
    async fn find(&self, cx: Cx<'_>, strategy: Strategy, id: &str) -> Result<Rc<Jwk>, KeyFault> {
        let is_fresh = match self.lookup(strategy, id, cx.io.now()) {
            Lookup::Found(key) => return Ok(key),
            Lookup::Missing => return Err(unknown(id)),
            Lookup::Ask { is_fresh } => is_fresh,
        };
        let has_it = |fetched: &Fetched| {
            cx.io.now() < fetched.at + self.fresh_ms && fetched.set.find(strategy, id).is_some()
        };
        let call = || {
            if is_fresh {
                self.slot.pause.set(cx.io.now() + PAUSE_MS.min(positive(self.cooldown)));
            }
            self.call(cx)
        };
        let asked = cx.deadline.bound(self.slot.set.get(cx.io, has_it, call)).await;
        let asked = asked.unwrap_or_else(|expired| Err(KeyFault::Fetch(expired.to_string())));
        let now = cx.io.now();
        match asked {
            Ok(fetched) => fetched.set.find(strategy, id).cloned().ok_or_else(|| {
                self.slot.miss(id, self.cooldown, now);
                unknown(id)
            }),
            Err(fault) => match self.hold(strategy, id, now) {
                Some(key) => {
                    cx.log(Level::Warning, || {
                        format!("[SERVICE: JOSE] {}: {fault}; the old keys hold", self.url)
                    });
                    Ok(key)
                }
                None => Err(fault),
            },
        }
    }

    fn lookup(&self, strategy: Strategy, id: &str, now: f64) -> Lookup {
        let Some(last) = self.slot.set.last() else { return Lookup::Ask { is_fresh: false } };
        let fresh_until = last.at + self.fresh_ms;
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

    /// The server failed: a key that was good is still good for a while, and the server gets a pause.
    fn hold(&self, strategy: Strategy, id: &str, now: f64) -> Option<Rc<Jwk>> {
        let last = self
            .slot
            .set
            .last()
            .filter(|last| self.fresh_ms > 0.0 && now < last.at + self.fresh_ms + HOLD_MS)?;
        self.slot.retry.set(now + RETRY_MS);
        last.set.find(strategy, id).cloned()
    }

    /// A call that needs nothing of the request that begins it.
    fn call(&self, cx: Cx<'_>) -> LocalFuture<'static, Result<Fetched, KeyFault>> {
        let (io, plan, endpoint) = (Rc::clone(cx.io), Rc::clone(cx.plan), cx.endpoint.id);
        let (url, insecure) = (Rc::clone(&self.url), self.insecure);
        Box::pin(async move {
            let set = fetch(&io, &plan, endpoint, url, insecure).await?;
            Ok(Fetched { set: Rc::new(set), at: io.now() })
        })
    }
}

/// No pause but the usual one where none is configured.
fn positive(cooldown: f64) -> f64 {
    if cooldown > 0.0 { cooldown } else { f64::INFINITY }
}

async fn fetch(
    io: &Rc<Io>,
    plan: &Rc<Plan>,
    endpoint: EndpointId,
    url: Rc<str>,
    insecure: bool,
) -> Result<KeySet, KeyFault> {
    let call = Fetch {
        via: Via::Network,
        method: "GET".into(),
        url,
        headers: Rc::new(Headers::from_iter([("User-Agent", "KrakenD")])),
        body: RequestBody::None,
        stream: false,
        want_headers: true,
        gzip: true,
        cut_after: None,
    };
    let deadline = Deadline::new(io, CALL_MS);
    let cx = Cx { io, plan, endpoint: plan.endpoint(endpoint), deadline: &deadline };
    let steps = NextExchange::new(&[], &[], Policy { send_body: false, follow: true });
    let answer = steps.run(cx, call).await.map_err(|error| KeyFault::Fetch(error.message.into_owned()))?;
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
        Body::Bytes(body) => KeySet::parse(body.as_slice()).map_err(KeyFault::Set),
        Body::Stream(_) => Err(KeyFault::Set(KeyError::NoSet)),
    }
}

// === impl Kept ===

impl Kept {
    fn is_missing(&self, id: &str, cooldown: f64, now: f64) -> bool {
        self.missing.borrow().iter().any(|(known, at)| known == id && now < at + cooldown)
    }

    fn miss(&self, id: &str, cooldown: f64, now: f64) {
        if cooldown > 0.0 {
            let mut missing = self.missing.borrow_mut();
            missing.retain(|(known, _)| known != id);
            missing.truncate(MAX_MISSING - 1);
            missing.push_front((id.to_owned(), now));
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

// === impl KeyFault ===

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(id) => write!(f, "no key has the id {id:?}"),
            Self::Fetch(error) => write!(f, "the keys can't be fetched: {error}"),
            Self::Insecure => f.write_str("the key server leads to an address without TLS"),
            Self::ContentType(kind) => write!(f, "the key server answers with the content type {kind:?}"),
            Self::TooLong => f.write_str("the key set is too long"),
            Self::Set(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for KeyFault {}
