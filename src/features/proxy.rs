//! `proxy`: sets how the backends of an endpoint work together.

mod check;
pub mod fixed;
pub mod payload;

use crate::options::check::Spot;
use crate::options::{Kind, Namespace, Opt, OptionError, Options, Scopes, formats, namespace, opt};

/// In which order the backends of an endpoint are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallOrder {
    /// All at once.
    Parallel,
    /// One after the other.
    Sequential,
    /// One after the other until one succeeds.
    Fallback,
}

/// The namespace at the endpoint.
pub static NAMESPACE: Namespace = namespace(
    "proxy",
    Scopes::ENDPOINT,
    "Sets how the backends of an endpoint work together.",
    Kind::Object(&[
        COMBINER,
        opt("decompress_gzip", Kind::Bool, "Unpacks request bodies.")
            .default("false")
            .enterprise()
            .no_effect("an Enterprise option; bodies go to the backend as they come"),
        FLATMAP_FILTER,
        opt("max_payload", Kind::NATURAL, "The largest request body in bytes; more is 413. 0 for no limit.")
            .default("0")
            .enterprise(),
        opt("sequential", Kind::Bool, "Calls the backends one after the other; a failure ends the row.")
            .default("false"),
        PROPAGATED,
        STATIC,
        opt(
            "strategy",
            Kind::Enum(&["parallel", "sequential", "fallback"]),
            "How several backends are called: all at once, one after the other, or the next one only if one fails. From KrakenD 3.0; wins over sequential.",
        )
        .default("\"parallel\"")
        .enterprise(),
    ]),
)
.aliases(&["github.com/devopsfaith/krakend/proxy"])
.check(check::check);

/// The namespace at the backend.
pub static BACKEND: Namespace = namespace(
    "proxy",
    Scopes::BACKEND,
    "Sets how the backends of an endpoint work together.",
    Kind::Object(&[
        FLATMAP_FILTER,
        opt("shadow", Kind::Bool, "Calls the backend on the side; its answer is dropped.").default("false"),
        opt("shadow_timeout", Kind::Duration, "The time of a shadow call; the endpoint's by default."),
    ]),
)
.aliases(&["github.com/devopsfaith/krakend/proxy"])
.check(check::check);

/// The namespace at the async agent.
pub static AGENT: Namespace = namespace(
    "proxy",
    Scopes::ASYNC,
    "Sets how the backends of an endpoint work together.",
    Kind::Object(&[
        COMBINER,
        FLATMAP_FILTER,
        opt("sequential", Kind::Bool, "Calls the backends one after the other; a failure ends the row.")
            .default("false"),
        PROPAGATED,
        STATIC,
    ]),
)
.aliases(&["github.com/devopsfaith/krakend/proxy"])
.check(check::check);

/// The namespace at the workflow.
pub static WORKFLOW: Namespace = namespace(
    "proxy",
    Scopes::WORKFLOW,
    "Sets how the backends of an endpoint work together.",
    Kind::Object(&[
        COMBINER,
        FLATMAP_FILTER,
        opt("sequential", Kind::Bool, "Calls the backends one after the other; a failure ends the row.")
            .default("true"),
        PROPAGATED,
        STATIC,
    ]),
)
.aliases(&["github.com/devopsfaith/krakend/proxy"])
.check(check::check);

const FLATMAP_FILTER: Opt = opt(
    "flatmap_filter",
    Kind::List(&Kind::Object(&[
        opt("args", Kind::STRINGS, "Its paths.").required(),
        // KrakenD passes over one that it doesn't know; see the check for those that may be meant to remove something.
        opt("type", Kind::Enum(&["move", "del", "append"]), "The operation.").required().lax(),
    ])),
    "Moves, removes and appends fields, also inside lists.",
);

const COMBINER: Opt = opt("combiner", Kind::Str, "A merge function by name; only the usual one exists.")
    .no_effect("only the default combiner exists, as in KrakenD");

static RESPONSE: Kind = Kind::Format(&formats::RESPONSE);

const PROPAGATED: Opt = opt(
    "sequential_propagated_params",
    Kind::List(&RESPONSE),
    "Fields of earlier answers (respN_field) that later steps see as parameters.",
)
.lax();

const STATIC: Opt = opt(
    "static",
    Kind::Object(&[
        opt("data", Kind::FREE, "The data, an object.").required(),
        opt(
            "strategy",
            Kind::Enum(&["always", "success", "complete", "errored", "incomplete"]),
            "When: always, or depending on how the backends did.",
        )
        .default("\"always\"")
        .required(),
    ]),
    "Data that is merged over the answer.",
)
.lax();

/// The order that the `proxy` of an endpoint asks for.
///
/// # Errors
/// If `strategy` isn't a string.
pub fn order(options: &Options<'_>) -> Result<CallOrder, OptionError> {
    let strategy = if options.given("strategy") { Some(options.str("strategy")?) } else { None };
    Ok(CallOrder::of(strategy, options.bool("sequential") == Ok(true)))
}

/// The same of an endpoint that is checked.
pub fn order_at(endpoint: &Spot<'_>) -> CallOrder {
    let Some(proxy) = endpoint.namespace(&NAMESPACE) else { return CallOrder::Parallel };
    let strategy = proxy.get("strategy");
    CallOrder::of(
        strategy.as_ref().and_then(Spot::str),
        proxy.get("sequential").is_some_and(|spot| spot.is_true()),
    )
}

// === impl CallOrder ===

impl CallOrder {
    /// `strategy`, the word of KrakenD 3.0, wins over the older `sequential`.
    fn of(strategy: Option<&str>, is_sequential: bool) -> Self {
        match strategy {
            Some("fallback") => Self::Fallback,
            Some("sequential") => Self::Sequential,
            Some(_) => Self::Parallel,
            None if is_sequential => Self::Sequential,
            None => Self::Parallel,
        }
    }
}
