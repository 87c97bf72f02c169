//! A TLS profile as the gateway's plan has it: texts and numbers, checked there.

use serde::Deserialize;

/// The options of one profile. All of them are in the plan: the gateway knows the defaults.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsOptions {
    /// No chain, name or date is verified. The handshake's signature is.
    pub insecure: bool,
    /// PEM texts, each with one certificate or more, which count as roots.
    pub ca: Vec<String>,
    /// Whether the public roots count besides. They are the platform's where its `fetch` can take over, else this module's: see
    /// [`super::Profile::may_fall_back`].
    pub public_roots: bool,
    /// Client certificates. The first one that the origin can take is presented.
    pub identities: Vec<IdentityOptions>,
    /// The lowest version.
    pub min: TlsVersion,
    /// The highest version.
    pub max: TlsVersion,
    /// The cipher suites of TLS 1.2, by their numbers; without effect on TLS 1.3.
    pub cipher_suites: Option<Vec<u16>>,
    /// The curves of the key exchange, by their numbers, in order of preference.
    pub curves: Option<Vec<u16>>,
}

/// A client certificate.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityOptions {
    /// A PEM text: the certificate, then its intermediates.
    pub certificate: String,
    /// A PEM text: the private key.
    pub key: String,
}

/// The versions there are. What is below them has no place in a gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum TlsVersion {
    /// TLS 1.2.
    #[serde(rename = "1.2")]
    Tls12,
    /// TLS 1.3.
    #[serde(rename = "1.3")]
    Tls13,
}

// A private key must not end up in a log.
impl std::fmt::Debug for IdentityOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IdentityOptions").finish_non_exhaustive()
    }
}
