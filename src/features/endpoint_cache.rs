//! `@fjord.cache` of an endpoint: its whole answers are cached at the edge for `cache_ttl`, so that a hit calls no backend.
//!
//! Two things must ask for it: the option of the endpoint, and the variable `FJORD_CACHE` of the worker. With the variable every answer
//! that isn't cached goes out marked as private, so that no cache before the worker keeps it by mistake. What may be cached at all is in
//! [`reasons`], which `check` asks, too.

mod entry;
mod handler;
mod mark;
mod purge;
pub mod reasons;

use std::time::Duration;

use fjord_document::node::Node;
use sha2::{Digest, Sha256};

use crate::features::auth::shared_secret::SharedSecret;
use crate::gateway::{Global, Handler, InputHeaders, InputQueries};
use crate::options::core::{FJORD_KEY, FJORD_OF_ENDPOINT};
use crate::options::{Capability, Environment, Opt, Options, Refusal, Site, is_comment};

use handler::Cache;
use purge::Purges;

/// The variable of the worker that switches caching on, by the name of a tier.
pub const VARIABLE: &str = "FJORD_CACHE";

/// The secret of whoever may purge.
pub const PURGE_SECRET: &str = "FJORD_PURGE_SECRET";

/// Where answers are cached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// In the Cache API of the data centre, by the worker.
    Api,
    /// In the platform's cache before the worker (`cache` in the Wrangler file), by the header lines of answers.
    Workers,
}

/// How long an answer may be used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lifetime {
    /// `cache_ttl`, in seconds.
    pub fresh: u64,
    /// Seconds after that in which it's used while it's fetched anew.
    pub while_revalidating: u64,
    /// Seconds after that in which it's used if backends fail.
    pub if_error: u64,
}

// === impl Tier ===

impl Tier {
    /// The tier that the worker asks for.
    ///
    /// # Errors
    /// If the variable names none.
    pub fn of(environment: &Environment) -> Result<Option<Self>, Refusal> {
        match environment.variable(VARIABLE) {
            None | Some("" | "off") => Ok(None),
            Some("api") => Ok(Some(Self::Api)),
            Some("workers") => Ok(Some(Self::Workers)),
            Some(other) => Err(Refusal(format!("{VARIABLE}: expected api, workers or off, found {other}"))),
        }
    }
}

/// The step around everything, where the worker asks for a cache.
///
/// # Errors
/// If the variable names no tier.
pub fn around(site: &Site<'_>) -> Result<Option<Box<dyn Global>>, Refusal> {
    let Some(tier) = Tier::of(site.environment)? else { return Ok(None) };
    site.require(&[Capability::EndpointCache], VARIABLE)?;
    if !Capability::EndpointCache.is_included() {
        return Ok(None);
    }
    let secret = site.environment.variable(PURGE_SECRET).and_then(SharedSecret::new);
    let purges = site.environment.shared::<Purges>();
    Ok(Some(Box::new(mark::Mark { tier, secret, purges })))
}

/// What an endpoint's cache is compiled from beside its options.
pub struct Inputs<'a> {
    /// `cache_ttl`, its own or the service's, in seconds.
    pub ttl: Option<u64>,
    /// Why no answer of the service may be cached.
    pub of_service: &'a [String],
    /// The header lines that enter.
    pub headers: &'a InputHeaders,
    /// The query parameters that enter.
    pub queries: &'a InputQueries,
    /// Whether the client chooses the encoding.
    pub negotiates: bool,
}

/// The cache of an endpoint; none where it isn't asked for, or must not be.
///
/// # Errors
/// If an option can't be read.
pub fn compile(site: &Site<'_>, inputs: &Inputs<'_>) -> Result<Option<Box<dyn Handler>>, Refusal> {
    let Some(asked) = asked(site.node)? else { return Ok(None) };
    site.require(&[Capability::EndpointCache], "@fjord.cache")?;
    if !Capability::EndpointCache.is_included() {
        return Ok(None);
    }
    let (Ok(Some(tier)), Some(ttl)) = (Tier::of(site.environment), inputs.ttl) else { return Ok(None) };
    if !inputs.of_service.is_empty() || !reasons::of_endpoint(site.node).is_empty() {
        return Ok(None);
    }
    let headers = match inputs.headers {
        InputHeaders::All => return Ok(None),
        InputHeaders::ContentType => vec!["Content-Type".to_owned()],
        InputHeaders::Listed(names) => names.clone(),
    };
    let mut headers = headers;
    if inputs.negotiates {
        headers.push("Accept".to_owned());
    }
    let seconds = |duration: Duration| duration.as_secs();
    let mut tags: Vec<String> = asked.strings("tags")?.into_iter().map(str::to_owned).collect();
    tags.push(site.endpoint.to_owned());
    Ok(Some(Box::new(Cache::new(handler::Settings {
        tier,
        name: site.name(),
        // Another configuration of the endpoint has other answers.
        version: fingerprint(site.node),
        lifetime: Lifetime {
            fresh: ttl,
            while_revalidating: seconds(asked.duration("stale_while_revalidate")?),
            if_error: seconds(asked.duration("stale_if_error")?),
        },
        tags,
        headers,
        queries: inputs.queries.clone(),
        purges: site.environment.shared::<Purges>(),
    }))))
}

/// `@fjord.cache` of an endpoint. What nobody knows there isn't passed over: something else was meant.
fn asked(endpoint: &Node) -> Result<Option<Options<'_>>, Refusal> {
    let Some(node) = endpoint.get(FJORD_KEY) else { return Ok(None) };
    known(node, FJORD_OF_ENDPOINT, FJORD_KEY)?;
    let cache = Options::new(node, FJORD_OF_ENDPOINT).object("cache")?;
    if let (Some(cache), Some(table)) =
        (&cache, FJORD_OF_ENDPOINT.iter().find(|option| option.name == "cache"))
    {
        known(cache.whole(), table.kind.options(), "@fjord.cache")?;
    }
    Ok(cache)
}

fn known(node: &Node, table: &[Opt], name: &str) -> Result<(), Refusal> {
    let is_known = |key: &str| is_comment(key) || table.iter().any(|option| option.name == key);
    match node.members().iter().find(|member| !is_known(&member.key)) {
        Some(odd) => Err(Refusal(format!("{name}: unknown option `{}`", odd.key))),
        None => Ok(()),
    }
}

fn fingerprint(endpoint: &Node) -> String {
    let json = fjord_json::Value::from(endpoint).to_json();
    Sha256::digest(&json).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
