//! Runs one exchange over a stream: sends the request, reads the response as far as the caller asks for it.
//!
//! Sending and receiving continue side by side, so that an origin may answer before an upload is complete, or while it still
//! reads it. What the origin doesn't want of the upload is dropped with the exchange. Nothing is read that the caller doesn't
//! wait for: a slow reader slows the origin down.

use std::fmt::Write as _;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use futures_core::Stream;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};

use crate::tls::TlsFault;

use super::HttpFault;
use super::body::{Framing, Part};
use super::head::{Head, HeadReader};
use super::request::Length;

/// As much as one read takes in, if it's there: fewer, larger parts cost a stream's reader fewer turns.
const READ: usize = 64 << 10;

/// Why an exchange ended early.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The origin's side.
    #[error(transparent)]
    Origin(#[from] HttpFault),
    /// The origin's side, below HTTP: most often it refuses the client's certificate, which TLS 1.3 says after the handshake.
    #[error(transparent)]
    Tls(#[from] TlsFault),
    /// The caller's side: the upload failed.
    #[error("the request body failed: {0}")]
    Upload(String),
}

/// The parts of an upload, and why one doesn't come.
pub trait Upload: Stream<Item = Result<Bytes, String>> + Unpin {}

impl<T: Stream<Item = Result<Bytes, String>> + Unpin> Upload for T {}

/// A request on its way, then a response.
#[derive(Debug)]
pub struct Exchange<S, U> {
    stream: S,
    /// What isn't written yet.
    output: BytesMut,
    /// Whether something was written since the last flush.
    is_dirty: bool,
    /// What comes after `output`.
    upload: Option<Sending<U>>,
    /// What was read and isn't decoded.
    input: BytesMut,
    /// How the connection ended: in order, or by a fault.
    end: Option<Result<(), Fault>>,
    framing: Framing,
}

#[derive(Debug)]
struct Sending<U> {
    parts: U,
    /// The bytes that a sized upload still owes; `None` if it's chunked.
    left: Option<u64>,
}

// === impl Exchange ===

impl<S: AsyncRead + AsyncWrite + Unpin, U: Upload> Exchange<S, U> {
    /// Starts with a request's head; `upload` is ignored if the head announces no body.
    pub fn new(stream: S, head: &[u8], length: Length, upload: Option<U>) -> Self {
        let left = match length {
            Length::Sized(size) => Some(size),
            _ => None,
        };
        let upload = upload.filter(|_| length != Length::None).map(|parts| Sending { parts, left });
        let (output, input) = (BytesMut::from(head), BytesMut::new());
        Self { stream, output, is_dirty: false, upload, input, end: None, framing: Framing::None }
    }

    /// Sends, until the response's head is there.
    ///
    /// # Errors
    /// The connection or the upload fails, or what comes isn't a response.
    pub async fn head(&mut self, method: &str) -> Result<Head, Fault> {
        let mut reader = HeadReader::new(method);
        loop {
            if let Some(head) = reader.read(&mut self.input)? {
                self.framing = head.framing.clone();
                return Ok(head);
            }
            match &self.end {
                Some(Ok(())) => return Err(HttpFault::NoHead.into()),
                Some(Err(fault)) => return Err(fault.clone()),
                None => poll_fn(|cx| self.poll(cx)).await?,
            }
        }
    }

    /// The next part of the response's body; `None` after the last one.
    ///
    /// # Errors
    /// The connection fails, or ends before the body does.
    pub async fn part(&mut self) -> Result<Option<Bytes>, Fault> {
        loop {
            match self.framing.decode(&mut self.input, matches!(self.end, Some(Ok(()))))? {
                Part::Data(bytes) => return Ok(Some(bytes)),
                Part::End => return Ok(None),
                Part::More => match &self.end {
                    Some(Err(fault)) => return Err(fault.clone()),
                    _ => match poll_fn(|cx| self.poll(cx)).await {
                        // An answer that came early says enough about the upload.
                        Err(Fault::Upload(_)) => self.upload = None,
                        other => other?,
                    },
                },
            }
        }
    }

    /// Whether the body is complete: nothing more comes.
    pub fn is_complete(&self) -> bool {
        matches!(self.framing, Framing::None | Framing::Sized(0))
    }

    /// Sends what can be sent; ready as soon as something was received, or the connection ended.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Fault>> {
        // Reading comes first: an origin that refuses an upload answers, then resets the connection.
        if self.poll_receive(cx).is_ready() {
            return Poll::Ready(Ok(()));
        }
        match self.poll_send(cx) {
            Poll::Ready(Err(fault @ Fault::Upload(_))) => Poll::Ready(Err(fault)),
            Poll::Ready(Err(fault)) => {
                self.upload = None;
                self.output.clear();
                self.is_dirty = false;
                // Its answer may still be on its way; without one, this is what the caller is told.
                ready!(self.poll_receive(cx));
                if let Some(Ok(())) = self.end {
                    self.end = Some(Err(fault));
                }
                Poll::Ready(Ok(()))
            }
            _ => Poll::Pending,
        }
    }

    /// Reads what is there. How the connection ends is kept for the time when all that came before was decoded.
    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let before = self.input.len();
        while self.end.is_none() && self.input.len() < before + READ {
            self.input.reserve(READ / 4);
            match pin!(self.stream.read_buf(&mut self.input)).poll(cx) {
                Poll::Pending if self.input.len() == before => return Poll::Pending,
                Poll::Pending => break,
                Poll::Ready(Ok(0)) => self.end = Some(Ok(())),
                Poll::Ready(Ok(_)) => {}
                Poll::Ready(Err(error)) => self.end = Some(Err(connection_fault(&error))),
            }
        }
        Poll::Ready(())
    }

    /// Writes the head, then the upload part by part; ready when all is sent.
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Fault>> {
        loop {
            while !self.output.is_empty() {
                let written = ready!(Pin::new(&mut self.stream).poll_write(cx, &self.output));
                match written.map_err(|error| connection_fault(&error))? {
                    0 => return Poll::Ready(Err(HttpFault::Cut.into())),
                    count => self.output.advance(count),
                }
                self.is_dirty = true;
            }
            let next = match &mut self.upload {
                None => Poll::Ready(None),
                Some(sending) => Pin::new(&mut sending.parts).poll_next(cx),
            };
            if self.is_dirty && (next.is_pending() || self.upload.is_none()) {
                ready!(Pin::new(&mut self.stream).poll_flush(cx))
                    .map_err(|error| connection_fault(&error))?;
                self.is_dirty = false;
            }
            let Some(sending) = &mut self.upload else { return Poll::Ready(Ok(())) };
            match ready!(next).transpose().map_err(Fault::Upload)? {
                Some(part) => frame(&mut self.output, &mut sending.left, &part)?,
                None => {
                    match sending.left {
                        None => self.output.extend_from_slice(b"0\r\n\r\n"),
                        Some(0) => {}
                        Some(left) => {
                            return Poll::Ready(Err(Fault::Upload(format!("{left} bytes are missing"))));
                        }
                    }
                    self.upload = None;
                }
            }
        }
    }
}

/// A part of an upload as it goes out.
fn frame(output: &mut BytesMut, left: &mut Option<u64>, part: &[u8]) -> Result<(), Fault> {
    match left {
        // A chunk without bytes would be the last one.
        None if part.is_empty() => {}
        None => {
            write!(output, "{:x}\r\n", part.len()).expect("a buffer takes what is written");
            output.extend_from_slice(part);
            output.extend_from_slice(b"\r\n");
        }
        Some(left) => {
            *left = left
                .checked_sub(part.len() as u64)
                .ok_or_else(|| Fault::Upload("it is longer than its Content-Length".to_owned()))?;
            output.extend_from_slice(part);
        }
    }
    Ok(())
}

/// A connection that ends without saying so (no `close_notify`) is cut; other faults have their text.
fn connection_fault(error: &io::Error) -> Fault {
    if let Some(fault) = TlsFault::of(error) {
        return fault.into();
    }
    match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
            HttpFault::Cut.into()
        }
        _ => HttpFault::Connection(error.to_string()).into(),
    }
}
