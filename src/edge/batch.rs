//! Effects and answers as words and one text blob.
//!
//! Strings are written to the blob; the words hold their lengths in UTF-16 units, in order, so that the script decodes the
//! blob once and slices it.

use std::rc::Rc;

use fjord_http::Headers;
use fjord_json::Body;

use crate::gateway::State;
use crate::platform::{Answer, AnswerBody, Call, Effect, EffectId, Fetch, Passed, RequestBody, Stream, Via};

use super::places::PlaceId;
use super::protocol::{AnswerKind, BodyKind, FetchFlag, NEVER, PassedKind, Record, StateBit};
use super::shape::Shape;

/// What the script gets back from an entry. Its first words are the [`Batch::head`].
#[derive(Default)]
pub struct Batch {
    head: Vec<u32>,
    words: Vec<u32>,
    text: Vec<u8>,
    /// Keeps bytes alive that the words point to, until the next entry.
    bytes: Vec<Vec<u8>>,
    shared: Vec<Rc<Body>>,
}

// === impl Batch ===

impl Batch {
    /// Forgets the last batch; its memory is used again.
    pub fn clear(&mut self) {
        self.words.clear();
        self.text.clear();
        self.bytes.clear();
        self.shared.clear();
    }

    /// The address of `[state, words, number of words, text, bytes of text, place, list of header lines]`.
    pub fn head(&mut self, (place, list): (PlaceId, u32), state: u32) -> u32 {
        self.head.clear();
        self.head.extend([
            state,
            address(self.words.as_ptr()),
            self.words.len() as u32,
            address(self.text.as_ptr()),
            self.text.len() as u32,
            place.into(),
            list,
        ]);
        address(self.head.as_ptr())
    }

    /// The state of a turn, as bits.
    pub fn state(state: State, recipe: bool, constant: bool) -> u32 {
        let bit = |set: bool, bit: StateBit| if set { bit as u32 } else { 0 };
        bit(state.finished, StateBit::Finished)
            | bit(state.background, StateBit::Background)
            | bit(state.watched, StateBit::Watched)
            | bit(state.abortable, StateBit::Abortable)
            | bit(recipe, StateBit::Recipe)
            | bit(constant, StateBit::Constant)
    }

    /// Adds an effect.
    pub fn effect(&mut self, id: EffectId, effect: Effect) {
        match effect {
            Effect::Fetch(fetch) => self.fetch(id, fetch),
            Effect::Timer(ms) => self.words.extend([Record::Timer as u32, id, ms]),
            Effect::Cancel(id) => self.words.extend([Record::Cancel as u32, id]),
            Effect::ReadBody => self.words.extend([Record::ReadBody as u32, id]),
            Effect::ReadStream(Stream(of)) => self.words.extend([Record::ReadStream as u32, id, of]),
            Effect::Call(Call { op, args }) => {
                self.words.extend([Record::Call as u32, id]);
                self.string(op);
                self.words.push(args.len() as u32);
                for arg in args {
                    self.owned(arg);
                }
            }
            Effect::Log(level, line) => {
                self.words.extend([Record::Log as u32, level as u32]);
                self.string(&line);
            }
        }
    }

    /// Adds the shape of a recipe.
    pub fn shape(&mut self, shape: &Shape) {
        self.words.extend([Record::Shape as u32, shape.calls.len() as u32]);
        self.string(&shape.url);
        for call in &shape.calls {
            self.string(call);
        }
    }

    /// Adds the answer.
    pub fn answer(&mut self, answer: Answer) {
        // An origin or a script may say any number; the runtime can answer these alone.
        let status = if (200..=599).contains(&answer.status) { answer.status } else { 502 };
        self.words.extend([Record::Answer as u32, u32::from(status)]);
        self.headers(&answer.headers, false);
        let (passed, of, own) = match answer.passed {
            None => (PassedKind::None, 0, 0),
            Some(Passed { of, seen_behind: Some(own), .. }) => (PassedKind::Changed, of.0, own),
            Some(Passed { of, without_type: true, .. }) => (PassedKind::WithoutType, of.0, 0),
            Some(Passed { of, .. }) => (PassedKind::All, of.0, 0),
        };
        self.words.extend([passed as u32, of, own]);
        match answer.body {
            AnswerBody::Empty => self.words.extend([AnswerKind::Empty as u32, 0, 0]),
            AnswerBody::Bytes(bytes) => {
                self.words.push(AnswerKind::Bytes as u32);
                self.owned(bytes);
            }
            AnswerBody::Stream(Stream(id)) => self.words.extend([AnswerKind::Stream as u32, id, 0]),
        }
    }

    fn fetch(&mut self, id: EffectId, fetch: Fetch) {
        let flag = |set: bool, flag: FetchFlag| if set { flag as u32 } else { 0 };
        let flags = flag(fetch.stream, FetchFlag::Stream)
            | flag(fetch.want_headers, FetchFlag::WantHeaders)
            | flag(fetch.gzip, FetchFlag::Gzip)
            | flag(fetch.certificates.is_some(), FetchFlag::Socket);
        self.words.extend([Record::Fetch as u32, id, flags, fetch.cut_after.unwrap_or(NEVER)]);
        match &fetch.via {
            Via::Network | Via::Public => self.words.push(0),
            Via::Binding(name) => self.string(name),
        }
        self.string(&fetch.method);
        self.string(&fetch.url);
        self.headers(&fetch.headers, fetch.gzip);
        match &fetch.trace {
            Some(fields) => self.headers(fields, false),
            None => self.words.push(0),
        }
        let (kind, bytes) = match fetch.body {
            RequestBody::None => (BodyKind::None, None),
            RequestBody::Incoming => (BodyKind::Incoming, None),
            RequestBody::Chunked(bytes) => (BodyKind::Chunked, Some(bytes)),
            RequestBody::Sized(bytes) => (BodyKind::Sized, Some(bytes)),
        };
        self.words.push(kind as u32);
        match bytes {
            Some(bytes) => {
                self.words.extend([address(bytes.as_slice().as_ptr()), bytes.len() as u32]);
                self.shared.push(bytes);
            }
            None => self.words.extend([0, 0]),
        }
        if let Some(certificates) = &fetch.certificates {
            self.string(certificates);
            self.words.push(fetch.millis);
        }
    }

    /// Header lines as one string, names and values each ended by a line break, which [`Headers`] never hold: the script
    /// keeps what it made of a string it has seen.
    fn headers(&mut self, headers: &Headers, gzip: bool) {
        let from = self.text.len();
        let asked = gzip.then_some(("Accept-Encoding", "gzip"));
        for (name, value) in headers.iter().chain(asked) {
            for part in [name, value] {
                self.text.extend_from_slice(part.as_bytes());
                self.text.push(b'\n');
            }
        }
        let block = &self.text[from..];
        let units = match std::str::from_utf8(block) {
            Ok(text) if !text.is_ascii() => text.encode_utf16().count(),
            _ => block.len(),
        };
        self.words.push(units as u32);
    }

    fn string(&mut self, text: &str) {
        self.text.extend_from_slice(text.as_bytes());
        let units = if text.is_ascii() { text.len() } else { text.encode_utf16().count() };
        self.words.push(units as u32);
    }

    fn owned(&mut self, bytes: Vec<u8>) {
        self.words.extend([address(bytes.as_ptr()), bytes.len() as u32]);
        self.bytes.push(bytes);
    }
}

/// An address in the module's memory, which has 32 bits.
fn address<T>(pointer: *const T) -> u32 {
    pointer as usize as u32
}
