//! Options that another one of the same object makes idle: a row for each, with what it needs.
//!
//! `tests/data/idle.tsv` has the answer for every option of the format.

use crate::features;
use crate::options::check::{Findings, Spot};
use crate::options::{Scope, Scopes};

/// An option of which nothing comes unless another one is as it needs.
struct Idle {
    scopes: Scopes,
    /// The namespace; empty for an option of the part itself.
    namespace: &'static str,
    /// The way to it: `tiers[].tier_value`.
    option: &'static str,
    needs: Needs,
    /// Whether it's worth a note only: KrakenD's own examples have it.
    is_note: bool,
}

/// What an option needs of those beside it; a name after a slash is one of the whole value.
#[derive(Clone, Copy)]
enum Needs {
    /// Another option.
    Given(&'static str),
    /// The absence of another option.
    NotGiven(&'static str),
    /// One of these options, switched on.
    Any(&'static [&'static str]),
    /// Another option that is `true`.
    True(&'static str),
    /// Another option that isn't `true`.
    NotTrue(&'static str),
    /// Another option that isn't `false`.
    NotFalse(&'static str),
    /// Another option with one of these values.
    Is(&'static str, &'static [&'static str]),
    /// Another option with none of these values.
    IsNot(&'static str, &'static [&'static str]),
}

const BACKEND: Scopes = Scopes::BACKEND;
const ENDPOINT: Scopes = Scopes::ENDPOINT;
const SERVICE: Scopes = Scopes::SERVICE;
const BOTH: Scopes = SERVICE.and(ENDPOINT);
const POLICED: Scopes = ENDPOINT.and(BACKEND).and(Scopes::WORKFLOW);

const BOTS: &str = "security/bot-detector";
const CALL: &str = "backend/http/client";
const CONDITION: &str = "backend/conditional";
const LIMIT: &str = "qos/ratelimit/router";
const LIMIT_REDIS: &str = "qos/ratelimit/router/redis";
const POLICIES: &str = "security/policies";
const SCHEMA: &str = "validation/response-json-schema";
const SECURITY: &str = "security/http";
const SERVICE_LIMIT: &str = "qos/ratelimit/service";
const SERVICE_REDIS: &str = "qos/ratelimit/service/redis";
const SPANS: &str = "telemetry/opentelemetry";
const TIERED: &str = "qos/ratelimit/tiered";
const VALIDATOR: &str = "auth/validator";

const HASHES: &[&str] = &["sha256", "sha1"];

static IDLE: &[Idle] = &[
    idle(BACKEND, "", "sd_scheme", Needs::Is("sd", &["dns", "dns-shared"])),
    idle(BACKEND, "", "is_collection", Needs::IsNot("encoding", &["safejson", "string"])),
    idle(BACKEND, "auth/aws-sigv4", "sts_region", Needs::Given("assume_role_arn")),
    idle(BACKEND, CONDITION, "name", Needs::Is("strategy", &["header"])),
    idle(BACKEND, CONDITION, "value", Needs::Is("strategy", &["header", "policy"])),
    idle(BACKEND, CALL, "client_tls.ca_certs", Needs::NotTrue("allow_insecure_connections")),
    idle(BACKEND, CALL, "client_tls.disable_system_ca_pool", Needs::NotTrue("allow_insecure_connections")),
    idle(BACKEND, CALL, "send_body_on_redirect", Needs::NotTrue("no_redirect")),
    idle(BACKEND, "backend/lambda", "function_param_name", Needs::NotGiven("function_name")),
    idle(BACKEND, "proxy", "shadow_timeout", Needs::True("shadow")),
    idle(ENDPOINT, VALIDATOR, "cache_duration", Needs::True("cache")),
    idle(ENDPOINT, VALIDATOR, "failed_jwk_key_cooldown", Needs::Given("jwk_url")),
    idle(ENDPOINT, VALIDATOR, "propagate_claims_preserve_array", Needs::Given("propagate_claims")),
    idle(ENDPOINT, VALIDATOR, "roles_key", Needs::Given("roles")),
    idle(ENDPOINT, VALIDATOR, "roles_key_is_nested", Needs::Given("roles")),
    idle(ENDPOINT, VALIDATOR, "scopes_key", Needs::Given("scopes")),
    idle(ENDPOINT, VALIDATOR, "scopes_matcher", Needs::Given("scopes")),
    idle(ENDPOINT, LIMIT, "capacity", Needs::Given("max_rate")),
    idle(ENDPOINT, LIMIT, "client_capacity", Needs::Given("client_max_rate")),
    idle(ENDPOINT, LIMIT, "strategy", Needs::Given("client_max_rate")),
    idle(ENDPOINT, LIMIT, "key", Needs::Given("strategy")),
    idle(ENDPOINT, LIMIT_REDIS, "capacity", Needs::Given("max_rate")),
    idle(ENDPOINT, LIMIT_REDIS, "client_capacity", Needs::Given("client_max_rate")),
    idle(ENDPOINT, LIMIT_REDIS, "strategy", Needs::Given("client_max_rate")),
    idle(ENDPOINT, LIMIT_REDIS, "key", Needs::Given("strategy")),
    idle(POLICED, POLICIES, "req.error.content_type", Needs::Given("body")),
    idle(POLICED, POLICIES, "resp.error.content_type", Needs::Given("body")),
    idle(ENDPOINT.and(BACKEND), SCHEMA, "error.content_type", Needs::Given("body")),
    idle(BOTH.and(BACKEND), "governance/quota", "tiers[].key", Needs::IsNot("strategy", &["ip"])),
    idle(BOTH.and(BACKEND), "governance/quota", "tiers[].tier_value", Needs::IsNot("tier_value_as", &["*"])),
    idle(BOTH, BOTS, "allow", Needs::Any(&["deny", "patterns"])),
    idle(BOTH, TIERED, "tiers[].tier_value", Needs::IsNot("tier_value_as", &["*"])),
    idle(BOTH, TIERED, "tiers[].ratelimit.capacity", Needs::Given("max_rate")),
    idle(BOTH, TIERED, "tiers[].ratelimit.client_capacity", Needs::Given("client_max_rate")),
    idle(BOTH, TIERED, "tiers[].ratelimit.strategy", Needs::Given("client_max_rate")),
    idle(BOTH, TIERED, "tiers[].ratelimit.key", Needs::Given("strategy")),
    idle(BOTH, TIERED, "tiers[].ratelimit_redis.capacity", Needs::Given("max_rate")),
    idle(BOTH, TIERED, "tiers[].ratelimit_redis.client_capacity", Needs::Given("client_max_rate")),
    idle(BOTH, TIERED, "tiers[].ratelimit_redis.strategy", Needs::Given("client_max_rate")),
    idle(BOTH, TIERED, "tiers[].ratelimit_redis.key", Needs::Given("strategy")),
    idle(SERVICE, "", "client_tls.ca_certs", Needs::NotTrue("allow_insecure_connections")),
    idle(SERVICE, "", "client_tls.disable_system_ca_pool", Needs::NotTrue("allow_insecure_connections")),
    idle(SERVICE, "auth/api-keys", "salt", Needs::Is("hash", HASHES)),
    idle(SERVICE, SERVICE_LIMIT, "capacity", Needs::Given("max_rate")),
    idle(SERVICE, SERVICE_LIMIT, "client_capacity", Needs::Given("client_max_rate")),
    idle(SERVICE, SERVICE_LIMIT, "strategy", Needs::Given("client_max_rate")),
    idle(SERVICE, SERVICE_LIMIT, "key", Needs::Given("strategy")),
    idle(SERVICE, SERVICE_REDIS, "capacity", Needs::Given("max_rate")),
    idle(SERVICE, SERVICE_REDIS, "client_capacity", Needs::Given("client_max_rate")),
    idle(SERVICE, SERVICE_REDIS, "strategy", Needs::Given("client_max_rate")),
    idle(SERVICE, SERVICE_REDIS, "key", Needs::Given("strategy")),
    idle(SERVICE, "router", "error_body.405", Needs::NotTrue("/disable_handle_method_not_allowed")),
    idle(SERVICE, "router", "health_path", Needs::NotTrue("disable_health")),
    idle(SERVICE, "router", "logger_skip_paths", Needs::NotTrue("disable_access_log")),
    idle(SERVICE, "router", "remote_ip_headers", Needs::NotFalse("forwarded_by_client_ip")),
    idle(SERVICE, "router", "trusted_proxies", Needs::NotFalse("forwarded_by_client_ip")),
    idle(SERVICE, "security/cors", "options_success_status", Needs::NotTrue("options_passthrough")),
    idle(SERVICE, SECURITY, "allowed_hosts_are_regex", Needs::Given("allowed_hosts")),
    idle(SERVICE, SECURITY, "force_sts_header", Needs::Any(&["sts_seconds"])),
    idle(SERVICE, SECURITY, "frame_deny", Needs::NotGiven("custom_frame_options_value")),
    idle(SERVICE, SECURITY, "host_proxy_headers", Needs::Any(&["allowed_hosts", "ssl_redirect"])),
    idle(SERVICE, SECURITY, "ssl_host", Needs::True("ssl_redirect")).noted(),
    idle(SERVICE, SECURITY, "ssl_proxy_headers", Needs::Any(&["ssl_redirect", "sts_seconds"])),
    idle(SERVICE, SECURITY, "sts_include_subdomains", Needs::Any(&["sts_seconds"])),
    idle(SERVICE, "telemetry/logging", "custom_format", Needs::Is("format", &["custom"])),
    idle(SERVICE, "telemetry/logging", "prefix", Needs::IsNot("format", &["custom", "logstash"])),
    idle(
        SERVICE,
        SPANS,
        "exporters.otlp[].custom_metric_reporting_period",
        Needs::NotTrue("disable_metrics"),
    ),
    idle(SERVICE, SPANS, "layers.backend.traces.skip_headers", Needs::True("report_headers")),
    idle(SERVICE, SPANS, "layers.global.metrics_static_attributes", Needs::NotTrue("disable_metrics")),
    idle(SERVICE, SPANS, "layers.global.report_headers", Needs::NotTrue("disable_traces")),
    idle(SERVICE, SPANS, "layers.global.skip_headers", Needs::True("report_headers")),
    idle(SERVICE, SPANS, "layers.global.traces_static_attributes", Needs::NotTrue("disable_traces")),
    idle(SERVICE, SPANS, "layers.proxy.metrics_static_attributes", Needs::NotTrue("disable_metrics")),
    idle(SERVICE, SPANS, "layers.proxy.report_headers", Needs::NotTrue("disable_traces")),
    idle(SERVICE, SPANS, "layers.proxy.skip_headers", Needs::True("report_headers")),
    idle(SERVICE, SPANS, "layers.proxy.traces_static_attributes", Needs::NotTrue("disable_traces")),
];

const fn idle(scopes: Scopes, namespace: &'static str, option: &'static str, needs: Needs) -> Idle {
    Idle { scopes, namespace, option, needs, is_note: false }
}

/// The idle options of a part.
pub(in super::super) fn check(part: &Spot<'_>, scope: Scope, findings: &mut Findings<'_>) {
    for row in IDLE.iter().filter(|row| row.scopes.contain(scope)) {
        match row.namespace {
            "" => row.check(part, part, row.option, findings),
            name => {
                let found = features::find(scope, name).and_then(|namespace| part.namespace(namespace));
                found.into_iter().for_each(|spot| row.check(&spot, &spot, row.option, findings));
            }
        }
    }
}

/// Whether an option is set and not switched off.
pub(super) fn is_on(option: &Spot<'_>) -> bool {
    use fjord_document::node::Kind;
    match &option.node.kind {
        Kind::Null => false,
        Kind::Bool(value) => *value,
        Kind::Number(_) => option.f64() != Some(0.0),
        Kind::String(text) => !text.is_empty(),
        Kind::Array(items) => !items.is_empty(),
        Kind::Object(_) => !crate::options::is_empty(option.node),
    }
}

// === impl Idle ===

impl Idle {
    const fn noted(mut self) -> Idle {
        self.is_note = true;
        self
    }

    /// Follows the way from `object`, inside of `whole`, to the option.
    fn check(&self, whole: &Spot<'_>, object: &Spot<'_>, way: &str, findings: &mut Findings<'_>) {
        let Some((step, rest)) = way.split_once('.') else {
            return self.option(whole, object, way, findings);
        };
        let name = step.trim_end_matches("[]");
        let Some(inner) = object.get(name) else { return };
        if name == step {
            return self.check(whole, &inner, rest, findings);
        }
        inner.items().for_each(|item| self.check(whole, &item, rest, findings));
    }

    fn option(&self, whole: &Spot<'_>, object: &Spot<'_>, name: &str, findings: &mut Findings<'_>) {
        // What is off or empty waits for nothing.
        let Some(option) = object.get(name).filter(is_on) else { return };
        if let Some(why) = self.needs.lacking(whole, object) {
            let message = format!("`{name}` has no effect {why}");
            findings.add(match self.is_note {
                true => option.note("no-effect", message),
                false => option.warning("no-effect", message),
            });
        }
    }
}

// === impl Needs ===

impl Needs {
    /// What of it isn't there; none if all is.
    fn lacking(self, whole: &Spot<'_>, object: &Spot<'_>) -> Option<String> {
        fn of<'s>(whole: &'s Spot<'_>, object: &'s Spot<'_>, name: &str) -> Option<Spot<'s>> {
            match name.strip_prefix('/') {
                Some(name) => whole.get(name),
                None => object.get(name),
            }
        }
        let plain = |name: &str| name.trim_start_matches('/').to_owned();
        let truth = |name| of(whole, object, name).and_then(|spot| spot.node.as_bool());
        let text = |name| of(whole, object, name).and_then(|spot| spot.str());
        match self {
            Needs::Given(name) if of(whole, object, name).is_none() => {
                Some(format!("without `{}`", plain(name)))
            }
            Needs::NotGiven(name) if of(whole, object, name).as_ref().is_some_and(is_on) => {
                Some(format!("beside `{}`", plain(name)))
            }
            Needs::Any(names) if !names.iter().any(|name| object.get(name).as_ref().is_some_and(is_on)) => {
                let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                Some(format!("without {}", names.join(" or ")))
            }
            Needs::True(name) if truth(name) != Some(true) => {
                Some(format!("unless `{}` is true", plain(name)))
            }
            Needs::NotTrue(name) if truth(name) == Some(true) => {
                Some(format!("while `{}` is true", plain(name)))
            }
            Needs::NotFalse(name) if truth(name) == Some(false) => {
                Some(format!("while `{}` is false", plain(name)))
            }
            Needs::Is(name, values) if !text(name).is_some_and(|text| values.contains(&text)) => {
                Some(format!("unless `{}` is {}", plain(name), values.join(" or ")))
            }
            Needs::IsNot(name, values) => {
                let value = text(name).filter(|text| values.contains(text))?;
                Some(format!("with `{}` {value}", plain(name)))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::{Opt, core};

    /// The option at the end of a way, and those beside it.
    fn beside(options: &'static [Opt], way: &str) -> &'static [Opt] {
        let Some((step, rest)) = way.split_once('.') else { return options };
        let name = step.trim_end_matches("[]");
        let found = options.iter().find(|option| option.name == name);
        beside(found.unwrap_or_else(|| panic!("{name}")).kind.options(), rest)
    }

    #[test]
    fn each_row_names_options_of_the_tables() {
        for row in IDLE {
            for scope in row.scopes.iter() {
                let options = match row.namespace {
                    "" => core::options(scope),
                    name => features::find(scope, name).unwrap_or_else(|| panic!("{name}")).options(),
                };
                let inner = beside(options, row.option);
                let (one, several): (_, &[&str]) = match row.needs {
                    Needs::Given(other)
                    | Needs::NotGiven(other)
                    | Needs::True(other)
                    | Needs::NotTrue(other)
                    | Needs::NotFalse(other)
                    | Needs::Is(other, _)
                    | Needs::IsNot(other, _) => (Some(other), &[]),
                    Needs::Any(others) => (None, others),
                };
                let own = row.option.rsplit('.').next();
                for name in own.into_iter().chain(one).chain(several.iter().copied()) {
                    let (options, name) = match name.strip_prefix('/') {
                        Some(name) => (options, name),
                        None => (inner, name),
                    };
                    assert!(options.iter().any(|option| option.name == name), "{} {name}", row.namespace);
                }
            }
        }
    }

    /// An option that has a row says so in the list of answers.
    #[test]
    fn each_row_is_an_answer() {
        let answers = include_str!("../../../../../tests/data/idle.tsv");
        for row in IDLE {
            let is_answer = |line: &str| {
                let cells: Vec<&str> = line.split('\t').collect();
                cells.len() > 3
                    && (cells[1], cells[2]) == (row.namespace, row.option)
                    && cells[3] == "no-effect"
            };
            assert!(answers.lines().any(is_answer), "{} {}", row.namespace, row.option);
        }
    }
}
