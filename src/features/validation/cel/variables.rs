//! What expressions see of a request, a response and a token. Maps are built when an expression asks for them.

use std::cell::OnceCell;

use fjord_cel::{CelValue, Map, Numbers, Timestamp, Variables};

use crate::proxy::{Request, Response};

/// The variables of [`Phase::Request`](super::Phase::Request).
pub struct RequestVariables<'a> {
    request: &'a Request,
    now_ms: f64,
    params: OnceCell<CelValue<'a>>,
    headers: OnceCell<CelValue<'a>>,
    query: OnceCell<CelValue<'a>>,
}

/// The variables of [`Phase::Response`](super::Phase::Response).
pub struct ResponseVariables<'a> {
    response: &'a Response,
    /// The members of the data that expressions look at; nothing if they cannot be read.
    data: Option<&'a fjord_json::Map>,
    now_ms: f64,
    headers: OnceCell<CelValue<'a>>,
}

/// The variables of [`Phase::Token`](super::Phase::Token).
pub struct TokenVariables<'a> {
    claims: &'a fjord_json::Map,
    now_ms: f64,
}

/// KrakenD's `now`: RFC 3339 in whole seconds.
fn now(ms: f64) -> Option<CelValue<'static>> {
    let time = Timestamp::from_unix((ms / 1000.0).floor() as i64)?;
    Some(CelValue::from(time.text()))
}

// === impl RequestVariables ===

impl<'a> RequestVariables<'a> {
    /// Those of `request`, at `now_ms` milliseconds since 1970.
    pub fn new(request: &'a Request, now_ms: f64) -> Self {
        let [params, headers, query] = Default::default();
        Self { request, now_ms, params, headers, query }
    }
}

impl Variables for RequestVariables<'_> {
    fn get<'v>(&'v self, name: &str) -> Option<CelValue<'v>> {
        let request = self.request;
        Some(match name {
            "req_method" => CelValue::text(&request.method),
            "req_path" => CelValue::text(&request.path),
            "req_params" => self.params.get_or_init(|| CelValue::map_of_texts(request.params.iter())).clone(),
            "req_headers" => {
                self.headers.get_or_init(|| CelValue::map_of_lists(request.headers.iter())).clone()
            }
            "req_querystring" => {
                self.query.get_or_init(|| CelValue::map_of_lists(request.query.iter())).clone()
            }
            "now" => return now(self.now_ms),
            _ => return None,
        })
    }
}

// === impl ResponseVariables ===

impl<'a> ResponseVariables<'a> {
    /// Those of `response` with `data`, at `now_ms` milliseconds since 1970.
    pub fn new(response: &'a Response, data: Option<&'a fjord_json::Map>, now_ms: f64) -> Self {
        Self { response, data, now_ms, headers: OnceCell::new() }
    }
}

impl Variables for ResponseVariables<'_> {
    fn get<'v>(&'v self, name: &str) -> Option<CelValue<'v>> {
        let metadata = &self.response.metadata;
        Some(match name {
            "resp_completed" => CelValue::Bool(self.response.complete),
            "resp_metadata_status" => CelValue::Int(i64::from(metadata.status)),
            "resp_metadata_headers" => {
                self.headers.get_or_init(|| CelValue::map_of_lists(metadata.headers.iter())).clone()
            }
            "resp_data" => CelValue::Map(Map::Json(self.data?, Numbers::Strings)),
            "now" => return now(self.now_ms),
            _ => return None,
        })
    }
}

// === impl TokenVariables ===

impl<'a> TokenVariables<'a> {
    /// Those of a token's `claims`, at `now_ms` milliseconds since 1970.
    pub fn new(claims: &'a fjord_json::Map, now_ms: f64) -> Self {
        Self { claims, now_ms }
    }
}

impl Variables for TokenVariables<'_> {
    fn get<'v>(&'v self, name: &str) -> Option<CelValue<'v>> {
        match name {
            "JWT" => Some(CelValue::Map(Map::Json(self.claims, Numbers::Doubles))),
            "now" => now(self.now_ms),
            _ => None,
        }
    }
}
