//! A limit for all requests and one for each client, as the router and the service limits share it (spec §20).

use std::cell::Cell;

use fjord_http::client_ip::key_address;
use fjord_sigv4::hash;

use crate::context::Reach;
use crate::features::auth::validator;
use crate::gateway::Incoming;
use crate::options::{Options, Refusal, Site};
use crate::platform::{Answer, Level};
use crate::render;

use super::counter::{Counter, Down};
use crate::features::qos::bucket::{Bucket, Rate};
use crate::features::qos::clients::Clients;

/// The bytes of a client's key that are kept unchanged.
const LONGEST_KEY: usize = 64;

/// The limits of an endpoint or of the service.
pub struct Limiter {
    all: Option<(Rate, Cell<Option<Bucket>>)>,
    client: Option<(Client, Rate, Clients)>,
    counter: Counter,
}

/// What tells clients apart (`strategy` and `key`).
enum Client {
    /// The address; a header to look at first, if there is one.
    Ip(String),
    Header {
        name: String,
        /// The gateway writes it itself (`propagate_claims`).
        is_own: bool,
    },
    Param(String),
}

/// Which limit was hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limited {
    /// That of the client.
    Client,
    /// That of the client, and nothing in the request says who that is.
    Nobody,
    /// That of all clients.
    All,
    /// Whoever counts for all can't be reached.
    Down,
}

impl From<Down> for Limited {
    fn from(_: Down) -> Self {
        Self::Down
    }
}

// === impl Limiter ===

impl Limiter {
    /// Reads the options of the limits of an endpoint or the service. Without a strategy the client's limit would silently do
    /// nothing: that is refused.
    ///
    /// # Errors
    /// If a rate, a strategy or a binding can't be served.
    pub fn new(site: &Site<'_>, options: &Options<'_>) -> Result<Self, Refusal> {
        Self::named(site, options, site.name())
    }

    /// The same with a name of its own, which is no other limit's.
    ///
    /// # Errors
    /// As [`Limiter::new`].
    pub fn named(site: &Site<'_>, options: &Options<'_>, name: String) -> Result<Self, Refusal> {
        Self::counted(site, options, Counter::new(options, name)?, None)
    }

    /// Reads the options of limits that KrakenD counts in Redis. Buckets hold one there unless an option says more.
    ///
    /// # Errors
    /// As [`Limiter::new`], and if there is no connection.
    pub fn redis(site: &Site<'_>, options: &Options<'_>, name: String) -> Result<Self, Refusal> {
        Self::counted(site, options, Counter::redis(options, name)?, Some(1))
    }

    /// `default` is the capacity of buckets of which no option says it; none: it depends on the rate.
    fn counted(
        site: &Site<'_>,
        options: &Options<'_>,
        counter: Counter,
        default: Option<u64>,
    ) -> Result<Self, Refusal> {
        let period = options.duration("every")?.as_secs_f64().max(1.0);
        let (max, client_max) = (options.f64("max_rate")?, options.f64("client_max_rate")?);
        let (max_rate, client_rate) = (max / period, client_max / period);
        let all = (max_rate > 0.0).then(|| -> Result<_, Refusal> {
            let capacity = capacity(options, "capacity", default, max_rate, max_rate)?;
            Ok((Rate::new(max_rate, capacity), Cell::new(None)))
        });
        let client = (client_rate > 0.0).then(|| -> Result<_, Refusal> {
            // KrakenD looks at the other rate here: a client limit alone lets one request through at once.
            let capacity = capacity(options, "client_capacity", default, max_rate, client_rate)?;
            Ok((Client::new(site, options)?, Rate::new(client_rate, capacity), Clients::of(site.environment)))
        });
        Ok(Self { all: all.transpose()?, client: client.transpose()?, counter })
    }

    /// Whether there is anything to limit.
    pub fn is_off(&self) -> bool {
        self.all.is_none() && self.client.is_none()
    }

    /// Takes a token for a request: of the client first, then of all. Nothing waits longer than `patience_ms`.
    ///
    /// # Errors
    /// Which limit is reached.
    pub async fn take(&self, reach: Reach<'_>, incoming: &Incoming, patience_ms: u32) -> Result<(), Limited> {
        if let Some((client, rate, clients)) = &self.client {
            let Some(key) = client.key(incoming).filter(|key| !key.is_empty()) else {
                return Err(Limited::Nobody);
            };
            let here = || clients.take(&key, rate, reach.io.now());
            if !self.counter.take(reach, patience_ms, rate, Some(&key), here).await? {
                return Err(Limited::Client);
            }
        }
        if let Some((rate, bucket)) = &self.all {
            let here = || take(bucket, rate, reach.io.now());
            if !self.counter.take(reach, patience_ms, rate, None, here).await? {
                return Err(Limited::All);
            }
        }
        Ok(())
    }
}

// === impl Limited ===

impl Limited {
    /// The answer to a request that isn't let through; the log says why.
    pub fn answer(self, reach: Reach<'_>, incoming: &Incoming) -> Answer {
        let (status, reason) = match self {
            Self::Client => (429, "the client has reached its rate"),
            Self::Nobody => (429, "nothing in the request tells its client from others"),
            Self::All => (503, "all clients together have reached the rate"),
            Self::Down => (503, "whoever counts for all can't be reached"),
        };
        reach.log(Level::Warning, || format!("[{}][RateLimit] {status}: {reason}", incoming.part()));
        render::status(status)
    }
}

/// Takes a token of a bucket that is full until it is first used.
pub fn take(bucket: &Cell<Option<Bucket>>, rate: &Rate, now: f64) -> bool {
    let mut current = bucket.get().unwrap_or_else(|| Bucket::full(rate, now));
    let taken = current.take(rate, now);
    bucket.set(Some(current));
    taken
}

/// The option, or the whole part of `rate`, or one where `tested` is below one.
fn capacity(
    options: &Options<'_>,
    name: &str,
    default: Option<u64>,
    tested: f64,
    rate: f64,
) -> Result<u64, Refusal> {
    match options.given(name).then(|| options.int(name)).transpose()? {
        Some(capacity) if capacity > 0 => Ok(capacity as u64),
        None if default.is_some() => Ok(default.unwrap_or(1)),
        _ if tested < 1.0 => Ok(1),
        _ => Ok(rate as u64),
    }
}

// === impl Client ===

impl Client {
    fn new(site: &Site<'_>, options: &Options<'_>) -> Result<Self, Refusal> {
        let key = options.str("key")?.to_owned();
        match options.str("strategy")? {
            "ip" => Ok(Self::Ip(key)),
            "header" => Ok(Self::Header { is_own: is_claim(site, &key), name: key }),
            "param" => Ok(Self::Param(key)),
            _ => Err(Refusal::new(
                "client_max_rate needs a strategy (ip, header, param): without one nobody is limited",
            )),
        }
    }

    fn key(&self, incoming: &Incoming) -> Option<String> {
        match self {
            Self::Ip(header) => {
                let said = (!header.is_empty()).then(|| incoming.headers.get(header)).flatten();
                Some(said.and_then(key_address).unwrap_or(&incoming.client_ip).to_owned())
            }
            Self::Header { name, is_own } => {
                let value = incoming.headers.get(name)?;
                Some(short(if *is_own { value } else { first_line(value) }))
            }
            Self::Param(name) => {
                incoming.params.iter().find(|(known, _)| known == name).map(|(_, value)| short(value))
            }
        }
    }
}

/// Whether a claim of the token takes the header's place.
fn is_claim(site: &Site<'_>, header: &str) -> bool {
    let validator = site.namespace(&validator::NAMESPACE);
    validator.into_iter().flat_map(validator::claim_headers).any(|name| name.eq_ignore_ascii_case(header))
}

/// The first line of a header, as Go's `Header.Get` has it. The platform hands over lines of one name joined, so that a
/// value ends at the first `, `: else a second line would make a new client of an old one.
pub fn first_line(value: &str) -> &str {
    value.split(", ").next().unwrap_or(value)
}

/// What is kept of a client's key. A client chooses the key, so a long one is kept as its hash: longer than any that is kept
/// as it is.
pub fn short(key: &str) -> String {
    if key.len() <= LONGEST_KEY { key.to_owned() } else { format!("\n{}", hash(key.as_bytes())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_line_makes_no_new_client() {
        for (value, want) in
            [("a", "a"), ("a, b", "a"), ("a, b, c", "a"), ("a,b", "a,b"), ("", ""), (", b", "")]
        {
            assert_eq!(first_line(value), want, "{value}");
        }
    }

    #[test]
    fn keys_are_short_and_stay_different() {
        let long = "a".repeat(100_000);
        let keys = ["", "a", &long[..LONGEST_KEY], &long[..LONGEST_KEY + 1], &long].map(short);
        assert!(keys.iter().all(|key| key.len() <= 65));
        assert_eq!(keys.iter().collect::<std::collections::BTreeSet<_>>().len(), keys.len());
        assert_eq!(keys[4], short(&long));
    }
}
