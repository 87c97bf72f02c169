//! The order of steps: every configurable step, in the order of execution, outermost first (spec §1).
//!
//! A step that isn't configured isn't compiled, isn't in the plan, and costs nothing. To add one: a file in
//! [`features`](crate::features) with its line in the list there, and a line here.

use crate::features::telemetry::opentelemetry;
use crate::features::{
    auth, backend, governance, modifier, plugin, proxy, qos, router, security, server, validation,
};
use crate::gateway::{Global, Handler, Rewrite};
use crate::options::{Refusal, Site, Step};
use crate::proxy::{Exchange, Layer, When};

/// What the service's telemetry/opentelemetry puts around everything, [`OUTER`] included; around each pipe, outside of [`LAYERS`];
/// around each backend, outside of [`BACKEND`]; around each call, inside of [`HOP`].
pub static TELEMETRY: Telemetry =
    Telemetry { request: opentelemetry::request, pipe: opentelemetry::pipe, backend: opentelemetry::backend };

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
    Step { namespace: &plugin::http_server::NAMESPACE, compile: plugin::http_server::rewrites },
    Step { namespace: &server::virtualhost::NAMESPACE, compile: server::virtualhost::compile },
];

/// Around everything, the router's redirects included.
pub static OUTER: &[Step<dyn Global>] = &[
    Step { namespace: &security::cors::NAMESPACE, compile: security::steps::cors },
    Step { namespace: &plugin::http_server::NAMESPACE, compile: plugin::http_server::compile },
];

/// Around everything that is routed; not around redirects and the health answer.
pub static GLOBAL: &[Step<dyn Global>] = &[
    Step { namespace: &modifier::response_headers::NAMESPACE, compile: modifier::response_headers::compile },
    Step { namespace: &security::http::NAMESPACE, compile: security::steps::secure_http },
    Step { namespace: &modifier::lua_endpoint::NAMESPACE, compile: modifier::lua::service },
    Step { namespace: &security::bot_detector::NAMESPACE, compile: security::steps::service_bots },
    Step { namespace: &qos::ratelimit::service::NAMESPACE, compile: qos::ratelimit::service::compile },
    Step { namespace: &router::NAMESPACE, compile: proxy::payload::service },
    Step {
        namespace: &qos::ratelimit::service::redis::NAMESPACE,
        compile: qos::ratelimit::service::redis::compile,
    },
    Step { namespace: &qos::ratelimit::tiered::NAMESPACE, compile: qos::ratelimit::tiered::service },
    Step { namespace: &governance::processors::NAMESPACE, compile: governance::processors::share },
    Step { namespace: &governance::quota::NAMESPACE, compile: governance::quota::service },
    Step { namespace: &auth::validator::SERVICE, compile: auth::validator::share },
    Step { namespace: &auth::basic::NAMESPACE, compile: auth::basic::share },
    Step { namespace: &auth::api_keys::SERVICE, compile: auth::api_keys::share },
];

/// Around an endpoint's pipe, on the client's request. The cache of its answers (`@fjord.cache`) is inside of them.
pub static HANDLERS: &[Step<dyn Handler>] = &[
    Step { namespace: &security::bot_detector::NAMESPACE, compile: security::steps::endpoint_bots },
    Step { namespace: &auth::basic::NAMESPACE, compile: auth::basic::compile },
    Step { namespace: &auth::api_keys::NAMESPACE, compile: auth::api_keys::compile },
    Step { namespace: &auth::validator::NAMESPACE, compile: auth::validator::compile },
    // Bodies of those who mayn't ask aren't read.
    Step { namespace: &proxy::NAMESPACE, compile: proxy::payload::endpoint },
    // Everything behind it is replaced (spec §24).
    Step { namespace: &auth::signer::NAMESPACE, compile: auth::signer::compile },
    Step { namespace: &modifier::lua_endpoint::NAMESPACE, compile: modifier::lua::handler },
    Step { namespace: &qos::ratelimit::router::NAMESPACE, compile: qos::ratelimit::router::compile },
    Step {
        namespace: &qos::ratelimit::router::redis::NAMESPACE,
        compile: qos::ratelimit::router::redis::compile,
    },
    Step { namespace: &qos::ratelimit::tiered::NAMESPACE, compile: qos::ratelimit::tiered::endpoint },
    Step { namespace: &governance::quota::NAMESPACE, compile: governance::quota::endpoint },
];

/// Around an endpoint's pipe. The shadow split is between these and [`DATA`].
pub static LAYERS: &[Step<dyn Layer>] = &[
    Step {
        namespace: &validation::response_json_schema::NAMESPACE,
        compile: validation::response_json_schema::compile,
    },
    Step { namespace: &modifier::lua_proxy::NAMESPACE, compile: modifier::lua::layer },
    Step { namespace: &validation::cel::NAMESPACE, compile: validation::cel::compile },
    Step { namespace: &security::policies::NAMESPACE, compile: security::policies::compile },
    Step { namespace: &validation::json_schema::NAMESPACE, compile: validation::json_schema::compile },
    // Checks see the client's body; what they let through is written anew.
    Step {
        namespace: &modifier::request_body_generator::NAMESPACE,
        compile: modifier::request_body_generator::compile,
    },
    Step {
        namespace: &modifier::response_body_generator::NAMESPACE,
        compile: modifier::response_body_generator::compile,
    },
    Step { namespace: &modifier::response_body::NAMESPACE, compile: modifier::response_body::compile },
    Step { namespace: &modifier::jmespath::NAMESPACE, compile: modifier::jmespath::compile },
];

/// Around the merge; they apply to the shadow pipe, too.
pub static DATA: &[Step<dyn Layer>] = &[
    Step { namespace: &proxy::NAMESPACE, compile: proxy::fixed::compile },
    Step { namespace: &plugin::req_resp_modifier::NAMESPACE, compile: plugin::req_resp_modifier::compile },
];

/// Whether a backend is called.
pub static WHEN: &[Step<When>] =
    &[Step { namespace: &backend::conditional::NAMESPACE, compile: backend::conditional::compile }];

/// Around one backend's call.
pub static BACKEND: &[Step<dyn Layer>] = &[
    Step {
        namespace: &validation::response_json_schema::NAMESPACE,
        compile: validation::response_json_schema::compile,
    },
    // Before GraphQL, whose variables it can write.
    Step {
        namespace: &modifier::request_body_generator::NAMESPACE,
        compile: modifier::request_body_generator::compile,
    },
    Step { namespace: &modifier::body_generator::NAMESPACE, compile: modifier::body_generator::compile },
    Step { namespace: &backend::soap::NAMESPACE, compile: backend::soap::compile },
    Step { namespace: &backend::graphql::NAMESPACE, compile: backend::graphql::compile },
    Step { namespace: &plugin::req_resp_modifier::NAMESPACE, compile: plugin::req_resp_modifier::compile },
    Step { namespace: &qos::circuit_breaker::NAMESPACE, compile: qos::circuit_breaker::compile },
    Step { namespace: &qos::ratelimit::proxy::NAMESPACE, compile: qos::ratelimit::proxy::compile },
    Step { namespace: &governance::quota::NAMESPACE, compile: governance::quota::backend },
    Step { namespace: &modifier::lua_backend::NAMESPACE, compile: modifier::lua::layer },
    Step { namespace: &validation::cel::NAMESPACE, compile: validation::cel::compile },
    Step { namespace: &security::policies::NAMESPACE, compile: security::policies::compile },
    Step {
        namespace: &modifier::response_body_generator::NAMESPACE,
        compile: modifier::response_body_generator::compile,
    },
    Step { namespace: &modifier::response_body::NAMESPACE, compile: modifier::response_body::compile },
    Step { namespace: &modifier::jmespath::NAMESPACE, compile: modifier::jmespath::compile },
    Step { namespace: &backend::lambda::NAMESPACE, compile: backend::lambda::compile },
    Step { namespace: &backend::amqp::consumer::NAMESPACE, compile: backend::amqp::consumer::compile },
    Step { namespace: &backend::amqp::producer::NAMESPACE, compile: backend::amqp::producer::compile },
    Step {
        namespace: &backend::pubsub::subscriber::NAMESPACE,
        compile: backend::pubsub::subscriber::compile,
    },
    Step { namespace: &backend::pubsub::publisher::NAMESPACE, compile: backend::pubsub::publisher::compile },
];

/// Around the exchange with the origin, redirects included.
pub static AROUND: &[Step<dyn Exchange>] = &[
    Step { namespace: &modifier::martian::NAMESPACE, compile: modifier::martian::compile },
    // Everything after it is replaced (spec §1).
    Step { namespace: &plugin::http_client::NAMESPACE, compile: plugin::http_client::compile },
];

/// Around each hop of the exchange.
pub static HOP: &[Step<dyn Exchange>] = &[
    Step { namespace: &auth::client_credentials::NAMESPACE, compile: auth::client_credentials::compile },
    Step { namespace: &auth::gcp::NAMESPACE, compile: auth::gcp::compile },
    Step { namespace: &auth::aws_sigv4::NAMESPACE, compile: auth::aws_sigv4::compile },
    Step { namespace: &qos::http_cache::NAMESPACE, compile: qos::http_cache::compile },
];
