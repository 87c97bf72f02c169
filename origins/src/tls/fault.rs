//! What is wrong where a handshake fails, in the words of the one who has to mend it.

use std::{fmt, io};

use rustls::{AlertDescription, CertificateError, Error, InvalidMessage, PeerIncompatible};

/// Why there is no TLS connection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlsFault {
    /// No root that counts has issued the certificate.
    #[error("its certificate is signed by an unknown issuer: add the issuer to ca_certs")]
    UnknownIssuer,
    /// The certificate isn't valid any more, or not yet.
    #[error("its certificate {0}")]
    Date(DateFault),
    /// The certificate is for other names.
    #[error("its certificate isn't valid for {expected}, only for {}", list(presented))]
    WrongName {
        /// The name that was called.
        expected: String,
        /// The names that the certificate has.
        presented: Vec<String>,
    },
    /// The certificate can't be verified.
    #[error("its certificate can't be verified: {0}")]
    BadCertificate(String),
    /// The origin wants a client certificate.
    #[error("it requires a client certificate: set client_certs")]
    IdentityRequired,
    /// The origin doesn't take the client certificate.
    #[error("it refuses the client certificate: {0}")]
    IdentityRefused(String),
    /// No version in common.
    #[error("it doesn't support the TLS versions from min_version to max_version")]
    Version,
    /// No cipher suite, curve or signature in common.
    #[error("no cipher suite, curve or signature algorithm in common: {0}")]
    Incompatible(String),
    /// The origin ended the handshake without saying more.
    #[error("it refused the TLS handshake: {0}")]
    Refused(String),
    /// The origin doesn't speak TLS.
    #[error("it doesn't speak TLS")]
    NotTls,
    /// The connection ended in the handshake.
    #[error("the connection ended before the TLS handshake was complete")]
    Cut,
    /// The origin breaks the protocol, or a bug.
    #[error("TLS failed: {0}")]
    Other(String),
}

/// A date out of range, in seconds since the epoch where it's known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateFault {
    /// After its last day.
    Expired(Option<u64>),
    /// Before its first day.
    NotYetValid(Option<u64>),
}

// === impl TlsFault ===

impl TlsFault {
    /// A word for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownIssuer => "unknown-issuer",
            Self::Date(DateFault::Expired(_)) => "certificate-expired",
            Self::Date(DateFault::NotYetValid(_)) => "certificate-not-yet-valid",
            Self::WrongName { .. } => "wrong-name",
            Self::BadCertificate(_) => "bad-certificate",
            Self::IdentityRequired => "client-certificate-required",
            Self::IdentityRefused(_) => "client-certificate-refused",
            Self::Version => "tls-version",
            Self::Incompatible(_) => "tls-incompatible",
            Self::Refused(_) => "handshake-refused",
            Self::NotTls => "not-tls",
            Self::Cut => "handshake-cut",
            Self::Other(_) => "tls-failed",
        }
    }

    /// The fault that a stream's error carries, if it's one of TLS.
    #[must_use]
    pub fn of(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref::<Error>().map(Self::from)
    }

    /// The fault of a handshake that ended with this error.
    #[must_use]
    pub fn of_handshake(error: &io::Error) -> Self {
        match Self::of(error) {
            Some(fault) => fault,
            None if matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset) => {
                Self::Cut
            }
            None => Self::Other(error.to_string()),
        }
    }
}

impl From<&Error> for TlsFault {
    fn from(error: &Error) -> Self {
        match error {
            Error::InvalidCertificate(error) => error.into(),
            Error::AlertReceived(alert) => (*alert).into(),
            Error::PeerIncompatible(PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig)
            | Error::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13)
            | Error::PeerIncompatible(PeerIncompatible::SupportedVersionsExtensionRequired) => Self::Version,
            Error::PeerIncompatible(what) => Self::Incompatible(format!("{what:?}")),
            Error::InvalidMessage(
                InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion,
            ) => Self::NotTls,
            other => Self::Other(other.to_string()),
        }
    }
}

impl From<&CertificateError> for TlsFault {
    fn from(error: &CertificateError) -> Self {
        match error {
            CertificateError::UnknownIssuer => Self::UnknownIssuer,
            CertificateError::Expired => Self::Date(DateFault::Expired(None)),
            CertificateError::ExpiredContext { not_after, .. } => {
                Self::Date(DateFault::Expired(Some(not_after.as_secs())))
            }
            CertificateError::NotValidYet => Self::Date(DateFault::NotYetValid(None)),
            CertificateError::NotValidYetContext { not_before, .. } => {
                Self::Date(DateFault::NotYetValid(Some(not_before.as_secs())))
            }
            CertificateError::NotValidForNameContext { expected, presented } => {
                Self::WrongName { expected: expected.to_str().into_owned(), presented: names(presented) }
            }
            CertificateError::BadEncoding => {
                Self::BadCertificate("it isn't an X.509 version 3 certificate".to_owned())
            }
            other => Self::BadCertificate(other.to_string()),
        }
    }
}

impl From<AlertDescription> for TlsFault {
    fn from(alert: AlertDescription) -> Self {
        use AlertDescription as Alert;
        let text = format!("alert {}, {alert:?}", u8::from(alert));
        match alert {
            Alert::CertificateRequired => Self::IdentityRequired,
            Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateRevoked
            | Alert::CertificateExpired
            | Alert::CertificateUnknown
            | Alert::UnknownCA
            | Alert::AccessDenied => Self::IdentityRefused(text),
            Alert::ProtocolVersion => Self::Version,
            Alert::InsufficientSecurity => Self::Incompatible(text),
            Alert::HandshakeFailure => Self::Refused(format!(
                "{text}: no cipher suite, curve or signature algorithm in common, or a client certificate is missing"
            )),
            _ => Self::Refused(text),
        }
    }
}

// === impl DateFault ===

impl fmt::Display for DateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (text, seconds) = match self {
            Self::Expired(seconds) => ("has expired", seconds),
            Self::NotYetValid(seconds) => ("isn't valid yet", seconds),
        };
        f.write_str(text)?;
        seconds.map_or(Ok(()), |seconds| {
            let (year, month, day) = date(seconds / 86_400);
            write!(f, " ({year:04}-{month:02}-{day:02})")
        })
    }
}

/// The date of a day since the epoch: `der::days` backwards.
const fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + (month <= 2) as u64, month, day)
}

/// The names that webpki presents as `DnsName("a")` or `IpAddress(::1)`.
fn names(presented: &[String]) -> Vec<String> {
    let inner = |name: &String| {
        name.split_once('(').map_or(&**name, |(_, name)| name).trim_matches(['"', ')']).to_owned()
    };
    presented.iter().map(inner).collect()
}

fn list(names: &[String]) -> String {
    match names {
        [] => "no name at all".to_owned(),
        names => names.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::UnixTime;
    use std::time::Duration;

    use super::*;

    #[test]
    fn dates_are_said() {
        let time = |seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let error =
            |not_after| CertificateError::ExpiredContext { time: time(0), not_after: time(not_after) };
        for (seconds, date) in [(0, "1970-01-01"), (951_825_600, "2000-02-29"), (2_524_607_999, "2049-12-31")]
        {
            assert_eq!(
                TlsFault::from(&error(seconds)).to_string(),
                format!("its certificate has expired ({date})")
            );
        }
    }

    #[test]
    fn alerts_say_whose_fault_it_is() {
        let code = |alert: AlertDescription| TlsFault::from(alert).code();
        assert_eq!(code(AlertDescription::CertificateRequired), "client-certificate-required");
        assert_eq!(code(AlertDescription::UnknownCA), "client-certificate-refused");
        assert_eq!(code(AlertDescription::ProtocolVersion), "tls-version");
        assert_eq!(code(AlertDescription::HandshakeFailure), "handshake-refused");
        assert_eq!(code(AlertDescription::UnrecognisedName), "handshake-refused");
    }
}
