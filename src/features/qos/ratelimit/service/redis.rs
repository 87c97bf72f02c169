//! `qos/ratelimit/service/redis`: limits the requests to the whole service with counters that all isolates share.

use fjord_document::node::Node;

use super::Service;
use crate::features::qos::ratelimit::limiter::Limiter;
use crate::features::qos::ratelimit::router::redis;
use crate::features::qos::ratelimit::{check, counting};
use crate::gateway::Global;
use crate::options::check::Purpose;
use crate::options::{Capability, Namespace, Options, Refusal, Scopes, Site, namespace};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "qos/ratelimit/service/redis",
    Scopes::SERVICE,
    "Limits the requests to the whole service with counters in Redis.",
    redis::LIMITS,
)
.enterprise()
.requires(Capability::Redis)
.check(check::router)
.calls(Purpose::Counters, counting::calls);

/// Compiles the limits; rates of zero switch them off.
///
/// # Errors
/// If the options can't be served, with the reason.
pub fn compile(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Global>>, Refusal> {
    let limiter = Limiter::redis(site, &Options::of(node, &NAMESPACE), format!("{} redis", site.name()))?;
    Ok((!limiter.is_off()).then(|| Box::new(Service(limiter)) as Box<dyn Global>))
}
