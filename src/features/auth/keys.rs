//! Where the keys of tokens come from: bundled with the configuration, or fetched, kept and renewed.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::rc::Rc;

use super::signature::{GOOD_RSA_BITS, LEAST_RSA_BITS};
use crate::http::Headers;
use crate::jose::{Jwk, KeyError, KeySet, Strategy};
use crate::platform::{Body, Fetch, Level, RequestBody, Via};
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
    /// Where the set is kept, and how many milliseconds it is fresh; without it each request fetches anew.
    pub kept: Option<(Slot, f64)>,
    /// Milliseconds in which an unknown id isn't looked for again.
    pub cooldown: f64,
}

/// The place of a key set that is kept between requests.
pub type Slot = Rc<RefCell<Kept>>;

/// A key set that was fetched, and ids that weren't in it.
#[derive(Debug, Default)]
pub struct Kept {
    set: Option<Rc<KeySet>>,
    fetched: f64,
    /// After a failure the old keys hold until then.
    retry: f64,
    missing: VecDeque<(String, f64)>,
}

/// Key sets that endpoints share (`auth/validator` at the service).
#[derive(Debug, Clone, Default)]
pub struct SharedKeys(Rc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    /// Milliseconds; 0 if endpoints don't share.
    duration: Cell<f64>,
    slots: RefCell<BTreeMap<Rc<str>, Slot>>,
}

/// What the keys that are kept say to an id.
enum Lookup {
    Found(Rc<Jwk>),
    /// It was asked for a short time ago.
    Missing,
    /// The key server has to say.
    Ask,
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
        let Some((slot, duration)) = &self.kept else {
            return self.fetch(cx).await?.find(strategy, id).cloned().ok_or_else(|| unknown(id));
        };
        match slot.borrow().lookup(strategy, id, *duration, self.cooldown, cx.io.now()) {
            Lookup::Found(key) => return Ok(key),
            Lookup::Missing => return Err(unknown(id)),
            Lookup::Ask => {}
        }
        let fetched = self.fetch(cx).await;
        let now = cx.io.now();
        match fetched {
            Ok(set) => {
                let found = set.find(strategy, id).cloned();
                let missing = (found.is_none() && self.cooldown > 0.0).then_some(id);
                slot.borrow_mut().renew(set, missing, now);
                found.ok_or_else(|| unknown(id))
            }
            Err(fault) => match slot.borrow_mut().hold(strategy, id, now) {
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

    async fn fetch(&self, cx: Cx<'_>) -> Result<KeySet, KeyFault> {
        let call = Fetch {
            via: Via::Network,
            method: "GET".into(),
            url: self.url.clone(),
            headers: Rc::new(Headers::from_iter([("User-Agent", "KrakenD")])),
            body: RequestBody::None,
            stream: false,
            want_headers: true,
            gzip: true,
            cut_after: None,
        };
        let steps = NextExchange::new(&[], &[], Policy { send_body: false, follow: true });
        let answer =
            steps.run(cx, call).await.map_err(|error| KeyFault::Fetch(error.message.into_owned()))?;
        if !self.insecure && !answer.url.starts_with("https://") {
            return Err(KeyFault::Insecure);
        }
        // Its status isn't looked at (spec §23).
        let content_type = answer.headers.get("Content-Type").unwrap_or_default();
        if !["application/json", "application/jwk-set+json"].iter().any(|kind| content_type.starts_with(kind))
        {
            return Err(KeyFault::ContentType(content_type.chars().take(64).collect()));
        }
        match &answer.body {
            Body::Bytes(body) if body.len() > MAX_SET => Err(KeyFault::TooLong),
            Body::Bytes(body) => KeySet::parse(body.as_slice()).map_err(KeyFault::Set),
            Body::Stream(_) => Err(KeyFault::Set(KeyError::NoSet)),
        }
    }
}

// === impl Kept ===

impl Kept {
    fn lookup(&self, strategy: Strategy, id: &str, duration: f64, cooldown: f64, now: f64) -> Lookup {
        let holds = now < self.fetched + duration || now < self.retry;
        match self.set.as_ref().and_then(|set| set.find(strategy, id)) {
            Some(key) if holds => Lookup::Found(Rc::clone(key)),
            Some(_) => Lookup::Ask,
            None if self.missing.iter().any(|(known, at)| known == id && now < at + cooldown) => {
                Lookup::Missing
            }
            None => Lookup::Ask,
        }
    }

    fn renew(&mut self, set: KeySet, missing: Option<&str>, now: f64) {
        (self.set, self.fetched, self.retry) = (Some(Rc::new(set)), now, 0.0);
        if let Some(id) = missing {
            self.missing.retain(|(known, _)| known != id);
            self.missing.truncate(MAX_MISSING - 1);
            self.missing.push_front((id.to_owned(), now));
        }
    }

    /// The server failed: a key that was good is still good, and the server gets a pause.
    fn hold(&mut self, strategy: Strategy, id: &str, now: f64) -> Option<Rc<Jwk>> {
        let key = self.set.as_ref()?.find(strategy, id).cloned()?;
        self.retry = now + RETRY_MS;
        Some(key)
    }
}

// === impl SharedKeys ===

impl SharedKeys {
    /// Lets endpoints share what they fetch for `duration` milliseconds.
    pub fn share(&self, duration: f64) {
        self.0.duration.set(duration);
    }

    /// The place for the key set of an address, and how long it is fresh: one of the endpoint's own, or a shared one.
    pub fn slot(&self, url: &Rc<str>, duration: f64) -> (Slot, f64) {
        let shared = self.0.duration.get();
        if shared == 0.0 {
            return (Slot::default(), duration);
        }
        let slot = self.0.slots.borrow_mut().entry(Rc::clone(url)).or_default().clone();
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
