//! The request and the response that a script sees and changes. What it leaves in them is what the gateway takes over.

use std::collections::BTreeMap;

use fjord_http::query::Query;
use fjord_json::Map;

use crate::value::Str;

/// Header lines by canonical name.
pub type Fields = BTreeMap<String, Vec<String>>;

/// A request.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path, before the backend's URL is built.
    pub path: String,
    /// The parameters of the query string.
    pub query: Query,
    /// The URL; empty before one is known.
    pub url: String,
    /// The host.
    pub host: String,
    /// The parameters of the path.
    pub params: BTreeMap<String, String>,
    /// The headers.
    pub headers: Fields,
    /// The body. Scripts share its bytes with the gateway: a large one is there once.
    pub body: Str,
}

/// A response.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Response {
    /// Whether all backends answered.
    pub is_complete: bool,
    /// The status, 0 where none is kept.
    pub status: i64,
    /// The data. A script that looks at them has them until it ends.
    pub data: Map,
    /// The headers.
    pub headers: Fields,
    /// The body, with no-op.
    pub body: Str,
}

/// What a header with these values counts: each line has its name, and 32 bytes besides.
pub fn field_bytes(name: &str, values: &[String]) -> usize {
    values.iter().map(|value| line_bytes(name, value)).sum()
}

/// What a line, or a parameter, counts.
pub fn line_bytes(name: &str, value: &str) -> usize {
    name.len() + value.len() + 32
}
