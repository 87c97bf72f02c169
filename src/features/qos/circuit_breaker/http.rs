//! `qos/circuit-breaker/http`: stops calling a backend after repeated answers with other statuses (KrakenD 2.12).

use crate::options::{Kind, Namespace, Rule, Scopes, namespace, opt};

const STATUSES: Kind =
    Kind::With(&Kind::List(&Kind::Int { min: 100, max: 599 }), &[Rule::AtLeast(1), Rule::Unique]);

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "qos/circuit-breaker/http",
    Scopes::BACKEND,
    "Stops calling a backend after repeated answers with other statuses than these.",
    Kind::Object(&[
        opt("interval", Kind::NATURAL, "After how many seconds failures are forgotten.").required(),
        opt("timeout", Kind::NATURAL, "After how many seconds the backend is tried again.").required(),
        opt("max_errors", Kind::NATURAL, "How many failures in a row stop the calls.").required(),
        opt("valid_status_codes", STATUSES, "The statuses that aren't failures.").required(),
        opt("name", Kind::Str, "A name for logs."),
        opt("log_status_change", Kind::Bool, "Logs each change of state.").default("false"),
    ]),
)
.enterprise()
.refused("an Enterprise feature of KrakenD 2.12 that Fjord doesn't have; qos/circuit-breaker counts every answer but 200 and 201 as a failure");
