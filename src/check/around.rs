//! What the check of a namespace is given.

use fjord_document::node::Node;
use fjord_http::path::{clean_leading_slash, params};

use super::findings::Findings;
use super::spot::Spot;

/// Says what is wrong with the value of a namespace beyond what its table says.
pub type Check = fn(&Spot<'_>, &Around<'_>, &mut Findings<'_>);

/// What the checks of a part know of the parts around it.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// None where one part is asked about alone.
    pub(crate) service: Option<&'a Spot<'a>>,
    /// Whether placeholders may be parts of segments.
    pub(crate) disable_rest: bool,
    pub(crate) endpoint: Option<&'a Endpoint<'a>>,
    /// The backend's place in the row, and the backend.
    pub(crate) backend: Option<(usize, &'a Spot<'a>)>,
}

/// An endpoint, as far as others need to know of it.
pub struct Endpoint<'a> {
    pub(crate) spot: &'a Spot<'a>,
    pub(crate) method: String,
    /// Its parameters, in the order of the path.
    pub(crate) params: Vec<String>,
    pub(crate) backends: &'a [Spot<'a>],
    pub(crate) is_sequential: bool,
}

// === impl Endpoint ===

impl<'a> Endpoint<'a> {
    /// Reads the endpoint at `spot`, whose backends are `backends`.
    pub(crate) fn read(spot: &'a Spot<'a>, backends: &'a [Spot<'a>], disable_rest: bool) -> Endpoint<'a> {
        let text = |key: &str| spot.node.get(key).and_then(Node::as_str);
        let path = clean_leading_slash(text("endpoint").unwrap_or(""));
        let proxy = spot.namespace("proxy");
        Endpoint {
            spot,
            method: text("method").unwrap_or("GET").to_uppercase(),
            params: params(&path, disable_rest).into_iter().map(str::to_owned).collect(),
            backends,
            is_sequential: proxy.is_some_and(|proxy| proxy.get("sequential").is_some_and(|s| s.is_true())),
        }
    }
}
