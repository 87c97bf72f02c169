//! What can stand where: every configurable step, in the order of execution, outermost first (spec §1).
//!
//! A step that isn't configured isn't compiled, isn't in the plan, and costs nothing. To add one: a file in
//! [`features`](crate::features) and a line here.

use fjord_document::node::Node;

use crate::features::{auth, backend, modifier, proxy, qos, security, validation};
use crate::gateway::{Global, Handler};
use crate::proxy::{Exchange, Layer};

use super::build::{Refusal, Site};

/// A step that can be configured.
pub struct Step<T: ?Sized> {
    /// The namespace that configures it.
    pub namespace: &'static str,
    /// Compiles the namespace's value; nothing if it switches the step off.
    pub compile: fn(&Site<'_>, &Node) -> Compiled<T>,
}

/// A compiled step; nothing where it is switched off.
pub type Compiled<T> = Result<Option<Box<T>>, Refusal>;

/// Around everything, the router's redirects included.
pub static OUTER: &[Step<dyn Global>] =
    &[Step { namespace: "security/cors", compile: security::steps::cors }];

/// Around everything that is routed; not around redirects and the health answer.
pub static GLOBAL: &[Step<dyn Global>] = &[
    Step { namespace: "security/http", compile: security::steps::secure_http },
    Step { namespace: "modifier/lua-endpoint", compile: modifier::lua::service },
    Step { namespace: "security/bot-detector", compile: security::steps::service_bots },
    Step { namespace: "qos/ratelimit/service", compile: qos::ratelimit::service::compile },
    Step { namespace: "auth/validator", compile: auth::validator::share },
    Step { namespace: "auth/basic", compile: auth::basic::share },
    Step { namespace: "auth/api-keys", compile: auth::api_keys::share },
];

/// Around an endpoint's pipe, on the client's request.
pub static HANDLERS: &[Step<dyn Handler>] = &[
    Step { namespace: "security/bot-detector", compile: security::steps::endpoint_bots },
    Step { namespace: "auth/basic", compile: auth::basic::compile },
    Step { namespace: "auth/api-keys", compile: auth::api_keys::compile },
    Step { namespace: "auth/validator", compile: auth::validator::compile },
    // Everything behind it is replaced (spec §24).
    Step { namespace: "auth/signer", compile: auth::signer::compile },
    Step { namespace: "modifier/lua-endpoint", compile: modifier::lua::handler },
    Step { namespace: "qos/ratelimit/router", compile: qos::ratelimit::router::compile },
];

/// Around an endpoint's pipe. The shadow split stands between these and [`DATA`].
pub static LAYERS: &[Step<dyn Layer>] = &[
    Step { namespace: "modifier/lua-proxy", compile: modifier::lua::layer },
    Step { namespace: "validation/cel", compile: validation::cel::compile },
    Step { namespace: "validation/json-schema", compile: validation::json_schema::compile },
];

/// Around the merge; they apply to the shadow pipe, too.
pub static DATA: &[Step<dyn Layer>] = &[Step { namespace: "proxy", compile: proxy::fixed::compile }];

/// Around one backend's call.
pub static BACKEND: &[Step<dyn Layer>] = &[
    Step { namespace: "backend/graphql", compile: backend::graphql::compile },
    Step { namespace: "qos/circuit-breaker", compile: qos::circuit_breaker::compile },
    Step { namespace: "qos/ratelimit/proxy", compile: qos::ratelimit::proxy::compile },
    Step { namespace: "modifier/lua-backend", compile: modifier::lua::layer },
    Step { namespace: "validation/cel", compile: validation::cel::compile },
    Step { namespace: "backend/lambda", compile: backend::lambda::compile },
];

/// Around the exchange with the origin, redirects included.
pub static AROUND: &[Step<dyn Exchange>] =
    &[Step { namespace: "modifier/martian", compile: modifier::martian::compile }];

/// Around each hop of the exchange.
pub static HOP: &[Step<dyn Exchange>] = &[
    Step { namespace: "auth/client-credentials", compile: auth::client_credentials::compile },
    Step { namespace: "qos/http-cache", compile: qos::http_cache::compile },
];
