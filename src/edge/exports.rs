//! What the script can call.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::gateway::Gateway;
use crate::http::{Headers, content_sniff};
use crate::plan;
use crate::platform::{Body, Fetched, HostError, Outcome, Stream};

use super::buffers::Buffers;
use super::desk::{Desk, Turn};
use super::places::PlaceId;
use super::protocol::NOWHERE;

thread_local! {
    static DESK: Desk = Desk::default();
    static BUFFERS: Buffers = Buffers::default();
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console, js_name = error)]
    fn console_error(line: &str);
}

/// Compiles the configuration and serves it. Returns the reason if nothing can be served, else nothing.
///
/// The configuration is in the fresh body, `files` is a JSON object of the files that it names, `env` one of the host's
/// variables. All are bytes, which come over in one piece: the glue copies a text character by character.
#[wasm_bindgen]
pub fn init(files: &[u8], env: &[u8], seed: f64) -> Option<String> {
    std::panic::set_hook(Box::new(|info| console_error(&format!("fjord: {info}"))));
    let environment = plan::Environment::from_json(files, env);
    match plan::build(take_body(), environment) {
        Ok(plan) => {
            DESK.with(|desk| desk.serve(Gateway::new(plan), seed.to_bits()));
            None
        }
        Err(reason) => Some(reason.to_string()),
    }
}

/// The address of the input buffer, which holds at least `len` bytes.
#[wasm_bindgen]
pub fn input(len: usize) -> u32 {
    BUFFERS.with(|buffers| buffers.input(len))
}

/// The address of a fresh body of `len` bytes.
#[wasm_bindgen]
pub fn body(len: usize) -> u32 {
    BUFFERS.with(|buffers| buffers.body(len))
}

/// Opens a request whose method and URL are in the input buffer, one after the other. Returns its place, or
/// [`NOWHERE`] if none is free.
#[wasm_bindgen]
pub fn open(method: usize, url: usize, now: f64) -> u32 {
    let (method, url) = (text(0, method), text(method, url));
    DESK.with(|desk| desk.open(method, url, now)).map_or(NOWHERE, u32::from)
}

/// The number of the header list that an opened request needs.
#[wasm_bindgen]
pub fn header_list(place: u32) -> u32 {
    DESK.with(|desk| desk.header_list(place.into()))
}

/// The names of a header list, separated by line breaks.
#[wasm_bindgen]
pub fn header_names(list: u32) -> String {
    DESK.with(|desk| desk.header_names(list).join("\n"))
}

/// Starts an opened request; `headers` bytes of header lines are in the input buffer. Returns the address of a batch.
#[wasm_bindgen]
pub fn start(place: u32, headers: usize, has_body: bool, now: f64) -> u32 {
    batch(DESK.with(|desk| desk.start(place.into(), lines(headers), has_body, now)))
}

/// An origin answered; its body is in the fresh body, or stays with the script. This and what follows returns the address of
/// a batch, or 0 if the request is gone.
#[wasm_bindgen]
pub fn fetched(place: u32, id: u32, status: u32, headers: usize, stream: bool, now: f64) -> u32 {
    let body = if stream { Body::Stream(Stream(id)) } else { Body::Bytes(take_body()) };
    let answer = Fetched { status: status as u16, headers: lines(headers), body };
    complete(place, id, Outcome::Fetched(Ok(answer)), now)
}

/// A call to an origin failed; `len` bytes of text in the input buffer say why.
#[wasm_bindgen]
pub fn fetch_failed(place: u32, id: u32, len: usize, now: f64) -> u32 {
    complete(place, id, Outcome::Fetched(Err(HostError::Failed(text(0, len)))), now)
}

/// A timer ended.
#[wasm_bindgen]
pub fn elapsed(place: u32, id: u32, now: f64) -> u32 {
    complete(place, id, Outcome::Elapsed, now)
}

/// A body was read (it is in the fresh body), or not (`failed`: the input buffer says why).
#[wasm_bindgen]
pub fn body_read(place: u32, id: u32, failed: bool, len: usize, now: f64) -> u32 {
    let result = if failed { Err(HostError::Failed(text(0, len))) } else { Ok(take_body()) };
    complete(place, id, Outcome::Body(result), now)
}

/// A call of the host ended: its result is in the fresh body, or (`failed`) its reason in the input buffer.
#[wasm_bindgen]
pub fn called(place: u32, id: u32, failed: bool, len: usize, now: f64) -> u32 {
    let result = if failed { Err(HostError::Failed(text(0, len))) } else { Ok(take_body().into_vec()) };
    complete(place, id, Outcome::Called(result), now)
}

/// The client left.
#[wasm_bindgen]
pub fn leave(place: u32, now: f64) -> u32 {
    batch(DESK.with(|desk| desk.leave(place.into(), now)))
}

/// Drops a request.
#[wasm_bindgen]
pub fn close(place: u32) {
    DESK.with(|desk| desk.close(place.into()));
}

/// The content type that the fresh body looks like.
#[wasm_bindgen]
pub fn sniff() -> String {
    content_sniff(take_body().as_slice()).to_owned()
}

fn complete(place: u32, id: u32, outcome: Outcome, now: f64) -> u32 {
    batch(DESK.with(|desk| desk.complete(PlaceId::from(place), id, outcome, now)))
}

fn batch(turn: Option<Turn>) -> u32 {
    BUFFERS.with(|buffers| buffers.batch(turn))
}

fn take_body() -> crate::json::Body {
    BUFFERS.with(Buffers::take_body)
}

/// Text of the input buffer.
fn text(from: usize, len: usize) -> String {
    BUFFERS.with(|buffers| buffers.text(from..from + len))
}

/// Header lines from the input buffer: names and values, each ended by a zero.
fn lines(len: usize) -> Headers {
    let mut headers = Headers::default();
    if len == 0 {
        return headers;
    }
    let text = text(0, len);
    let mut parts = text.split('\0');
    while let (Some(name), Some(value)) = (parts.next(), parts.next()) {
        headers.add(name.to_owned(), value);
    }
    headers
}
