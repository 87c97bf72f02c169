//! The platform's limits on what one request may cost: calls in all, calls at once, CPU and memory.

use std::collections::BTreeMap;

use serde::Serialize;

use fjord_http::redirect;

use crate::features;
use crate::features::ai::mcp;
use crate::features::auth::aggregated;
use crate::features::proxy::CallOrder;
use crate::options::Scope;
use crate::options::check::{Findings, Purpose, Spot};
use crate::options::core::{FJORD_KEY, MAX_RETRIES};

/// Calls that one request may make on the free plan.
const FREE: u64 = 50;
/// The same on a paid plan, unless it is raised.
const PAID: u64 = 10_000;
/// Connections that one request may have open at once; further calls wait.
const AT_ONCE: u64 = 6;
/// Microseconds of CPU that one request may take on the free plan.
const FREE_CPU: u64 = 10_000;

/// The size of an answer for which CPU and memory are estimated, in bytes.
pub const ANSWER: u64 = 10 << 10;
/// Microseconds of CPU for any request, for each of its calls, and for each KB of JSON in an answer: from
/// `npm run bench`, on workerd.
const CPU: (u64, u64, u64) = (200, 70, 2);

/// What one request of an endpoint costs the worker.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Cost {
    /// The JSON pointer of the endpoint.
    pub path: String,
    /// Calls, if no origin redirects.
    pub calls: u64,
    /// Calls, if each origin redirects as often as that is followed.
    pub worst: u64,
    /// Calls that are open at the same time.
    pub at_once: u64,
    /// Microseconds of CPU, estimated for answers of `ANSWER` bytes; scripts and expressions come on top.
    pub cpu: u64,
    /// Bytes of memory for the same.
    pub memory: u64,
    #[serde(skip)]
    backends: u64,
    #[serde(skip)]
    copies: u64,
    /// Calls of all backends.
    #[serde(skip)]
    made: u64,
    /// Calls that are made again.
    #[serde(skip)]
    retried: u64,
    /// Calls beside those of the backends, each with its purpose.
    #[serde(skip)]
    others: BTreeMap<Purpose, u64>,
}

// === impl Cost ===

impl Cost {
    /// The cost of an endpoint of a service. One that answers for an MCP server runs the workflow of one tool in place of its backends:
    /// the one that costs most counts.
    pub(crate) fn of(endpoint: &Spot<'_>, service: &Spot<'_>) -> Cost {
        let mut most = None;
        mcp::each_workflow(endpoint, service, &mut |workflow| {
            let cost = Cost::running(workflow, endpoint, service);
            if most
                .as_ref()
                .is_none_or(|known: &Cost| (cost.calls, cost.at_once) > (known.calls, known.at_once))
            {
                most = Some(cost);
            }
        });
        most.unwrap_or_else(|| Cost::running(endpoint, endpoint, service))
    }

    /// The cost of the backends of a part, an endpoint or a workflow, behind what an endpoint does before them.
    fn running(part: &Spot<'_>, endpoint: &Spot<'_>, service: &Spot<'_>) -> Cost {
        let list = part.get("backend");
        let backends: Vec<Spot<'_>> = list.as_ref().map(|list| list.items().collect()).unwrap_or_default();
        let copies = copies_of(part);
        let is_workflow = !std::ptr::eq(part.node, endpoint.node);
        // Backends of a tool are called by GET, whatever the method of the transport is.
        let method = endpoint.get("method").filter(|_| !is_workflow);
        let method = method.and_then(|spot| spot.str().map(str::to_uppercase));
        let method = method.unwrap_or_else(|| "GET".to_owned());
        let (mut others, mut count, mut made, mut retried, mut redirected, mut dns) =
            (BTreeMap::new(), 0, 0_u64, 0_u64, 0_u64, 0);
        add(endpoint, Scope::Endpoint, 1, &mut others);
        add(service, Scope::Service, 1, &mut others);
        if is_workflow {
            add(part, Scope::Workflow, copies, &mut others);
        }
        *others.entry(Purpose::Keys).or_default() += aggregated::more_calls(endpoint, service);
        backends.iter().for_each(|backend| {
            each_backend(backend, copies, &mut |backend, scope, copies| {
                let is_backend = scope == Scope::Backend;
                let attempts = if is_backend { 1 + retries(backend, &method) } else { 1 };
                add(backend, scope, copies.saturating_mul(attempts), &mut others);
                if !is_backend || backend.namespace(&features::workflow::NAMESPACE).is_some() {
                    return;
                }
                count += 1;
                dns += lookups(backend);
                made = made.saturating_add(copies);
                let again = copies.saturating_mul(retries(backend, &method));
                retried = retried.saturating_add(again);
                redirected =
                    redirected.saturating_add(copies.saturating_add(again).saturating_mul(hops(backend)));
            });
        });
        others.insert(Purpose::Dns, dns);
        *others.entry(Purpose::Cache).or_default() += super::cache::calls(endpoint, service);
        let fetched: u64 = others.values().sum();
        let calls = made.saturating_add(retried).saturating_add(fetched);
        let output = endpoint.get("output_encoding").or_else(|| service.get("output_encoding"));
        let is_read = output.is_none_or(|output| output.str() != Some("no-op"));
        let bytes = if is_read { made.saturating_mul(ANSWER) } else { 0 };
        let order = match is_workflow {
            true => workflow_order(part),
            false => features::proxy::order_at(endpoint),
        };
        let (base, call, kilobyte) = CPU;
        Cost {
            path: endpoint.path.pointer(),
            calls,
            worst: redirected.saturating_add(fetched),
            at_once: match order {
                CallOrder::Parallel => backends.iter().map(|b| at_once(b, copies)).sum(),
                CallOrder::Sequential => copies,
                CallOrder::Fallback => backends.iter().map(|b| at_once(b, copies)).max().unwrap_or_default(),
            },
            cpu: (base + kilobyte * (bytes >> 10)).saturating_add(call.saturating_mul(calls)),
            // An answer is held until all are there, and then written anew.
            memory: bytes.saturating_mul(2),
            backends: count,
            copies,
            made,
            retried,
            others,
        }
    }

    /// How the number of calls comes about.
    fn sum(&self) -> String {
        let plural = if self.backends == 1 { "" } else { "s" };
        let mut text = format!("{} backend{plural}", self.backends);
        if self.made != self.backends * self.copies {
            text = format!("{} calls of {text}, those of workflows counted", self.made);
        } else if self.copies > 1 {
            text.push_str(&format!(" × {} concurrent calls", self.copies));
        }
        if self.retried > 0 {
            text.push_str(&format!(" + {} for retries", self.retried));
        }
        for (purpose, count) in self.others.iter().filter(|(_, count)| **count > 0) {
            text.push_str(&format!(" + {count} for {}", word(*purpose)));
        }
        text
    }
}

/// Says where an endpoint comes near the limits.
pub(super) fn limits(endpoint: &Spot<'_>, service: &Spot<'_>, findings: &mut Findings<'_>) {
    let Some(list) = endpoint.get("backend") else { return };
    let cost = Cost::of(endpoint, service);
    let Cost { calls, worst, at_once, cpu, .. } = cost;
    if calls > FREE {
        let limit = match calls > PAID {
            true => format!("more than any plan allows ({PAID})"),
            false => format!("the free plan allows {FREE}, a paid one {PAID}"),
        };
        let fault = list.warning("subrequests", format!("one request makes {calls} calls: {limit}"));
        findings.add(fault.help(cost.sum()));
    } else if worst > FREE {
        let message = format!(
            "one request may make {worst} calls if all are redirected {} times; the free plan allows {FREE}",
            redirect::LIMIT
        );
        let fault = list.note("subrequests", message);
        let help = "\"no_redirect\": true in backend/http/client hands redirects on instead";
        findings.add(fault.help(format!("{}; {help}", cost.sum())));
    }
    if at_once > AT_ONCE {
        let message =
            format!("{at_once} calls at once: the platform opens {AT_ONCE} connections, the others wait");
        findings.add(list.note("connections", message).help("origins that answer quickly hardly notice it"));
    }
    if cpu > FREE_CPU {
        let (ms, kilobytes) = (cpu / 1000, ANSWER >> 10);
        let message =
            format!("about {ms} ms of CPU with answers of {kilobytes} KB; the free plan allows 10 ms");
        findings.add(list.note("cpu", message));
    }
}

/// Hands a backend, its workflow and the backends of that to `visit`, with how often each runs.
fn each_backend(backend: &Spot<'_>, copies: u64, visit: &mut dyn FnMut(&Spot<'_>, Scope, u64)) {
    visit(backend, Scope::Backend, copies);
    let Some(workflow) = backend.namespace(&features::workflow::NAMESPACE) else { return };
    let copies = copies.saturating_mul(copies_of(&workflow));
    visit(&workflow, Scope::Workflow, copies);
    if let Some(backends) = workflow.get("backend") {
        backends.items().for_each(|backend| each_backend(&backend, copies, visit));
    }
}

/// How many calls of a backend are open at the same time.
fn at_once(backend: &Spot<'_>, copies: u64) -> u64 {
    let Some(workflow) = backend.namespace(&features::workflow::NAMESPACE) else { return copies };
    let copies = copies.saturating_mul(copies_of(&workflow));
    let Some(backends) = workflow.get("backend") else { return copies };
    let each = backends.items().map(|backend| at_once(&backend, copies));
    match workflow_order(&workflow) {
        CallOrder::Parallel => each.sum(),
        CallOrder::Sequential | CallOrder::Fallback => each.max().unwrap_or_default(),
    }
}

/// How a workflow calls its backends: one after the other, if it doesn't say otherwise.
fn workflow_order(workflow: &Spot<'_>) -> CallOrder {
    let proxy = workflow.namespace(&features::proxy::WORKFLOW);
    let sequential = proxy.as_ref().and_then(|proxy| proxy.get("sequential"));
    if sequential.is_none_or(|spot| spot.is_true()) { CallOrder::Sequential } else { CallOrder::Parallel }
}

/// How often each call of an endpoint or a workflow is made at once. A value that isn't a count is reported elsewhere.
fn copies_of(part: &Spot<'_>) -> u64 {
    let copies = part.get("concurrent_calls").and_then(|spot| spot.f64());
    copies.map_or(1, |copies| copies.clamp(1.0, 1e6) as u64)
}

/// Adds the calls that the namespaces of a part make. Caches, plugins and counters of a backend are asked for each of its concurrent calls.
fn add(part: &Spot<'_>, scope: Scope, copies: u64, others: &mut BTreeMap<Purpose, u64>) {
    let Some(extra) = part.get("extra_config") else { return };
    for (key, value) in extra.members() {
        let Some((purpose, count)) = features::find(scope, key).and_then(|namespace| namespace.calls) else {
            continue;
        };
        let each = matches!(purpose, Purpose::Cache | Purpose::Counters | Purpose::Plugins);
        let times = if each { copies } else { 1 };
        *others.entry(purpose).or_default() += times * count(&value);
    }
}

/// The purpose, for the sum.
fn word(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Keys => "keys",
        Purpose::Tokens => "tokens",
        Purpose::Dns => "DNS",
        Purpose::Cache => "the edge's cache",
        Purpose::Plugins => "plugins",
        Purpose::Counters => "counters",
    }
}

/// How often a call of a backend may be made again. A value that isn't a count is reported elsewhere.
fn retries(backend: &Spot<'_>, method: &str) -> u64 {
    let own = backend.get("method").and_then(|spot| spot.str().map(str::to_uppercase));
    if features::retries::why_not(backend.node, own.as_deref().unwrap_or(method)).is_some() {
        return 0;
    }
    let retries = backend.get(FJORD_KEY).and_then(|fjord| fjord.get("retries")?.f64());
    retries.map_or(0, |retries| retries.clamp(0.0, f64::from(MAX_RETRIES)) as u64)
}

/// Hosts that are looked up over HTTPS.
fn lookups(backend: &Spot<'_>) -> u64 {
    u64::from(backend.get("sd").is_some_and(|sd| sd.str() == Some("dns")))
}

/// The calls that one call can become.
fn hops(backend: &Spot<'_>) -> u64 {
    let stays = backend
        .namespace(&features::backend::http::client::NAMESPACE)
        .is_some_and(|space| space.get("no_redirect").is_some_and(|spot| spot.is_true()))
        // No redirect of a plugin is followed.
        || backend.namespace(&features::plugin::http_client::NAMESPACE).is_some();
    if stays { 1 } else { 1 + redirect::LIMIT as u64 }
}

#[cfg(test)]
mod tests {
    use fjord_document::Document;

    use super::*;

    fn cost(endpoint: &str) -> Cost {
        let root = Document::parse(&format!(r#"{{"endpoints": [{endpoint}]}}"#)).unwrap().root;
        let root = Spot::root(&root);
        let list = root.get("endpoints").unwrap();
        let endpoint = list.items().next().unwrap();
        Cost::of(&endpoint, &root)
    }

    #[test]
    fn retries_are_counted_where_they_happen() {
        let retried = cost(
            r#"{"endpoint": "/x", "concurrent_calls": 2, "backend": [{"@fjord": {"retries": 3}}, {"method": "POST", "@fjord": {"retries": 3}}]}"#,
        );
        assert_eq!((retried.calls, retried.at_once), (2 + 6 + 2, 4));
        assert_eq!(retried.sum(), "2 backends × 2 concurrent calls + 6 for retries");
    }

    #[test]
    fn a_fallback_has_one_call_open_at_a_time() {
        for (proxy, at_once) in [
            (r#"{"strategy": "fallback"}"#, 1),
            (r#"{"strategy": "sequential"}"#, 1),
            (r#"{"strategy": "parallel", "sequential": true}"#, 3),
        ] {
            let cost = cost(&format!(
                r#"{{"endpoint": "/x", "extra_config": {{"proxy": {proxy}}}, "backend": [{{}}, {{}}, {{}}]}}"#
            ));
            assert_eq!((cost.calls, cost.at_once), (3, at_once), "{proxy}");
        }
    }

    #[test]
    fn the_calls_of_workflows_are_counted() {
        let text = r#"{"endpoints": [{"endpoint": "/x", "concurrent_calls": 2, "backend": [{"url_pattern": "/0"},
            {"extra_config": {"workflow": {"endpoint": "/w", "concurrent_calls": 3, "backend": [{"url_pattern": "/1"},
            {"extra_config": {"workflow": {"endpoint": "/v", "extra_config": {"proxy": {"sequential": false}},
            "backend": [{"url_pattern": "/2"}, {"url_pattern": "/3"}]}}}]}}}]}]}"#;
        let root = Document::parse(text).unwrap().root;
        let root = Spot::root(&root);
        let list = root.get("endpoints").unwrap();
        let endpoint = list.items().next().unwrap();
        let cost = Cost::of(&endpoint, &root);
        // 2 for itself, and 2 × 3 for each of the three inside.
        assert_eq!((cost.calls, cost.worst), (20, 20 * (1 + redirect::LIMIT as u64)));
        // The two of the inner workflow are open together, the outer one's after each other.
        assert_eq!(cost.at_once, 2 + 12);
        assert_eq!(cost.sum(), "20 calls of 4 backends, those of workflows counted");
    }

    #[test]
    fn a_request_to_an_mcp_server_costs_what_its_dearest_tool_does() {
        let text = r#"{"extra_config": {"ai/mcp": {"servers": [{"name": "other", "tools": []}, {"name": "s", "tools": [
            {"name": "a", "workflow": {"endpoint": "/a", "backend": [{"url_pattern": "/1"}]}},
            {"name": "b", "workflow": {"endpoint": "/b", "concurrent_calls": 2, "extra_config": {"proxy": {"sequential": false},
             "plugin/req-resp-modifier": {"name": ["p"]}}, "backend": [{"url_pattern": "/1"}, {"url_pattern": "/2"}]}}]}]}},
            "endpoints": [{"endpoint": "/mcp", "method": "POST", "backend": [{"url_pattern": "/never"}, {"url_pattern": "/called"}, {}, {}, {}, {}, {}],
            "extra_config": {"ai/mcp": {"server_name": "s"}, "auth/validator": {"jwk_url": "https://keys"}}}]}"#;
        let root = Document::parse(text).unwrap().root;
        let root = Spot::root(&root);
        let list = root.get("endpoints").unwrap();
        let cost = Cost::of(&list.items().next().unwrap(), &root);
        // Two calls of each of two backends, two of the plugin for each copy, one for the keys.
        assert_eq!((cost.calls, cost.at_once), (4 + 4 + 1, 4));
        assert_eq!(cost.sum(), "2 backends × 2 concurrent calls + 1 for keys + 4 for plugins");
    }

    #[test]
    fn each_server_of_a_key_aggregator_is_a_call() {
        let text = r#"{"extra_config": {"plugin/http-server": {"name": ["jwk-aggregator"], "jwk-aggregator": {"port": 9876,
            "origins": ["https://a", "https://b", "https://c"]}}}, "endpoints": [{"endpoint": "/x", "backend": [{"url_pattern": "/"}],
            "extra_config": {"auth/validator": {"jwk_url": "http://localhost:9876"}}}, {"endpoint": "/y", "backend": [{"url_pattern": "/"}]}]}"#;
        let root = Document::parse(text).unwrap().root;
        let root = Spot::root(&root);
        let list = root.get("endpoints").unwrap();
        let calls: Vec<u64> = list.items().map(|endpoint| Cost::of(&endpoint, &root).calls).collect();
        assert_eq!(calls, [1 + 3, 1]);
    }
}
