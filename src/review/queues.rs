//! Which queues of the platform a configuration sends to and consumes: a local run makes them.

use std::collections::BTreeSet;

use fjord_document::node::Node;

use crate::features::backend::pubsub::publisher;
use crate::features::{async_agent, workflow};
use crate::options::{Scope, letters};

/// The queues of a configuration.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Queues {
    /// The bindings of those that it sends to.
    pub producers: BTreeSet<String>,
    /// The names of those that its agents consume.
    pub consumers: BTreeSet<String>,
}

// === impl Queues ===

impl Queues {
    /// The queues of the document with this root.
    pub fn of(root: &Node) -> Queues {
        let mut root = root.clone();
        letters::fold(&mut root, Scope::Service, &mut Vec::new());
        let mut queues = Queues::default();
        let items = |list: &str| root.get(list).map(Node::items).unwrap_or_default();
        for part in items("endpoints").iter().chain(items("async_agent")) {
            queues.backends(part);
        }
        for agent in items("async_agent") {
            let topic = || agent.get("consumer")?.get("topic")?.as_str();
            if async_agent::queue::NAMESPACE.value_in(agent).is_some()
                && let Some(topic) = topic().filter(|topic| !topic.is_empty())
            {
                queues.consumers.insert(topic.to_owned());
            }
        }
        queues
    }

    /// Adds what the backends of a part send to, those of their workflows too. Depth is bounded by the document's.
    fn backends(&mut self, part: &Node) {
        for backend in part.get("backend").map(Node::items).unwrap_or_default() {
            let topic = || publisher::NAMESPACE.value_in(backend)?.get("topic_url")?.as_str();
            self.producers.extend(topic().and_then(|topic| publisher::queue_of(backend, topic)));
            if let Some(workflow) = workflow::NAMESPACE.value_in(backend) {
                self.backends(workflow);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fjord_document::Document;

    #[test]
    fn producers_are_bindings_and_consumers_are_names() {
        let publisher = |topic: &str, host: &str| {
            format!(
                r#"{{"host": ["{host}"], "disable_host_sanitize": true, "extra_config": {{"backend/pubsub/publisher": {{"topic_url": "{topic}"}}}}}}"#
            )
        };
        let text = format!(
            r#"{{"Endpoints": [{{"backend": [{}, {}, {{"extra_config": {{"workflow": {{"backend": [{}]}}}}}}]}}],
                "async_agent": [
                    {{"consumer": {{"topic": "orders"}}, "backend": [{}], "extra_config": {{"async/queue": {{}}}}}},
                    {{"consumer": {{"topic": "amqp"}}, "extra_config": {{"async/amqp": {{}}}}}}
                ]}}"#,
            publisher("ORDERS", "queue://"),
            publisher("topic", "kafka://"),
            publisher("INNER", "queue://"),
            publisher("DONE", "queue://"),
        );
        let queues = Queues::of(&Document::parse(&text).unwrap().root);
        let names = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>();
        assert_eq!(names(&queues.producers), ["DONE", "INNER", "ORDERS"]);
        assert_eq!(names(&queues.consumers), ["orders"]);
    }
}
