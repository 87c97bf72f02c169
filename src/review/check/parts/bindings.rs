//! What the worker must declare: bindings that hosts name, and secrets.

use std::ops::Range;

use fjord_document::Diagnostic;

use crate::options::assets;
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
    let Named { secrets: mut names, folders, .. } = Named::of(root.node);
    static_assets(&folders, &mut said, findings);
    names.retain(|(name, _)| !declared(name, findings));
    for (name, span) in names {
        let message = format!("the worker needs the secret {name}{}", lacks(findings));
        let help = format!("npx wrangler secret put {name}; on this machine: {name}=… in .dev.vars");
        findings.add(Diagnostic::note("secret", span, message).help(help));
    }
}

/// Folders of static assets: the binding that reaches them, and files that need no way through the gateway.
fn static_assets(folders: &[(String, Range<u32>)], said: &mut Vec<String>, findings: &mut Findings<'_>) {
    let Some((first, span)) = folders.first() else { return };
    let setting = || Setting {
        name: "assets",
        is_item: false,
        members: vec![
            ("directory", quoted(first)),
            ("binding", quoted(assets::BINDING)),
            ("run_worker_first", "true".to_owned()),
        ],
    };
    lacking((span.clone(), String::new()), assets::BINDING, setting, said, findings);
    let Some(worker) = findings.worker() else { return };
    for (path, span) in folders {
        let folder = findings.files().get(assets::FOLDER).map(String::as_str);
        let Some(root) = assets::root(path, folder) else { continue };
        let below = format!("{root}/");
        let Some(file) = worker.assets.iter().find(|file| file.starts_with(&below)) else { continue };
        let message = format!(
            "the platform serves the files of {path} before the gateway is asked, such as {file}: nothing guards them there"
        );
        let fault = Diagnostic::warning("unguarded", span.clone(), message);
        findings.add(fault.help(format!("set run_worker_first of assets to true in {}", worker.file)));
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
    lacking((spot.span(), spot.path.pointer()), name, setting, said, findings);
}

/// Names a binding that the worker doesn't have, by the place in the text that needs it.
fn lacking<'s>(
    (span, path): (Range<u32>, String),
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
        Some(_) => Diagnostic::error("missing-binding", span, message),
        None => Diagnostic::note("binding", span, message),
    };
    findings.add(fault.at(path).help(format!("in {}", lines(findings.worker(), &[setting()]))));
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
