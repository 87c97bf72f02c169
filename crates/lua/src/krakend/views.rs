//! What a script sees of the gateway, as traits: the engine implements them on its own types.

use fjord_json::Map;

use crate::value::Str;

/// The surroundings of a script.
pub trait Host {
    /// The request.
    fn request(&mut self) -> &mut dyn RequestView;
    /// The response, in a post script.
    fn response(&mut self) -> Option<&mut dyn ResponseView>;
    /// Takes a line that the script printed.
    fn print(&mut self, line: &str);
    /// Seconds since 1970.
    fn now(&self) -> f64;
    /// A random number from 0 up to, but not including, 1.
    fn random(&mut self) -> f64;
}

/// A request. Names of headers arrive canonical, names of parameters as the script wrote them.
pub trait RequestView {
    /// The method.
    fn method(&self) -> String;
    /// Changes the method.
    fn set_method(&mut self, method: String);
    /// The path, before the backend's URL is built.
    fn path(&self) -> String;
    /// Changes the path.
    fn set_path(&mut self, path: String);
    /// The query string, encoded.
    fn query(&self) -> String;
    /// Replaces the query string.
    fn set_query(&mut self, query: &str);
    /// How many query parameters there are.
    fn query_len(&self) -> usize;
    /// The first value of a query parameter.
    fn query_value(&self, name: &str) -> Option<String>;
    /// Sets a query parameter to one value.
    fn set_query_value(&mut self, name: String, value: String);
    /// The URL; empty before one is known.
    fn url(&self) -> String;
    /// Changes the URL.
    fn set_url(&mut self, url: String);
    /// The host.
    fn host(&self) -> String;
    /// Changes the host.
    fn set_host(&mut self, host: String);
    /// A parameter of the path.
    fn param(&self, name: &str) -> Option<String>;
    /// Sets a parameter.
    fn set_param(&mut self, name: String, value: String);
    /// All parameters.
    fn params(&self) -> Vec<(String, String)>;
    /// The values of a header.
    fn header(&self, name: &str) -> Vec<String>;
    /// Replaces the values of a header, or removes it.
    fn set_header(&mut self, name: String, values: Option<Vec<String>>);
    /// All headers.
    fn headers(&self) -> Vec<(String, Vec<String>)>;
    /// The body. Scripts share its bytes with the gateway: a large one is there once.
    fn body(&self) -> Str;
    /// Replaces the body.
    fn set_body(&mut self, body: Str);
}

/// A response.
pub trait ResponseView {
    /// Whether all backends answered.
    fn is_complete(&self) -> bool;
    /// Changes that.
    fn set_complete(&mut self, complete: bool);
    /// The status, 0 where none is kept.
    fn status(&self) -> i64;
    /// Changes the status.
    fn set_status(&mut self, status: i64);
    /// Hands over the data; they come back through `set_data` when the script ends.
    fn take_data(&mut self) -> Map;
    /// Takes the data back.
    fn set_data(&mut self, data: Map);
    /// The values of a header.
    fn header(&self, name: &str) -> Vec<String>;
    /// Replaces the values of a header, or removes it.
    fn set_header(&mut self, name: String, values: Option<Vec<String>>);
    /// All headers.
    fn headers(&self) -> Vec<(String, Vec<String>)>;
    /// The body, with no-op.
    fn body(&self) -> Str;
    /// Replaces the body.
    fn set_body(&mut self, body: Str);
}
