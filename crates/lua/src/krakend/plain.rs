//! Requests and responses as plain structures, for tests and for whoever has no better ones.

use std::collections::BTreeMap;

use fjord_http::query::Query;
use fjord_json::Map;

use super::views::{Host, RequestView, ResponseView};
use crate::value::Str;

/// A request.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The parameters of the query string.
    pub query: Query,
    /// The URL.
    pub url: String,
    /// The host.
    pub host: String,
    /// The parameters of the path.
    pub params: BTreeMap<String, String>,
    /// The headers, by canonical name.
    pub headers: BTreeMap<String, Vec<String>>,
    /// The body.
    pub body: Str,
}

/// A response.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Response {
    /// Whether all backends answered.
    pub is_complete: bool,
    /// The status.
    pub status: i64,
    /// The data.
    pub data: Map,
    /// The headers, by canonical name.
    pub headers: BTreeMap<String, Vec<String>>,
    /// The body.
    pub body: Str,
}

/// A host around them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PlainHost {
    /// The request.
    pub request: Request,
    /// The response.
    pub response: Option<Response>,
    /// What scripts printed.
    pub printed: Vec<String>,
    /// The time.
    pub now: f64,
    /// The next random number.
    pub random: f64,
}

// === impl Host ===

impl Host for PlainHost {
    fn request(&mut self) -> &mut dyn RequestView {
        &mut self.request
    }
    fn response(&mut self) -> Option<&mut dyn ResponseView> {
        self.response.as_mut().map(|r| r as &mut dyn ResponseView)
    }
    fn print(&mut self, line: &str) {
        self.printed.push(line.to_owned());
    }
    fn now(&self) -> f64 {
        self.now
    }
    fn random(&mut self) -> f64 {
        self.random
    }
}

fn set_header(headers: &mut BTreeMap<String, Vec<String>>, name: String, values: Option<Vec<String>>) {
    match values {
        Some(values) => headers.insert(name, values),
        None => headers.remove(&name),
    };
}

fn all(headers: &BTreeMap<String, Vec<String>>) -> Vec<(String, Vec<String>)> {
    headers.iter().map(|(name, values)| (name.clone(), values.clone())).collect()
}

// === impl Request ===

impl RequestView for Request {
    fn method(&self) -> String {
        self.method.clone()
    }
    fn set_method(&mut self, method: String) {
        self.method = method;
    }
    fn path(&self) -> String {
        self.path.clone()
    }
    fn set_path(&mut self, path: String) {
        self.path = path;
    }
    fn query(&self) -> String {
        self.query.encode()
    }
    fn set_query(&mut self, query: &str) {
        self.query = Query::parse(query);
    }
    fn query_len(&self) -> usize {
        self.query.iter().len()
    }
    fn query_value(&self, name: &str) -> Option<String> {
        self.query.get(name).map(str::to_owned)
    }
    fn set_query_value(&mut self, name: String, value: String) {
        self.query.set(name, value);
    }
    fn url(&self) -> String {
        self.url.clone()
    }
    fn set_url(&mut self, url: String) {
        self.url = url;
    }
    fn host(&self) -> String {
        self.host.clone()
    }
    fn set_host(&mut self, host: String) {
        self.host = host;
    }
    fn param(&self, name: &str) -> Option<String> {
        self.params.get(name).cloned()
    }
    fn set_param(&mut self, name: String, value: String) {
        self.params.insert(name, value);
    }
    fn params(&self) -> Vec<(String, String)> {
        self.params.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
    }
    fn header(&self, name: &str) -> Vec<String> {
        self.headers.get(name).cloned().unwrap_or_default()
    }
    fn set_header(&mut self, name: String, values: Option<Vec<String>>) {
        set_header(&mut self.headers, name, values);
    }
    fn headers(&self) -> Vec<(String, Vec<String>)> {
        all(&self.headers)
    }
    fn body(&self) -> Str {
        self.body.clone()
    }
    fn set_body(&mut self, body: Str) {
        self.body = body;
    }
}

// === impl Response ===

impl ResponseView for Response {
    fn is_complete(&self) -> bool {
        self.is_complete
    }
    fn set_complete(&mut self, complete: bool) {
        self.is_complete = complete;
    }
    fn status(&self) -> i64 {
        self.status
    }
    fn set_status(&mut self, status: i64) {
        self.status = status;
    }
    fn take_data(&mut self) -> Map {
        std::mem::take(&mut self.data)
    }
    fn set_data(&mut self, data: Map) {
        self.data = data;
    }
    fn header(&self, name: &str) -> Vec<String> {
        self.headers.get(name).cloned().unwrap_or_default()
    }
    fn set_header(&mut self, name: String, values: Option<Vec<String>>) {
        set_header(&mut self.headers, name, values);
    }
    fn headers(&self) -> Vec<(String, Vec<String>)> {
        all(&self.headers)
    }
    fn body(&self) -> Str {
        self.body.clone()
    }
    fn set_body(&mut self, body: Str) {
        self.body = body;
    }
}
