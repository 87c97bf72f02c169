//! How much and how long: caches, bots, rates, circuits, timeouts.

use std::time::Duration;

use fjord_document::node::{Member, Node};

use super::super::Hits;
use super::super::Rule;
use super::super::Severity::{Critical, High, Low, Medium};
use super::super::view::{View, component};
use super::rule;

pub(super) static RULES: &[Rule] = &[
    rule("2.3.1", Medium, "a cache without a bound", "set both max_items and max_size", |view, hits| {
        for cache in view.at_backends("qos/http-cache") {
            if cache.value.get("max_items").is_none() || cache.value.get("max_size").is_none() {
                hits.at(cache.key_span.clone());
            }
        }
    }),
    rule(
        "3.1.1",
        Low,
        "bots are let in",
        "add security/bot-detector to the service's extra_config",
        |view, hits| {
            if view.service("security/bot-detector").is_none() {
                hits.at(view.start());
            }
        },
    ),
    rule(
        "3.1.2",
        High,
        "nothing limits the rate of requests",
        "add qos/ratelimit/router with a max_rate or client_max_rate above zero to endpoints",
        |view, hits| {
            if limiters(view).any(|limiter| limits(&limiter.value)) {
                return;
            }
            match limiters(view).next() {
                Some(limiter) => hits.at(limiter.key_span.clone()),
                None => hits.at(view.start()),
            }
        },
    ),
    rule(
        "3.1.3",
        High,
        "no circuit breaker spares an origin that fails",
        "add qos/circuit-breaker to the extra_config of the backends",
        |view, hits| {
            if view.at_backends("qos/circuit-breaker").next().is_none() {
                hits.at(view.list());
            }
        },
    ),
    rule("3.3.1", Low, "a timeout above 3 seconds", SHORTER, |view, hits| above(3, view, hits)),
    rule("3.3.2", Medium, "a timeout above 5 seconds", SHORTER, |view, hits| above(5, view, hits)),
    rule("3.3.3", High, "a timeout above 30 seconds", SHORTER, |view, hits| above(30, view, hits)),
    rule("3.3.4", Critical, "a timeout above a minute", SHORTER, |view, hits| above(60, view, hits)),
];

const SHORTER: &str = "set a shorter timeout: waiting requests pile up when an origin hangs";

fn above(seconds: u64, view: &View<'_>, hits: &mut Hits) {
    for endpoint in view.endpoints {
        let (time, place) = view.timeout(endpoint);
        if time > Duration::from_secs(seconds) {
            hits.at(place);
        }
    }
}

/// The components that limit rates, at every place.
pub(super) fn limiters<'a>(view: &View<'a>) -> impl Iterator<Item = &'a Member> {
    let endpoints = view.endpoints.iter();
    let parts = endpoints.chain(view.backends().map(|(_, backend)| backend)).chain([view.root]);
    parts.flat_map(|part| NAMES.iter().filter_map(move |name| component(part, name)))
}

/// Those that work: what is refused limits no client.
const NAMES: &[&str] = &["qos/ratelimit/service", "qos/ratelimit/router", "qos/ratelimit/proxy"];

/// Whether some rate below is above zero: zero switches a limit off.
fn limits(value: &Node) -> bool {
    let is_rate = |member: &Member| {
        matches!(&*member.key, "max_rate" | "client_max_rate")
            && member.value.as_f64().is_some_and(|n| n > 0.0)
    };
    let mut nodes = vec![value];
    while let Some(node) = nodes.pop() {
        if node.members().iter().any(is_rate) {
            return true;
        }
        nodes.extend(node.items());
        nodes.extend(node.members().iter().map(|member| &member.value));
    }
    false
}
