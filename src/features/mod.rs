//! One room per namespace of `extra_config`, in folders as the names have them: its options, then what it does.

pub mod ai;
pub mod all_or_nothing;
pub mod async_agent;
pub mod auth;
pub mod backend;
pub mod documentation;
pub mod endpoint_cache;
pub mod governance;
pub mod grpc;
pub mod modifier;
pub mod plugin;
pub mod proxy;
pub mod qos;
pub mod redis;
pub mod retries;
pub mod router;
pub mod security;
pub mod server;
pub mod telemetry;
#[cfg(test)]
mod tests;
pub mod validation;
pub mod websocket;
pub mod workflow;

use crate::options::{Namespace, Scope};

/// Every namespace, in each of its shapes.
static NAMESPACES: &[&Namespace] = &[
    &ai::llm::NAMESPACE,
    &ai::mcp::NAMESPACE,
    &ai::mcp::SERVICE,
    &async_agent::amqp::NAMESPACE,
    &async_agent::kafka::NAMESPACE,
    &async_agent::queue::NAMESPACE,
    &auth::api_keys::NAMESPACE,
    &auth::api_keys::SERVICE,
    &auth::aws_sigv4::NAMESPACE,
    &auth::basic::NAMESPACE,
    &auth::client_credentials::NAMESPACE,
    &auth::gcp::NAMESPACE,
    &auth::ntlm::NAMESPACE,
    &auth::revoker::NAMESPACE,
    &auth::signer::NAMESPACE,
    &auth::validator::NAMESPACE,
    &auth::validator::SERVICE,
    &backend::amqp::consumer::NAMESPACE,
    &backend::amqp::producer::NAMESPACE,
    &backend::conditional::NAMESPACE,
    &backend::graphql::NAMESPACE,
    &backend::grpc::NAMESPACE,
    &backend::http::NAMESPACE,
    &backend::http::client::NAMESPACE,
    &backend::lambda::NAMESPACE,
    &backend::pubsub::publisher::NAMESPACE,
    &backend::pubsub::publisher::kafka::NAMESPACE,
    &backend::pubsub::subscriber::NAMESPACE,
    &backend::pubsub::subscriber::kafka::NAMESPACE,
    &backend::soap::NAMESPACE,
    &backend::static_filesystem::NAMESPACE,
    &documentation::openapi::NAMESPACE,
    &documentation::postman::NAMESPACE,
    &documentation::postman::SERVICE,
    &governance::processors::NAMESPACE,
    &governance::quota::NAMESPACE,
    &grpc::NAMESPACE,
    &modifier::body_generator::NAMESPACE,
    &modifier::jmespath::NAMESPACE,
    &modifier::lua_backend::NAMESPACE,
    &modifier::lua_endpoint::NAMESPACE,
    &modifier::lua_proxy::NAMESPACE,
    &modifier::martian::NAMESPACE,
    &modifier::request_body_extractor::NAMESPACE,
    &modifier::request_body_extractor::early::NAMESPACE,
    &modifier::request_body_generator::NAMESPACE,
    &modifier::response_body::NAMESPACE,
    &modifier::response_body_generator::NAMESPACE,
    &modifier::response_headers::NAMESPACE,
    &plugin::http_client::NAMESPACE,
    &plugin::http_server::NAMESPACE,
    &plugin::middleware::NAMESPACE,
    &plugin::req_resp_modifier::NAMESPACE,
    &proxy::NAMESPACE,
    &proxy::BACKEND,
    &proxy::AGENT,
    &proxy::WORKFLOW,
    &qos::circuit_breaker::NAMESPACE,
    &qos::circuit_breaker::http::NAMESPACE,
    &qos::http_cache::NAMESPACE,
    &qos::ratelimit::proxy::NAMESPACE,
    &qos::ratelimit::router::NAMESPACE,
    &qos::ratelimit::router::redis::NAMESPACE,
    &qos::ratelimit::service::NAMESPACE,
    &qos::ratelimit::service::redis::NAMESPACE,
    &qos::ratelimit::tiered::NAMESPACE,
    &redis::NAMESPACE,
    &router::NAMESPACE,
    &security::bot_detector::NAMESPACE,
    &security::cors::NAMESPACE,
    &security::cors::ENDPOINT,
    &security::http::NAMESPACE,
    &security::http::ENDPOINT,
    &security::policies::NAMESPACE,
    &server::static_filesystem::NAMESPACE,
    &server::virtualhost::NAMESPACE,
    &telemetry::gelf::NAMESPACE,
    &telemetry::influx::NAMESPACE,
    &telemetry::logging::NAMESPACE,
    &telemetry::logging::BACKEND,
    &telemetry::logstash::NAMESPACE,
    &telemetry::metrics::NAMESPACE,
    &telemetry::moesif::NAMESPACE,
    &telemetry::newrelic::NAMESPACE,
    &telemetry::opencensus::NAMESPACE,
    &telemetry::opentelemetry::NAMESPACE,
    &telemetry::opentelemetry::ENDPOINT,
    &telemetry::opentelemetry::BACKEND,
    &telemetry::opentelemetry_security::NAMESPACE,
    &validation::cel::NAMESPACE,
    &validation::json_schema::NAMESPACE,
    &validation::response_json_schema::NAMESPACE,
    &websocket::NAMESPACE,
    &workflow::NAMESPACE,
];

/// Every namespace, each shape of it: some take other options at the service than at an endpoint.
pub fn namespaces() -> &'static [&'static Namespace] {
    NAMESPACES
}

/// The namespace that a key of `extra_config` names at a scope.
pub fn find(scope: Scope, name_or_alias: &str) -> Option<&'static Namespace> {
    named(name_or_alias).find(|namespace| namespace.scopes.contain(scope))
}

/// The shapes of a namespace, at whatever scope.
pub fn named(name_or_alias: &str) -> impl Iterator<Item = &'static Namespace> {
    let is_named = move |n: &&Namespace| n.name == name_or_alias || n.aliases.contains(&name_or_alias);
    NAMESPACES.iter().copied().filter(is_named)
}
