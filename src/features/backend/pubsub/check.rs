//! What is wrong with a topic or subscription, and what the worker needs for it.

use fjord_document::Diagnostic;

use crate::features::backend::brokers::address::Address;
use crate::options::Environment;
use crate::options::check::wrangler::{Setting, durable_object, lines, quoted};
use crate::options::check::{Around, Findings, Spot};

use super::driver::{self, Driver, Fault, Use};

/// Checks the URL of a publisher or subscriber.
pub(super) fn check(
    spot: &Spot<'_>,
    around: &Around<'_>,
    option: &str,
    purpose: &Use<'_>,
    findings: &mut Findings<'_>,
) {
    let Some((_, backend)) = around.backend else { return };
    let Some(rest) = spot.get(option) else { return };
    let Some(text) = rest.str() else { return };
    let (driver, address) = match driver::url(backend.node, text) {
        Ok(read) => read,
        Err(Fault::Driver(fault)) => return findings.add(fault_at(&rest, "not-supported", &fault)),
        Err(Fault::Url(fault)) => return findings.add(fault_at(&rest, "no-answer", &fault)),
    };
    if driver == Driver::Queue {
        match driver::queue(&address, purpose) {
            Ok(name) => queue(&rest, &name, findings),
            Err(fault) => findings.add(fault_at(&rest, "no-answer", &fault)),
        }
        return;
    }
    let environment = Environment {
        variables: [(driver.variable().to_owned(), driver.example().to_owned())].into(),
        ..Environment::default()
    };
    if let Err(fault) = driver::broker(driver, &address, purpose, &environment) {
        return findings.add(fault_at(&rest, "no-answer", &fault));
    }
    needs(&rest, driver, findings);
    if let (Driver::Kafka, Some(binding)) = (driver, spot.get("binding")) {
        reader(&binding, findings);
    }
    notes(&rest, driver, &address, purpose, findings);
}

/// KrakenD logs such a fault, and calls the host over HTTP from then on: each call fails.
fn fault_at(spot: &Spot<'_>, code: &'static str, fault: &str) -> Diagnostic {
    match fault.split_once("; ") {
        Some((fault, help)) => spot.error(code, fault).help(help),
        None => spot.error(code, fault),
    }
}

/// The variable with the broker's address, unless the worker has it.
fn needs(spot: &Spot<'_>, driver: Driver, findings: &mut Findings<'_>) {
    let name = driver.variable();
    let worker = findings.worker();
    if worker.is_some_and(|worker| worker.names.iter().any(|known| known == name)) {
        return;
    }
    let lacks = lacks(findings);
    let message = format!("the worker needs the secret {name}{lacks}: it says where the broker is");
    let help =
        format!("npx wrangler secret put {name}; on this machine: {name}={} in .dev.vars", driver.example());
    findings.add(spot.note("secret", message).help(help));
}

/// The binding of a queue, unless the worker has it.
fn queue(spot: &Spot<'_>, name: &str, findings: &mut Findings<'_>) {
    let queue = name.to_ascii_lowercase().replace('_', "-");
    let setting = Setting {
        name: "queues.producers",
        is_item: true,
        members: vec![("binding", quoted(name)), ("queue", quoted(&queue))],
    };
    binding(spot, name, &[setting], findings);
}

/// The binding of the object that reads a group, unless the worker has it.
fn reader(spot: &Spot<'_>, findings: &mut Findings<'_>) {
    let Some(name) = spot.str() else { return };
    binding(spot, name, &durable_object(name, "FjordOrigins", "groups"), findings);
}

/// A binding that the worker must have, with the settings that bind it.
fn binding(spot: &Spot<'_>, name: &str, settings: &[Setting<'_>], findings: &mut Findings<'_>) {
    let worker = findings.worker();
    if worker.is_some_and(|worker| worker.names.iter().any(|known| known == name)) {
        return;
    }
    let message = format!("the worker needs the binding {name}{}", lacks(findings));
    // With a worker's file that lacks it the deployed gateway would fail.
    let fault = match worker {
        Some(_) => spot.error("missing-binding", message),
        None => spot.note("binding", message),
    };
    findings.add(fault.help(format!("in {}", lines(worker, settings))));
}

/// Whose file it isn't in.
fn lacks(findings: &Findings<'_>) -> String {
    findings.worker().map(|worker| format!(", which {} doesn't declare", worker.file)).unwrap_or_default()
}

fn notes(spot: &Spot<'_>, driver: Driver, address: &Address, purpose: &Use<'_>, findings: &mut Findings<'_>) {
    findings.add(
        spot.note("socket", "each request opens a socket to the broker, of the six that it may have").help(
            "Cloudflare reaches public addresses alone: no private ones, none of its own, and not port 25",
        ),
    );
    match (driver, purpose) {
        (Driver::Nats, Use::Subscribe { .. }) => {
            let message =
                "a request gets a message that comes while it waits: what is published meanwhile is lost";
            findings.add(spot.warning("at-most-once", message).help("KrakenD keeps them from its start on"));
        }
        (Driver::Kafka, Use::Subscribe { .. }) if address.values("offset").next() != Some("oldest") => {
            let message = "a new group begins with what is published after its first request";
            findings.add(
                spot.note("newest", message).help("write offset=oldest to begin with the oldest record"),
            );
        }
        _ => {}
    }
}
