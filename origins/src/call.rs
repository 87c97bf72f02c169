//! One call of an HTTPS origin over a stream: handshake, request, response head. The body is read from what comes back.

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::http::HttpFault;
use crate::http::exchange::{Exchange, Fault, Upload};
use crate::http::head::Head;
use crate::http::request::{Length, RequestFault, Target, head};
use crate::tls::{Profile, TlsFault};

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallFault {
    /// It can't be made: the gateway's fault.
    #[error(transparent)]
    Request(#[from] RequestFault),
    /// Its TLS profile is unusable: the configuration's fault.
    #[error("{0}")]
    Profile(String),
    /// There is no connection.
    #[error("no connection: {0}")]
    Connect(String),
    /// There is no TLS connection.
    #[error(transparent)]
    Tls(#[from] TlsFault),
    /// There is no response.
    #[error(transparent)]
    Http(#[from] HttpFault),
    /// The body of the request failed: the client's fault.
    #[error("the request body failed: {0}")]
    Upload(String),
    /// The time was up.
    #[error("the time was up after {0} ms")]
    TimedOut(u32),
    /// The caller gave it up.
    #[error("the call was aborted")]
    Aborted,
}

/// What to call.
#[derive(Debug, Clone)]
pub struct Call<'a> {
    /// The method.
    pub method: &'a str,
    /// Where it goes.
    pub target: Target,
    /// Names and values.
    pub lines: Vec<(&'a str, &'a str)>,
    /// Of the body.
    pub length: Length,
}

// === impl Call ===

impl Call<'_> {
    /// Calls the origin over `stream`. Nothing of the upload is taken before the handshake is complete.
    ///
    /// # Errors
    /// There is no TLS connection, or no response.
    pub async fn run<S, U>(
        &self,
        profile: &Profile,
        stream: S,
        upload: Option<U>,
    ) -> Result<(Head, Exchange<TlsStream<S>, U>), CallFault>
    where
        S: AsyncRead + AsyncWrite + Unpin,
        U: Upload,
    {
        let request = head(self.method, &self.target, self.lines.iter().copied(), self.length)?;
        let name = ServerName::try_from(self.target.host.clone());
        let name = name.map_err(|_| RequestFault::Url(self.target.host.clone()))?;
        let connected = TlsConnector::from(profile.config.clone()).connect(name, stream).await;
        let stream = connected.map_err(|error| TlsFault::of_handshake(&error))?;
        let mut exchange = Exchange::new(stream, &request, self.length, upload);
        let head = exchange.head(self.method).await?;
        Ok((head, exchange))
    }
}

// === impl CallFault ===

impl CallFault {
    /// A word for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Request(_) => "bad-request",
            Self::Profile(_) => "bad-profile",
            Self::Connect(_) => "no-connection",
            Self::Tls(fault) => fault.code(),
            Self::Http(fault) => fault.code(),
            Self::Upload(_) => "upload-failed",
            Self::TimedOut(_) => "timed-out",
            Self::Aborted => "aborted",
        }
    }
}

impl CallFault {
    /// Whether the origin's certificate is of an issuer that the profile doesn't know.
    #[must_use]
    pub const fn is_unknown_issuer(&self) -> bool {
        matches!(self, Self::Tls(TlsFault::UnknownIssuer))
    }
}

impl From<Fault> for CallFault {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Origin(fault) => fault.into(),
            Fault::Tls(fault) => fault.into(),
            Fault::Upload(text) => Self::Upload(text),
        }
    }
}
