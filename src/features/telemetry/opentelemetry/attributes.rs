//! Names and values that spans and measurements carry.

use std::borrow::Cow;

use fjord_http::Headers;
use fjord_http::redact::REDACTED;

use super::protobuf::Message;

/// An attribute that is known when the gateway is compiled: a name and a text.
pub type Attribute = (Cow<'static, str>, String);

/// Header lines that a span names without their values, as they let in whoever knows them.
const SECRET: [&str; 5] =
    ["authorization", "cookie", "proxy-authorization", "set-cookie", "x-krakend-api-key"];

/// The attributes of a message, in the field that it has for them.
pub struct Attributes<'m> {
    message: &'m mut Message,
    field: u32,
}

// === impl Attributes ===

impl<'m> Attributes<'m> {
    /// Those that a message has in `field`.
    pub fn of(message: &'m mut Message, field: u32) -> Self {
        Self { message, field }
    }

    /// Adds attributes that are known.
    pub fn all(&mut self, attributes: &[Attribute]) {
        attributes.iter().for_each(|(name, value)| self.text(name, value));
    }

    /// Adds a text.
    pub fn text(&mut self, name: &str, value: &str) {
        self.put(name, |any| any.bytes(1, value));
    }

    /// Adds a whole number.
    pub fn int(&mut self, name: &str, value: i64) {
        self.put(name, |any| any.varint(3, value as u64));
    }

    /// Adds yes or no.
    pub fn bool(&mut self, name: &str, value: bool) {
        self.put(name, |any| any.varint(2, u64::from(value)));
    }

    /// Adds a floating-point number.
    pub fn double(&mut self, name: &str, value: f64) {
        self.put(name, |any| any.double(4, value));
    }

    /// Adds header lines, each name with a list of its values, but for those that `skipped` names (lower case).
    pub fn headers(&mut self, prefix: &str, headers: &Headers, skipped: &[String]) {
        for name in headers.names() {
            let lower = name.to_ascii_lowercase();
            if skipped.contains(&lower) {
                continue;
            }
            let is_secret = SECRET.contains(&lower.as_str());
            self.put(&format!("{prefix}{lower}"), |any| {
                any.message(5, |list| {
                    for value in headers.get_all(name) {
                        list.message(1, |any| any.bytes(1, if is_secret { REDACTED } else { value }));
                    }
                });
            });
        }
    }

    fn put(&mut self, name: &str, write: impl FnOnce(&mut Message)) {
        self.message.message(self.field, |pair| {
            pair.bytes(1, name);
            pair.message(2, write);
        });
    }
}

/// A path as KrakenD reports it: `/users/{id}` is `/users/:id`.
pub fn route(path: &str) -> String {
    let mut route = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, behind)) = after.split_once('}') else { break };
        route.push_str(before);
        route.push(':');
        route.push_str(name);
        rest = behind;
    }
    route + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_have_colons() {
        for (path, want) in [("/users/{id}/a", "/users/:id/a"), ("/a", "/a"), ("/{a}{b", "/:a{b")] {
            assert_eq!(route(path), want);
        }
    }

    #[test]
    fn header_values_that_let_in_are_left_out() {
        let headers = Headers::from_iter([("Authorization", "Bearer x"), ("A", "1"), ("A", "2"), ("B", "3")]);
        let mut message = Message::default();
        Attributes::of(&mut message, 9).headers("http.request.header.", &headers, &["b".to_owned()]);
        let text = String::from_utf8_lossy(message.as_slice()).into_owned();
        assert!(text.contains("http.request.header.authorization") && text.contains("REDACTED"), "{text}");
        assert!(!text.contains("Bearer") && !text.contains("header.b"), "{text}");
    }
}
