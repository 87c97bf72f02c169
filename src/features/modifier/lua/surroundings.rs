//! What scripts see of a request in flight.

use std::rc::Rc;

use fjord_http::Headers;
use fjord_json::Body;
use fjord_lua::{Fields, Host, Request, Response, Str};
use fjord_memory::afford;

use crate::platform::{Io, Level, RequestBody};
use crate::proxy::Error;

/// The request and the answer of one run.
pub struct Surroundings<'a> {
    pub io: &'a Io,
    pub request: Request,
    pub response: Option<Response>,
}

// === impl Surroundings ===

impl Host for Surroundings<'_> {
    fn request(&mut self) -> &mut Request {
        &mut self.request
    }

    fn response(&mut self) -> Option<&mut Response> {
        self.response.as_mut()
    }

    fn print(&mut self, line: &str) {
        self.io.log(Level::Info, line.to_owned());
    }

    fn now(&self) -> f64 {
        self.io.now() / 1000.0
    }

    fn random(&mut self) -> f64 {
        // 53 bits are what a double holds.
        (self.io.random() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Header lines, grouped.
pub fn fields(headers: &Headers) -> Fields {
    let mut fields = Fields::new();
    for (name, value) in headers.iter() {
        fields.entry(name.to_owned()).or_default().push(value.to_owned());
    }
    fields
}

/// Writes grouped lines back where they differ from those that are there.
pub fn write_fields(wanted: &Fields, headers: &mut Headers) {
    let there = fields(headers);
    if there == *wanted {
        return;
    }
    headers.retain(|name, _| there.get(name).is_some_and(|values| wanted.get(name) == Some(values)));
    for (name, values) in wanted.iter().filter(|(name, values)| there.get(*name) != Some(values)) {
        values.iter().for_each(|value| headers.add(name.clone(), value.as_str()));
    }
}

/// Drops the length of a body that a script has replaced: the call would break off where it doesn't fit.
pub fn forget_length(body: &[u8], headers: &mut Headers) {
    if headers.get("Content-Length").is_some_and(|length| length.parse() != Ok(body.len())) {
        headers.remove("Content-Length");
    }
}

/// A copy of a client's body: the script's own, which all its texts of the body share.
fn copied(body: &Body) -> Result<Str, Error> {
    afford(body.len()).map_err(Error::of_client)?;
    Ok(Str::new(body.as_slice()))
}

/// The bytes of a body. One that is with the host is read, and stays readable.
pub async fn read(io: &Io, body: &mut RequestBody) -> Result<Str, Error> {
    match body {
        RequestBody::None => Ok(Str::default()),
        RequestBody::Chunked(bytes) | RequestBody::Sized(bytes) => copied(bytes),
        RequestBody::Incoming => {
            let bytes = Rc::new(io.read_body().await.map_err(Error::of_client)?);
            *body = RequestBody::Chunked(Rc::clone(&bytes));
            copied(&bytes)
        }
    }
}
