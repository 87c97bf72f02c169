//! `@fjord.hosts`: names that can't be hosts, bindings that the worker lacks, and what a private host needs.

use fjord_document::Diagnostic;

use crate::options::check::wrangler::{Setting, lines, quoted};
use crate::options::check::{Findings, Spot, Worker};
use crate::options::core::FJORD_KEY;
use crate::platform::PrivateHosts;
use crate::proxy::private;

/// The members of `@fjord.hosts`.
pub(super) fn each(root: &Spot<'_>, mut look: impl FnMut(&str, &Spot<'_>)) {
    if let Some(fjord) = root.get(FJORD_KEY)
        && let Some(hosts) = fjord.get("hosts")
    {
        hosts.members_but(private::is_note).for_each(|(host, spot)| look(host, &spot));
    }
}

/// Names that can't be hosts.
pub(super) fn check(root: &Spot<'_>, findings: &mut Findings<'_>) {
    each(root, |host, spot| {
        if let Err(expected) = PrivateHosts::default().add(host, "") {
            let fault = Diagnostic::error("bad-host", spot.head(), format!("\"{host}\" names no host"));
            findings.add(fault.at(spot.path.pointer()).help(expected));
        }
    });
}

/// What to do with a private host.
pub(super) fn help(name: &str, worker: Option<&Worker>) -> String {
    let binding = binding(name);
    let host = if name.contains(':') { format!("[{name}]") } else { name.to_owned() };
    format!(
        "use a public name; or in krakend.json: \"{FJORD_KEY}\": {{\"hosts\": {{\"{host}\": \"{binding}\"}}}}, and in {}",
        lines(worker, &[setting(name, &binding)])
    )
}

/// The setting that binds what reaches a host of `@fjord.hosts`: a suffix needs a network, a host a service.
pub(super) fn setting(host: &str, binding: &str) -> Setting<'static> {
    let (name, id, value) = match host.starts_with(['*', '.']) {
        true => ("vpc_networks", "tunnel_id", "TUNNEL_ID"),
        false => ("vpc_services", "service_id", "SERVICE_ID"),
    };
    Setting { name, is_item: true, members: vec![("binding", quoted(binding)), (id, quoted(value))] }
}

/// A name for the binding of a host: that of its first label, or of a whole address.
fn binding(host: &str) -> String {
    let is_address = host.parse::<std::net::IpAddr>().is_ok();
    let label = if is_address { host } else { host.split('.').next().unwrap_or(host) };
    let name: String =
        label.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { format!("HOST_{name}") }
}
