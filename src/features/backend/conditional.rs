//! `backend/conditional`: calls the backend only if a condition holds.
//!
//! A backend that isn't called hasn't failed: the others make the answer. A policy that can't be evaluated doesn't hold.

mod check;

use std::cell::Cell;

use fjord_document::node::Node;
use fjord_http::canonical;

use crate::context::Cx;
use crate::features::security::policies::{OfRequest, Policies};
use crate::features::validation::cel::{Cause, Phase};
use crate::options::{Capability, Kind, Namespace, Options, Refusal, Scopes, Site, namespace, opt};
use crate::platform::Level;
use crate::proxy::{Condition, Request, When};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "backend/conditional",
    Scopes::BACKEND,
    "Calls the backend only if a condition holds.",
    Kind::Object(&[
        opt("name", Kind::Str, "Header name (canonical) for strategy header."),
        opt("strategy", Kind::Enum(&["header", "policy", "fallback"]), "Header = literal value compare.")
            .required(),
        opt("value", Kind::Str, "Expected header value or policy expression."),
    ]),
)
.requires(Capability::Conditional)
.enterprise()
.check(check::check);

/// Why a second fallback is refused.
const ONE_FALLBACK: &str = "an endpoint has one backend with strategy fallback";

/// A header has this value.
struct HasHeader {
    name: String,
    value: String,
}

/// A policy over the request is fulfilled.
struct Fulfils {
    policy: Policies,
    /// Whether the log has been told that it can't be evaluated.
    is_told: Cell<bool>,
}

/// Compiles the condition.
///
/// # Errors
/// If the strategy lacks its options, the policy isn't one, or another backend of the endpoint is the fallback.
pub fn compile(site: &Site<'_>, node: &Node) -> Result<Option<Box<When>>, Refusal> {
    let options = Options::of(node, &NAMESPACE);
    let value = options.str("value")?;
    let needs_value = || (!value.is_empty()).then_some(()).ok_or_else(|| Refusal::new("there is no value"));
    Ok(Some(Box::new(match options.str("strategy")? {
        "header" => {
            let name = options.str("name")?;
            if name.is_empty() {
                return Err(Refusal::new("there is no name of a header"));
            }
            needs_value()?;
            When::If(Box::new(HasHeader { name: canonical(name).into_owned(), value: value.to_owned() }))
        }
        "policy" => {
            needs_value()?;
            let policy = Policies::compile([value], Phase::Request, true);
            let policy = policy.map_err(|(_, error)| Refusal(error.to_string()))?;
            policy.have_place(site)?;
            When::If(Box::new(Fulfils { policy, is_told: Cell::default() }))
        }
        "fallback" if fallbacks(site) > 1 => return Err(Refusal::new(ONE_FALLBACK)),
        "fallback" => When::Otherwise,
        other => return Err(Refusal(format!("no such strategy: {other}"))),
    })))
}

/// How many backends of the endpoint are a fallback.
fn fallbacks(site: &Site<'_>) -> usize {
    let backends = site.endpoint_node.and_then(|endpoint| endpoint.get("backend")).map(Node::items);
    let is_fallback = |backend: &&Node| {
        let value = backend.get("extra_config").and_then(|extra| extra.get(NAMESPACE.name));
        value.and_then(|value| value.get("strategy")).and_then(Node::as_str) == Some("fallback")
    };
    backends.unwrap_or_default().iter().filter(is_fallback).count()
}

impl Condition for HasHeader {
    fn holds(&self, _: Cx<'_>, request: &Request) -> bool {
        request.headers.get(&self.name) == Some(&self.value)
    }
}

impl Condition for Fulfils {
    fn holds(&self, cx: Cx<'_>, request: &Request) -> bool {
        let Err(rejected) = self.policy.run(&OfRequest::new(request, cx.io)) else { return true };
        if rejected.cause != Cause::False && !self.is_told.replace(true) {
            cx.log(Level::Warning, || {
                let path = &cx.endpoint.path;
                format!("[ENDPOINT: {path}][Conditional] the policy doesn't hold: {}", rejected.cause)
            });
        }
        false
    }
}
