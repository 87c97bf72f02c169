//! Connections to brokers over the runtime's sockets, with TLS by the runtime or by this module.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::broker::{BrokerFault, BrokerTls, Connector, Host};
use crate::tls::{Fallback, TlsFault};

use super::limit::{Limit, Stopped};
use super::profiles::profile;
use super::provider;
use super::socket::{Security, Socket};

/// The time for a connection to one host, in milliseconds. Another host may be next.
const CONNECT: u32 = 3000;

/// Opens connections to one broker.
pub struct RuntimeConnector {
    pub tls: Option<BrokerTls>,
}

/// A connection.
pub enum Wire {
    /// Plain, or the runtime speaks TLS.
    Socket(Socket),
    /// This module speaks TLS.
    Tls(Box<TlsStream<Socket>>),
}

// === impl RuntimeConnector ===

impl Connector for RuntimeConnector {
    type Stream = Wire;

    async fn connect(&self, host: &Host, with_tls: bool) -> Result<Wire, BrokerFault> {
        let connecting = async {
            let security = match (self.tls, with_tls) {
                (Some(BrokerTls::Platform), true) => Security::Platform,
                (Some(BrokerTls::Platform), false) => Security::Later,
                _ => Security::None,
            };
            let socket = Socket::connect(&host.0, host.1, security).await.map_err(BrokerFault::Connect)?;
            match self.tls {
                Some(BrokerTls::Profile(index)) if with_tls => handshake(socket, host, index).await,
                _ => Ok(Wire::Socket(socket)),
            }
        };
        match Limit::new(CONNECT, None).run(connecting).await {
            Ok(connected) => connected,
            Err(Stopped::TimedOut(_) | Stopped::Aborted) => {
                Err(BrokerFault::Connect(format!("no answer within {CONNECT} ms")))
            }
        }
    }

    async fn start_tls(&self, wire: Wire, host: &Host) -> Result<Wire, BrokerFault> {
        match (self.tls, wire) {
            (Some(BrokerTls::Platform), Wire::Socket(socket)) => {
                let secured = socket.start_tls().await;
                secured.map(Wire::Socket).map_err(|text| BrokerFault::Tls(TlsFault::Other(text)))
            }
            (Some(BrokerTls::Profile(index)), Wire::Socket(socket)) => handshake(socket, host, index).await,
            (_, wire) => Ok(wire),
        }
    }

    async fn pause(&self, millis: u32) {
        worker::Delay::from(Duration::from_millis(u64::from(millis))).await;
    }

    fn now(&self) -> i64 {
        js_sys::Date::now() as i64
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), BrokerFault> {
        provider::random(bytes).map_err(|text| BrokerFault::BadCall(format!("no randomness: {text}")))
    }
}

async fn handshake(socket: Socket, host: &Host, index: u32) -> Result<Wire, BrokerFault> {
    let profile = profile(index, Fallback::None).map_err(BrokerFault::Profile)?;
    let name = ServerName::try_from(host.0.clone());
    let name = name.map_err(|_| BrokerFault::BadName(host.0.clone(), "TLS needs the name of a host"))?;
    let connected = TlsConnector::from(profile.config).connect(name, socket).await;
    let stream = connected.map_err(|error| TlsFault::of_handshake(&error))?;
    Ok(Wire::Tls(Box::new(stream)))
}

// === impl Wire ===

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Socket(socket) => Pin::new(socket).poll_read(cx, into),
            Self::Tls(stream) => Pin::new(stream).poll_read(cx, into),
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Socket(socket) => Pin::new(socket).poll_write(cx, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Socket(socket) => Pin::new(socket).poll_write_vectored(cx, parts),
            Self::Tls(stream) => Pin::new(stream).poll_write_vectored(cx, parts),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Socket(socket) => Pin::new(socket).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Socket(socket) => Pin::new(socket).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
