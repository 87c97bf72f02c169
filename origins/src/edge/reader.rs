//! Reads streams of the runtime part by part.
//!
//! A BYOB reader with one buffer for the stream's life: the runtime's default reader gives parts of 4 KB at most, for three times
//! the CPU per byte. Streams that aren't of bytes have the default reader alone.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use js_sys::{ArrayBuffer, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::text;

/// The bytes of a read, at most: a few TLS records.
const BUFFER: u32 = 64 << 10;

/// A reader. Dropped before the end, it cancels its stream.
pub struct Reader {
    reader: StreamReader,
    /// A reader with a buffer; the buffer is away while a read has it.
    is_byob: bool,
    buffer: Option<ArrayBuffer>,
    /// The read that continues.
    reading: Option<JsFuture>,
    is_over: bool,
}

#[wasm_bindgen]
extern "C" {
    /// A readable stream.
    pub type Stream;

    #[wasm_bindgen(method, catch, js_name = getReader)]
    fn get_reader(this: &Stream, options: &JsValue) -> Result<StreamReader, JsValue>;

    /// A reader of either sort.
    type StreamReader;

    #[wasm_bindgen(method, catch, js_name = read)]
    fn read(this: &StreamReader) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = read)]
    fn read_into(this: &StreamReader, view: &Uint8Array) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn cancel(this: &StreamReader) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, js_name = releaseLock)]
    fn release_lock(this: &StreamReader);

    #[wasm_bindgen(method, catch, getter)]
    fn closed(this: &StreamReader) -> Result<Promise, JsValue>;

    /// What a reader gives.
    type ReadResult;

    #[wasm_bindgen(method, getter)]
    fn done(this: &ReadResult) -> bool;

    #[wasm_bindgen(method, getter)]
    fn value(this: &ReadResult) -> JsValue;
}

thread_local! {
    /// Takes the news of promises that nobody waits for: unhandled, they would end up in the log.
    static IGNORE: Closure<dyn FnMut(JsValue)> = Closure::new(|_| {});
}

/// Takes care of a promise whose failure is known otherwise.
pub fn ignore(promise: Result<Promise, JsValue>) {
    if let Ok(promise) = promise {
        let _ = IGNORE.with(|ignore| promise.catch(ignore));
    }
}

// === impl Reader ===

impl Reader {
    /// The reader of a stream that nobody else reads.
    pub fn new(stream: &Stream) -> Result<Self, JsValue> {
        let options = Object::new();
        Reflect::set(&options, &"mode".into(), &"byob".into())?;
        let (reader, is_byob) = match stream.get_reader(&options) {
            Ok(reader) => (reader, true),
            Err(_) => (stream.get_reader(&JsValue::UNDEFINED)?, false),
        };
        ignore(reader.closed());
        Ok(Self { reader, is_byob, buffer: None, reading: None, is_over: false })
    }

    /// The next part, put into `part`; false after the last one.
    pub fn poll_part(&mut self, cx: &mut Context<'_>, part: &mut Vec<u8>) -> Poll<Result<bool, String>> {
        if self.reading.is_none() {
            self.reading = Some(JsFuture::from(self.start().map_err(|error| text(&error))?));
        }
        let Some(reading) = &mut self.reading else { return Poll::Pending };
        let result = ready!(Pin::new(reading).poll(cx));
        self.reading = None;
        // Until a part is there; cancelling what has failed or is over is no use.
        self.is_over = true;
        let result: ReadResult = result.map_err(|error| text(&error))?.unchecked_into();
        if result.done() {
            return Poll::Ready(Ok(false));
        }
        let value = result.value();
        let view = value.dyn_ref::<Uint8Array>().ok_or("a part of the stream isn't bytes")?;
        self.is_over = false;
        part.clear();
        part.resize(view.length() as usize, 0);
        view.copy_to(part);
        self.buffer = self.is_byob.then(|| view.buffer().unchecked_into());
        Poll::Ready(Ok(true))
    }

    /// Gives the stream back. Nothing may be being read.
    pub fn release(&mut self) {
        self.is_over = true;
        self.reader.release_lock();
    }

    fn start(&mut self) -> Result<Promise, JsValue> {
        if !self.is_byob {
            return self.reader.read();
        }
        let buffer = self.buffer.take().unwrap_or_else(|| ArrayBuffer::new(BUFFER));
        self.reader.read_into(&Uint8Array::new(&buffer))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if !self.is_over {
            ignore(self.reader.cancel());
        }
    }
}
