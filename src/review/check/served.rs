//! The last word: the plan itself. What it refuses, no check before may let pass.

use fjord_document::node::Node;

use crate::features;
use crate::features::endpoint_cache::VARIABLE;
use crate::options::Environment;
use crate::options::check::{Findings, Spot};
use crate::plan;
use crate::review::Named;

/// Variables that replace options and that only the deployment knows: they are taken to be there.
const DEPLOYED: &[(&str, &str)] = &[
    ("AWS_REGION", "us-east-1"),
    ("KAFKA_BROKERS", "localhost"),
    ("NATS_SERVER_URL", "nats://localhost"),
    ("RABBIT_SERVER_URL", "amqp://localhost"),
];

/// Stands in for secrets, of which only the deployment knows what they hold: good as a key set, and as any text.
const EMPTY_KEY_SET: &str = "{\"keys\":[]}";

/// Compiles a document, and reports what of it isn't served for a reason that nothing has said so far.
pub(super) fn check(root: &Node, findings: &mut Findings<'_>) {
    let files = findings.files();
    let named = Named::of(root);
    // Without the texts of the files that it names a plan can't be judged.
    if !findings.knows_files() && !named.files.is_empty() {
        return;
    }
    let deployed = DEPLOYED.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let secrets = named.secrets.into_iter().map(|(name, _)| (name, EMPTY_KEY_SET.to_owned()));
    // With a cache before it a worker marks what mustn't be cached, whether an endpoint asks for a cache or not.
    let caches = findings.worker().is_some_and(|worker| worker.names.iter().any(|name| name == VARIABLE));
    let tier = caches.then(|| (VARIABLE.to_owned(), "api".to_owned()));
    let variables = deployed.chain(secrets).chain(tier).collect();
    let root = Spot::root(root);
    let environment = Environment { files: files.clone(), variables, ..Environment::default() };
    let refusals = plan::refusals(root.node, &environment);
    let required = environment.required();
    findings.require(required.into_iter().map(|one| (one, environment.reason(one))).collect());
    let refusals = match refusals {
        Ok(refusals) => refusals,
        Err(error) => {
            return blame(&root, &error.to_string(), &mut |spot, reason| findings.refuse_all(spot, reason));
        }
    };
    if let Some(reason) = &refusals.service {
        let extra = root.get("extra_config").filter(|_| !reason.contains(": "));
        return blame(extra.as_ref().unwrap_or(&root), reason, &mut |spot, reason| {
            findings.refuse(spot, reason, "every endpoint answers 501");
        });
    }
    for reason in &refusals.left_out {
        blame(&root, reason, &mut |spot, reason| findings.leave_out(spot, reason));
    }
    let agents = root.get("async_agent");
    for (index, reason) in &refusals.agents {
        let Some(spot) = agents.as_ref().and_then(|agents| agents.items().nth(*index)) else { continue };
        blame(&spot, reason, &mut |spot, reason| {
            findings.refuse(spot, reason, "the agent's messages are delivered again");
        });
    }
    let Some(endpoints) = root.get("endpoints") else { return };
    for (index, reason) in &refusals.endpoints {
        let Some(spot) = endpoints.items().nth(*index) else { continue };
        findings.close(format!("{} answers 501: {reason}", name(spot.node)));
        blame(&spot, reason, &mut |spot, reason| findings.refuse(spot, reason, "the endpoint answers 501"));
    }
}

/// Method and path of an endpoint.
fn name(endpoint: &Node) -> String {
    let text = |key| endpoint.get(key).and_then(Node::as_str);
    format!("{} {}", text("method").unwrap_or("GET"), text("endpoint").unwrap_or("/"))
}

/// Finds the part that a refusal is about. Its text begins with the way there, as far as whoever refused knew it:
/// `backend 0: modifier/martian: …`, `validation/json-schema: /properties/a: …`.
fn blame(spot: &Spot<'_>, reason: &str, say: &mut dyn FnMut(&Spot<'_>, &str)) {
    let Some((step, rest)) = reason.split_once(": ") else { return say(spot, reason) };
    let (step, rest) = match step.strip_prefix('/').map(|pointer| pointer.split_once('/').ok_or(pointer)) {
        Some(Ok((step, more))) => (step, format!("/{more}: {rest}")),
        Some(Err(last)) => (last, rest.to_owned()),
        None => (step, rest.to_owned()),
    };
    let backend = step.strip_prefix("backend ").and_then(|index| index.parse::<usize>().ok());
    if let (Some(index), Some(list)) = (backend, spot.get("backend")) {
        return match list.items().nth(index) {
            Some(inner) => blame(&inner, &rest, say),
            None => say(spot, reason),
        };
    }
    let key = step.replace("~1", "/").replace("~0", "~");
    let item = key.parse::<usize>().ok().and_then(|index| spot.items().nth(index));
    let known = || features::named(&key).find_map(|namespace| spot.namespace(namespace));
    match spot.component(|name| name == key).or_else(known).or_else(|| spot.get(&key)).or(item) {
        Some(inner) => blame(&inner, &rest, say),
        None => say(spot, reason),
    }
}
