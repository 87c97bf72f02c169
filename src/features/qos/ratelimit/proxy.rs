//! `qos/ratelimit/proxy`: limits the calls to a backend.

use std::cell::Cell;

use fjord_document::node::Node;

use super::counter::{BINDING, Counter};
use super::limiter::take;
use super::{check, counting};
use crate::context::Cx;
use crate::features::qos::bucket::{Bucket, Rate};
use crate::options::check::Purpose;
use crate::options::{Kind, Namespace, Options, Refusal, Scopes, Site, namespace, opt};
use crate::platform::LocalFuture;
use crate::proxy::{Blame, Error, Layer, Next, Reply, Request};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "qos/ratelimit/proxy",
    Scopes::BACKEND,
    "Limits the calls to a backend.",
    Kind::Object(&[
        BINDING,
        opt("capacity", Kind::NATURAL, "How many calls may go out at once; max_rate by default.").required(),
        opt("every", Kind::Duration, "The period.").default("\"1s\""),
        opt("max_rate", Kind::RATE, "The calls of this backend in a period; more fail.").required(),
    ]),
)
.check(check::proxy)
.calls(Purpose::Counters, counting::calls);

/// The limit of one backend.
struct Proxy {
    rate: Rate,
    bucket: Cell<Option<Bucket>>,
    counter: Counter,
}

/// Compiles the limit; a rate of zero switches it off.
///
/// # Errors
/// If the options can't be served, with the reason.
pub fn compile(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Layer>>, Refusal> {
    let options = Options::of(node, &NAMESPACE);
    let period = options.duration("every")?.as_secs_f64();
    let per_second = options.f64("max_rate")? / if period > 0.0 { period } else { 1.0 };
    if per_second <= 0.0 {
        return Ok(None);
    }
    let capacity = match options.int("capacity")? {
        capacity if capacity > 0 => capacity as u64,
        _ => per_second as u64,
    };
    let counter = Counter::new(&options, site.name())?;
    Ok(Some(Box::new(Proxy { rate: Rate::new(per_second, capacity), bucket: Cell::new(None), counter })))
}

impl Layer for Proxy {
    fn handle<'a>(&'a self, cx: Cx<'a>, request: Request, next: Next<'a>) -> LocalFuture<'a, Reply> {
        Box::pin(async move {
            let here = || take(&self.bucket, &self.rate, cx.io.now());
            if self.counter.take(cx.reach(), cx.deadline.remaining_ms(), &self.rate, None, here).await
                == Ok(true)
            {
                return next.run(cx, request).await;
            }
            // KrakenD's own spelling; clients may see it (spec §34).
            Reply::err(Error::of_step(Blame::Gateway, "rate limit exceded"))
        })
    }
}
