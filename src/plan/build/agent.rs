//! Compiles an async agent: a pipe without an endpoint, which messages of a queue run through.

use std::rc::Rc;

use fjord_document::node::{Kind, Member, Node};
use fjord_encoding::Output;
use fjord_http::template;

use crate::context::EndpointInfo;
use crate::features::async_agent::queue;
use crate::features::proxy;
use crate::features::proxy::CallOrder;
use crate::gateway::{Agent, Backoff, Pace};
use crate::options::{Capability, Environment, Options, Refusal, Scope, Site};
use crate::plan::order;
use crate::proxy::{Layer, Pipe};

use super::backend;
use super::endpoint::{Parent, Plumbing, flatmap};
use super::faults::refuse_faults;
use super::service::{Defaults, milliseconds};

/// Why an agent gets no messages.
const NOT_FED: &str = "nothing feeds the agent: it has no driver async/queue with a consumer.topic";

/// Why a shadow is refused.
const NO_SHADOW: &str = "an agent has no shadow backends: nobody waits for its answers";

/// The agents of the service as written.
pub(in crate::plan) fn nodes<'a>(options: &Options<'a>) -> &'a [Node] {
    options.node("async_agent").map(Node::items).unwrap_or_default()
}

/// The queue of the platform that feeds an agent; none if another driver does.
pub(in crate::plan) fn queue_of(node: &Node) -> Option<&str> {
    node.get("extra_config")?.get(queue::NAMESPACE.name)?;
    node.get("consumer")?.get("topic")?.as_str()
}

/// The agents that nothing feeds, each with the way to its place: KrakenD's other drivers are refused.
pub(super) fn left_out(options: &Options<'_>) -> Vec<String> {
    let agents = nodes(options).iter().enumerate().filter(|(_, node)| queue_of(node).is_none());
    agents.map(|(index, _)| format!("async_agent: {index}: {NOT_FED}")).collect()
}

/// Says that agents are needed, if a queue feeds one.
///
/// # Errors
/// If this module has none.
pub(super) fn require(options: &Options<'_>, environment: &Environment) -> Result<(), Refusal> {
    if nodes(options).iter().all(|node| queue_of(node).is_none()) {
        return Ok(());
    }
    environment.require(&[Capability::Agents]).map_err(|refusal| Refusal(format!("async_agent: {refusal}")))
}

/// Compiles an agent; one that can't be served has messages delivered again.
pub(in crate::plan) fn build(node: &Node, defaults: &Defaults, environment: &Environment) -> Agent {
    let options = Options::part(node, Scope::Async);
    let mut agent = Agent {
        info: info(options.str("name").unwrap_or_default(), defaults.timeout_ms),
        pace: Pace { workers: 1, max_rate: 0.0 },
        backoff: Some(Backoff::named("")),
        layers: Vec::new(),
        pipe: Err(String::new()),
    };
    agent.pipe = match fill(&mut agent, &options, defaults, environment) {
        Ok(pipe) => Ok(pipe),
        Err(refusal) => Err(refusal.0),
    };
    agent
}

fn info(name: &str, timeout_ms: u32) -> Rc<EndpointInfo> {
    Rc::new(EndpointInfo {
        path: name.to_owned(),
        method: "GET".to_owned(),
        timeout_ms,
        cache_control: None,
        output: Output::Json,
        is_cached: false,
    })
}

fn fill(
    agent: &mut Agent,
    options: &Options<'_>,
    defaults: &Defaults,
    environment: &Environment,
) -> Result<Pipe, Refusal> {
    if let Some(reason) = options.refused() {
        return Err(Refusal(reason));
    }
    let name = options.str("name")?;
    let consumer = options.object("consumer")?.ok_or_else(|| Refusal::new("there is no consumer"))?;
    let timeout_ms = milliseconds(consumer.duration("timeout")?).unwrap_or(defaults.timeout_ms);
    agent.info = info(name, timeout_ms);
    agent.pace = Pace {
        workers: u32::try_from(consumer.int("workers")?).unwrap_or(1).max(1),
        max_rate: consumer.f64("max_rate")?.max(0.0),
    };
    if let Some(connection) = options.object("connection")? {
        agent.backoff = Some(Backoff::named(connection.str("backoff_strategy")?));
    }
    let site = Site {
        scope: Scope::Async,
        environment,
        node: options.whole(),
        endpoint: name,
        endpoint_node: Some(options.whole()),
        backend: None,
        timeout_ms,
        disable_rest: defaults.disable_rest,
        is_later: defaults.is_later,
    };
    refuse_faults(&site)?;
    let driver = site.namespace(&queue::NAMESPACE).map(|node| Options::of(node, &queue::NAMESPACE));
    let driver = driver.ok_or_else(|| Refusal::new(NOT_FED))?;
    if driver.bool("nack_discard")? {
        agent.backoff = None;
    }
    let mut layers: Vec<Box<dyn Layer>> = site.compile(order::LAYERS)?;
    layers.extend(site.compile(order::DATA)?);
    let mut variables = template::Endpoint::new("GET", "/", site.disable_rest);
    variables.dynamic_routing = true;
    let encoding = options.str("encoding")?;
    let parent = Parent {
        defaults,
        method: "GET",
        timeout_ms,
        concurrent_calls: 1,
        no_op: encoding == "no-op",
        reads_headers: !layers.is_empty(),
        variables,
        depth: 0,
    };
    let mut backends = Vec::new();
    for (index, node) in options.items("backend")?.iter().enumerate() {
        let built = backend::build(&with_encoding(node, encoding), index, &parent, &site)?;
        if built.shadow_timeout_ms.is_some() {
            return Err(Refusal(format!("backend {index}: {NO_SHADOW}")));
        }
        backends.push(built.backend);
    }
    let proxy = site.namespace(&proxy::AGENT).map(|node| Options::of(node, &proxy::AGENT));
    let propagated = match &proxy {
        Some(proxy) => proxy.strings("sequential_propagated_params")?,
        None => Vec::new(),
    };
    let sequential = proxy.as_ref().is_some_and(|proxy| proxy.bool("sequential") == Ok(true));
    let order = if sequential { CallOrder::Sequential } else { CallOrder::Parallel };
    let plumbing = Plumbing { order, timeout_ms, propagated: &propagated, join: &[], ignore_errors: false };
    let flatmap = proxy.as_ref().map(flatmap).filter(|flatmap| !flatmap.is_empty());
    let pipe = plumbing.pipe(backends, flatmap)?;
    agent.layers = layers;
    Ok(pipe)
}

/// A backend that reads answers as its agent says, unless it says so itself.
fn with_encoding(backend: &Node, encoding: &str) -> Node {
    let mut node = backend.clone();
    if backend.get("encoding").is_none()
        && let Kind::Object(members) = &mut node.kind
    {
        let span = backend.span.clone();
        let value = Node { span: span.clone(), kind: Kind::String(encoding.into()) };
        members.push(Member { key: "encoding".into(), key_span: span, value });
    }
    node
}
