//! The requests in flight in this instance, and the buffers that text and bodies come in through.

use std::cell::{Cell, RefCell};

use crate::gateway::{Gateway, Opening, Session};
use crate::http::Headers;
use crate::json::Body;
use crate::platform::{Outcome, Request};

use super::batch::Batch;

/// Everything this instance holds.
#[derive(Default)]
pub struct Desk {
    gateway: RefCell<Option<Gateway>>,
    places: RefCell<Vec<Place>>,
    free: RefCell<Vec<u32>>,
    input: RefCell<Vec<u8>>,
    body: RefCell<Option<Body>>,
    batch: RefCell<Batch>,
    seed: Cell<u64>,
}

/// A place at the desk. A request is taken off its place while it is polled: if it traps, nothing stays borrowed.
#[derive(Default)]
enum Place {
    #[default]
    Free,
    Opening(String, String, Opening),
    Session(Session),
}

/// The number of header lists is small; the script asks for the names of each once. 0 is all headers.
pub const ALL_HEADERS: u32 = 0;

// === impl Desk ===

impl Desk {
    /// Serves `gateway` from now on.
    pub fn serve(&self, gateway: Gateway, seed: u64) {
        self.seed.set(seed | 1);
        *self.gateway.borrow_mut() = Some(gateway);
    }

    /// The address of the input buffer, which holds at least `len` bytes.
    pub fn input(&self, len: usize) -> u32 {
        let mut input = self.input.borrow_mut();
        if input.len() < len {
            input.resize(len, 0);
        }
        input.as_ptr() as usize as u32
    }

    /// The address of a fresh body of `len` bytes; the next entry that takes a body takes it.
    pub fn body(&self, len: usize) -> u32 {
        let mut body = Body::zeroed(len);
        let address = body.as_mut_slice().as_mut_ptr() as usize as u32;
        *self.body.borrow_mut() = Some(body);
        address
    }

    /// Text of the input buffer.
    pub fn text(&self, range: std::ops::Range<usize>) -> String {
        let input = self.input.borrow();
        String::from_utf8_lossy(input.get(range).unwrap_or_default()).into_owned()
    }

    /// The body written last.
    pub fn take_body(&self) -> Body {
        self.body.take().unwrap_or_else(|| Body::zeroed(0))
    }

    /// Opens a request: its place and the number of its header list.
    pub fn open(&self, method: String, url: String) -> Option<(u32, u32)> {
        let gateway = self.gateway.borrow().clone()?;
        let target = split_url(&url).2;
        let opening = gateway.open(&method, target);
        let needs = opening.header_list().map_or(ALL_HEADERS, |number| number + 1);
        let place = self.free.borrow_mut().pop().unwrap_or_else(|| {
            self.places.borrow_mut().push(Place::Free);
            self.places.borrow().len() as u32 - 1
        });
        self.places.borrow_mut()[place as usize] = Place::Opening(method, url, opening);
        Some((place, needs))
    }

    /// The names of a header list.
    pub fn header_names(&self, needs: u32) -> Vec<String> {
        let gateway = self.gateway.borrow();
        let plan = gateway.as_ref().map(Gateway::plan);
        plan.and_then(|plan| plan.header_names(needs.checked_sub(1)?)).unwrap_or_default()
    }

    /// Starts an opened request.
    pub fn start(&self, place: u32, headers: Headers, has_body: bool, now: f64) -> u32 {
        let Place::Opening(method, url, opening) = self.take(place) else { return 0 };
        let (scheme, host, target) = split_url(&url);
        let request = Request {
            method,
            scheme: scheme.to_owned(),
            host: host.to_owned(),
            target: target.to_owned(),
            peer: headers.get("Cf-Connecting-Ip").map(str::to_owned),
            headers,
            has_body,
        };
        let seed = self.seed.get().wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(0x1405_7B7E_F767_814F);
        self.seed.set(seed);
        self.go(place, opening.start(request, now, seed ^ now.to_bits()))
    }

    /// Gives an effect its outcome and lets the request go on.
    pub fn complete(&self, place: u32, id: u32, outcome: Outcome, now: f64) -> u32 {
        let Place::Session(session) = self.take(place) else { return 0 };
        session.complete(id, outcome, now);
        self.go(place, session)
    }

    /// Drops a request.
    pub fn close(&self, place: u32) {
        if !matches!(self.take(place), Place::Free) {
            self.free.borrow_mut().push(place);
        }
    }

    fn go(&self, place: u32, mut session: Session) -> u32 {
        let answer = session.poll();
        let mut batch = self.batch.borrow_mut();
        batch.clear();
        for (id, effect) in session.take_effects() {
            batch.effect(id, effect);
        }
        if let Some(answer) = answer {
            batch.answer(answer);
        }
        let finished = session.is_finished();
        if finished {
            self.free.borrow_mut().push(place);
        } else {
            self.places.borrow_mut()[place as usize] = Place::Session(session);
        }
        batch.head(finished)
    }

    fn take(&self, place: u32) -> Place {
        self.places.borrow_mut().get_mut(place as usize).map(std::mem::take).unwrap_or_default()
    }
}

/// Scheme, authority and target of an absolute URL as the runtime shows it: nothing is normalised.
fn split_url(url: &str) -> (&str, &str, &str) {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, target) = rest.split_at(end);
    (scheme, host, if target.is_empty() { "/" } else { target })
}
