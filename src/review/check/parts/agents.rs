//! What async agents need: a queue that the worker consumes, and one agent for each queue.

use crate::faults::namespaces::{self, endpoint_at};
use crate::features::async_agent::queue;
use crate::options::Scope;
use crate::options::check::wrangler::{Setting, lines, quoted};
use crate::options::check::{Around, Findings, Spot};

use super::backends_of;

/// Checks each agent, and the agents beside one another.
pub(super) fn check(root: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    let Some(agents) = root.get("async_agent") else { return };
    let mut queues: Vec<String> = Vec::new();
    for agent in agents.items() {
        let list = agent.get("backend");
        let backends: Vec<Spot<'_>> = list.as_ref().map(|list| list.items().collect()).unwrap_or_default();
        let pipe = endpoint_at(&agent, &backends, around.disable_rest);
        let around = Around { endpoint: Some(&pipe), ..*around };
        namespaces::check(&agent, Scope::Async, &around, findings);
        backends_of(&pipe, &around, findings);
        if agent.namespace(&queue::NAMESPACE).is_none() {
            continue;
        }
        backends.iter().for_each(|backend| without_body(backend, findings));
        idle(&agent, findings);
        let Some(consumed) = agent.get("consumer") else { continue };
        let Some(topic) = consumed.get("topic") else { continue };
        let Some(name) = topic.str().filter(|name| !name.is_empty()) else { continue };
        if queues.iter().any(|known| known == name) {
            let message = format!("another agent takes the messages of the queue {name} already");
            let fault = topic.error("no-answer", message);
            findings.add(
                fault.help("a queue gives each message to one consumer: put the backends into one agent"),
            );
            continue;
        }
        queues.push(name.to_owned());
        consumer(&topic, name, findings);
    }
}

/// The worker's file has to say that it consumes the queue.
fn consumer(topic: &Spot<'_>, name: &str, findings: &mut Findings<'_>) {
    let worker = findings.worker();
    if worker.is_some_and(|worker| worker.consumed.iter().any(|known| known == name)) {
        return;
    }
    let lacks = worker.map(|worker| format!(", which {} doesn't declare", worker.file)).unwrap_or_default();
    let message = format!("the worker must consume the queue {name}{lacks}");
    let fault = match worker {
        Some(_) => topic.error("missing-binding", message),
        None => topic.note("binding", message),
    };
    let setting = Setting { name: "queues.consumers", is_item: true, members: vec![("queue", quoted(name))] };
    findings.add(fault.help(format!(
        "in {}\nmax_batch_size, max_retries and dead_letter_queue are settings of the consumer, too",
        lines(worker, &[setting])
    )));
}

/// A backend whose method has no body never sees the message.
fn without_body(backend: &Spot<'_>, findings: &mut Findings<'_>) {
    let method = backend.get("method");
    let name = method.as_ref().and_then(Spot::str).unwrap_or("GET").to_ascii_uppercase();
    if backend.component(|key| key.starts_with("backend/")).is_some()
        || !matches!(&*name, "GET" | "HEAD" | "")
    {
        return;
    }
    let at = method.as_ref().unwrap_or(backend);
    let fault =
        at.warning("no-body", "the message doesn't reach this backend: a GET or HEAD call has no body");
    findings.add(fault.help("\"method\": \"POST\""));
}

/// What the queue itself decides.
fn idle(agent: &Spot<'_>, findings: &mut Findings<'_>) {
    let Some(connection) = agent.get("connection") else { return };
    for (name, why) in [
        ("max_retries", "the queue's own max_retries says how often a message is delivered again"),
        ("health_interval", "nothing is connected: the platform calls the worker"),
    ] {
        if let Some(option) = connection.get(name) {
            findings.add(option.note("no-effect", why));
        }
    }
}
