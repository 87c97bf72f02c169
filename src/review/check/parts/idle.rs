//! Options that others make idle: one row for each, with what it needs. What a namespace knows more of, its own room checks.

use crate::features;
use crate::options::check::{Around, Endpoint, Findings, Spot};
use crate::options::{Scope, is_empty};

/// An option of which nothing comes unless another one of the same object is as it needs.
struct Idle {
    scope: Scope,
    /// The namespace; empty for an option of the part itself.
    namespace: &'static str,
    option: &'static str,
    needs: Needs,
}

/// What an option needs.
enum Needs {
    /// Another option.
    Given(&'static str),
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

const LIMIT: &str = "qos/ratelimit/router";
const SERVICE_LIMIT: &str = "qos/ratelimit/service";
const VALIDATOR: &str = "auth/validator";
const SECURITY: &str = "security/http";

static IDLE: &[Idle] = &[
    idle(Scope::Backend, "", "sd_scheme", Needs::Is("sd", &["dns", "dns-shared"])),
    idle(Scope::Backend, "", "is_collection", Needs::IsNot("encoding", &["safejson", "string"])),
    idle(Scope::Backend, "proxy", "shadow_timeout", Needs::True("shadow")),
    idle(Scope::Backend, "backend/http/client", "send_body_on_redirect", Needs::NotTrue("no_redirect")),
    idle(Scope::Endpoint, VALIDATOR, "cache_duration", Needs::True("cache")),
    idle(Scope::Endpoint, VALIDATOR, "roles_key_is_nested", Needs::Given("roles")),
    idle(Scope::Endpoint, VALIDATOR, "scopes_key", Needs::Given("scopes")),
    idle(Scope::Endpoint, VALIDATOR, "scopes_matcher", Needs::Given("scopes")),
    idle(Scope::Endpoint, LIMIT, "capacity", Needs::Given("max_rate")),
    idle(Scope::Endpoint, LIMIT, "client_capacity", Needs::Given("client_max_rate")),
    idle(Scope::Endpoint, LIMIT, "strategy", Needs::Given("client_max_rate")),
    idle(Scope::Endpoint, LIMIT, "key", Needs::Is("strategy", &["header", "param"])),
    idle(Scope::Service, SERVICE_LIMIT, "capacity", Needs::Given("max_rate")),
    idle(Scope::Service, SERVICE_LIMIT, "client_capacity", Needs::Given("client_max_rate")),
    idle(Scope::Service, SERVICE_LIMIT, "strategy", Needs::Given("client_max_rate")),
    idle(Scope::Service, "router", "health_path", Needs::NotTrue("disable_health")),
    idle(Scope::Service, "router", "logger_skip_paths", Needs::NotTrue("disable_access_log")),
    idle(Scope::Service, "router", "remote_ip_headers", Needs::NotFalse("forwarded_by_client_ip")),
    idle(Scope::Service, "router", "trusted_proxies", Needs::NotFalse("forwarded_by_client_ip")),
    idle(Scope::Service, SECURITY, "sts_include_subdomains", Needs::Given("sts_seconds")),
];

const fn idle(scope: Scope, namespace: &'static str, option: &'static str, needs: Needs) -> Idle {
    Idle { scope, namespace, option, needs }
}

/// The idle options of a part.
pub(super) fn check(part: &Spot<'_>, scope: Scope, findings: &mut Findings<'_>) {
    for row in IDLE.iter().filter(|row| row.scope == scope) {
        match row.namespace {
            "" => row.check(part, findings),
            name => {
                let found = features::find(scope, name).and_then(|namespace| part.namespace(namespace));
                found.into_iter().for_each(|spot| row.check(&spot, findings));
            }
        }
    }
}

/// What the method, or the number of backends, makes idle.
pub(super) fn endpoint(endpoint: &Endpoint<'_>, findings: &mut Findings<'_>) {
    if endpoint.method != "GET"
        && let Some(ttl) = endpoint.spot.get("cache_ttl")
        && ttl.duration().is_some_and(|ttl| !ttl.is_zero())
    {
        let message = format!("clients keep no answer to {}", endpoint.method);
        findings.add(ttl.warning("no-effect", message));
    }
    if let [_] = endpoint.backends
        && let Some(proxy) = endpoint.spot.namespace(&features::proxy::NAMESPACE)
        && let Some(filter) = proxy.get("flatmap_filter").filter(|list| list.items().len() > 0)
    {
        let message = "with one backend KrakenD passes over the endpoint's flatmap_filter";
        findings.add(filter.note("no-effect", message).help("move it into the `proxy` of the backend"));
    }
}

/// A cache around calls that no cache keeps.
pub(super) fn backend(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let own = spot.get("method").and_then(|method| method.str()).map(str::to_uppercase);
    let method = own.or_else(|| Some(around.endpoint?.method.clone())).unwrap_or_default();
    if let Some(cache) = spot.namespace(&features::qos::http_cache::NAMESPACE)
        && !matches!(&*method, "" | "GET" | "HEAD")
    {
        findings.add(cache.warning("no-effect", format!("no answer to {method} is kept")));
    }
}

// === impl Idle ===

impl Idle {
    fn check(&self, object: &Spot<'_>, findings: &mut Findings<'_>) {
        let Some(option) = object.get(self.option) else { return };
        // What is off or empty waits for nothing.
        let is_off = is_empty(option.node)
            || option.node.as_bool() == Some(false)
            || option.str() == Some("")
            || option.f64() == Some(0.0);
        if is_off {
            return;
        }
        let other = |name: &str| object.get(name);
        let truth = |name: &str| other(name).and_then(|spot| spot.node.as_bool());
        let text = |name: &str| other(name).and_then(|spot| spot.str());
        let why = match self.needs {
            Needs::Given(name) if other(name).is_none() => format!("without `{name}`"),
            Needs::True(name) if truth(name) != Some(true) => format!("unless `{name}` is true"),
            Needs::NotTrue(name) if truth(name) == Some(true) => format!("while `{name}` is true"),
            Needs::NotFalse(name) if truth(name) == Some(false) => format!("while `{name}` is false"),
            Needs::Is(name, values) if !text(name).is_some_and(|text| values.contains(&text)) => {
                format!("unless `{name}` is {}", values.join(" or "))
            }
            Needs::IsNot(name, values) => match text(name).filter(|text| values.contains(text)) {
                Some(value) => format!("with `{name}` {value}"),
                None => return,
            },
            _ => return,
        };
        let message = format!("`{}` has no effect {why}", self.option);
        findings.add(option.warning("no-effect", message));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::core;

    #[test]
    fn each_row_names_options_of_the_tables() {
        for row in IDLE {
            let options = match row.namespace {
                "" => core::options(row.scope),
                name => features::find(row.scope, name).unwrap_or_else(|| panic!("{name}")).options(),
            };
            let (Needs::Given(other)
            | Needs::True(other)
            | Needs::NotTrue(other)
            | Needs::NotFalse(other)
            | Needs::Is(other, _)
            | Needs::IsNot(other, _)) = row.needs;
            for name in [row.option, other] {
                assert!(options.iter().any(|option| option.name == name), "{} {name}", row.namespace);
            }
        }
    }
}
