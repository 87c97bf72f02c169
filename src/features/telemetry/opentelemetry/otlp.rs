//! What a collector gets: requests of OTLP, and the spans in them.

use super::attributes::{Attribute, Attributes};
use super::protobuf::Message;

/// Who made a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpanKind {
    /// The gateway itself.
    Internal = 1,
    /// The answer to a client.
    Server = 2,
    /// A call to an origin.
    Client = 3,
}

/// How a span ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpanStatus {
    /// Nobody says.
    Unset,
    /// Well.
    Ok,
    /// Not, for this reason.
    Error(String),
}

/// A span under way: what is known of it is written already.
#[derive(Debug)]
pub struct Span {
    /// Its number.
    pub id: u64,
    message: Message,
}

/// The field for attributes of a span.
pub const SPAN_ATTRIBUTES: u32 = 9;

/// Most spans have fewer bytes.
pub const USUAL_SPAN: usize = 512;

/// Milliseconds since 1970 in nanoseconds.
pub fn nanos(ms: f64) -> u64 {
    (ms.max(0.0) as u64).saturating_mul(1_000_000)
}

// === impl Span ===

impl Span {
    /// Begins a span at `began`, in an empty message.
    #[expect(clippy::too_many_arguments, reason = "the fields of a span, in their order")]
    pub fn begin(
        mut message: Message,
        trace: u128,
        state: &str,
        id: u64,
        parent: u64,
        name: &str,
        kind: SpanKind,
        began: f64,
    ) -> Self {
        message.bytes(1, trace.to_be_bytes());
        message.bytes(2, id.to_be_bytes());
        if !state.is_empty() {
            message.bytes(3, state);
        }
        if parent != 0 {
            message.bytes(4, parent.to_be_bytes());
        }
        message.bytes(5, name);
        message.varint(6, kind as u64);
        message.fixed64(7, nanos(began));
        Self { id, message }
    }

    /// Adds attributes that are written already.
    pub fn append(&mut self, attributes: &Message) {
        self.message.append(attributes);
    }

    /// Its attributes.
    pub fn attributes(&mut self) -> Attributes<'_> {
        Attributes::of(&mut self.message, SPAN_ATTRIBUTES)
    }

    /// Ends it at `now`.
    pub fn end(mut self, now: f64, status: &SpanStatus) -> Message {
        self.message.fixed64(8, nanos(now));
        match status {
            SpanStatus::Unset => {}
            SpanStatus::Ok => self.message.message(15, |status| status.varint(3, 1)),
            SpanStatus::Error(text) => self.message.message(15, |status| {
                status.bytes(2, text);
                status.varint(3, 2);
            }),
        }
        self.message
    }
}

/// The request with spans or metrics, each a field of the scope: OTLP has the same form for both.
pub fn request(resource: &[Attribute], fields: &Message) -> Vec<u8> {
    let mut request = Message::with_capacity(fields.len() + USUAL_SPAN);
    request.message(1, |signals| {
        signals.message(1, |out| {
            Attributes::of(out, 1).all(resource);
        });
        signals.message(2, |scope| {
            scope.message(1, |scope| {
                scope.bytes(1, "io.krakend.krakend-otel");
                scope.bytes(2, env!("CARGO_PKG_VERSION"));
            });
            scope.append(fields);
        });
    });
    request.into_vec()
}
