//! `modifier/request-body-extractor/early`: the same before authentication (KrakenD 2.13).

use super::{OPTIONS, REASON};
use crate::options::{Kind, Namespace, Scopes, namespace};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "modifier/request-body-extractor/early",
    Scopes::ENDPOINT,
    "Copies values of the request's body into headers or the query, before authentication.",
    Kind::Object(OPTIONS),
)
.enterprise()
.refused(REASON);
