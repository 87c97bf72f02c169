//! What only matters at the edge: the bundle, the way to the origins, the platform's limits, an isolate's view.

use std::time::Duration;

use fjord_document::node::Node;
use fjord_http::reach::is_private;

use super::super::Rule;
use super::super::Severity::{Critical, High, Low, Medium};
use super::super::secrets;
use super::super::view::{View, backends, component, flag, head, key_of, text_in};
use super::limits::limiters;
use super::rule;
use crate::features::qos::http_cache::Callers;
use crate::features::router::TRUST;
use crate::options::duration;
use crate::proxy::private;

/// Calls that one request may make on the free plan.
const SUBREQUESTS: usize = 50;
/// Calls that may wait for headers at the same time.
const AT_ONCE: usize = 6;
/// A proxy of the platform between worker and origin gives up after so long (status 524).
const PATIENCE: Duration = Duration::from_secs(100);
/// All caches together; an isolate has 128 MB for everything.
const CACHES: f64 = 64.0 * 1024.0 * 1024.0;

pub(super) static RULES: &[Rule] = &[
    rule(
        "9.1.1",
        Critical,
        "a secret is written in the configuration",
        "take it out and replace it at its source: whoever reads the file or the bundle has it; secrets of a worker are set with `wrangler secret put`",
        |view, hits| secrets::find(view.root, hits),
    ),
    rule(
        "9.1.2",
        High,
        "a file with a secret key goes into the bundle",
        "keep the key set in a secret of the worker and name it in jwk_secret (`wrangler secret put NAME`)",
        |view, hits| {
            let local = |node: &Node| node.get("jwk_local_path").map(|path| path.span.clone());
            view.at_endpoints("auth/signer").for_each(|signer| hits.maybe(local(&signer.value)));
            let is_symmetric =
                |node: &Node| node.get("alg").and_then(Node::as_str).is_some_and(|a| a.starts_with("HS"));
            let validators =
                view.at_endpoints("auth/validator").filter(|validator| is_symmetric(&validator.value));
            validators.for_each(|validator| hits.maybe(local(&validator.value)));
        },
    ),
    rule(
        "9.2.1",
        High,
        "an origin that can't be reached from the edge",
        "use a public name, or a binding: @fjord.hosts sends calls through Workers VPC",
        |view, hits| {
            let bound = private::readable(view.root);
            each_host(view, |node, scheme, name| {
                if scheme != "service" && is_private(name) && bound.binding(name).is_none() {
                    hits.tell(node.span.clone(), name);
                }
            })
        },
    ),
    rule("9.2.2", Medium, "calls travel in clear text over the Internet", "write https://", |view, hits| {
        each_host(view, |node, scheme, name| {
            if matches!(scheme, "" | "http") && !is_private(name) {
                hits.tell(node.span.clone(), name);
            }
        })
    }),
    rule(
        "9.2.3",
        Critical,
        "a host names a binding that the worker doesn't have",
        "declare it in the Wrangler file: `services` with `binding` and `service`, or `assets` with `binding`",
        |view, hits| {
            each_host(view, |node, scheme, name| {
                if scheme == "service"
                    && view.bindings.is_some_and(|known| known.iter().all(|binding| binding != name))
                {
                    hits.tell(node.span.clone(), name);
                }
            })
        },
    ),
    rule(
        "9.3.1",
        Low,
        "nobody has decided how long a request may take",
        "set `timeout` at the root; without it 2 seconds hold",
        |view, hits| {
            let is_open =
                |endpoint: &&Node| endpoint.get("timeout").is_none() && view.root.get("timeout").is_none();
            if view.endpoints.iter().any(|endpoint| is_open(&endpoint)) {
                hits.at(view.root.span.start..view.root.span.start + 1);
            }
        },
    ),
    rule(
        "9.3.2",
        High,
        "a timeout that the platform doesn't wait for",
        "set a timeout below 100 seconds: later the platform has answered 524 for a silent origin",
        |view, hits| {
            for endpoint in view.endpoints {
                let (time, place) = view.timeout(endpoint);
                if time > PATIENCE {
                    hits.at(place);
                }
            }
        },
    ),
    rule(
        "9.4.1",
        Medium,
        "caches may outgrow the isolate, which has 128 MB for everything",
        "let max_size of all backends stay below 64 MB together, or share one cache with `shared`",
        |view, hits| {
            let caches = || view.at_backends("qos/http-cache");
            let size =
                |cache: &Node| cache.get("max_items").and(cache.get("max_size")).map(|size| size.as_f64());
            let own = caches().filter(|cache| flag(&cache.value, "shared").is_none());
            let own: f64 = own.filter_map(|cache| size(&cache.value).flatten()).sum();
            let shared = caches().filter(|cache| flag(&cache.value, "shared").is_some());
            let shared = shared.filter_map(|cache| size(&cache.value).flatten()).fold(0.0, f64::max);
            for cache in caches() {
                match size(&cache.value) {
                    None => hits.tell(cache.key_span.clone(), "no bound"),
                    Some(_) if own + shared > CACHES => {
                        let megabytes = (own + shared) / 1024.0 / 1024.0;
                        hits.tell(cache.key_span.clone(), format!("{megabytes:.0} MB together"));
                    }
                    Some(_) => {}
                }
            }
        },
    ),
    rule(
        "9.4.2",
        High,
        "answers to one caller are kept, and given to whoever asks next",
        "don't let the header in, name it in the origin's Vary, or set `shared`, which stores no answer to Authorization or Cookie unless the origin says `public`",
        |view, hits| {
            for (endpoint, backend) in view.backends() {
                let Some(cache) = component(backend, "qos/http-cache") else { continue };
                let validator = component(endpoint, "auth/validator").map(|member| &member.value);
                let headers = Callers::of(endpoint, backend, validator);
                let headers = headers.mixed_up(flag(&cache.value, "shared").is_some());
                if !headers.is_empty() {
                    hits.tell(cache.key_span.clone(), headers.join(", "));
                }
            }
        },
    ),
    rule(
        "9.5.1",
        High,
        "everybody on the Internet can call /__debug/",
        "remove debug_endpoint; `fjord run -d` serves it on this machine",
        |view, hits| hits.maybe(flag(view.root, "debug_endpoint")),
    ),
    rule(
        "9.5.2",
        High,
        "everybody on the Internet can call /__echo/, which shows what the platform adds to requests",
        "remove echo_endpoint",
        |view, hits| hits.maybe(flag(view.root, "echo_endpoint")),
    ),
    rule(
        "9.6.1",
        Medium,
        "a rate limit counts in each isolate for itself, so all together let more through",
        "take it as a shield, not as an exact quota; for an exact quota use `binding`, rules of the zone, or the origin itself",
        |view, hits| limiters(view).for_each(|limiter| hits.at(limiter.key_span.clone())),
    ),
    rule(
        "9.6.2",
        Low,
        "a circuit breaker sees only the failures of its isolate",
        "keep max_errors low: each isolate must see that many failures before it stops calling the origin",
        |view, hits| {
            let breakers = view.at_backends("qos/circuit-breaker");
            let late = breakers
                .filter(|m| m.value.get("max_errors").and_then(Node::as_f64).is_some_and(|n| n > 10.0));
            late.for_each(|breaker| hits.at(breaker.key_span.clone()));
        },
    ),
    rule(
        "9.6.3",
        Medium,
        "a limit by address believes what a client writes, wherever the platform doesn't tell the address",
        "name your proxies in router.trusted_proxies; on Cloudflare leave `key` out",
        |view, hits| {
            let is_text = |node: &Node, key: &str, wanted: &str| {
                node.get(key).and_then(Node::as_str).is_some_and(|text| text.eq_ignore_ascii_case(wanted))
            };
            let router = view.service("router");
            let is_given =
                router.is_some_and(|router| TRUST.iter().any(|name| router.value.get(name).is_some()));
            for limiter in limiters(view).filter(|limiter| is_text(&limiter.value, "strategy", "ip")) {
                let key = limiter.value.get("key").and_then(Node::as_str).unwrap_or_default();
                let is_written = !key.is_empty() && !key.eq_ignore_ascii_case("cf-connecting-ip");
                if is_written || !is_given {
                    hits.at(limiter.key_span.clone());
                }
            }
        },
    ),
    rule(
        "9.7.1",
        Medium,
        "more than 6 calls at once, and the platform lets only 6 wait for an answer: the others queue",
        "split the endpoint, or let one service answer what several do",
        |view, hits| {
            for endpoint in view.endpoints {
                let is_sequence = component(endpoint, "proxy").is_some_and(|proxy| {
                    match proxy.value.get("strategy").and_then(Node::as_str) {
                        Some(strategy) => strategy != "parallel",
                        None => flag(&proxy.value, "sequential").is_some(),
                    }
                });
                let at_once = if is_sequence {
                    repeats(endpoint)
                } else {
                    backends(endpoint).len() * repeats(endpoint)
                };
                if at_once > AT_ONCE {
                    hits.tell(head(endpoint), format!("{at_once} calls"));
                }
            }
        },
    ),
    rule(
        "9.7.2",
        High,
        "one request may need more calls than the free plan allows (50)",
        "split the endpoint, or raise `limits.subrequests` in the Wrangler file on the paid plan",
        |view, hits| {
            for endpoint in view.endpoints {
                let calls: usize = backends(endpoint).iter().map(|b| calls(b) * repeats(endpoint)).sum();
                let keys = usize::from(component(endpoint, "auth/validator").is_some());
                if calls + keys > SUBREQUESTS {
                    hits.tell(head(endpoint), format!("{} calls without redirects", calls + keys));
                }
            }
        },
    ),
    rule(
        "9.8.1",
        High,
        "pages of every origin may call with the user's credentials",
        "list the origins in allow_origins, or remove allow_credentials",
        |view, hits| {
            let Some(cors) = view.service("security/cors") else { return };
            let origins = cors.value.get("allow_origins");
            let is_open =
                origins.is_none_or(|list| list.items().is_empty()) || text_in(origins, "*").is_some();
            hits.maybe(flag(&cors.value, "allow_credentials").filter(|_| is_open));
        },
    ),
    rule(
        "9.8.2",
        High,
        "the keys that tokens are checked with travel in clear text: whoever is on the way can let anybody in",
        "fetch them from an https:// jwk_url and remove disable_jwk_security",
        |view, hits| {
            for validator in view.at_endpoints("auth/validator") {
                let url = validator
                    .value
                    .get("jwk_url")
                    .filter(|url| url.as_str().is_some_and(|u| u.starts_with("http://")));
                if flag(&validator.value, "disable_jwk_security").is_some() && url.is_some() {
                    hits.maybe(key_of(&validator.value, "disable_jwk_security"));
                }
            }
        },
    ),
    rule(
        "9.8.3",
        High,
        "answers to clients that were let in by name are public for shared caches",
        "set cache_ttl at the endpoints that are for everybody only",
        |view, hits| {
            let is_set = |node: &&Node| {
                let time = node.as_str().and_then(|text| duration::parse(text).ok());
                time.is_some_and(|time| !time.is_zero())
            };
            let asks = |endpoint: &Node| {
                ["auth/validator", "auth/basic", "auth/api-keys"]
                    .iter()
                    .any(|name| component(endpoint, name).is_some())
            };
            for endpoint in view.endpoints.iter().filter(|endpoint| asks(endpoint)) {
                let is_get = endpoint.get("method").is_none_or(|method| method.as_str() == Some("GET"));
                let own = endpoint.get("cache_ttl").filter(is_set);
                let inherited = view.root.get("cache_ttl").filter(is_set);
                match (is_get, own, inherited) {
                    (true, Some(own), _) => hits.at(own.span.clone()),
                    (true, None, Some(_)) => hits.at(head(endpoint)),
                    _ => {}
                }
            }
        },
    ),
];

/// How often each backend is called for one request.
fn repeats(endpoint: &Node) -> usize {
    endpoint.get("concurrent_calls").and_then(Node::as_f64).map_or(1, |n| n.clamp(1.0, 5.0) as usize)
}

/// The calls of a backend: the one to its origin, and one for a token.
fn calls(backend: &Node) -> usize {
    1 + usize::from(component(backend, "auth/client-credentials").is_some())
}

/// Every host with its scheme, empty if it has none, and its name.
fn each_host(view: &View<'_>, mut look: impl FnMut(&Node, &str, &str)) {
    for node in view.hosts() {
        let Some(text) = node.as_str() else { continue };
        let (scheme, rest) = text.trim().split_once("://").unwrap_or(("", text.trim()));
        let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
        let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let name = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((literal, _)) => literal,
            None => authority.split(':').next().unwrap_or(authority),
        };
        // What is in braces is known at run time only.
        if !name.is_empty() && !name.contains('{') {
            look(node, scheme, name);
        }
    }
}
