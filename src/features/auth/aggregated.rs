//! Key sets of several servers that stand behind one `jwk_url`: KrakenD's plugin `jwk-aggregator`.
//!
//! KrakenD starts a server of its own at a local port, which fetches all. An edge has no ports: an address of that port means the servers
//! themselves, each with its own cache, deadline and failures.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use fjord_http::url;

use super::key_source::Origin;
use crate::features::plugin::http_server;
use crate::options::check::{Findings, Spot};
use crate::options::{Options, Refusal, Site};
use crate::platform::host_of;

/// The servers, by the local port that stands for them.
#[derive(Debug, Default)]
pub(super) struct Aggregated(RefCell<BTreeMap<u16, Rc<[Origin]>>>);

/// The names of this machine.
const LOCAL: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// More servers than these aren't asked for one token.
const MOST: usize = 16;

/// Notes the servers of the plugin, for all that is compiled after it.
///
/// # Errors
/// If there are none or too many, or an address isn't one.
pub(in crate::features) fn share(site: &Site<'_>, options: &Options<'_>) -> Result<(), Refusal> {
    let (port, heeds_age) = (options.int("port")?, options.bool("cache")?);
    let port = u16::try_from(port).map_err(|_| Refusal::new("jwk-aggregator: port: expected a port"))?;
    let urls = options.strings("origins")?;
    if urls.is_empty() || urls.len() > MOST {
        return Err(Refusal(format!(
            "jwk-aggregator: origins: expected 1 to {MOST} addresses, found {}",
            urls.len()
        )));
    }
    let origin = |text: &str| {
        let is_url = text.starts_with("https://") || text.starts_with("http://");
        let url = url::normal(text).ok().filter(|_| is_url);
        let url =
            url.ok_or_else(|| Refusal(format!("jwk-aggregator: origins: \"{text}\" isn't an http(s) URL")))?;
        // Whoever writes http:// means it; a server with TLS mustn't lead away from it.
        Ok(Origin { insecure: !url.starts_with("https://"), url: url.into(), heeds_age })
    };
    let origins = urls.into_iter().map(origin).collect::<Result<_, Refusal>>()?;
    site.environment.shared::<Aggregated>().0.borrow_mut().insert(port, origins);
    Ok(())
}

/// Says which addresses aren't any, or are reached in clear text.
pub(in crate::features) fn check(spot: &Spot<'_>, findings: &mut Findings<'_>) {
    let Some(origins) = spot.get("origins") else { return };
    for origin in origins.items() {
        match origin.str() {
            Some(text) if text.starts_with("http://") => {
                let message = "keys are fetched in clear text: whoever sits between can make tokens";
                findings.add(origin.warning("insecure", message).help("use https"));
            }
            Some(text) if !text.starts_with("https://") => {
                findings.add(origin.error("bad-url", "expected an http(s) URL").help("write \"https://…\""));
            }
            _ => {}
        }
    }
    if origins.items().len() > MOST {
        findings.add(origins.error("too-many", format!("{MOST} key sets at most")));
    }
}

/// The servers that an address means.
pub(super) fn origins(site: &Site<'_>, url: &str) -> Option<Rc<[Origin]>> {
    let known = site.environment.shared::<Aggregated>();
    let known = known.0.borrow();
    known.iter().find(|(port, _)| is_local(url, **port)).map(|(_, origins)| Rc::clone(origins))
}

/// Whether a service's plugin stands behind an address.
pub(super) fn is_served(service: &Spot<'_>, url: &str) -> bool {
    let Some(space) = service.namespace(&http_server::NAMESPACE) else {
        return false;
    };
    let port = space.get("jwk-aggregator").and_then(|options| options.get("port")?.f64());
    let is_port = port.is_some_and(|port| port.fract() == 0.0 && is_local(url, port as u16));
    is_port && http_server::lists(service, "jwk-aggregator")
}

/// How many calls an endpoint's keys need beside the one for their address.
pub fn more_calls(endpoint: &Spot<'_>, service: &Spot<'_>) -> u64 {
    let of = |namespace| {
        let space = endpoint.namespace(namespace);
        let is_it = space.and_then(|space| Some(is_served(service, space.get("jwk_url")?.str()?)));
        u64::from(is_it == Some(true))
    };
    let asked = of(&super::validator::NAMESPACE) + of(&super::signer::NAMESPACE);
    let space = service.namespace(&http_server::NAMESPACE).filter(|_| asked > 0);
    let origins =
        space.and_then(|space| Some(space.get("jwk-aggregator")?.get("origins")?.items().len() as u64));
    asked * origins.unwrap_or(1).saturating_sub(1)
}

/// Whether an address is that of a local port.
fn is_local(url: &str, port: u16) -> bool {
    let end = format!(":{port}");
    url.starts_with("http://") && LOCAL.contains(&host_of(url)) && url::authority(url).ends_with(&end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_the_local_port_means_the_servers() {
        for (url, is_it) in [
            ("http://localhost:9876", true),
            ("http://localhost:9876/", true),
            ("http://127.0.0.1:9876/jwk.json", true),
            ("http://[::1]:9876", true),
            ("https://localhost:9876", false),
            ("http://localhost:98765", false),
            ("http://localhost:19876", false),
            ("http://localhost", false),
            ("http://example.com:9876", false),
            ("http://localhost.example.com:9876", false),
            ("http://example.com/localhost:9876", false),
        ] {
            assert_eq!(is_local(url, 9876), is_it, "{url}");
        }
    }
}
