//! The variables of a template, and bodies that become values by their content type.

use fjord_encoding::xml;
use fjord_http::Query;
use fjord_json::{Body, Value as Json, without_mark};
use fjord_template::{Element, Entries, Map, Text, Value};

use super::Generator;

use crate::proxy::{Error, Kind, Request};

/// What a body is, by its content type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Json,
    Xml,
    Form,
    Text,
}

/// The variables about a request.
pub(super) const REQUEST: &[&str] = &["req_body", "req_headers", "req_params", "req_path", "req_querystring"];

/// The variables of an answer's template: the request's body is gone by then.
pub(super) const RESPONSE: &[&str] =
    &["req_headers", "req_params", "req_path", "req_querystring", "resp_body", "resp_headers", "resp_status"];

// === impl Generator ===

impl Generator {
    /// Those of the request's variables that the template may look at, but for its body.
    pub(super) fn of_request<'a>(&self, request: &'a Request, variables: &mut Entries<'a>) {
        let mut add = |name: &'static str, make: &dyn Fn() -> Value<'a>| {
            if self.reads(name) {
                variables.insert(name.into(), make());
            }
        };
        add("req_headers", &|| lists(request.headers.iter()));
        add("req_params", &|| texts(request.params.iter()));
        add("req_path", &|| Value::String(Text::Borrowed(&request.path)));
        add("req_querystring", &|| lists(request.query.iter()));
    }
}

/// Go's `map[string]string`.
fn texts<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Value<'a> {
    let entries = pairs.map(|(name, value)| (name.into(), Value::String(value.into())));
    Value::Map(Map::new(entries.collect(), Element::String))
}

/// Go's `map[string][]string`.
pub(super) fn lists<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Value<'a> {
    let mut lists: Vec<(&str, Vec<Text<'a>>)> = Vec::new();
    for (name, value) in pairs {
        match lists.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(value.into()),
            None => lists.push((name, vec![value.into()])),
        }
    }
    Value::map(lists.into_iter().map(|(name, values)| (name.into(), Value::strings(values))).collect())
}

// === impl Content ===

impl Content {
    pub(super) fn of(content_type: &str) -> Self {
        let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match &*essence {
            "application/json" | "text/json" => Self::Json,
            "application/xml" | "text/xml" => Self::Xml,
            "application/x-www-form-urlencoded" => Self::Form,
            other if other.ends_with("+json") => Self::Json,
            other if other.ends_with("+xml") => Self::Xml,
            _ => Self::Text,
        }
    }

    /// A body as a value: JSON and XML as data, a form as lists by name, anything else as a text. No body is an empty object.
    ///
    /// # Errors
    /// If the body isn't what its type says, or takes more memory than there is.
    pub(super) fn read(self, body: &Body) -> Result<Json, Error> {
        if body.as_slice().is_empty() {
            return Ok(Json::Object(fjord_json::Map::new()));
        }
        Ok(match self {
            Self::Json => Json::parse_body(body)?,
            Self::Xml => Json::Object(xml::decode(without_mark(body.as_slice()), false)?),
            Self::Form => form(&fjord_encoding::text(body.as_slice())?),
            Self::Text => Json::String(fjord_encoding::text(body.as_slice())?),
        })
    }
}

/// The fields of a form, each with its values.
fn form(text: &str) -> Json {
    let mut fields = fjord_json::Map::new();
    for (name, value) in Query::parse(text).iter() {
        let field = fields.entry(name.to_owned()).or_insert_with(|| Json::Array(Vec::new()));
        if let Json::Array(values) = field {
            values.push(Json::String(value.to_owned()));
        }
    }
    Json::Object(fields)
}

/// The error for a client whose body isn't what its type says.
pub(super) fn of_client(error: Error) -> Error {
    match error.kind {
        Kind::Excess(excess) => Error::of_client(excess),
        _ => Error::unfit(format!("the body doesn't fit its Content-Type: {error}")).with_status(400),
    }
}
