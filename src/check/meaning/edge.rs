//! The platform's limits on what one request may cost: calls in all, and calls at once.

use super::super::findings::Findings;
use super::super::spot::Spot;
use super::Endpoint;
use crate::http::redirect;

/// Calls that one request may make on the free plan.
const FREE: u64 = 50;
/// The same on a paid plan, unless it is raised.
const PAID: u64 = 10_000;
/// Connections that one request may have open at once; further calls wait.
const AT_ONCE: u64 = 6;

/// Counts the calls of an endpoint.
pub(super) fn calls(endpoint: &Endpoint<'_>, findings: &mut Findings<'_>) {
    let Some(list) = endpoint.spot.get("backend") else { return };
    let copies = endpoint.spot.get("concurrent_calls").and_then(|spot| spot.f64());
    // What is no count is said elsewhere.
    let copies = copies.map_or(1, |copies| copies.clamp(1.0, 1e6) as u64);
    let count = endpoint.backends.len() as u64;
    let keys = fetches_keys(endpoint.spot);
    let tokens: u64 = endpoint.backends.iter().map(|backend| u64::from(fetches_token(backend))).sum();
    let plain = count * copies + keys + tokens;
    let followed: u64 = endpoint.backends.iter().map(|backend| copies * hops(backend)).sum();
    let worst = followed + keys + tokens;
    if plain > FREE {
        let limit = match plain > PAID {
            true => format!("more than any plan allows ({PAID})"),
            false => format!("the free plan allows {FREE}, a paid one {PAID}"),
        };
        let fault = list.warning("subrequests", format!("one request makes {plain} calls: {limit}"));
        findings.add(fault.help(sum(count, copies, keys + tokens)));
    } else if worst > FREE {
        let message = format!(
            "one request may make {worst} calls if all are redirected {} times; the free plan allows {FREE}",
            redirect::LIMIT
        );
        let fault = list.note("subrequests", message);
        let help = "\"no_redirect\": true in backend/http/client hands redirects on instead";
        findings.add(fault.help(format!("{}; {help}", sum(count, copies, keys + tokens))));
    }
    let at_once = if endpoint.is_sequential { copies } else { count * copies };
    if at_once > AT_ONCE {
        let message =
            format!("{at_once} calls at once: the platform opens {AT_ONCE} connections, the others wait");
        findings.add(list.note("connections", message).help("origins that answer quickly hardly notice it"));
    }
}

/// How the number of calls comes about.
fn sum(backends: u64, copies: u64, fetches: u64) -> String {
    let plural = |count: u64| if count == 1 { "" } else { "s" };
    let mut text = format!("{backends} backend{}", plural(backends));
    if copies > 1 {
        text.push_str(&format!(" × {copies} concurrent calls"));
    }
    if fetches > 0 {
        text.push_str(&format!(
            " + {fetches} fetch{} of keys and tokens",
            if fetches == 1 { "" } else { "es" }
        ));
    }
    text
}

/// Key sets that come from a URL, at most once in a request.
fn fetches_keys(endpoint: &Spot<'_>) -> u64 {
    let from_url = |name: &str| {
        endpoint.namespace(name).is_some_and(|space| space.get("jwk_url").and_then(|url| url.str()).is_some())
    };
    ["auth/validator", "auth/signer"].into_iter().map(|name| u64::from(from_url(name))).sum()
}

fn fetches_token(backend: &Spot<'_>) -> bool {
    backend.namespace("auth/client-credentials").is_some()
}

/// The calls that one call can become.
fn hops(backend: &Spot<'_>) -> u64 {
    let stays = backend
        .namespace("backend/http/client")
        .is_some_and(|space| space.get("no_redirect").is_some_and(|spot| spot.is_true()));
    if stays { 1 } else { 1 + redirect::LIMIT as u64 }
}
