//! Compiles an endpoint.

use std::cell::Cell;
use std::rc::{Rc, Weak};

use fjord_document::node::Node;
use fjord_encoding::Output;
use fjord_http::headers::{canonical, is_hop_by_hop};
use fjord_http::template;
use fjord_http::template::Variable;
use fjord_json::Flatmap;

use crate::context::EndpointInfo;
use crate::features::plugin::req_resp_modifier;
use crate::features::proxy::CallOrder;
use crate::features::{all_or_nothing, endpoint_cache, proxy};
use crate::gateway::{CATCH_ALL, Endpoint, Handler, InputHeaders, InputQueries};
use crate::options::core::{FJORD_KEY, FJORD_OF_ENDPOINT};
use crate::options::{Capability, Environment, Options, Refusal, Scope, Site};
use crate::plan::order;
use crate::proxy::{Backend, Fallback, Layer, Merge, Pipe, Sequence, Shadow, Splitter, Take};

use super::backend::{self, owned};
use super::faults::refuse_faults;
use super::mcp;
use super::service::{Defaults, milliseconds};

/// The path of an endpoint and what its backends inherit.
pub(super) struct Parent<'a> {
    pub defaults: &'a Defaults,
    pub method: &'a str,
    pub timeout_ms: u32,
    pub concurrent_calls: u32,
    pub no_op: bool,
    /// Whether a step around the backends may look at an answer's header lines.
    pub reads_headers: bool,
    pub variables: template::Endpoint<'a>,
    /// How many workflows are around.
    pub depth: usize,
}

/// Compiles an endpoint; one that can't be served answers 501.
pub(in crate::plan) fn build(node: &Node, defaults: &Defaults, environment: &Environment) -> Endpoint {
    let options = Options::part(node, Scope::Endpoint);
    let path = format!("/{}", {
        let path = options.str("endpoint").unwrap_or_default();
        path.strip_prefix('/').unwrap_or(path)
    });
    let method = super::method(options.str("method").unwrap_or_default()).into_owned();
    let mut info = EndpointInfo {
        path,
        method,
        timeout_ms: defaults.timeout_ms,
        cache_control: None,
        output: Output::Json,
        is_cached: false,
    };
    match compile(&mut info, &options, defaults, environment) {
        Ok(parts) => Endpoint {
            info: Rc::new(info),
            input_headers: parts.input_headers,
            input_query_strings: parts.input_query_strings,
            handlers: parts.handlers,
            layers: parts.layers,
            pipe: parts.pipe,
            header_list: None,
            is_steady: false,
            shapes: Cell::new(0),
            refused: None,
            me: Weak::new(),
        },
        Err(refusal) => Endpoint::refused(info, refusal.0),
    }
}

/// What of an endpoint steps don't know.
struct Parts {
    input_headers: InputHeaders,
    input_query_strings: InputQueries,
    handlers: Vec<Box<dyn Handler>>,
    layers: Vec<Box<dyn Layer>>,
    pipe: Pipe,
}

fn compile(
    info: &mut EndpointInfo,
    options: &Options<'_>,
    defaults: &Defaults,
    environment: &Environment,
) -> Result<Parts, Refusal> {
    if let Some(reason) = options.refused() {
        return Err(Refusal(reason));
    }
    info.timeout_ms = milliseconds(options.duration("timeout")?).unwrap_or(defaults.timeout_ms);
    let ttl = Some(options.duration("cache_ttl")?).filter(|ttl| !ttl.is_zero()).map(|ttl| ttl.as_secs());
    info.cache_control = ttl.or(defaults.cache_ttl).map(|ttl| format!("public, max-age={ttl}"));
    let input_headers = headers(&options.strings("input_headers")?);
    let input_query_strings = queries(&options.strings("input_query_strings")?);
    let written = options.str("output_encoding")?;
    let output = if options.given("output_encoding") { written } else { &defaults.output_encoding };
    let site = Site {
        scope: Scope::Endpoint,
        environment,
        node: options.whole(),
        endpoint: &info.path,
        endpoint_node: Some(options.whole()),
        backend: None,
        timeout_ms: info.timeout_ms,
        disable_rest: defaults.disable_rest,
        is_later: defaults.is_later,
    };
    refuse_faults(&site)?;
    let proxy = site.namespace(&proxy::NAMESPACE).map(|node| Options::new(node, proxy::NAMESPACE.options()));
    let order = proxy.as_ref().map_or(Ok(CallOrder::Parallel), proxy::order)?;
    if order == CallOrder::Fallback {
        site.require(&[Capability::Failover], "proxy: strategy")?;
    }
    let calls = u32::try_from(options.int("concurrent_calls")?).unwrap_or(1).max(1);
    let mut layers: Vec<Box<dyn Layer>> = site.compile(order::LAYERS)?;
    let path = if info.path == CATCH_ALL { "/*" } else { &info.path };
    let mut variables = template::Endpoint::new(&info.method, path, defaults.disable_rest);
    variables.dynamic_routing = true;
    let parent = Parent {
        defaults,
        method: &info.method,
        timeout_ms: info.timeout_ms,
        concurrent_calls: calls,
        no_op: output == "no-op",
        reads_headers: defaults.reads_headers
            || !layers.is_empty()
            || site.namespace(&req_resp_modifier::NAMESPACE).is_some(),
        variables,
        depth: 0,
    };
    let (mut backends, mut shadows) = (Vec::new(), Vec::new());
    for (index, node) in options.items("backend")?.iter().enumerate() {
        let built = backend::build(node, index, &parent, &site)?;
        match built.shadow_timeout_ms {
            None => backends.push((built.backend, built.encoding)),
            Some(timeout) => shadows.push((built.backend, built.encoding, timeout)),
        }
    }
    // KrakenD's split leaves the shadow backends as the endpoint's only ones, and then chooses the output.
    let single_encoding = match (&backends[..], &shadows[..]) {
        ([(_, encoding)], []) | (_, [(_, encoding, _)]) => Some(encoding.as_str()),
        _ => None,
    };
    let server = mcp::build(&site, &parent)?;
    info.output = match &server {
        // It renders its answers itself.
        Some(_) => Output::NoOp,
        None => Output::parse(output, single_encoding),
    };
    site.require(Capability::of_output(info.output), &format!("output_encoding {output}"))?;
    let flatmap = || Some(proxy.as_ref().map(flatmap)?).filter(|flatmap| !flatmap.is_empty());
    let propagated = match &proxy {
        Some(proxy) => proxy.strings("sequential_propagated_params")?,
        None => Vec::new(),
    };
    let join: Vec<String> = match site.node.get(FJORD_KEY) {
        Some(node) => owned(Options::new(node, FJORD_OF_ENDPOINT).strings("join_arrays")?),
        None => Vec::new(),
    };
    let plumbing = Plumbing {
        order,
        timeout_ms: info.timeout_ms,
        propagated: &propagated,
        join: &join,
        ignore_errors: false,
    };
    let mut handlers: Vec<Box<dyn Handler>> = site.compile(order::HANDLERS)?;
    let cache = endpoint_cache::Inputs {
        ttl: ttl.or(defaults.cache_ttl),
        of_service: &defaults.not_cached,
        headers: &input_headers,
        queries: &input_query_strings,
        negotiates: info.output == Output::Negotiate,
    };
    // Inside of all handlers: what they turn away is turned away before a hit, too.
    if let Some(cache) = endpoint_cache::compile(&site, &cache)? {
        info.is_cached = true;
        handlers.push(cache);
    }
    if !shadows.is_empty() {
        let timeout_ms = shadows.iter().map(|(.., timeout)| *timeout).max().unwrap_or(info.timeout_ms);
        let pipe = plumbing.pipe(shadows.into_iter().map(|(backend, ..)| backend).collect(), flatmap())?;
        let shadow = Shadow { layers: site.compile(order::DATA)?, pipe, timeout_ms };
        layers.push(Box::new(Splitter(Rc::new(shadow))));
    }
    layers.extend(site.compile(order::DATA)?);
    layers.extend(all_or_nothing::compile(&site)?);
    if let Some(server) = server {
        layers.push(server);
    }
    if let Some(layer) = (order::TELEMETRY.pipe)(&site, &info.method) {
        layers.insert(0, layer);
    }
    let pipe = plumbing.pipe(backends.into_iter().map(|(backend, _)| backend).collect(), flatmap())?;
    Ok(Parts { input_headers, input_query_strings, handlers, layers, pipe })
}

/// How backends become a pipe.
pub(super) struct Plumbing<'a> {
    pub order: CallOrder,
    pub timeout_ms: u32,
    pub propagated: &'a [&'a str],
    /// Keys of the first level whose arrays are joined.
    pub join: &'a [String],
    /// Whether a sequence goes on when a backend fails.
    pub ignore_errors: bool,
}

impl Plumbing<'_> {
    pub(super) fn pipe(&self, mut backends: Vec<Backend>, flatmap: Option<Flatmap>) -> Result<Pipe, Refusal> {
        // 85 % of the endpoint's time, so that there is some left to answer (spec §10).
        let timeout_ms = (u64::from(self.timeout_ms) * 85 / 100) as u32;
        match backends.len() {
            0 => Err(Refusal::new("there is no backend to answer with")),
            1 => Ok(Pipe::Single(Box::new(backends.remove(0)))),
            _ if self.order == CallOrder::Fallback => {
                // What this needs was asked for where the order was read.
                Ok(Pipe::Fallback(Fallback { backends, flatmap, timeout_ms }))
            }
            _ if self.order == CallOrder::Sequential => {
                let takes = (0..backends.len()).map(|index| self.takes(index, &backends)).collect();
                Ok(Pipe::Sequential(Sequence {
                    backends,
                    takes,
                    flatmap,
                    join: self.join.to_vec(),
                    ignore_errors: self.ignore_errors,
                    timeout_ms,
                }))
            }
            _ => Ok(Pipe::Parallel(Merge { backends, flatmap, join: self.join.to_vec(), timeout_ms })),
        }
    }

    /// The values that a backend takes from the answers before it: those of its `url_pattern`, and the propagated ones.
    fn takes(&self, index: usize, backends: &[Backend]) -> Vec<Take> {
        if index == 0 {
            return Vec::new();
        }
        let mut takes: Vec<Take> = Vec::new();
        for variable in backends[index].url.variables() {
            if let Variable::Resp { backend, .. } = variable
                && *backend < index
            {
                takes.extend(take(&variable.to_string(), index));
            }
        }
        for name in self.propagated {
            takes.extend(take(name, backends.len()).filter(|take| take.from < index));
        }
        takes
    }
}

/// Reads `resp0_a.b` or `Resp0` if the index is below `limit`.
fn take(name: &str, limit: usize) -> Option<Take> {
    let rest = name.strip_prefix("resp").or_else(|| name.strip_prefix("Resp"))?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let from: usize = rest[..digits].parse().ok().filter(|index| *index < limit)?;
    let path = rest[digits..].strip_prefix('_').unwrap_or(&rest[digits..]);
    Some(Take {
        param: format!("Resp{rest}"),
        from,
        path: if path.is_empty() { Vec::new() } else { path.split('.').map(str::to_owned).collect() },
    })
}

/// The operations of `flatmap_filter`.
pub(super) fn flatmap(proxy: &Options<'_>) -> Flatmap {
    proxy.node("flatmap_filter").map(|list| Flatmap::from_config(&list.into())).unwrap_or_default()
}

fn headers(names: &[&str]) -> InputHeaders {
    if names.is_empty() {
        InputHeaders::ContentType
    } else if names.contains(&"*") {
        InputHeaders::All
    } else {
        // A client can't take a listed line away again by naming it in `Connection`.
        let names = names.iter().map(|name| canonical(name).into_owned());
        InputHeaders::Listed(names.filter(|name| !is_hop_by_hop(name)).collect())
    }
}

fn queries(names: &[&str]) -> InputQueries {
    if names.is_empty() {
        InputQueries::None
    } else if names.contains(&"*") {
        InputQueries::All
    } else {
        InputQueries::Listed(names.iter().map(|name| (*name).to_owned()).collect())
    }
}
