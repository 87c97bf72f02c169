//! Requests and responses as workers see them: JSON objects, of which a worker replaces the members that it sends back.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::rc::Rc;

use fjord_encoding::base64;
use fjord_http::{Headers, Query, url};
use fjord_json::{Body, DecodeError, Map, Object, Value};

use crate::context::Params;
use crate::platform::{self, RequestBody, Via};
use crate::proxy::{Blame, Error, Request, Response};

/// An object that a worker has sent. Its members are taken one by one; what is left in the end nobody understands.
pub(super) struct Members {
    /// What it is, for messages.
    what: &'static str,
    members: Map,
}

/// Why an object isn't understood.
pub(super) type Unclear = String;

/// Values under names, several each: header lines, query parameters.
type Lists = BTreeMap<String, Vec<String>>;

// === impl Members ===

impl Members {
    /// The members of a whole answer.
    pub(super) fn read(body: &Body) -> Result<Members, Unclear> {
        let value = Value::parse_body(body).map_err(|error| format!("the answer isn't JSON: {error}"))?;
        Members::of("the answer", value)
    }

    fn of(what: &'static str, value: Value) -> Result<Members, Unclear> {
        match value {
            Value::Object(members) => Ok(Members { what, members }),
            _ => Err(format!("{what} isn't an object")),
        }
    }

    /// A member that isn't null.
    fn take(&mut self, key: &str) -> Option<Value> {
        self.members.remove(key).filter(|value| *value != Value::Null)
    }

    fn unclear(&self, key: &str, wanted: &str) -> Unclear {
        format!("`{key}` of {} isn't {wanted}", self.what)
    }

    fn text(&mut self, key: &str) -> Result<Option<String>, Unclear> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.unclear(key, "a string")),
        }
    }

    fn flag(&mut self, key: &str) -> Result<Option<bool>, Unclear> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(flag)),
            Some(_) => Err(self.unclear(key, "a boolean")),
        }
    }

    fn status(&mut self, range: RangeInclusive<u16>) -> Result<Option<u16>, Unclear> {
        let Some(value) = self.take("status") else { return Ok(None) };
        let number = value.as_f64().filter(|number| number.fract() == 0.0);
        // A float that is none of these numbers becomes one that is out of the range.
        let status = number.map_or(0, |number| number as u16);
        match range.contains(&status) {
            true => Ok(Some(status)),
            false => {
                let wanted = format!("a status from {} to {}", range.start(), range.end());
                Err(self.unclear("status", &wanted))
            }
        }
    }

    /// Names with a string or a list of strings each.
    fn lists(&mut self, key: &str) -> Result<Option<Lists>, Unclear> {
        let Some(value) = self.take(key) else { return Ok(None) };
        let texts = |value: Value| match value {
            Value::String(text) => Some(vec![text]),
            Value::Array(items) => items.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
            _ => None,
        };
        let lists = match value {
            Value::Object(members) => {
                members.into_iter().map(|(name, value)| Some((name, texts(value)?))).collect()
            }
            _ => None,
        };
        lists.map(Some).ok_or_else(|| self.unclear(key, "an object of lists of strings"))
    }

    /// A body: a string, or base64 of bytes that are none.
    fn bytes(&mut self) -> Result<Option<Vec<u8>>, Unclear> {
        match (self.text("body")?, self.text("body_base64")?) {
            (None, None) => Ok(None),
            (Some(text), None) => Ok(Some(text.into_bytes())),
            (None, Some(text)) => {
                base64::decode(&text).map(Some).ok_or_else(|| self.unclear("body_base64", "base64"))
            }
            (Some(_), Some(_)) => Err(format!("{} has `body` and `body_base64`", self.what)),
        }
    }

    fn object(&mut self, key: &str, what: &'static str) -> Result<Option<Members>, Unclear> {
        self.take(key).map(|value| Members::of(what, value)).transpose()
    }

    /// Everything is taken.
    fn end(self) -> Result<(), Unclear> {
        match self.members.keys().next() {
            None => Ok(()),
            Some(key) => Err(format!("{} has an unknown member `{key}`", self.what)),
        }
    }
}

/// The error that a worker refuses a request or a response with.
pub(super) fn refusal(answer: &mut Members) -> Result<Option<Error>, Unclear> {
    let Some(mut error) = answer.object("error", "`error`")? else { return Ok(None) };
    let status = error.status(400..=599)?;
    let message = error.text("message")?.unwrap_or_default();
    let content_type = error.text("content_type")?;
    error.end()?;
    let blame = if status.is_some_and(|status| status < 500) { Blame::Client } else { Blame::Gateway };
    Ok(Some(Error { status, content_type, ..Error::of_step(blame, message) }))
}

/// A request for a worker.
///
/// # Errors
/// If the body takes more memory than there is.
pub(super) fn request(seen: &Request, body: Option<&Body>) -> Result<Vec<u8>, Error> {
    let params = seen.params.iter().map(|(name, value)| (name.to_owned(), Value::from(value)));
    let mut members = Map::from([
        ("method".to_owned(), Value::from(&*seen.method)),
        ("path".to_owned(), Value::from(&*seen.path)),
        ("params".to_owned(), Value::Object(params.collect())),
        ("query".to_owned(), grouped(seen.query.iter())),
        ("headers".to_owned(), grouped(seen.headers.iter())),
    ]);
    // Before a host is chosen there is none.
    if !seen.url.is_empty() {
        members.insert("url".to_owned(), Value::from(&*seen.url));
    }
    members.extend(body.map(bytes).transpose()?);
    Ok(Value::Object(Map::from([("request".to_owned(), Value::Object(members))])).to_json())
}

/// Writes what a worker makes of a request; whether it wants to see the response.
///
/// # Errors
/// If the answer isn't understood.
pub(super) fn change_request(mut answer: Members, request: &mut Request) -> Result<bool, Unclear> {
    let wants_response = answer.flag("response")?.unwrap_or(true);
    let change = answer.object("request", "`request`")?;
    answer.end()?;
    let Some(mut change) = change else { return Ok(wants_response) };
    if let Some(method) = change.text("method")? {
        request.method = method.into();
    }
    if let Some(path) = change.text("path")? {
        request.path = path.into();
    }
    if let Some(written) = change.text("url")?.filter(|url| **url != *request.url) {
        if request.url.is_empty() {
            return Err("`url` of `request` can't be changed before a host is chosen".to_owned());
        }
        let url = url::of_script(&written).map_err(|error| error.to_string())?;
        // A binding is left with its host.
        if url::origin(&url) != url::origin(&request.url) {
            request.via = Via::Network;
        }
        request.url = url.into();
    }
    if let Some(lists) = change.lists("query")? {
        let mut query = Query::default();
        ungrouped(lists, |name, value| query.add(name, value));
        request.query = Rc::new(query);
    }
    if let Some(mut members) = change.object("params", "`params`")? {
        let mut params = Params::default();
        for name in members.members.keys().cloned().collect::<Vec<_>>() {
            params.set(&name, members.text(&name)?.unwrap_or_default());
        }
        request.params = Rc::new(params);
    }
    if let Some(lists) = change.lists("headers")? {
        request.headers = Rc::new(headers(lists));
    }
    if let Some(bytes) = change.bytes()? {
        Rc::make_mut(&mut request.headers).remove("Content-Length");
        request.body = RequestBody::chunked(bytes);
    }
    change.end()?;
    Ok(wants_response)
}

/// A response for a worker.
///
/// # Errors
/// If its data, or its body, take more memory than there is.
pub(super) fn response(seen: &Response) -> Result<Vec<u8>, Error> {
    let data = match &seen.data {
        Some(data) => Value::Object(data.to_map()?),
        None => Value::Null,
    };
    let mut members = Map::from([
        ("data".to_owned(), data),
        ("complete".to_owned(), Value::Bool(seen.complete)),
        ("status".to_owned(), Value::number(i64::from(seen.metadata.status))),
        ("headers".to_owned(), grouped(seen.metadata.headers.iter())),
    ]);
    if let Some(platform::Body::Bytes(body)) = &seen.io {
        members.extend([bytes(body)?]);
    }
    Ok(Value::Object(Map::from([("response".to_owned(), Value::Object(members))])).to_json())
}

/// Writes what a worker makes of a response.
///
/// # Errors
/// If the answer isn't understood.
pub(super) fn change_response(mut answer: Members, response: &mut Response) -> Result<(), Unclear> {
    let change = answer.object("response", "`response`")?;
    answer.end()?;
    let Some(mut change) = change else { return Ok(()) };
    match change.members.remove("data") {
        None => {}
        Some(Value::Null) => response.data = None,
        Some(Value::Object(data)) => response.data = Some(Object::from_map(data)),
        Some(_) => return Err("`data` of `response` isn't an object".to_owned()),
    }
    if let Some(complete) = change.flag("complete")? {
        response.complete = complete;
    }
    if let Some(status) = change.status(200..=599)? {
        response.metadata.status = status;
    }
    if let Some(lists) = change.lists("headers")? {
        response.metadata.headers = headers(lists);
    }
    if let Some(bytes) = change.bytes()? {
        response.io = Some(platform::Body::Bytes(Body::from(bytes)));
    }
    change.end()
}

/// A body as a member: a string, or base64 of what isn't UTF-8.
fn bytes(body: &Body) -> Result<(String, Value), DecodeError> {
    fjord_memory::afford(body.len())?;
    Ok(match str::from_utf8(body.as_slice()) {
        Ok(text) => ("body".to_owned(), Value::from(text)),
        Err(_) => ("body_base64".to_owned(), Value::String(base64::encode(body.as_slice()))),
    })
}

fn grouped<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Value {
    let mut lists: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for (name, value) in pairs {
        lists.entry(name.to_owned()).or_default().push(Value::from(value));
    }
    Value::Object(lists.into_iter().map(|(name, values)| (name, Value::Array(values))).collect())
}

fn ungrouped(lists: Lists, mut add: impl FnMut(String, String)) {
    for (name, values) in lists {
        values.into_iter().for_each(|value| add(name.clone(), value));
    }
}

fn headers(lists: Lists) -> Headers {
    let mut headers = Headers::default();
    ungrouped(lists, |name, value| headers.add(name, value));
    headers
}
