//! A TCP socket of the runtime as a stream of tokio's traits.
//!
//! One reader and one writer for the socket's life; `worker::Socket` takes both anew for each part, and reads parts of 4 KB.

use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use js_sys::{Object, Reflect, Uint8Array};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::WritableStreamDefaultWriter;
use worker::worker_sys;

use super::reader::{Reader, ignore};
use super::text;

/// The bytes of a write, at most: a few TLS records.
const WRITE: usize = 64 << 10;

/// Who speaks TLS over a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Nobody, or its user.
    None,
    /// The runtime, from the start.
    Platform,
    /// The runtime, from [`Socket::start_tls`] on.
    Later,
}

/// A connected socket. Dropped, it's closed.
pub struct Socket {
    socket: worker_sys::Socket,
    /// Whether the streams have gone to another socket.
    is_replaced: bool,
    reader: Reader,
    writer: WritableStreamDefaultWriter,
    /// What was read, and how much of it was taken.
    part: Vec<u8>,
    taken: usize,
    /// The write that continues.
    writing: Option<JsFuture>,
}

// === impl Socket ===

impl Socket {
    /// Connects to a host.
    ///
    /// # Errors
    /// The text of the runtime: refused, no such host, an address that isn't allowed.
    pub async fn connect(host: &str, port: u16, security: Security) -> Result<Self, String> {
        let socket = Self::start(host, port, security).map_err(|error| text(&error))?;
        socket.opened().await
    }

    /// Lets the runtime speak TLS from now on. Nothing may be on its way.
    ///
    /// # Errors
    /// The text of the runtime: the handshake failed.
    pub async fn start_tls(mut self) -> Result<Self, String> {
        self.reader.release();
        self.writer.release_lock();
        let secured = self.socket.start_tls().and_then(Self::new).map_err(|error| text(&error))?;
        self.is_replaced = true;
        secured.opened().await
    }

    fn start(host: &str, port: u16, security: Security) -> Result<Self, JsValue> {
        let (address, options) = (Object::new(), Object::new());
        let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
        Reflect::set(&address, &"hostname".into(), &host.into())?;
        Reflect::set(&address, &"port".into(), &port.into())?;
        // An origin that has said all may still read.
        Reflect::set(&options, &"allowHalfOpen".into(), &true.into())?;
        let transport = match security {
            Security::None => "off",
            Security::Platform => "on",
            Security::Later => "starttls",
        };
        Reflect::set(&options, &"secureTransport".into(), &transport.into())?;
        Self::new(worker_sys::connect(address.into(), options.into())?)
    }

    fn new(socket: worker_sys::Socket) -> Result<Self, JsValue> {
        ignore(socket.closed());
        let reader = Reader::new(socket.readable()?.unchecked_ref())?;
        let writer = socket.writable()?.get_writer()?;
        ignore(Ok(writer.closed()));
        ignore(Ok(writer.ready()));
        Ok(Self { socket, is_replaced: false, reader, writer, part: Vec::new(), taken: 0, writing: None })
    }

    async fn opened(self) -> Result<Self, String> {
        let opened = self.socket.opened().map_err(|error| text(&error))?;
        JsFuture::from(opened).await.map_err(|error| text(&error))?;
        Ok(self)
    }

    /// Starts a write once the one before it is over.
    fn poll_start(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.poll_written(cx))?;
        let part: JsValue = Uint8Array::from(bytes).into();
        self.writing = Some(JsFuture::from(self.writer.write_with_chunk(&part)));
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_written(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let Some(writing) = &mut self.writing {
            let result = ready!(Pin::new(writing).poll(cx));
            self.writing = None;
            result.map_err(|error| reset(text(&error)))?;
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.taken == this.part.len() {
            let is_there = ready!(this.reader.poll_part(cx, &mut this.part)).map_err(reset)?;
            this.taken = 0;
            if !is_there {
                this.part.clear();
            }
        }
        let rest = &self.part[self.taken..];
        let count = rest.len().min(into.remaining());
        into.put_slice(&rest[..count]);
        self.taken += count;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_start(cx, bytes)
    }

    /// Several TLS records go out in one write: each crosses to the runtime and back.
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_written(cx))?;
        let mut bytes = Vec::new();
        for part in parts {
            if !bytes.is_empty() && bytes.len() + part.len() > WRITE {
                break;
            }
            bytes.extend_from_slice(part);
        }
        self.poll_start(cx, &bytes)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_written(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Nothing is half closed: what is dropped is closed.
        self.poll_flush(cx)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // It fails where another request's context drops it: then the runtime has closed it with its own.
        if !self.is_replaced {
            ignore(self.socket.close());
        }
    }
}

/// An error of the stream: the connection was lost.
fn reset(text: String) -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionReset, text)
}
