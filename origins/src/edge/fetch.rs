//! `fetch` over a socket: one future that calls the origin, hands its response over, then moves the body.

use bytes::Bytes;
use js_sys::{Array, Uint8Array};
use tokio_rustls::client::TlsStream;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, WritableStream, WritableStreamDefaultWriter};

use crate::call::{Call, CallFault};
use crate::http::body::Framing;
use crate::http::exchange::Exchange;
use crate::http::head::Head;
use crate::http::request::Target;
use crate::tls::Fallback;

use super::flight::{Flight, Reply};
use super::limit::Limit;
use super::profiles::profile;
use super::reader::ignore;
use super::socket::{Security, Socket};
use super::upload::Upload;
use super::{calls, text};

/// A body that is announced as no longer than this is handed over with its head: a stream of its own costs more than the wait.
const WHOLE: u64 = 64 << 10;

/// What a call needs, as the script has it.
struct Order {
    profile: u32,
    method: String,
    url: String,
    lines: String,
    body: JsValue,
    length: Option<f64>,
    cut_after: u32,
}

type Body = Exchange<TlsStream<Socket>, Upload>;

#[wasm_bindgen]
extern "C" {
    /// A stream of the runtime's own: what is written to the one end is read from the other.
    type IdentityTransformStream;

    #[wasm_bindgen(constructor)]
    fn new() -> IdentityTransformStream;

    #[wasm_bindgen(method, getter)]
    fn readable(this: &IdentityTransformStream) -> JsValue;

    #[wasm_bindgen(method, getter)]
    fn writable(this: &IdentityTransformStream) -> WritableStream;

    /// The same, whose length the runtime knows: a response that passes it on announces it.
    #[wasm_bindgen(extends = IdentityTransformStream)]
    type FixedLengthStream;

    #[wasm_bindgen(constructor)]
    fn of_length(length: f64) -> FixedLengthStream;
}

/// Calls an origin by a TLS profile. `lines` are names and values, each ended by a line break. `length` is the length of a body
/// that is a stream, if known. The response's head has to come within `millis`, its body within `cut_after` (2^32 - 1: no limit).
///
/// The result is `[status, lines, body]`: lines are names and values, each ended by a line break; the body is null, bytes, or a
/// stream.
#[wasm_bindgen]
#[allow(clippy::too_many_arguments)]
pub fn fetch(
    profile: u32,
    method: String,
    url: String,
    lines: String,
    body: JsValue,
    length: Option<f64>,
    millis: u32,
    cut_after: u32,
    signal: Option<AbortSignal>,
) -> Flight {
    let limit = Limit::new(millis, signal);
    let order = Order { profile, method, url, lines, body, length, cut_after };
    Flight::start(limit.ends_at(millis.max(cut_after)), |reply| order.perform(limit, reply))
}

/// The calls in flight, for tests.
#[wasm_bindgen]
pub fn in_flight() -> usize {
    calls::count()
}

// === impl Order ===

impl Order {
    async fn perform(self, mut limit: Limit, reply: Reply) {
        let origin = self.url.split('/').nth(2).unwrap_or_default().to_owned();
        let cut_after = self.cut_after;
        let called = match limit.run(self.call()).await {
            Ok(called) => called,
            Err(stopped) => Err((stopped.into(), false)),
        };
        let (head, mut body) = match called {
            Ok(answer) => answer,
            Err((fault, may_fall_back)) => return fail(&reply, &origin, &fault, may_fall_back),
        };
        if let Framing::None | Framing::Sized(0..=WHOLE) = head.framing {
            match limit.run(whole(&mut body)).await.map_err(CallFault::from).flatten() {
                Ok(bytes) => answer(&reply, &head, &bytes),
                Err(fault) => fail(&reply, &origin, &fault, false),
            }
            return;
        }
        limit.extend(cut_after);
        let stream = match head.framing {
            Framing::Sized(length) => FixedLengthStream::of_length(length as f64).into(),
            _ => IdentityTransformStream::new(),
        };
        let writer = match stream.writable().get_writer() {
            Ok(writer) => writer,
            Err(error) => return fail(&reply, &origin, &CallFault::Upload(text(&error)), false),
        };
        answer(&reply, &head, &stream.readable());
        ignore(Ok(writer.closed()));
        ignore(Ok(writer.ready()));
        if let Err(fault) = pass(&mut limit, body, &writer).await {
            let error = JsError::new(&format!("{origin}: {fault}")).into();
            ignore(Ok(writer.abort_with_reason(&error)));
        }
    }

    /// Calls the origin; with a fault, whether the platform may try.
    async fn call(self) -> Result<(Head, Body), (CallFault, bool)> {
        let profile =
            profile(self.profile, Fallback::Platform).map_err(|text| (CallFault::Profile(text), false))?;
        let target = Target::parse(&self.url).map_err(|fault| (fault.into(), false))?;
        let (length, upload) =
            Upload::new(self.body, self.length).map_err(|text| (CallFault::Upload(text), false))?;
        let parts: Vec<_> = self.lines.split_terminator('\n').collect();
        let lines = parts.chunks_exact(2).map(|line| (line[0], line[1])).collect();
        let socket = Socket::connect(&target.host, target.port, Security::None).await;
        let socket = socket.map_err(|text| (CallFault::Connect(text), profile.may_fall_back))?;
        let call = Call { method: &self.method, target, lines, length };
        let answer = call.run(&profile, socket, upload).await;
        answer.map_err(|fault| {
            let may_fall_back = profile.may_fall_back && fault.is_unknown_issuer();
            (fault, may_fall_back)
        })
    }
}

/// All of a short body: null if there is none.
async fn whole(body: &mut Body) -> Result<JsValue, CallFault> {
    let mut parts: Vec<Bytes> = Vec::new();
    while let Some(part) = body.part().await? {
        parts.push(part);
    }
    Ok(match &*parts {
        [] => JsValue::NULL,
        [part] => Uint8Array::from(&**part).into(),
        parts => Uint8Array::from(&*parts.concat()).into(),
    })
}

/// Moves a body, part by part: the next one is read when the last one has been taken.
async fn pass(
    limit: &mut Limit,
    mut body: Body,
    writer: &WritableStreamDefaultWriter,
) -> Result<(), CallFault> {
    while let Some(part) = limit.run(body.part()).await?? {
        let part: JsValue = Uint8Array::from(&*part).into();
        let written = limit.run(JsFuture::from(writer.write_with_chunk(&part))).await?;
        // Nobody reads any more.
        written.map_err(|_| CallFault::Aborted)?;
    }
    // The socket is closed now, not when the last part has been taken.
    drop(body);
    let closed = limit.run(JsFuture::from(writer.close())).await?;
    closed.map(|_| ()).map_err(|_| CallFault::Aborted)
}

fn answer(reply: &Reply, head: &Head, body: &JsValue) {
    let mut lines = String::new();
    for (name, value) in &head.lines {
        lines.extend([name, "\n", &*String::from_utf8_lossy(value), "\n"]);
    }
    reply.answer(&Array::of3(&head.status.into(), &lines.into(), body));
}

fn fail(reply: &Reply, origin: &str, fault: &CallFault, may_fall_back: bool) {
    reply.fail(&format!("{origin}: {fault}"), fault.code(), may_fall_back);
}
