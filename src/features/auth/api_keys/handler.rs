//! The key at work: who brings it, what it is good for, how often it comes.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use fjord_document::node::Node;
use fjord_http::Query;

use super::NAMESPACE;
use super::ring::{Place, Ring, SharedRing};
use crate::context::Cx;
use crate::features::auth::refuse::refuse;
use crate::features::auth::without_scheme;
use crate::features::qos::bucket::{Bucket, Rate};
use crate::features::qos::ratelimit::limiter;
use crate::gateway::{Global, Handler, Incoming, NextHandler};
use crate::options::{Options, Refusal, Site};
use crate::platform::{Answer, Level, LocalFuture};

/// What an endpoint wants of a key.
struct Guard {
    ring: Rc<Ring>,
    place: Place,
    roles: Vec<String>,
    rate: Option<(Rate, Vec<Cell<Option<Bucket>>>)>,
}

/// Why a request is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Denied {
    NoKey,
    Unknown,
    Role,
    Rate,
}

/// Reads the keys of the service for its endpoints; requests aren't changed.
///
/// # Errors
/// If the options can't be served, with the reason.
pub fn share(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Global>>, Refusal> {
    let ring = Rc::new(Ring::new(node)?);
    site.environment.shared::<SharedRing>().get_or_init(|| ring);
    Ok(None)
}

/// Compiles what an endpoint wants.
///
/// # Errors
/// If the options can't be served, with the reason.
pub fn compile(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Handler>>, Refusal> {
    let options = Options::of(node, &NAMESPACE);
    let shared = site.environment.shared::<SharedRing>();
    let ring = shared.get().ok_or_else(|| {
        Refusal::new("the service declares no keys: put them into auth/api-keys of its extra_config")
    })?;
    if !options.given("roles") {
        return Err(Refusal::new("roles are missing; an empty list takes any key"));
    }
    let rate = options.f64("client_max_rate")?;
    let buckets = || (0..ring.len()).map(|_| Cell::new(None)).collect();
    Ok(Some(Box::new(Guard {
        ring: Rc::clone(ring),
        place: Place::read(&options, Some(&ring.place))?,
        roles: options.strings("roles")?.into_iter().map(str::to_owned).collect(),
        rate: (rate > 0.0).then(|| (Rate::new(rate, rate as u64), buckets())),
    })))
}

impl Handler for Guard {
    fn handle<'a>(
        &'a self,
        cx: Cx<'a>,
        mut incoming: Incoming,
        next: NextHandler<'a>,
    ) -> LocalFuture<'a, Answer> {
        match self.admit(&incoming, cx.io.now()) {
            Ok(role) => {
                if !self.ring.role_header.is_empty() {
                    incoming.headers.set(self.ring.role_header.clone(), role);
                }
                next.run(cx, incoming)
            }
            Err(denied) => {
                let answer = refuse(cx, "APIKeys", Level::Warning, denied.status(), &denied);
                Box::pin(std::future::ready(answer))
            }
        }
    }
}

// === impl Guard ===

impl Guard {
    /// The role that lets a request in.
    fn admit(&self, incoming: &Incoming, now: f64) -> Result<&str, Denied> {
        let key = self.place.key(incoming).ok_or(Denied::NoKey)?;
        let number = self.ring.number(&key).ok_or(Denied::Unknown)?;
        let mut roles = self.ring.roles(number).iter();
        let role = match self.roles.is_empty() {
            true => "ANY",
            false => roles.find(|role| self.roles.contains(role)).ok_or(Denied::Role)?,
        };
        match &self.rate {
            Some((rate, buckets)) if !limiter::take(&buckets[number], rate, now) => Err(Denied::Rate),
            _ => Ok(role),
        }
    }
}

// === impl Place ===

impl Place {
    /// The key of a request.
    fn key(&self, incoming: &Incoming) -> Option<String> {
        match self {
            Self::Header(name) => {
                Some(without_scheme(incoming.headers.get(name)?.trim()).trim_start().to_owned())
            }
            Self::Query(name) => {
                let (_, query) = incoming.target.split_once('?')?;
                Query::parse_some(query, |key| key == name).get(name).map(str::to_owned)
            }
        }
    }
}

// === impl Denied ===

impl Denied {
    fn status(self) -> u16 {
        match self {
            Self::NoKey | Self::Unknown => 401,
            Self::Role => 403,
            Self::Rate => 429,
        }
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoKey => "there is no key",
            Self::Unknown => "the key is unknown",
            Self::Role => "the key has none of the roles",
            Self::Rate => "the key has exceeded its rate limit",
        })
    }
}
