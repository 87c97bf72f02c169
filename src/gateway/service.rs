//! The service: what holds for all requests.

use std::cell::Cell;
use std::rc::Rc;

use fjord_http::{TrustedProxies, client_ip};

use crate::context::ServiceInfo;
use crate::platform::PrivateHosts;

use super::{Global, Rewrite};

/// The service, ready to answer.
pub struct Service {
    /// What steps know of it.
    pub info: Rc<ServiceInfo>,
    /// Options of the `router` namespace.
    pub router: RouterOptions,
    /// Milliseconds for a request that no endpoint answers, and for endpoints that say nothing else.
    pub timeout_ms: u32,
    /// `debug_endpoint`
    pub debug: bool,
    /// `echo_endpoint`
    pub echo: bool,
    /// Steps before the router, in their order.
    pub rewrites: Vec<Box<dyn Rewrite>>,
    /// Steps around everything, redirects included (CORS), outermost first.
    pub outer: Vec<Box<dyn Global>>,
    /// Steps around everything that is routed, outermost first.
    pub global: Vec<Box<dyn Global>>,
    /// Whether a step asks where clients are.
    pub wants_place: bool,
    /// `@fjord.hosts`
    pub private: Option<Rc<PrivateHosts>>,
    /// Why nothing can be served: every request answers 501 and the log tells this.
    pub refused: Option<String>,
    /// What is left out, and why: the log tells it at the first request.
    pub left_out: Vec<String>,
    /// Whether the log has been told.
    pub is_told: Cell<bool>,
}

/// Whose word about the client's address counts (spec §3).
#[derive(Debug, Clone)]
pub struct Trust {
    /// Whether an option says so: if none does, the platform's word counts, where it gives one.
    pub is_given: bool,
    /// `forwarded_by_client_ip`
    pub forwarded: bool,
    /// `remote_ip_headers`, canonical.
    pub headers: Vec<String>,
    /// `trusted_proxies`
    pub proxies: TrustedProxies,
}

impl Default for Trust {
    /// KrakenD's: every peer is trusted, so where no platform vouches a client may say what it likes.
    fn default() -> Self {
        let headers = client_ip::DEFAULT_HEADERS.map(str::to_owned).to_vec();
        Self { is_given: false, forwarded: true, headers, proxies: TrustedProxies::all() }
    }
}

/// Options of the `router` namespace.
#[derive(Debug, Clone, Default)]
pub struct RouterOptions {
    /// The path of the health answer; none if disabled.
    pub health_path: Option<String>,
    /// JSON bodies for 404 and 405.
    pub error_body_404: Option<Vec<u8>>,
    /// See `error_body_404`.
    pub error_body_405: Option<Vec<u8>>,
    /// Whether url parameters may be encoded twice.
    pub disable_path_decoding: bool,
    /// Answer `OPTIONS` on every path.
    pub auto_options: bool,
    /// No line per request in the log.
    pub disable_access_log: bool,
    /// Paths without a line in the log.
    pub logger_skip_paths: Vec<String>,
    /// Whose word about the client's address counts.
    pub client_ip: Trust,
}
