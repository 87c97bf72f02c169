//! `@fjord.retries` of a backend: makes a failed call again, where that can't do harm.

use fjord_document::node::Node;

use crate::options::core::{FJORD_KEY, FJORD_OF_BACKEND, MAX_RETRIES};
use crate::options::{Capability, Options, Refusal, Site, is_comment};
use crate::proxy::Retries;

/// Namespaces in whose place something else is called than the backend's URL by its method.
const OTHER_CALLS: [&str; 11] = [
    "backend/amqp/consumer",
    "backend/amqp/producer",
    "backend/graphql",
    "backend/lambda",
    "backend/pubsub/publisher",
    "backend/pubsub/publisher/kafka",
    "backend/pubsub/subscriber",
    "backend/pubsub/subscriber/kafka",
    "backend/soap",
    "plugin/http-client",
    "workflow",
];

/// The retries of the backend of `site`, which is called by `method`.
///
/// # Errors
/// If the options can't be read.
pub fn compile(site: &Site<'_>, method: &str) -> Result<Option<Retries>, Refusal> {
    let Some(node) = site.node.get(FJORD_KEY) else { return Ok(None) };
    let is_known = |key: &str| is_comment(key) || FJORD_OF_BACKEND.iter().any(|option| option.name == key);
    if let Some(odd) = node.members().iter().find(|member| !is_known(&member.key)) {
        return Err(Refusal(format!("{FJORD_KEY}: unknown option `{}`", odd.key)));
    }
    let most = Options::new(node, FJORD_OF_BACKEND).int("retries")?;
    let most = u32::try_from(most).unwrap_or_default().min(MAX_RETRIES);
    if most == 0 || why_not(site.node, method).is_some() {
        return Ok(None);
    }
    site.require(&[Capability::Failover], "@fjord.retries")?;
    Ok(Some(Retries::new(most)))
}

/// Why a call of a backend is never made again; none if it may be.
pub fn why_not(backend: &Node, method: &str) -> Option<String> {
    if !Retries::allow(method) {
        return Some(format!("{method} isn't idempotent"));
    }
    let namespaces = backend.get("extra_config").map(Node::members).unwrap_or_default();
    let names = namespaces.iter().filter_map(|member| Some(crate::features::named(&member.key).next()?.name));
    let other = names.into_iter().find(|name| OTHER_CALLS.contains(name))?;
    Some(format!("the calls of {other} may act twice"))
}

#[cfg(test)]
mod tests {
    use fjord_document::Document;

    use super::*;

    #[test]
    fn what_may_act_twice_is_not_called_again() {
        for (backend, method, want) in [
            ("{}", "GET", None),
            (r#"{"extra_config": {"qos/circuit-breaker": {}, "modifier/martian": {}}}"#, "DELETE", None),
            ("{}", "POST", Some("POST isn't idempotent")),
            (
                r#"{"extra_config": {"backend/lambda": {}}}"#,
                "GET",
                Some("the calls of backend/lambda may act twice"),
            ),
            // By its older name.
            (
                r#"{"extra_config": {"github.com/devopsfaith/krakend-amqp/produce": {}}}"#,
                "GET",
                Some("the calls of backend/amqp/producer may act twice"),
            ),
        ] {
            let root = Document::parse(backend).unwrap().root;
            assert_eq!(why_not(&root, method).as_deref(), want, "{backend} {method}");
        }
    }

    #[test]
    fn other_calls_are_namespaces() {
        for name in OTHER_CALLS {
            assert!(crate::features::named(name).any(|namespace| namespace.name == name), "{name}");
        }
    }
}
