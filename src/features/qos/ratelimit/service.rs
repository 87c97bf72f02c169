//! `qos/ratelimit/service`: limits the requests to the whole service.

pub mod redis;

use fjord_document::node::Node;

use super::limiter::Limiter;
use super::{check, counting};
use crate::context::Reach;
use crate::features::qos::ratelimit::router;
use crate::gateway::{Global, Incoming, NextGlobal};
use crate::options::check::Purpose;
use crate::options::{Kind, Namespace, Options, Refusal, Rule, Scopes, Site, namespace};
use crate::platform::{Answer, LocalFuture};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "qos/ratelimit/service",
    Scopes::SERVICE,
    "Limits the requests to the whole service.",
    Kind::With(&Kind::Object(router::OPTIONS), &[Rule::AnyOf(&[&["max_rate"], &["client_max_rate"]])]),
)
.enterprise()
.check(check::router)
.calls(Purpose::Counters, counting::calls);

/// The limits of the service.
struct Service(Limiter);

/// Compiles the limits; rates of zero switch them off.
///
/// # Errors
/// If the options can't be served, with the reason.
pub fn compile(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Global>>, Refusal> {
    let limiter = Limiter::new(site, &Options::of(node, &NAMESPACE))?;
    Ok((!limiter.is_off()).then(|| Box::new(Service(limiter)) as Box<dyn Global>))
}

impl Global for Service {
    fn handle<'a>(
        &'a self,
        reach: Reach<'a>,
        incoming: Incoming,
        next: NextGlobal<'a>,
    ) -> LocalFuture<'a, Answer> {
        Box::pin(async move {
            match self.0.take(reach, &incoming, u32::MAX).await {
                Ok(()) => next.run(reach, incoming).await,
                Err(limited) => limited.answer(reach, &incoming),
            }
        })
    }
}
