//! The order of steps: every configurable step, in the order of execution, outermost first (spec §1).
//!
//! A step that isn't configured isn't compiled, isn't in the plan, and costs nothing. To add one: a file in
//! [`features`](crate::features) with its line in the list there, and a line here.

use crate::features::telemetry::opentelemetry;
use crate::features::{
    auth, backend, governance, modifier, plugin, proxy, qos, router, security, server, validation,
};
use crate::gateway::{Global, Handler, Rewrite};
use crate::options::{Refusal, Site, Step, step};
use crate::proxy::{Exchange, Layer, When};

/// What the service's telemetry/opentelemetry puts around everything, [`OUTER`] included; around each pipe, outside of [`LAYERS`];
/// around each backend, outside of [`BACKEND`]; around each call, inside of [`HOP`].
pub static TELEMETRY: Telemetry = if opentelemetry::NAMESPACE.is_included() {
    Telemetry { request: opentelemetry::request, pipe: opentelemetry::pipe, backend: opentelemetry::backend }
} else {
    Telemetry { request: |_| Ok(None), pipe: |_, _| None, backend: |_, _| None }
};

/// Compiles what one namespace of the service puts around all that is served.
pub struct Telemetry {
    /// Around a request.
    pub request: fn(&Site<'_>) -> Result<Option<opentelemetry::Begun>, Refusal>,
    /// Around the pipe of an endpoint with this method.
    pub pipe: fn(&Site<'_>, &str) -> Option<Box<dyn Layer>>,
    /// Around a backend and its calls.
    pub backend: fn(&Site<'_>, &opentelemetry::Named<'_>) -> Option<Measured>,
}

/// What is around a backend, and around each of its calls.
pub type Measured = (Box<dyn Layer>, Box<dyn Exchange>);

/// Before the router.
pub static ROUTING: &[Step<dyn Rewrite>] = &[
    step(&plugin::http_server::NAMESPACE, plugin::http_server::rewrites),
    step(&server::virtualhost::NAMESPACE, server::virtualhost::compile),
];

/// Around everything, the router's redirects included.
pub static OUTER: &[Step<dyn Global>] = &[
    step(&security::cors::NAMESPACE, security::steps::cors),
    step(&plugin::http_server::NAMESPACE, plugin::http_server::compile),
    step(&server::static_filesystem::NAMESPACE, server::static_filesystem::compile),
];

/// Around everything that is routed; not around redirects and the health answer.
pub static GLOBAL: &[Step<dyn Global>] = &[
    step(&modifier::response_headers::NAMESPACE, modifier::response_headers::compile),
    step(&security::http::NAMESPACE, security::steps::secure_http),
    step(&modifier::lua_endpoint::NAMESPACE, modifier::lua::service),
    step(&security::bot_detector::NAMESPACE, security::steps::service_bots),
    // Tokens are revoked however busy the service is.
    step(&auth::revoker::NAMESPACE, auth::revoker::compile),
    step(&qos::ratelimit::service::NAMESPACE, qos::ratelimit::service::compile),
    step(&router::NAMESPACE, proxy::payload::service),
    step(&qos::ratelimit::service::redis::NAMESPACE, qos::ratelimit::service::redis::compile),
    step(&qos::ratelimit::tiered::NAMESPACE, qos::ratelimit::tiered::service),
    step(&governance::processors::NAMESPACE, governance::processors::share),
    step(&governance::quota::NAMESPACE, governance::quota::service),
    step(&auth::validator::SERVICE, auth::validator::share),
    step(&auth::basic::NAMESPACE, auth::basic::share),
    step(&auth::api_keys::SERVICE, auth::api_keys::share),
];

/// Around an endpoint's pipe, on the client's request. The cache of its answers (`@fjord.cache`) is inside of them.
pub static HANDLERS: &[Step<dyn Handler>] = &[
    step(&security::bot_detector::NAMESPACE, security::steps::endpoint_bots),
    step(&auth::basic::NAMESPACE, auth::basic::compile),
    step(&auth::api_keys::NAMESPACE, auth::api_keys::compile),
    step(&auth::validator::NAMESPACE, auth::validator::compile),
    // Bodies of those who mayn't ask aren't read.
    step(&proxy::NAMESPACE, proxy::payload::endpoint),
    // Everything behind it is replaced (spec §24).
    step(&auth::signer::NAMESPACE, auth::signer::compile),
    step(&modifier::lua_endpoint::NAMESPACE, modifier::lua::handler),
    step(&qos::ratelimit::router::NAMESPACE, qos::ratelimit::router::compile),
    step(&qos::ratelimit::router::redis::NAMESPACE, qos::ratelimit::router::redis::compile),
    step(&qos::ratelimit::tiered::NAMESPACE, qos::ratelimit::tiered::endpoint),
    step(&governance::quota::NAMESPACE, governance::quota::endpoint),
];

/// Around an endpoint's pipe. The shadow split is between these and [`DATA`].
pub static LAYERS: &[Step<dyn Layer>] = &[
    step(&validation::response_json_schema::NAMESPACE, validation::response_json_schema::compile),
    step(&modifier::lua_proxy::NAMESPACE, modifier::lua::layer),
    step(&validation::cel::NAMESPACE, validation::cel::compile),
    step(&security::policies::NAMESPACE, security::policies::compile),
    step(&validation::json_schema::NAMESPACE, validation::json_schema::compile),
    // Checks see the client's body; what they let through is written anew.
    step(&modifier::request_body_generator::NAMESPACE, modifier::request_body_generator::compile),
    step(&modifier::response_body_generator::NAMESPACE, modifier::response_body_generator::compile),
    step(&modifier::response_body::NAMESPACE, modifier::response_body::compile),
    step(&modifier::jmespath::NAMESPACE, modifier::jmespath::compile),
];

/// Around the merge; they apply to the shadow pipe, too. `@fjord.all_or_nothing` is inside of them.
pub static DATA: &[Step<dyn Layer>] = &[
    step(&proxy::NAMESPACE, proxy::fixed::compile),
    step(&plugin::req_resp_modifier::NAMESPACE, plugin::req_resp_modifier::compile),
];

/// Whether a backend is called.
pub static WHEN: &[Step<When>] = &[step(&backend::conditional::NAMESPACE, backend::conditional::compile)];

/// Around one backend's call.
pub static BACKEND: &[Step<dyn Layer>] = &[
    step(&validation::response_json_schema::NAMESPACE, validation::response_json_schema::compile),
    // Before GraphQL, whose variables it can write.
    step(&modifier::request_body_generator::NAMESPACE, modifier::request_body_generator::compile),
    step(&modifier::body_generator::NAMESPACE, modifier::body_generator::compile),
    step(&backend::soap::NAMESPACE, backend::soap::compile),
    step(&backend::graphql::NAMESPACE, backend::graphql::compile),
    step(&plugin::req_resp_modifier::NAMESPACE, plugin::req_resp_modifier::compile),
    step(&qos::circuit_breaker::NAMESPACE, qos::circuit_breaker::compile),
    step(&qos::ratelimit::proxy::NAMESPACE, qos::ratelimit::proxy::compile),
    step(&governance::quota::NAMESPACE, governance::quota::backend),
    step(&modifier::lua_backend::NAMESPACE, modifier::lua::layer),
    step(&validation::cel::NAMESPACE, validation::cel::compile),
    step(&security::policies::NAMESPACE, security::policies::compile),
    step(&modifier::response_body_generator::NAMESPACE, modifier::response_body_generator::compile),
    step(&modifier::response_body::NAMESPACE, modifier::response_body::compile),
    step(&modifier::jmespath::NAMESPACE, modifier::jmespath::compile),
    step(&backend::lambda::NAMESPACE, backend::lambda::compile),
    step(&backend::amqp::consumer::NAMESPACE, backend::amqp::consumer::compile),
    step(&backend::amqp::producer::NAMESPACE, backend::amqp::producer::compile),
    step(&backend::pubsub::subscriber::NAMESPACE, backend::pubsub::subscriber::compile),
    step(&backend::pubsub::publisher::NAMESPACE, backend::pubsub::publisher::compile),
];

/// Around the exchange with the origin, redirects included.
pub static AROUND: &[Step<dyn Exchange>] = &[
    step(&modifier::martian::NAMESPACE, modifier::martian::compile),
    step(&backend::static_filesystem::NAMESPACE, backend::static_filesystem::compile),
    // Everything after it is replaced (spec §1).
    step(&plugin::http_client::NAMESPACE, plugin::http_client::compile),
];

/// Around each hop of the exchange.
pub static HOP: &[Step<dyn Exchange>] = &[
    step(&auth::client_credentials::NAMESPACE, auth::client_credentials::compile),
    step(&auth::gcp::NAMESPACE, auth::gcp::compile),
    step(&auth::aws_sigv4::NAMESPACE, auth::aws_sigv4::compile),
    step(&qos::http_cache::NAMESPACE, qos::http_cache::compile),
];
