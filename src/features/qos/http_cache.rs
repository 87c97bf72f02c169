//! `qos/http-cache`: caches answers of a backend as their headers allow.

mod callers;
mod check;
pub(in crate::features) mod edge;
mod exchange;
mod policy;
pub(in crate::features) mod store;

pub use callers::Callers;
pub use exchange::{SharedCache, compile};

use crate::options::check::Purpose;
use crate::options::{Kind, Namespace, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "qos/http-cache",
    Scopes::BACKEND,
    "Caches answers of a backend as their headers allow.",
    Kind::Object(&[
        opt("max_items", Kind::POSITIVE, "How many answers the cache holds; needs max_size too."),
        opt(
            "max_size",
            Kind::Int { min: 1024, max: i64::MAX },
            "How many bytes the cache holds; needs max_items too.",
        ),
        opt(
            "shared",
            Kind::Bool,
            "Shares the cache with the other backends that say so, and keeps its answers in the edge's own cache too, which \
             all isolates of a place share; on *.workers.dev that one stays empty. Then only what is meant for everybody is kept (RFC 9111 §3).",
        ),
    ]),
)
.aliases(&["github.com/devopsfaith/krakend-httpcache"])
.check(check::check)
.calls(Purpose::Cache, check::calls);
