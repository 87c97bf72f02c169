//! Why an endpoint's answers must not be cached: what could make the answer to one client another than that to the next.
//!
//! A namespace that isn't known here to leave answers alike for everybody is a reason, whatever it does.

use fjord_document::node::Node;

use crate::options::is_comment;

/// Namespaces of an endpoint that make no difference between clients.
const OF_ENDPOINT: &[&str] = &[
    "documentation/openapi",
    "documentation/postman",
    "proxy",
    "security/cors",
    "security/http",
    "telemetry/opentelemetry",
    "validation/json-schema",
    "validation/response-json-schema",
];

/// Namespaces of a backend that make none.
const OF_BACKEND: &[&str] = &[
    "backend/graphql",
    "backend/http",
    "backend/http/client",
    "backend/lambda",
    "modifier/martian",
    "proxy",
    "qos/circuit-breaker",
    "qos/http-cache",
    "qos/ratelimit/proxy",
    "telemetry/logging",
    "telemetry/opentelemetry",
    "validation/response-json-schema",
];

/// Namespaces of the service that make none. Users and keys of `auth/` count where an endpoint asks for them.
const OF_SERVICE: &[&str] = &[
    "auth/api-keys",
    "auth/basic",
    "auth/validator",
    "documentation/openapi",
    "documentation/postman",
    "grpc",
    "modifier/response-headers",
    "redis",
    "router",
    "security/http",
    "telemetry/gelf",
    "telemetry/influx",
    "telemetry/logging",
    "telemetry/logstash",
    "telemetry/metrics",
    "telemetry/moesif",
    "telemetry/newrelic",
    "telemetry/opencensus",
    "telemetry/opentelemetry",
    "telemetry/opentelemetry-security",
];

/// Header lines that say who asks.
const WHO_ASKS: &[&str] = &[
    "authorization",
    "cf-access-jwt-assertion",
    "cf-connecting-ip",
    "cf-connecting-ipv6",
    "cookie",
    "forwarded",
    "proxy-authorization",
    "true-client-ip",
    "x-access-token",
    "x-api-key",
    "x-auth-token",
    "x-client-ip",
    "x-csrf-token",
    "x-forwarded-for",
    "x-real-ip",
    "x-session-id",
    "x-user-id",
];

/// Why no answer of an endpoint may be cached, as far as its own options say; none if they may.
pub fn of_endpoint(endpoint: &Node) -> Vec<String> {
    let mut reasons = Vec::new();
    let text = |node: &Node, key: &str| node.get(key).and_then(Node::as_str).unwrap_or_default().to_owned();
    let method = text(endpoint, "method").to_uppercase();
    if !matches!(method.as_str(), "" | "GET") {
        reasons.push(format!("only answers to GET are cached, and its method is {method}"));
    }
    if text(endpoint, "output_encoding") == "no-op" {
        reasons.push("a no-op answer passes by unread".to_owned());
    }
    for name in
        endpoint.get("input_headers").map(Node::items).unwrap_or_default().iter().filter_map(Node::as_str)
    {
        if name == "*" {
            reasons.push("input_headers lets every header through".to_owned());
        } else if WHO_ASKS.contains(&name.to_ascii_lowercase().as_str()) {
            reasons.push(format!("input_headers lets {name} through, which says who asks"));
        }
    }
    namespaces(endpoint, OF_ENDPOINT, &mut reasons);
    for (index, backend) in endpoint.get("backend").map(Node::items).unwrap_or_default().iter().enumerate() {
        let method = text(backend, "method").to_uppercase();
        if !matches!(method.as_str(), "" | "GET" | "HEAD") {
            reasons.push(format!("backend {index} is called by {method}"));
        }
        namespaces(backend, OF_BACKEND, &mut reasons);
    }
    reasons
}

/// Why no answer of a service may be cached, as far as its own options say; none if they may.
pub fn of_service(service: &Node) -> Vec<String> {
    let mut reasons = Vec::new();
    if service.get("output_encoding").and_then(Node::as_str) == Some("no-op") {
        reasons.push("a no-op answer passes by unread".to_owned());
    }
    namespaces(service, OF_SERVICE, &mut reasons);
    reasons
}

fn namespaces(part: &Node, harmless: &[&str], reasons: &mut Vec<String>) {
    for member in part.get("extra_config").map(Node::members).unwrap_or_default() {
        let name = &*member.key;
        if is_comment(name) || harmless.contains(&name) && name != "security/cors" {
            continue;
        }
        match name {
            "security/cors" if !is_by_origin(&member.value) => {}
            "security/cors" => {
                reasons.push("security/cors answers some origins otherwise than others".to_owned())
            }
            "qos/ratelimit/router" | "qos/ratelimit/service" if !limits_clients(&member.value) => {}
            "qos/ratelimit/router" | "qos/ratelimit/service" => {
                reasons.push(format!("{name} limits each client"))
            }
            _ => reasons.push(format!("{name} may answer one client otherwise than another")),
        }
    }
}

/// Whether CORS lets in some origins only, or lets them send credentials.
fn is_by_origin(cors: &Node) -> bool {
    let origins = cors.get("allow_origins").map(Node::items).unwrap_or_default();
    let all = origins.is_empty() || origins.iter().all(|origin| origin.as_str() == Some("*"));
    !all || cors.get("allow_credentials").and_then(Node::as_bool) == Some(true)
}

fn limits_clients(limit: &Node) -> bool {
    limit.get("client_max_rate").is_some_and(|rate| rate.as_f64() != Some(0.0))
}

#[cfg(test)]
mod tests {
    use fjord_document::Document;

    use super::*;

    fn reasons(endpoint: &str) -> Vec<String> {
        of_endpoint(&Document::parse(endpoint).unwrap().root)
    }

    #[test]
    fn answers_that_are_alike_for_everybody_may_be_cached() {
        for endpoint in [
            r#"{"backend": [{"url_pattern": "/"}]}"#,
            r#"{"method": "get", "input_headers": ["Accept-Language"], "backend": [{"method": "HEAD"}]}"#,
            r#"{"@comment": 1, "extra_config": {"@auth/validator": {}, "qos/ratelimit/router": {"max_rate": 5}, "proxy": {"sequential": true}}}"#,
            r#"{"extra_config": {"security/cors": {"allow_origins": ["*"]}}}"#,
        ] {
            assert_eq!(reasons(endpoint), Vec::<String>::new(), "{endpoint}");
        }
    }

    #[test]
    fn whatever_may_tell_clients_apart_is_a_reason() {
        for endpoint in [
            r#"{"method": "POST"}"#,
            r#"{"output_encoding": "no-op"}"#,
            r#"{"input_headers": ["*"]}"#,
            r#"{"input_headers": ["cookie"]}"#,
            r#"{"backend": [{"method": "POST"}]}"#,
            r#"{"backend": [{"extra_config": {"modifier/lua-backend": {}}}]}"#,
            r#"{"backend": [{"extra_config": {"auth/client-credentials": {}}}]}"#,
            r#"{"extra_config": {"auth/validator": {}}}"#,
            r#"{"extra_config": {"auth/api-keys": {}}}"#,
            r#"{"extra_config": {"security/bot-detector": {}}}"#,
            r#"{"extra_config": {"validation/cel": []}}"#,
            r#"{"extra_config": {"modifier/lua-proxy": {}}}"#,
            r#"{"extra_config": {"qos/ratelimit/router": {"client_max_rate": 5}}}"#,
            r#"{"extra_config": {"security/cors": {"allow_origins": ["https://a.test"]}}}"#,
            r#"{"extra_config": {"security/cors": {"allow_origins": ["*"], "allow_credentials": true}}}"#,
            r#"{"extra_config": {"something/new": {}}}"#,
        ] {
            assert_eq!(reasons(endpoint).len(), 1, "{endpoint}");
        }
        let service = |text: &str| of_service(&Document::parse(text).unwrap().root).len();
        assert_eq!(service(r#"{"extra_config": {"router": {}, "security/bot-detector": {}}}"#), 1);
        assert_eq!(
            service(
                r#"{"extra_config": {"modifier/lua-endpoint": {}, "qos/ratelimit/service": {"client_max_rate": 1}}}"#
            ),
            2
        );
        assert_eq!(service(r#"{"output_encoding": "no-op"}"#), 1);
    }
}
