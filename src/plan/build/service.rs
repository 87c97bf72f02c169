//! Compiles the service: its defaults, the `router` namespace, the steps around everything.

use std::cell::Cell;
use std::rc::Rc;

use fjord_document::node::Node;
use fjord_http::host::HostError;
use fjord_http::{Host, TrustedProxies, canonical};
use fjord_json::{Value, map_of};

use crate::KRAKEND_VERSION;
use crate::context::ServiceInfo;
use crate::features::endpoint_cache;
use crate::features::plugin::{place, workers};
use crate::features::router;
use crate::features::router::TRUST;
use crate::features::telemetry::logging;
use crate::gateway::{RouterOptions, Service, Trust};
use crate::options::core::is_later;
use crate::options::{Environment, Namespace, OptionError, Options, Refusal, Role, Scope, Site};
use crate::plan::order;
use crate::proxy::{certificates, private};

use super::faults::{faults, require};

/// The option of the root that keeps clients out: without it all endpoints would be open.
const CLIENTS_ONLY: &str = "tls.enable_mtls:";

/// Stands among the files of a lenient build: the endpoints that are closed, a line for each.
const CLOSED: &str = "fjord:closed";

/// What endpoints inherit.
pub struct Defaults {
    /// Milliseconds.
    pub timeout_ms: u32,
    /// Whole seconds, if there is a time to live.
    pub cache_ttl: Option<u64>,
    /// As written.
    pub output_encoding: String,
    /// As written.
    pub hosts: Vec<String>,
    /// The same, read once for all backends that have none of their own.
    pub bases: Result<Vec<Host>, HostError>,
    /// Whether a parameter may be a part of a segment.
    pub disable_rest: bool,
    /// Milliseconds for which hosts found by DNS stay known.
    pub dns_cache_ttl_ms: u32,
    /// Whether origins are asked for plain answers.
    pub disable_compression: bool,
    /// Whether a step of the service reads the header lines of answers.
    pub reads_headers: bool,
    /// By which certificates backends are called that say nothing of their own.
    pub certificates: Result<Option<Rc<str>>, Refusal>,
    /// Whether the configuration is in a later format.
    pub is_later: bool,
    /// Why no answer may be cached at the edge.
    pub not_cached: Vec<String>,
    /// The servers of `ai/mcp`, which endpoints name.
    pub mcp: Option<Node>,
}

// === impl Defaults ===

impl Defaults {
    /// Reads the root's own options.
    pub fn read(options: &Options<'_>, environment: &Environment) -> Result<Self, OptionError> {
        let ttl = options.duration("cache_ttl")?;
        let hosts = options.strings("host")?;
        Ok(Self {
            timeout_ms: timeout_ms(options)?,
            cache_ttl: (!ttl.is_zero()).then_some(ttl.as_secs()),
            output_encoding: options.str("output_encoding")?.to_owned(),
            bases: hosts.iter().map(|text| Host::parse(text, true)).collect(),
            hosts: hosts.into_iter().map(str::to_owned).collect(),
            disable_rest: options.bool("disable_rest")?,
            dns_cache_ttl_ms: dns_cache_ttl(options.duration("dns_cache_ttl")?),
            disable_compression: options.bool("disable_compression")?,
            mcp: None,
            reads_headers: false,
            certificates: certificates::of_service(options, environment),
            is_later: is_later(options.whole()),
            not_cached: Vec::new(),
        })
    }
}

/// KrakenD's default: two seconds.
const TIMEOUT_MS: u32 = 2000;

/// The root's `timeout`, in milliseconds.
fn timeout_ms(options: &Options<'_>) -> Result<u32, OptionError> {
    Ok(milliseconds(options.duration("timeout")?).unwrap_or(TIMEOUT_MS))
}

/// Less than a second is ignored (spec §12).
fn dns_cache_ttl(ttl: std::time::Duration) -> u32 {
    milliseconds(ttl).filter(|ms| *ms >= 1000).unwrap_or(30_000)
}

/// A duration in whole milliseconds, at least one; none for zero, which means "not set" everywhere.
pub fn milliseconds(duration: std::time::Duration) -> Option<u32> {
    (!duration.is_zero()).then(|| u32::try_from(duration.as_millis()).unwrap_or(u32::MAX).max(1))
}

/// The surroundings of the service's own steps.
pub(super) fn site<'a>(options: &Options<'a>, environment: &'a Environment) -> Site<'a> {
    Site {
        scope: Scope::Service,
        environment,
        node: options.whole(),
        endpoint: "",
        endpoint_node: None,
        backend: None,
        timeout_ms: 0,
        disable_rest: options.bool("disable_rest").unwrap_or_default(),
        is_later: is_later(options.whole()),
    }
}

/// Compiles the service. A part that guards all endpoints and can't be served makes each of them answer 501; any other is left
/// out.
pub fn build(options: &Options<'_>, environment: &Environment) -> Service {
    let site = site(options, environment);
    let mut info =
        ServiceInfo { version_header: format!("Version {KRAKEND_VERSION}"), ..ServiceInfo::default() };
    let mut service = Service {
        info: Rc::default(),
        router: RouterOptions::default(),
        timeout_ms: timeout_ms(options).unwrap_or(TIMEOUT_MS),
        debug: environment.debug || options.bool("debug_endpoint").unwrap_or_default(),
        echo: options.bool("echo_endpoint").unwrap_or_default(),
        rewrites: Vec::new(),
        outer: Vec::new(),
        global: Vec::new(),
        wants_place: false,
        private: None,
        refused: None,
        left_out: Vec::new(),
        is_told: Cell::new(false),
    };
    if let Err(refusal) = fill(&mut service, &mut info, options, &site) {
        service.refused = Some(refusal.0);
    }
    service.info = Rc::new(info);
    service
}

fn fill(
    service: &mut Service,
    info: &mut ServiceInfo,
    options: &Options<'_>,
    site: &Site<'_>,
) -> Result<(), Refusal> {
    let closed = site.environment.file(CLOSED).into_iter().flat_map(str::lines);
    service.left_out.extend(closed.map(str::to_owned));
    // First what answers whatever else is wrong: the health page.
    let router = router_namespace(options);
    service.router = router_options_of(router.as_ref())?;
    if let Some(router) = &router {
        info.return_error_msg = router.bool("return_error_msg")?;
        if router.bool("hide_version_header")? {
            info.version_header = "Version undefined".to_owned();
        }
    }
    if let Some(node) = site.namespace(&logging::NAMESPACE) {
        let RouterOptions { disable_access_log, logger_skip_paths, .. } = &mut service.router;
        let skipped = (!*disable_access_log).then(|| std::mem::take(logger_skip_paths));
        // As KrakenD continues with a plain log.
        match logging::compile(site, node, skipped) {
            Ok(log) => info.log = log,
            Err(refusal) => service.left_out.push(format!("telemetry/logging: {refusal}")),
        }
        logging::share(site);
    }
    service.private = private::compile(options.whole())?.map(Rc::new);
    workers::share(site)?;
    // Each backend would be called by other certificates than are meant.
    certificates::of_service(options, site.environment)?;
    for reason in options.all_refused() {
        match reason.starts_with(CLIENTS_ONLY) {
            true => return Err(Refusal(reason)),
            false => service.left_out.push(reason),
        }
    }
    require(site)?;
    let mut permits = true;
    for fault in faults(site) {
        let name = fault.namespace.map(|namespace| namespace.name);
        match fault.namespace.map(Namespace::role) {
            // Nobody knows what it guards.
            _ if site.is_later && fault.is_unknown => return Err(Refusal(fault.reason)),
            Some(Role::Step | Role::Plain) => {}
            // Without permissions browsers keep answers from other pages: nothing gets more open.
            Some(Role::Shield) if name == Some("security/cors") => permits = false,
            _ => return Err(Refusal(fault.reason)),
        }
        service.left_out.push(fault.reason);
    }
    if permits {
        service.outer = site.compile(order::OUTER)?;
    }
    // A cache before the worker must not keep answers by mistake: a tier that nobody knows isn't taken for none.
    if let Some(step) = endpoint_cache::around(site)? {
        service.outer.insert(0, step);
    }
    // As KrakenD goes on without telemetry.
    match (order::TELEMETRY.request)(site) {
        Ok(None) => {}
        Ok(Some((step, left_out))) => {
            service.outer.insert(0, step);
            service
                .left_out
                .extend(left_out.iter().map(|reason| format!("telemetry/opentelemetry: {reason}")));
        }
        Err(refusal) => service.left_out.push(format!("telemetry/opentelemetry: {refusal}")),
    }
    service.wants_place = site.environment.shared::<place::Told>().is_asked_for();
    service.rewrites = site.compile(order::ROUTING)?;
    service.global = site.compile(order::GLOBAL)?;
    Ok(())
}

fn router_namespace<'a>(options: &Options<'a>) -> Option<Options<'a>> {
    router::NAMESPACE.value_in(options.whole()).map(|node| Options::of(node, &router::NAMESPACE))
}

fn router_options_of(options: Option<&Options<'_>>) -> Result<RouterOptions, Refusal> {
    let Some(options) = options else {
        return Ok(RouterOptions { health_path: Some("/__health".to_owned()), ..RouterOptions::default() });
    };
    if let Some(reason) = options.refused() {
        return Err(Refusal(reason));
    }
    let health = options.str("health_path")?;
    let health = if health.is_empty() { "/__health" } else { health };
    Ok(RouterOptions {
        health_path: (!options.bool("disable_health")?).then(|| health.to_owned()),
        error_body_404: error_body(options, "404"),
        error_body_405: error_body(options, "405"),
        disable_path_decoding: options.bool("disable_path_decoding")?,
        auto_options: options.bool("auto_options")?,
        disable_access_log: options.bool("disable_access_log")?,
        logger_skip_paths: options.strings("logger_skip_paths")?.into_iter().map(str::to_owned).collect(),
        client_ip: trust(options)?,
    })
}

/// Whose word about the client's address counts.
fn trust(options: &Options<'_>) -> Result<Trust, Refusal> {
    let forwarded = options.node("forwarded_by_client_ip").is_none_or(|node| node.as_bool() != Some(false));
    let is_given = TRUST.iter().any(|name| options.given(name));
    let mut trust = Trust { is_given, forwarded, ..Trust::default() };
    if options.given("remote_ip_headers") {
        let names = options.strings("remote_ip_headers")?;
        trust.headers = names.into_iter().map(|name| canonical(name).into_owned()).collect();
    }
    if options.given("trusted_proxies") {
        trust.proxies = TrustedProxies::parse(options.strings("trusted_proxies")?).0;
    }
    Ok(trust)
}

/// A JSON body for a status. Its keys are lower-cased, as everything is that KrakenD reads outside of a list
/// (spec §2.1).
fn error_body(options: &Options<'_>, status: &str) -> Option<Vec<u8>> {
    let body = options.node("error_body")?.get(status)?;
    let value = lower_keys(Value::from(body));
    Some(value.to_json())
}

fn lower_keys(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            Value::Object(map_of(map.into_iter().map(|(key, value)| (key.to_lowercase(), lower_keys(value)))))
        }
        other => other,
    }
}

/// The options of the `router` namespace that the router itself reads.
pub fn router_options(options: &Options<'_>) -> fjord_router::Options {
    let Some(options) = router_namespace(options) else { return fjord_router::Options::default() };
    let flag = |name| options.bool(name).unwrap_or_default();
    fjord_router::Options {
        disable_redirect_trailing_slash: flag("disable_redirect_trailing_slash"),
        disable_redirect_fixed_path: flag("disable_redirect_fixed_path"),
        disable_handle_method_not_allowed: flag("disable_handle_method_not_allowed"),
        remove_extra_slash: flag("remove_extra_slash"),
        auto_options: flag("auto_options"),
        disable_rest: false,
    }
}
