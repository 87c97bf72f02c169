//! Asks the rooms of the namespaces what is wrong with their values.

use fjord_document::node::Node;
use fjord_http::path::{clean_leading_slash, params};

use crate::features;
use crate::features::proxy::CallOrder;
use crate::options::Scope;
use crate::options::check::{Around, Endpoint, Findings, Spot};

/// Checks the namespaces of a part.
pub(crate) fn check(part: &Spot<'_>, scope: Scope, around: &Around<'_>, findings: &mut Findings<'_>) {
    let Some(extra) = part.get("extra_config") else { return };
    for (key, value) in extra.members() {
        namespace(key, &value, scope, around, findings);
    }
}

/// What is around a part that is asked about alone: an endpoint, or its backend with a number; the service without an endpoint.
pub(super) fn alone(
    endpoint: Option<(&Node, Option<usize>)>,
    disable_rest: bool,
    look: impl FnOnce(&Around<'_>),
) {
    let around = Around { service: None, disable_rest, endpoint: None, backend: None };
    let Some((node, index)) = endpoint else { return look(&around) };
    let spot = Spot::root(node);
    let list = spot.get("backend");
    let backends: Vec<Spot<'_>> = list.as_ref().map(|list| list.items().collect()).unwrap_or_default();
    let endpoint = endpoint_at(&spot, &backends, disable_rest);
    let backend = index.and_then(|index| Some((index, backends.get(index)?)));
    look(&Around { endpoint: Some(&endpoint), backend, ..around });
}

/// The endpoint at `spot`, whose backends are `backends`.
pub(crate) fn endpoint_at<'a>(
    spot: &'a Spot<'a>,
    backends: &'a [Spot<'a>],
    disable_rest: bool,
) -> Endpoint<'a> {
    let text = |key: &str| spot.node.get(key).and_then(Node::as_str);
    let path = clean_leading_slash(text("endpoint").unwrap_or(""));
    Endpoint {
        spot,
        method: text("method").unwrap_or("GET").to_uppercase(),
        params: params(&path, disable_rest).into_iter().map(str::to_owned).collect(),
        backends,
        is_sequential: features::proxy::order_at(spot) == CallOrder::Sequential,
    }
}

/// Checks a namespace, in its role. In a place that it doesn't have it is checked as if it had: that it is in the wrong one is
/// said elsewhere.
pub(super) fn namespace(
    key: &str,
    value: &Spot<'_>,
    scope: Scope,
    around: &Around<'_>,
    findings: &mut Findings<'_>,
) {
    let found = features::find(scope, key).or_else(|| features::named(key).next());
    if let Some(namespace) = found
        && let Some(check) = namespace.check
    {
        findings.within(namespace.role(), |findings| check(value, around, findings));
    }
}
