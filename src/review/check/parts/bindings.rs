//! What the worker must declare: bindings that hosts name, and secrets.

use fjord_document::Diagnostic;

use crate::options::check::wrangler::{Setting, lines, quoted};
use crate::options::check::{Findings, Spot};
use crate::options::core::is_binding;
use crate::review::Named;

use super::{plugins, private};

/// Names each binding and secret that the worker doesn't have, once, at its first place.
pub(super) fn check(root: &Spot<'_>, findings: &mut Findings<'_>) {
    if let Some(worker) = findings.worker()
        && let Some(cause) = &worker.deaf
    {
        let message = format!(
            "{cause} in {} keeps the worker from hearing that a client has left, so its request runs until its deadline",
            worker.file
        );
        let fault = Diagnostic::warning("deaf", root.head(), message);
        findings.add(fault.help(
            "set compatibility_date to \"2026-11-17\" or later, or add \"enable_request_signal\" to compatibility_flags",
        ));
    }
    let mut said = Vec::new();
    if let Some(list) = root.get("host") {
        hosts(&list, &mut said, findings);
    }
    for part in ["endpoints", "async_agent"] {
        let Some(parts) = root.get(part) else { continue };
        for part in parts.items() {
            let Some(backends) = part.get("backend") else { continue };
            for backend in backends.items() {
                if let Some(list) = backend.get("host") {
                    hosts(&list, &mut said, findings);
                }
            }
        }
    }
    private::each(root, |host, spot| {
        if let Some(name) = spot.str().filter(|name| is_binding(name)) {
            binding(spot, name, || private::setting(host, name), &mut said, findings);
        }
    });
    plugins::each(root, |_, spot| {
        if let Some(name) = spot.str().filter(|name| is_binding(name)) {
            binding(spot, name, || service(name), &mut said, findings);
        }
    });
    let mut names = Named::of(root.node).secrets;
    names.retain(|(name, _)| !declared(name, findings));
    for (name, span) in names {
        let message = format!("the worker needs the secret {name}{}", lacks(findings));
        let help = format!("npx wrangler secret put {name}; on this machine: {name}=… in .dev.vars");
        findings.add(Diagnostic::note("secret", span, message).help(help));
    }
}

fn hosts(list: &Spot<'_>, said: &mut Vec<String>, findings: &mut Findings<'_>) {
    for item in list.items() {
        let Some(name) = item.str().and_then(|text| text.trim().strip_prefix("service://")) else { continue };
        let name = name.strip_suffix('/').unwrap_or(name);
        let setting = || match name {
            "ASSETS" => Setting {
                name: "assets",
                is_item: false,
                members: vec![("directory", quoted("www")), ("binding", quoted(name))],
            },
            name => service(name),
        };
        binding(&item, name, setting, said, findings);
    }
}

/// Names a binding that the worker doesn't have, with the setting that binds it.
fn binding<'s>(
    spot: &Spot<'_>,
    name: &str,
    setting: impl FnOnce() -> Setting<'s>,
    said: &mut Vec<String>,
    findings: &mut Findings<'_>,
) {
    if name.is_empty() || said.iter().any(|known| known == name) || declared(name, findings) {
        return;
    }
    said.push(name.to_owned());
    let message = format!("the worker needs the binding {name}{}", lacks(findings));
    // With a worker's file that lacks it the deployed gateway would fail.
    let fault = match findings.worker() {
        Some(_) => spot.error("missing-binding", message),
        None => spot.note("binding", message),
    };
    findings.add(fault.help(format!("in {}", lines(findings.worker(), &[setting()]))));
}

fn declared(name: &str, findings: &Findings<'_>) -> bool {
    findings.worker().is_some_and(|worker| worker.names.iter().any(|known| known == name))
}

fn lacks(findings: &Findings<'_>) -> String {
    findings.worker().map(|worker| format!(", which {} doesn't declare", worker.file)).unwrap_or_default()
}

/// What binds another worker.
fn service(name: &str) -> Setting<'_> {
    Setting {
        name: "services",
        is_item: true,
        members: vec![("binding", quoted(name)), ("service", quoted(&worker_name(name)))],
    }
}

/// A worker's name as Wrangler takes it.
fn worker_name(binding: &str) -> String {
    binding.to_ascii_lowercase().replace('_', "-")
}
