//! Compiles a backend.

use std::borrow::Cow;

use fjord_document::node::{Kind, Member, Node};
use fjord_encoding::Encoding;
use fjord_http::template::UrlPattern;
use fjord_http::{Host, canonical};
use fjord_json::{Shape, ShapeOptions};

use crate::features;
use crate::features::backend::{http, lambda};
use crate::features::proxy;
use crate::features::telemetry::logging;
use crate::features::telemetry::opentelemetry::Named;
use crate::options::check::Hosts as Calls;
use crate::options::{Capability, Environment, Namespace, Options, Refusal, Scope, Site};
use crate::plan::order;
use crate::proxy::{Backend, Decode, Discovery, Failure, Hosts, Policy, RESOLVER, certificates};

use super::endpoint::{Parent, flatmap};
use super::faults::refuse_faults;
use super::service::milliseconds;
use super::workflow;

/// A compiled backend and what its endpoint must know of it.
pub(super) struct Built {
    pub backend: Backend,
    /// As written.
    pub encoding: String,
    /// Set for a shadow backend.
    pub shadow_timeout_ms: Option<u32>,
}

/// Compiles a backend.
pub(super) fn build(
    node: &Node,
    index: usize,
    parent: &Parent<'_>,
    endpoint: &Site<'_>,
) -> Result<Built, Refusal> {
    let site = Site { scope: Scope::Backend, node, backend: Some(index), ..*endpoint };
    compile(&site, index, parent).map_err(|refusal| Refusal(format!("backend {index}: {refusal}")))
}

fn compile(site: &Site<'_>, index: usize, parent: &Parent<'_>) -> Result<Built, Refusal> {
    if !matches!(site.node.kind, Kind::Object(_)) {
        return Err(Refusal(format!("expected an object, found {}", site.node.kind.name())));
    }
    let options = Options::part(site.node, Scope::Backend);
    if let Some(reason) = options.refused() {
        return Err(Refusal(reason));
    }
    refuse_faults(site)?;
    let method = options.str("method")?;
    let method = if method.is_empty() { parent.method } else { method };
    let url = UrlPattern::compile(options.str("url_pattern")?, &parent.variables, index)
        .map_err(|error| Refusal(error.to_string()))?;
    let encoding = if parent.no_op { "no-op" } else { options.str("encoding")? };
    let decoder = Encoding::parse(encoding);
    site.require(Capability::of_encoding(decoder), &format!("encoding {encoding}"))?;
    let proxy = namespace(site, &proxy::BACKEND);
    let flatmap = proxy.as_ref().map(flatmap);
    let shape = Shape::new(ShapeOptions {
        target: options.str("target")?.to_owned(),
        allow: owned(options.strings("allow")?),
        deny: owned(options.strings("deny")?),
        mapping: mapping(&options),
        group: options.str("group")?.to_owned(),
        flatmap: flatmap.unwrap_or_default(),
    });
    let shadow = match &proxy {
        Some(proxy) if proxy.bool("shadow")? && proxy.given("shadow") => {
            Some(milliseconds(proxy.duration("shadow_timeout")?).unwrap_or(parent.timeout_ms))
        }
        _ => None,
    };
    let client = namespace(site, &http::client::NAMESPACE);
    let redirects = match &client {
        Some(client) => {
            if let Some(reason) = client.refused() {
                return Err(Refusal(format!("backend/http/client: {reason}")));
            }
            Policy { send_body: client.bool("send_body_on_redirect")?, follow: !client.bool("no_redirect")? }
        }
        None => Policy { send_body: false, follow: true },
    };
    let own = client.as_ref().map(|client| client.object("client_tls")).transpose()?.flatten();
    let certificates = match own {
        Some(tls) => certificates::compile(&tls, false, site.environment)
            .map_err(|refusal| Refusal(format!("backend/http/client: {refusal}")))?,
        None => parent.defaults.certificates.clone()?,
    };
    let special = |member: &Member| features::find(Scope::Backend, &member.key)?.hosts;
    let special = site.namespaces().filter_map(special).find(|calls| *calls != Calls::Elsewhere);
    let hosts = match special {
        Some(Calls::Amqp | Calls::PubSub) => Hosts::elsewhere(),
        Some(Calls::Assets) => Hosts::assets(url.as_static()),
        // Its layer makes the call.
        Some(Calls::Elsewhere) | None if site.namespace(&lambda::NAMESPACE).is_some() => Hosts::elsewhere(),
        Some(Calls::Elsewhere) | None => hosts(&options, parent, &url, site.environment)?,
    };
    let mut layers = site.compile(order::BACKEND)?;
    let around = site.compile(order::AROUND)?;
    let mut hop = site.compile(order::HOP)?;
    let no_op = encoding == "no-op";
    let layers_read = !layers.is_empty();
    if let Some((layer, step)) = telemetry(site, &options, parent, method)? {
        layers.insert(0, layer);
        hop.push(step);
    }
    hop.extend(logging::step(site));
    let steps_read = around.iter().chain(&hop).any(|step| step.reads_headers());
    let when = site.compile(order::WHEN)?.pop().map(|when| *when);
    let backend = Backend {
        when,
        workflow: workflow::build(site, parent, method)?,
        reads_headers: steps_read || no_op && (layers_read || parent.reads_headers),
        method: known_method(method),
        hosts,
        url,
        input_headers: listed(options.strings("input_headers")?, |name| canonical(name).into_owned()),
        input_query_strings: listed(options.strings("input_query_strings")?, str::to_owned),
        concurrent_calls: parent.concurrent_calls,
        concurrent_timeout_ms: (u64::from(parent.timeout_ms) * 75 / 100) as u32,
        retries: features::retries::compile(site, method)?,
        layers,
        around,
        hop,
        redirects,
        certificates,
        gzip: !parent.defaults.disable_compression,
        no_op,
        decode: Decode {
            encoding: decoder,
            is_collection: options.bool("is_collection")?,
            shape,
            failure: failure(site)?,
        },
    };
    Ok(Built { backend, encoding: encoding.to_owned(), shadow_timeout_ms: shadow })
}

/// What reports the backend and its calls.
fn telemetry(
    site: &Site<'_>,
    options: &Options<'_>,
    parent: &Parent<'_>,
    method: &str,
) -> Result<Option<order::Measured>, Refusal> {
    let own = options.strings("host")?;
    let hosts = if own.is_empty() { parent.defaults.hosts.iter().map(String::as_str).collect() } else { own };
    let pattern = options.str("url_pattern")?;
    Ok((order::TELEMETRY.backend)(site, &Named { method, pattern, endpoint_method: parent.method, hosts }))
}

fn namespace<'a>(site: &Site<'a>, namespace: &'static Namespace) -> Option<Options<'a>> {
    site.namespace(namespace).map(|node| Options::of(node, namespace))
}

/// What `backend/http` makes of a bad status. Details win over the code, and a name that isn't a string switches both
/// off (spec §6).
fn failure(site: &Site<'_>) -> Result<Failure, Refusal> {
    let Some(http) = namespace(site, &http::NAMESPACE) else { return Ok(Failure::Error) };
    if http.given("return_error_details") {
        let name = http.str("return_error_details").unwrap_or_default();
        return Ok(if name.is_empty() { Failure::Error } else { Failure::Details(name.to_owned()) });
    }
    Ok(if http.bool("return_error_code")? { Failure::Code } else { Failure::Error })
}

fn hosts(
    options: &Options<'_>,
    parent: &Parent<'_>,
    url: &UrlPattern,
    environment: &Environment,
) -> Result<Hosts, Refusal> {
    let own = options.strings("host")?;
    let inherited = own.is_empty();
    if options.str("sd")? == "dns" {
        let name = own.first().copied().or_else(|| Some(parent.defaults.hosts.first()?.as_str()));
        let Some(name) = name else { return Ok(Hosts::new(Vec::new(), None)) };
        let name = name.split_once("://").map_or(name, |(_, name)| name).trim_end_matches('/');
        let resolver = environment.variable("FJORD_DNS").unwrap_or(RESOLVER);
        let ttl_ms = parent.defaults.dns_cache_ttl_ms;
        return Ok(Hosts::found_by(Discovery::new(resolver, name, options.str("sd_scheme")?, ttl_ms)));
    }
    let bases = if inherited {
        parent.defaults.bases.clone()
    } else {
        let verbatim = options.bool("disable_host_sanitize")?;
        own.iter().map(|text| Host::parse(text, !verbatim)).collect()
    };
    let bases = bases.map_err(|error| Refusal(error.to_string()))?;
    Ok(Hosts::new(bases, url.as_static()))
}

fn mapping(options: &Options<'_>) -> Vec<(String, String)> {
    let members = options.node("mapping").map(Node::members).unwrap_or_default();
    members
        .iter()
        .filter_map(|member| Some((member.key.to_string(), member.value.as_str()?.to_owned())))
        .collect()
}

pub(super) fn owned(texts: Vec<&str>) -> Vec<String> {
    texts.into_iter().map(str::to_owned).collect()
}

/// A filter list; an empty one filters nothing.
fn listed(names: Vec<&str>, canonical: impl Fn(&str) -> String) -> Option<Vec<String>> {
    (!names.is_empty()).then(|| names.into_iter().map(canonical).collect())
}

fn known_method(method: &str) -> Cow<'static, str> {
    const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    match METHODS.iter().find(|known| **known == method) {
        Some(known) => Cow::Borrowed(known),
        None => Cow::Owned(method.to_owned()),
    }
}
