//! Whether a configuration calls origins that the platform's `fetch` can't reach: then its worker gets the module of `origins/`.

use fjord_document::node::Node;

use crate::features::backend::{amqp, http, pubsub};
use crate::options::core::tls::is_own;
use crate::options::{Scope, letters};

/// Whether any call goes over a socket.
pub fn needs_sockets(root: &Node) -> bool {
    if letters::folds(root, Scope::Service) {
        let mut folded = root.clone();
        letters::fold(&mut folded, Scope::Service, &mut Vec::new());
        return needs_sockets(&folded);
    }
    let is_insecure =
        root.get("allow_insecure_connections").is_some_and(|flag| flag.as_bool() != Some(false));
    is_insecure || root.get("client_tls").is_some_and(is_own) || backends(root).any(by_socket)
}

/// All backends, those of agents too.
fn backends(root: &Node) -> impl Iterator<Item = &Node> {
    let parts = ["endpoints", "async_agent"].into_iter().filter_map(|list| root.get(list));
    parts.flat_map(Node::items).filter_map(|part| part.get("backend")).flat_map(Node::items)
}

fn by_socket(backend: &Node) -> bool {
    let brokers = [
        &amqp::consumer::NAMESPACE,
        &amqp::producer::NAMESPACE,
        &pubsub::publisher::NAMESPACE,
        &pubsub::subscriber::NAMESPACE,
    ];
    // Queues of the platform are bindings.
    let host = backend.get("host").and_then(|list| list.items().first()).and_then(Node::as_str);
    let is_queue = host.is_some_and(|host| host.starts_with("queue:"));
    if !is_queue && brokers.into_iter().any(|broker| broker.value_in(backend).is_some()) {
        return true;
    }
    let client = http::client::NAMESPACE.value_in(backend);
    client.and_then(|client| client.get("client_tls")).is_some_and(is_own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fjord_document::Document;

    #[test]
    fn only_what_goes_over_sockets_needs_them() {
        let backend = |extra: &str| {
            format!(r#"{{"endpoints": [{{"backend": [{{}}, {{"extra_config": {{{extra}}}}}]}}]}}"#)
        };
        for (text, needs) in [
            ("{}".to_owned(), false),
            (r#"{"client_tls": {"min_version": "TLS12"}}"#.to_owned(), false),
            (r#"{"client_tls": {"ca_certs": ["ca.pem"]}}"#.to_owned(), true),
            (r#"{"Client_TLS": {"ca_certs": ["ca.pem"]}}"#.to_owned(), true),
            (r#"{"allow_insecure_connections": true}"#.to_owned(), true),
            (r#"{"allow_insecure_connections": false}"#.to_owned(), false),
            (backend(r#""backend/http/client": {"client_tls": {"disable_system_ca_pool": true}}"#), true),
            (backend(r#""backend/http/client": {"no_redirect": true}"#), false),
            (backend(r#""backend/pubsub/publisher": {"topic_url": "t"}"#), true),
            (backend(r#""github.com/devopsfaith/krakend-amqp/produce": {}"#), true),
        ] {
            assert_eq!(needs_sockets(&Document::parse(&text).unwrap().root), needs, "{text}");
        }
    }
}
