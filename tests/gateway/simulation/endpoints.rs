//! The endpoints that are asked at random: each kind of pipe, and what waits, counts or keeps between requests.

use fjord::platform::Request;
use fjord_http::Headers;
use serde_json::{Value, json};

use crate::sim::Client;
use crate::token::token;

/// An endpoint and what its answers have.
pub struct Endpoint {
    pub path: &'static str,
    pub timeout_ms: u32,
    /// Whether an answer with 200 is an object.
    pub is_json: bool,
    /// The members of a complete answer.
    pub parts: &'static [&'static str],
    /// Whether requests share answers: their tags are those of a few URLs.
    is_shared: bool,
    has_body: bool,
    has_token: bool,
    more: fn() -> Value,
}

/// The timeout of most endpoints. A breaker is open for as long.
pub const PATIENCE_MS: u32 = 1_000;

const PLAIN: Endpoint = Endpoint {
    path: "/plain",
    timeout_ms: PATIENCE_MS,
    is_json: true,
    parts: &["path"],
    is_shared: false,
    has_body: false,
    has_token: false,
    more: || json!({"backend": [{"url_pattern": "/p/{id}"}]}),
};

pub static ENDPOINTS: &[Endpoint] = &[
    PLAIN,
    Endpoint { path: "/merge", parts: &["a", "b", "c"], more: || json!({"backend": groups()}), ..PLAIN },
    Endpoint {
        path: "/sequence",
        parts: &["a", "b"],
        more: || {
            json!({
                "backend": [{"url_pattern": "/1/{id}", "group": "a"}, {"url_pattern": "/2/{resp0_a.path}", "group": "b"}],
                "extra_config": {"proxy": {"sequential": true}},
            })
        },
        ..PLAIN
    },
    Endpoint {
        path: "/fallback",
        more: || {
            json!({
                "backend": [{"url_pattern": "/1/{id}"}, {"url_pattern": "/2/{id}"}, {"url_pattern": "/3/{id}"}],
                "extra_config": {"proxy": {"strategy": "fallback"}},
            })
        },
        ..PLAIN
    },
    Endpoint {
        path: "/fallback-posts",
        has_body: true,
        more: || {
            json!({
                "method": "POST",
                "backend": [with("/1/{id}", breaker()), {"url_pattern": "/2/{id}"}],
                "extra_config": {"proxy": {"strategy": "fallback"}},
            })
        },
        ..PLAIN
    },
    Endpoint {
        path: "/retried",
        parts: &["a", "b"],
        more: || {
            let mut limited = with("/2/{id}", breaker());
            limited["group"] = "b".into();
            limited["@fjord"] = json!({"retries": 2});
            json!({"backend": [{"url_pattern": "/1/{id}", "group": "a", "@fjord": {"retries": 3}}, limited]})
        },
        ..PLAIN
    },
    Endpoint {
        path: "/retried-concurrent",
        more: || json!({"concurrent_calls": 2, "backend": [{"url_pattern": "/p/{id}", "@fjord": {"retries": 2}}]}),
        ..PLAIN
    },
    Endpoint {
        path: "/passed",
        is_json: false,
        more: || json!({"output_encoding": "no-op", "backend": [{"url_pattern": "/p/{id}", "encoding": "no-op"}]}),
        ..PLAIN
    },
    Endpoint {
        path: "/concurrent",
        more: || json!({"concurrent_calls": 3, "backend": [{"url_pattern": "/p/{id}"}]}),
        ..PLAIN
    },
    Endpoint {
        path: "/concurrent-merge",
        parts: &["a", "b", "c"],
        more: || json!({"concurrent_calls": 2, "backend": groups()}),
        ..PLAIN
    },
    Endpoint {
        path: "/concurrent-passed",
        is_json: false,
        more: || json!({"concurrent_calls": 3, "output_encoding": "no-op", "backend": [{"url_pattern": "/p/{id}", "encoding": "no-op"}]}),
        ..PLAIN
    },
    Endpoint {
        path: "/shadow",
        more: || {
            let shadow = |timeout| json!({"proxy": {"shadow": true, "shadow_timeout": timeout}});
            json!({"backend": [
                {"url_pattern": "/p/{id}"},
                {"url_pattern": "/s/{id}", "extra_config": shadow("300ms")},
                {"url_pattern": "/t/{id}", "extra_config": shadow("2s")},
            ]})
        },
        ..PLAIN
    },
    // A lost trial would last longer than the pause after which all is to be clear.
    Endpoint {
        path: "/breaker",
        timeout_ms: 8 * PATIENCE_MS,
        more: || json!({"backend": [with("/p/{id}", breaker())]}),
        ..PLAIN
    },
    Endpoint {
        path: "/breaker-merge",
        parts: &["a", "b"],
        more: || {
            json!({"backend": [
                {"url_pattern": "/1/{id}", "group": "a", "extra_config": breaker()},
                {"url_pattern": "/2/{id}", "group": "b", "extra_config": breaker()},
            ]})
        },
        ..PLAIN
    },
    Endpoint {
        path: "/breaker-concurrent",
        more: || json!({"concurrent_calls": 2, "backend": [with("/p/{id}", breaker())]}),
        ..PLAIN
    },
    Endpoint { path: "/token", more: || json!({"backend": [with("/p/{id}", credentials())]}), ..PLAIN },
    Endpoint {
        path: "/token-merge",
        parts: &["a", "b"],
        more: || {
            let mut shadow = credentials();
            shadow["proxy"] = json!({"shadow": true, "shadow_timeout": "400ms"});
            json!({"backend": [
                {"url_pattern": "/1/{id}", "group": "a", "extra_config": credentials()},
                {"url_pattern": "/2/{id}", "group": "b", "extra_config": credentials()},
                {"url_pattern": "/3/{id}", "extra_config": shadow},
            ]})
        },
        ..PLAIN
    },
    Endpoint {
        path: "/keys",
        has_token: true,
        more: || {
            let validator = json!({"alg": "HS256", "jwk_url": "http://keys/jwks", "disable_jwk_security": true, "cache": true});
            json!({"backend": [{"url_pattern": "/p/{id}"}], "extra_config": {"auth/validator": validator}})
        },
        ..PLAIN
    },
    Endpoint {
        path: "/cached",
        is_shared: true,
        more: || json!({"input_headers": [], "backend": [with("/p/{id}", json!({"qos/http-cache": {}}))]}),
        ..PLAIN
    },
    Endpoint {
        path: "/cached-for-all",
        is_shared: true,
        more: || json!({"input_headers": [], "backend": [with("/p/{id}", json!({"qos/http-cache": {"shared": true}}))]}),
        ..PLAIN
    },
    Endpoint {
        path: "/cached-whole",
        is_shared: true,
        parts: &["a", "b", "c"],
        more: || {
            let cache = json!({"stale_while_revalidate": "1s", "stale_if_error": "1s"});
            json!({"input_headers": [], "cache_ttl": "1s", "@fjord": {"cache": cache}, "backend": groups()})
        },
        ..PLAIN
    },
    Endpoint {
        path: "/limited",
        more: || {
            let limit = json!({"max_rate": 1000, "binding": "LIMITS"});
            json!({"backend": [{"url_pattern": "/p/{id}"}], "extra_config": {"qos/ratelimit/router": limit}})
        },
        ..PLAIN
    },
    Endpoint {
        path: "/scripts",
        more: || {
            let call = |at: &str| json!({at: "http_response.new('http://origin/script')"});
            json!({
                "backend": [{"url_pattern": "/p/{id}", "extra_config": {"modifier/lua-backend": call("post")}}],
                "extra_config": {"modifier/lua-endpoint": call("pre"), "modifier/lua-proxy": call("post")},
            })
        },
        ..PLAIN
    },
    Endpoint {
        path: "/scripts-merge",
        parts: &["a", "b", "c"],
        more: || {
            let call = json!({"post": "http_response.new('http://origin/script')"});
            json!({"backend": groups(), "extra_config": {"modifier/lua-proxy": call}})
        },
        ..PLAIN
    },
    Endpoint {
        path: "/posts",
        parts: &["a", "b"],
        has_body: true,
        more: || {
            json!({"method": "POST", "backend": [
                {"url_pattern": "/1/{id}", "method": "POST", "group": "a"},
                {"url_pattern": "/2/{id}", "method": "POST", "group": "b"},
            ]})
        },
        ..PLAIN
    },
    Endpoint {
        path: "/schema",
        has_body: true,
        more: || {
            let schema = json!({"type": "object", "required": ["tag"]});
            json!({
                "method": "POST",
                "backend": [{"url_pattern": "/p/{id}", "method": "POST"}],
                "extra_config": {"validation/json-schema": schema},
            })
        },
        ..PLAIN
    },
];

fn groups() -> Value {
    json!(["a", "b", "c"].map(|group| json!({"url_pattern": format!("/{group}/{{id}}"), "group": group})))
}

fn with(url_pattern: &str, extra_config: Value) -> Value {
    json!({"url_pattern": url_pattern, "extra_config": extra_config})
}

fn breaker() -> Value {
    json!({"qos/circuit-breaker": {"interval": 60, "timeout": 1, "max_errors": 1}})
}

fn credentials() -> Value {
    json!({"auth/client-credentials": {"client_id": "me", "client_secret": "$SECRET", "token_url": "http://tokens/token"}})
}

/// All endpoints, as a configuration.
pub fn configuration() -> String {
    let endpoints: Vec<Value> = ENDPOINTS.iter().map(Endpoint::configured).collect();
    json!({"version": 3, "host": ["http://origin"], "endpoints": endpoints}).to_string()
}

impl Endpoint {
    fn configured(&self) -> Value {
        let mut endpoint = (self.more)();
        endpoint["endpoint"] = format!("{}/{{id}}", self.path).into();
        endpoint["timeout"] = format!("{}ms", self.timeout_ms).into();
        if endpoint.get("input_headers").is_none() {
            endpoint["input_headers"] = json!(["X-Tag"]);
        }
        endpoint
    }

    /// What the answer to a request may name: nobody else's, or that of a URL that several ask for.
    pub fn tag(&self, seed: u64, at: usize, number: usize) -> String {
        match self.is_shared {
            true => format!("tag-url{}x", number % 3),
            false => format!("tag-{seed}x{at}x{number}x"),
        }
    }

    /// A client that asks for a tag.
    pub fn client(&self, tag: &str) -> Client {
        let mut headers = Headers::default();
        headers.add("X-Tag", tag);
        if self.has_token {
            headers.add("Authorization", token(&json!({})));
        }
        let request = Request {
            method: if self.has_body { "POST" } else { "GET" }.to_owned(),
            scheme: "http".to_owned(),
            host: "gateway".to_owned(),
            target: format!("{}/{tag}", self.path),
            headers,
            has_body: self.has_body,
            ..Request::default()
        };
        let body = if self.has_body { json!({"tag": tag}).to_string().into_bytes() } else { Vec::new() };
        Client { body, ..Client::from(request) }
    }
}
