//! Finds the hosts of a backend by SRV records (`sd: "dns"`, spec §12), asked over HTTPS as an edge has no resolver.

use std::cell::Cell;
use std::rc::Rc;

use fjord_http::{Headers, Query};
use fjord_json::Value;

use super::{Error, Kind};
use crate::context::Cx;
use crate::platform::{Body, CALL_MS, Deadline, Fetch, Fetched, Level, LocalFuture, Shared};

/// Who is asked, unless the variable `FJORD_DNS` names another resolver with the JSON form of DNS over HTTPS.
pub const RESOLVER: &str = "https://cloudflare-dns.com/dns-query";

/// The type of SRV records in DNS.
const SRV: f64 = 33.0;

/// A name whose hosts DNS tells.
pub struct Discovery {
    resolver: String,
    name: String,
    scheme: String,
    ttl_ms: f64,
    hosts: Shared<Rc<[Weighted]>, Error>,
    /// When the resolver was asked for the last time.
    asked_at: Cell<f64>,
}

/// A host and its share of the calls.
#[derive(Debug, PartialEq, Eq)]
struct Weighted {
    base: Rc<str>,
    weight: u64,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Record {
    priority: u16,
    weight: u16,
    port: u16,
    target: String,
}

// === impl Discovery ===

impl Discovery {
    /// Looks `name` up at `resolver` and asks again after `ttl_ms`.
    pub fn new(resolver: &str, name: &str, scheme: &str, ttl_ms: u32) -> Self {
        Self {
            resolver: resolver.to_owned(),
            name: name.to_owned(),
            scheme: scheme.to_owned(),
            ttl_ms: f64::from(ttl_ms),
            hosts: Shared::default(),
            asked_at: Cell::new(0.0),
        }
    }

    /// A host for one call, chosen by weight. An answer that is too old is renewed first, by one call, while others continue
    /// with it; if that fails it holds on. While no host is known all wait for the one call.
    ///
    /// # Errors
    /// If no host is known, or none is found in time.
    pub async fn host(&self, cx: Cx<'_>) -> Result<Rc<str>, Error> {
        let is_fresh = |_: &_| cx.io.now() < self.asked_at.get() + self.ttl_ms;
        let hosts = match self.hosts.last() {
            Some(hosts) if is_fresh(&hosts) || self.hosts.is_asking(cx.io.now()) => hosts,
            last => {
                let asked = cx.deadline.bound(self.hosts.get(cx.io, is_fresh, || self.ask(cx))).await;
                asked.map_err(Error::from).flatten().unwrap_or_else(|error| {
                    cx.log(Level::Error, || {
                        format!("[SERVICE: DNS] {} was not looked up: {error}", self.name)
                    });
                    last.unwrap_or_default()
                })
            }
        };
        let total: u64 = hosts.iter().map(|host| host.weight).sum();
        let mut left = if total == 0 { 0 } else { cx.io.random() % total };
        for host in hosts.iter() {
            if left < host.weight {
                return Ok(Rc::clone(&host.base));
            }
            left -= host.weight;
        }
        Err(Error::new(Kind::NoHost))
    }

    /// A call that needs nothing of the request that begins it.
    fn ask(&self, cx: Cx<'_>) -> LocalFuture<'static, Result<Rc<[Weighted]>, Error>> {
        self.asked_at.set(cx.io.now());
        let mut query = Query::default();
        query.add("name", self.name.as_str());
        query.add("type", "SRV");
        let mut headers = Headers::default();
        headers.set("Accept", "application/dns-json");
        headers.set("User-Agent", crate::KRAKEND_AGENT);
        let call = Fetch {
            want_headers: false,
            gzip: false,
            ..Fetch::new("GET", format!("{}?{}", self.resolver, query.encode()), headers)
        };
        let (io, scheme) = (Rc::clone(cx.io), self.scheme.clone());
        Box::pin(async move {
            let answer = Deadline::new(&io, CALL_MS).bound(io.fetch(call)).await?;
            hosts(answer.map_err(Error::from)?, &scheme)
        })
    }
}

/// The hosts that an answer names.
fn hosts(answer: Fetched, scheme: &str) -> Result<Rc<[Weighted]>, Error> {
    let Body::Bytes(body) = answer.body else {
        return Err(Error::decode("the resolver's answer was kept back"));
    };
    if answer.status != 200 {
        return Err(Error::decode(format!("the resolver answered {}", answer.status)));
    }
    let value = Value::parse_body(&body).map_err(|error| Error::decode(error.to_string()))?;
    let hosts = weighted(records(&value), scheme);
    if hosts.is_empty() { Err(Error::decode("it has no SRV records")) } else { Ok(hosts.into()) }
}

/// The SRV records of an answer.
fn records(answer: &Value) -> Vec<Record> {
    let items = answer.get("Answer").and_then(Value::as_array).unwrap_or_default();
    let srv = items.iter().filter(|item| item.get("type").and_then(Value::as_f64) == Some(SRV));
    srv.filter_map(|item| Record::parse(item.get("data")?.as_str()?)).collect()
}

/// The hosts of the best priority, their weights in small numbers.
fn weighted(mut records: Vec<Record>, scheme: &str) -> Vec<Weighted> {
    let best = records.iter().map(|record| record.priority).min();
    records.retain(|record| Some(record.priority) == best);
    let weights = compact(records.iter().map(|record| u64::from(record.weight)).collect());
    let hosts = records.iter().zip(weights).map(|(record, weight)| Weighted {
        base: format!("{scheme}://{}:{}", record.target, record.port).into(),
        weight,
    });
    hosts.filter(|host| host.weight > 0).collect()
}

/// Weights without their common divisor, about a hundred together at most. All zero means all alike.
fn compact(weights: Vec<u64>) -> Vec<u64> {
    if weights.iter().all(|weight| *weight == 0) {
        return vec![1; weights.len()];
    }
    let small = reduced(weights);
    let total: u64 = small.iter().sum();
    if total <= 100 { small } else { reduced(small.iter().map(|weight| weight * 100 / total).collect()) }
}

fn reduced(weights: Vec<u64>) -> Vec<u64> {
    let divisor = weights.iter().fold(0, |a, b| gcd(a, *b)).max(1);
    weights.into_iter().map(|weight| weight / divisor).collect()
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

// === impl Record ===

impl Record {
    /// `priority weight port target`, as DNS prints it. A target must be a plain name: it becomes a part of a URL.
    fn parse(data: &str) -> Option<Self> {
        let mut parts = data.split_ascii_whitespace();
        let mut number = || parts.next()?.parse().ok();
        let (priority, weight, port) = (number()?, number()?, number()?);
        let target = parts.next()?.trim_end_matches('.');
        let is_name = target.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
        (is_name && !target.is_empty()).then(|| Self { priority, weight, port, target: target.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_small_and_keep_their_proportion() {
        for (weights, want) in [
            (vec![100, 500, 1000], vec![1, 5, 10]),
            (vec![25, 10_000, 1000], vec![0, 10, 1]),
            (vec![0, 0], vec![1, 1]),
            (vec![7], vec![1]),
            (vec![], vec![]),
        ] {
            assert_eq!(compact(weights), want);
        }
    }

    #[test]
    fn only_the_best_priority_counts_and_odd_records_are_left_out() {
        let answer = r#"{"Status":0,"Answer":[
            {"type":33,"data":"20 1 80 late.test."},
            {"type":33,"data":"10 1 8080 a.test."},
            {"type":33,"data":"10 3 8081 b.test."},
            {"type":33,"data":"10 3 8081 evil/@x"},
            {"type":33,"data":"10 3"},
            {"type":5,"data":"c.test."}]}"#;
        let hosts = weighted(records(&Value::parse(answer.as_bytes()).unwrap()), "http");
        let seen: Vec<(&str, u64)> = hosts.iter().map(|host| (&*host.base, host.weight)).collect();
        assert_eq!(seen, [("http://a.test:8080", 1), ("http://b.test:8081", 3)]);
    }
}
