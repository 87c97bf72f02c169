//! The body of a request, from what the script has: bytes, or a stream.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures::Stream as Parts;
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use web_sys::ReadableStream;

use crate::http::request::Length;

use super::reader::{Reader, Stream};
use super::text;

/// What is left of an upload.
pub enum Upload {
    /// All of it.
    Bytes(Option<Bytes>),
    /// A stream. Its reader is taken with the first part: until then another can have it whole.
    Stream { stream: Stream, reader: Option<Reader> },
    /// Nothing.
    Over,
}

impl Upload {
    /// The upload of a body: null, bytes, or a stream with its length, if that is known.
    ///
    /// # Errors
    /// The body is something else, or a stream that another reader has.
    pub fn new(body: JsValue, length: Option<f64>) -> Result<(Length, Option<Self>), String> {
        if body.is_null() || body.is_undefined() {
            return Ok((Length::None, None));
        }
        if let Some(bytes) = body.dyn_ref::<Uint8Array>() {
            let bytes = Bytes::from(bytes.to_vec());
            return Ok((Length::Sized(bytes.len() as u64), Some(Self::Bytes(Some(bytes)))));
        }
        let stream =
            body.dyn_ref::<ReadableStream>().ok_or("the request body is neither bytes nor a stream")?;
        if stream.locked() {
            return Err("the request body is read elsewhere".to_owned());
        }
        let length = length.map_or(Length::Chunked, |length| Length::Sized(length as u64));
        Ok((length, Some(Self::Stream { stream: body.clone().unchecked_into(), reader: None })))
    }
}

impl Parts for Upload {
    type Item = Result<Bytes, String>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let part = match this {
            Self::Over => None,
            Self::Bytes(bytes) => bytes.take().map(Ok),
            Self::Stream { stream, reader: None } => match Reader::new(stream) {
                Ok(reader) => {
                    *this = Self::Stream { stream: stream.clone().unchecked_into(), reader: Some(reader) };
                    return Pin::new(this).poll_next(cx);
                }
                Err(error) => Some(Err(text(&error))),
            },
            Self::Stream { reader: Some(reader), .. } => {
                let mut part = Vec::new();
                let is_there = ready!(reader.poll_part(cx, &mut part));
                is_there.map(|is_there| is_there.then(|| Bytes::from(part))).transpose()
            }
        };
        if !matches!(part, Some(Ok(_))) {
            *this = Self::Over;
        }
        Poll::Ready(part)
    }
}
