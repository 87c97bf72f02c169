//! What the script can call.

use wasm_bindgen::prelude::wasm_bindgen;

use fjord_http::{Headers, content_sniff};

use crate::gateway::{AgentId, Gateway, Message};

use fjord_memory::Excess;

use crate::options::{Capability, Environment};
use crate::plan;
use crate::platform::{Body, Fetched, HostError, Outcome, Stream};

use super::buffers::{Buffers, address};
use super::desk::{ALL_HEADERS, Desk, Turn};
use super::places::PlaceId;
use super::protocol::{IN_PARTS, STAYS};

thread_local! {
    static DESK: Desk = Desk::default();
    static BUFFERS: Buffers = Buffers::default();
}

/// Bytes that tell an outcome in [`resume`].
const OUTCOME: usize = 12;

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
    let config = match take_body() {
        Ok(config) => config,
        Err(excess) => return Some(format!("the configuration can't be read: {excess}")),
    };
    let plan = Environment::from_json(files, env)
        .map_err(Into::into)
        .and_then(|environment| plan::build(config, environment));
    match plan {
        Ok(plan) => {
            DESK.with(|desk| desk.serve(Gateway::new(plan), seed.to_bits()));
            None
        }
        Err(reason) => Some(reason.to_string()),
    }
}

/// Begins random choices anew, with the first request of an instance that was made before it.
#[wasm_bindgen]
pub fn reseed(seed: f64) {
    DESK.with(|desk| desk.reseed(seed.to_bits()));
}

/// Whether the lines of a request begin with the place of its client.
#[wasm_bindgen]
pub fn wants_place() -> bool {
    DESK.with(Desk::wants_place)
}

/// The address of the input buffer, which holds at least `len` bytes.
#[wasm_bindgen]
pub fn input(len: usize) -> u32 {
    BUFFERS.with(|buffers| buffers.input(len))
}

/// The address of a fresh body of `len` bytes; 0 if it's more than the gateway keeps.
#[wasm_bindgen]
pub fn body(len: usize) -> u32 {
    BUFFERS.with(|buffers| buffers.body(len))
}

/// The address of the next `len` bytes of the body that an effect waits for; 0 if no more are wanted.
#[wasm_bindgen]
pub fn part(place: u32, id: u32, len: usize) -> u32 {
    entry(|desk| desk.receive(place.into(), id, len, address)).unwrap_or(0)
}

/// A body of `len` bytes is announced for an effect, and not here yet. False if it isn't wanted.
#[wasm_bindgen]
pub fn expect(place: u32, id: u32, len: usize) -> bool {
    entry(|desk| desk.expect(place.into(), id, len))
}

/// Opens a request whose method, URL and header lines (those of a `list`) are in the input buffer, one after the other, and starts
/// it if it needs no others. Returns the address of a batch, or 0 if no place is free, or no memory for one more.
#[wasm_bindgen]
pub fn open(method: usize, url: usize, headers: usize, list: u32, has_body: bool, now: f64) -> u32 {
    let Some((place, needed)) = opened(0, method, url, now) else { return 0 };
    if list != needed && list != ALL_HEADERS {
        return BUFFERS.with(|buffers| buffers.lines_wanted(place, needed));
    }
    let turn = DESK.with(|desk| desk.start(place, lines(method + url, headers), has_body, now));
    batch(place, needed, turn)
}

/// Opens and starts a request whose recipe the script has followed since `began`. In the input buffer are `outcomes` times three
/// numbers (the effect, the status, the length of the body or [`STAYS`]), then method, URL and header lines, then the bodies.
/// Returns as [`open`].
#[wasm_bindgen]
pub fn resume(outcomes: usize, method: usize, url: usize, headers: usize, began: f64, now: f64) -> u32 {
    let from = outcomes * OUTCOME;
    let Some((place, list)) = opened(from, method, url, now) else { return 0 };
    let mut at = from + method + url + headers;
    let words = BUFFERS.with(|buffers| buffers.words(from / 4));
    let outcomes = words.chunks_exact(3).map(|outcome| {
        let (id, status, len) = (outcome[0], outcome[1], outcome[2]);
        let body = body_at(id, at, len);
        at += if len == STAYS { 0 } else { len as usize };
        let answer = body.map(|body| Fetched { status: status as u16, headers: Headers::default(), body });
        (id, Outcome::Fetched(answer))
    });
    let lines = lines(from + method + url, headers);
    let turn = DESK.with(|desk| desk.resume(place, lines, began, outcomes, now));
    batch(place, list, turn)
}

/// The names of a header list, separated by line breaks.
#[wasm_bindgen]
pub fn header_names(list: u32) -> String {
    DESK.with(|desk| desk.header_names(list).join("\n"))
}

/// Starts an opened request; `headers` bytes of header lines are in the input buffer. Returns the address of a batch.
#[wasm_bindgen]
pub fn start(place: u32, headers: usize, has_body: bool, now: f64) -> u32 {
    batch(place.into(), ALL_HEADERS, entry(|desk| desk.start(place.into(), lines(0, headers), has_body, now)))
}

/// An origin answered: `headers` bytes of header lines are in the input buffer, and behind them `body` bytes of its body, unless that
/// came in parts ([`IN_PARTS`]) or stays with the script ([`STAYS`]). This and what follows returns the address of a batch, or 0 if
/// the request is gone.
#[wasm_bindgen]
pub fn fetched(place: u32, id: u32, status: u32, headers: usize, body: u32, now: f64) -> u32 {
    let body = match body {
        IN_PARTS => received(place, id).map(Body::Bytes),
        len => body_at(id, headers, len),
    };
    let headers = lines(0, headers);
    let answer = body.map(|body| Fetched { status: status as u16, headers, body });
    complete(place, id, Outcome::Fetched(answer), now)
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

/// A body was read, in parts, or not (`failed`: the input buffer says why).
#[wasm_bindgen]
pub fn body_read(place: u32, id: u32, failed: bool, len: usize, now: f64) -> u32 {
    let result = if failed { Err(HostError::Failed(text(0, len))) } else { received(place, id) };
    complete(place, id, Outcome::Body(result), now)
}

/// A call of the host ended: its result is in the fresh body, or (`failed`) its reason in the input buffer.
#[wasm_bindgen]
pub fn called(place: u32, id: u32, failed: bool, len: usize, now: f64) -> u32 {
    let result = if failed {
        Err(HostError::Failed(text(0, len)))
    } else {
        take_body().map(fjord_json::Body::into_vec).map_err(HostError::from)
    };
    complete(place, id, Outcome::Called(result), now)
}

/// The agent that a queue of the platform feeds, as JSON: its number, `workers`, `max_rate`. Nothing if none does.
#[wasm_bindgen]
pub fn agent(queue: &str) -> Option<String> {
    if !Capability::Agents.is_included() {
        return None;
    }
    let (id, pace) = DESK.with(|desk| desk.agent(queue))?;
    Some(format!(r#"{{"agent":{},"workers":{},"max_rate":{}}}"#, id.0, pace.workers, pace.max_rate))
}

/// Takes a message, the fresh body, for an agent: its answer is 204 if the message is done, else 503 with the seconds until it
/// comes again. Returns the address of a batch, or 0 if no place is free, or no memory for one more.
#[wasm_bindgen]
pub fn take(agent: u32, attempts: u32, now: f64) -> u32 {
    let Ok(body) = take_body() else { return 0 };
    if !Capability::Agents.is_included() {
        return 0;
    }
    let message = Message { attempts, body };
    match entry(|desk| desk.take(AgentId(agent), message, now)) {
        Some((place, turn)) => batch(place, ALL_HEADERS, Some(turn)),
        None => 0,
    }
}

/// How many requests are in flight.
#[wasm_bindgen]
pub fn in_flight(now: f64) -> usize {
    DESK.with(|desk| desk.in_flight(now))
}

/// The client left.
#[wasm_bindgen]
pub fn leave(place: u32, now: f64) -> u32 {
    batch(place.into(), ALL_HEADERS, entry(|desk| desk.leave(place.into(), now)))
}

/// Drops a request.
#[wasm_bindgen]
pub fn close(place: u32) {
    DESK.with(|desk| desk.close(place.into()));
}

/// The content type that the fresh body looks like.
#[wasm_bindgen]
pub fn sniff() -> String {
    take_body().map_or_else(|_| String::new(), |body| content_sniff(body.as_slice()).to_owned())
}

fn complete(place: u32, id: u32, outcome: Outcome, now: f64) -> u32 {
    let place = PlaceId::from(place);
    batch(place, ALL_HEADERS, entry(|desk| desk.complete(place, id, outcome, now)))
}

/// Lets the desk work for a request. What the last batch held is free before this request takes more.
fn entry<T>(work: impl FnOnce(&Desk) -> T) -> T {
    BUFFERS.with(Buffers::forget);
    DESK.with(work)
}

/// Opens a request whose method and URL stand at `from`; its place, and the number of the header list that it needs.
fn opened(from: usize, method: usize, url: usize, now: f64) -> Option<(PlaceId, u32)> {
    entry(|desk| {
        let place = desk.open(text(from, method), text(from + method, url), now)?;
        Some((place, desk.header_list(place)))
    })
}

fn batch(place: PlaceId, list: u32, turn: Option<Turn>) -> u32 {
    BUFFERS.with(|buffers| buffers.batch(place, list, turn))
}

/// A body that stands at `from`, or stays with the script ([`STAYS`]).
fn body_at(id: u32, from: usize, len: u32) -> Result<Body, HostError> {
    if len == STAYS {
        return Ok(Body::Stream(Stream(id)));
    }
    Ok(Body::Bytes(BUFFERS.with(|buffers| buffers.copied(from, len as usize))?))
}

/// The fresh body; empty if there is none.
fn take_body() -> Result<fjord_json::Body, Excess> {
    BUFFERS.with(Buffers::take_body).unwrap_or_else(|| Ok(fjord_json::Body::zeroed(0)))
}

/// The body that an effect waits for, which came in parts.
fn received(place: u32, id: u32) -> Result<fjord_json::Body, HostError> {
    Ok(DESK.with(|desk| desk.received(place.into(), id))?)
}

/// Text of the input buffer.
fn text(from: usize, len: usize) -> String {
    BUFFERS.with(|buffers| buffers.text(from..from + len))
}

/// Header lines that stand at `from`: names and values, each ended by a zero.
fn lines(from: usize, len: usize) -> Headers {
    let mut headers = Headers::default();
    if len == 0 {
        return headers;
    }
    let text = text(from, len);
    let mut parts = text.split('\0');
    while let (Some(name), Some(value)) = (parts.next(), parts.next()) {
        headers.add(name.to_owned(), value);
    }
    headers
}
