//! Compiles the workflow of a backend: an endpoint inside of an endpoint.

use std::rc::Rc;

use fjord_document::node::Node;
use fjord_encoding::Output;
use fjord_http::path::clean_leading_slash;
use fjord_http::template;

use crate::context::EndpointInfo;
use crate::features::proxy::CallOrder;
use crate::features::{proxy, workflow};
use crate::options::{Options, Refusal, Scope, Site};
use crate::plan::order;
use crate::proxy::Workflow;

use super::backend;
use super::endpoint::{Parent, Plumbing, flatmap};
use super::faults::refuse_faults;
use super::service::milliseconds;

/// Compiles the workflow of the backend of `site`, if it has one.
pub(super) fn build(
    site: &Site<'_>,
    parent: &Parent<'_>,
    method: &str,
) -> Result<Option<Box<Workflow>>, Refusal> {
    let Some(node) = site.namespace(&workflow::NAMESPACE) else { return Ok(None) };
    if !workflow::NAMESPACE.is_included() {
        return Err(Refusal::new("this build of the worker lacks it"));
    }
    let built = if parent.depth >= workflow::MAX_DEPTH {
        Err(Refusal::new(workflow::TOO_DEEP))
    } else if parent.no_op {
        Err(Refusal::new(workflow::NO_OP))
    } else {
        compile(site, node, parent, method)
    };
    built.map(|built| Some(Box::new(built))).map_err(|refusal| Refusal(format!("workflow: {refusal}")))
}

fn compile(site: &Site<'_>, node: &Node, parent: &Parent<'_>, method: &str) -> Result<Workflow, Refusal> {
    let options = Options::part(node, Scope::Workflow);
    if let Some(reason) = options.refused() {
        return Err(Refusal(reason));
    }
    let path = clean_leading_slash(options.str("endpoint")?);
    let timeout_ms = milliseconds(options.duration("timeout")?).unwrap_or(parent.timeout_ms);
    let timeout_ms = timeout_ms.min(parent.timeout_ms);
    // No endpoint has such a path, and no other backend: counters are kept by it.
    let name = format!("{}#{} {path}", site.endpoint, site.backend.unwrap_or_default());
    let inside = Site {
        scope: Scope::Workflow,
        node,
        endpoint: &name,
        endpoint_node: Some(node),
        backend: None,
        timeout_ms,
        ..*site
    };
    refuse_faults(&inside)?;
    if options.str("output_encoding")? == "no-op" {
        return Err(Refusal::new(workflow::NO_OP));
    }
    let proxy = inside.namespace(&proxy::WORKFLOW);
    let proxy = proxy.map(|node| Options::new(node, proxy::WORKFLOW.options()));
    let sequential = match &proxy {
        Some(proxy) => proxy.bool("sequential")?,
        None => true,
    };
    let mut layers = inside.compile(order::LAYERS)?;
    layers.extend(inside.compile(order::DATA)?);
    let mut variables = template::Endpoint::new(method, &path, site.disable_rest);
    variables.dynamic_routing = true;
    let nested = Parent {
        defaults: parent.defaults,
        method,
        timeout_ms,
        concurrent_calls: u32::try_from(options.int("concurrent_calls")?).unwrap_or(1).max(1),
        no_op: false,
        reads_headers: parent.reads_headers || !layers.is_empty(),
        variables,
        depth: parent.depth + 1,
    };
    let mut backends = Vec::new();
    for (index, node) in options.items("backend")?.iter().enumerate() {
        let built = backend::build(node, index, &nested, &inside)?;
        if built.shadow_timeout_ms.is_some() {
            return Err(Refusal(format!("backend {index}: {}", workflow::NO_SHADOW)));
        }
        backends.push(built.backend);
    }
    let propagated = match &proxy {
        Some(proxy) => proxy.strings("sequential_propagated_params")?,
        None => Vec::new(),
    };
    let ignore_errors = options.node("ignore_errors").is_some_and(|node| node.as_bool() == Some(true));
    let order = if sequential { CallOrder::Sequential } else { CallOrder::Parallel };
    let plumbing = Plumbing { order, timeout_ms, propagated: &propagated, join: &[], ignore_errors };
    let flatmap = proxy.as_ref().map(flatmap).filter(|flatmap| !flatmap.is_empty());
    let pipe = plumbing.pipe(backends, flatmap)?;
    let info = EndpointInfo {
        path: format!("/__workflow{path}"),
        method: method.to_owned(),
        timeout_ms,
        cache_control: None,
        output: Output::Json,
        is_cached: false,
    };
    Ok(Workflow { info: Rc::new(info), layers, pipe, ignore_errors })
}
