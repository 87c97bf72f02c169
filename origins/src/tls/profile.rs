//! Compiles a profile: options become the configuration that all of its handshakes share, session tickets included.

use std::sync::Arc;

use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion, version};

use super::identity::Identities;
use super::options::{TlsOptions, TlsVersion};
use super::verifier::{Trust, Verifier};

/// The origins whose sessions a profile remembers, so that the next handshake is a short one.
const SESSIONS: usize = 64;

/// What is wrong with the options of a profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileFault {
    /// A text without certificates, or with one that can't be a root.
    #[error("ca_certs[{0}]: {1}")]
    Root(usize, String),
    /// A client certificate that can't be read.
    #[error("client_certs[{0}].certificate: {1}")]
    Certificate(usize, String),
    /// A private key that can't be read.
    #[error("client_certs[{0}].private_key: {1}")]
    Key(usize, String),
    /// A private key of another certificate.
    #[error("client_certs[{0}]: the private key isn't the key of the certificate")]
    KeyMismatch(usize),
    /// No version between the lowest and the highest.
    #[error("min_version is above max_version")]
    Versions,
    /// No cipher suite is left for TLS 1.2, the only version.
    #[error("cipher_suites has none that is supported")]
    CipherSuites,
    /// No curve is left.
    #[error("curve_preferences has none that is supported")]
    Curves,
    /// rustls refuses the whole.
    #[error("{0}")]
    Other(String),
}

/// Who may call an origin whose issuer a profile doesn't know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// The platform's own `fetch`, which knows the public roots.
    Platform,
    /// Nobody: it's a broker. The public roots are then this module's.
    None,
}

/// A compiled profile. It costs a few KB and 1 to 2 ms (more with client certificates): once per isolate.
#[derive(Debug, Clone)]
pub struct Profile {
    /// What the handshakes share.
    pub config: Arc<ClientConfig>,
    /// Whether the platform's own `fetch` may call an origin whose issuer this profile doesn't know: the platform knows the
    /// public roots, which count as well, and has no certificate to present. Without it this module's public roots count.
    pub may_fall_back: bool,
}

// === impl Profile ===

impl Profile {
    /// Compiles the options.
    ///
    /// # Errors
    /// A text isn't what its option wants, or nothing is left to offer.
    pub fn new(
        options: &TlsOptions,
        fallback: Fallback,
        mut provider: CryptoProvider,
        time: Arc<dyn TimeProvider>,
    ) -> Result<Self, ProfileFault> {
        let identities = Identities::new(&options.identities, provider.key_provider)?;
        let versions = versions(options)?;
        restrict(&mut provider, options)?;
        let algorithms = provider.signature_verification_algorithms;
        let provider = Arc::new(provider);
        let (may_fall_back, with_public) = who_knows_public_roots(options, fallback, !identities.is_empty());
        let verifier = Verifier { trust: trust(options, with_public, &provider)?, algorithms };
        let builder = ClientConfig::builder_with_details(provider, time)
            .with_protocol_versions(&versions)
            .map_err(|error| ProfileFault::Other(error.to_string()))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        let mut config = match identities.is_empty() {
            true => builder.with_no_client_auth(),
            false => builder.with_client_cert_resolver(Arc::new(identities)),
        };
        config.resumption = Resumption::in_memory_sessions(SESSIONS);
        Ok(Self { config: Arc::new(config), may_fall_back })
    }
}

/// Whether the platform may take over, and whether this module's public roots count: never both.
fn who_knows_public_roots(options: &TlsOptions, fallback: Fallback, has_identities: bool) -> (bool, bool) {
    let is_wanted = options.public_roots && !options.insecure;
    let may_fall_back = is_wanted && fallback == Fallback::Platform && !has_identities;
    (may_fall_back, is_wanted && !may_fall_back)
}

fn versions(options: &TlsOptions) -> Result<Vec<&'static SupportedProtocolVersion>, ProfileFault> {
    let all = [(TlsVersion::Tls13, &version::TLS13), (TlsVersion::Tls12, &version::TLS12)];
    let versions = all.into_iter().filter(|(version, _)| (options.min..=options.max).contains(version));
    let versions: Vec<_> = versions.map(|(_, version)| version).collect();
    if versions.is_empty() { Err(ProfileFault::Versions) } else { Ok(versions) }
}

/// Takes out what the options don't list.
fn restrict(provider: &mut CryptoProvider, options: &TlsOptions) -> Result<(), ProfileFault> {
    if let Some(wanted) = &options.cipher_suites {
        provider
            .cipher_suites
            .retain(|suite| suite.tls13().is_some() || wanted.contains(&suite.suite().into()));
        let has_old = provider.cipher_suites.iter().any(|suite| suite.tls13().is_none());
        if options.min == TlsVersion::Tls12 && !has_old {
            return Err(ProfileFault::CipherSuites);
        }
    }
    if let Some(wanted) = &options.curves {
        let find =
            |curve: &u16| provider.kx_groups.iter().copied().find(|group| u16::from(group.name()) == *curve);
        provider.kx_groups = wanted.iter().filter_map(find).collect();
        if provider.kx_groups.is_empty() {
            return Err(ProfileFault::Curves);
        }
    }
    Ok(())
}

fn trust(
    options: &TlsOptions,
    with_public: bool,
    provider: &Arc<CryptoProvider>,
) -> Result<Trust, ProfileFault> {
    if options.insecure {
        return Ok(Trust::Anyone);
    }
    let mut certificates = Vec::new();
    for (index, text) in options.ca.iter().enumerate() {
        let found = CertificateDer::pem_slice_iter(text.as_bytes()).collect::<Result<Vec<_>, _>>();
        let found = found.map_err(|error| ProfileFault::Root(index, error.to_string()))?;
        if found.is_empty() {
            return Err(ProfileFault::Root(index, "no certificate in it".to_owned()));
        }
        certificates.extend(found.into_iter().map(|certificate| (index, certificate)));
    }
    let mut roots = RootCertStore::empty();
    if with_public {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    for (index, certificate) in &certificates {
        roots.add(certificate.clone()).map_err(|error| ProfileFault::Root(*index, error.to_string()))?;
    }
    let chains = match roots.is_empty() {
        true => None,
        false => Some(
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
                .build()
                .map_err(|error| ProfileFault::Other(error.to_string()))?,
        ),
    };
    let certificates = certificates.into_iter().map(|(_, certificate)| certificate).collect();
    Ok(Trust::Roots { certificates, chains })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rustls::client::danger::ServerCertVerifier;
    use rustls::pki_types::{ServerName, UnixTime};
    use rustls::time_provider::DefaultTimeProvider;

    use super::*;

    /// The chain of a public server, without its root (from the tests of `webpki-roots`). It was valid from 2017 to 2020.
    const CHAIN: &[u8] = include_bytes!("../../tests/data/public-chain.pem");

    fn options(public_roots: bool, insecure: bool) -> TlsOptions {
        TlsOptions {
            insecure,
            ca: Vec::new(),
            public_roots,
            identities: Vec::new(),
            min: TlsVersion::Tls12,
            max: TlsVersion::Tls13,
            cipher_suites: None,
            curves: None,
        }
    }

    fn is_trusted(with_public: bool) -> bool {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let trust = trust(&options(true, false), with_public, &provider).unwrap();
        let verifier = Verifier { trust, algorithms: provider.signature_verification_algorithms };
        let chain: Vec<_> = CertificateDer::pem_slice_iter(CHAIN).collect::<Result<_, _>>().unwrap();
        let name = ServerName::try_from("testssl.kamusm.gov.tr").unwrap();
        let now = UnixTime::since_unix_epoch(Duration::from_secs(1_500_000_000));
        verifier.verify_server_cert(&chain[0], &chain[1..], &name, &[], now).is_ok()
    }

    #[test]
    fn public_roots_count_where_the_platform_cannot_take_over() {
        assert!(is_trusted(true));
        assert!(!is_trusted(false));
        for (public_roots, insecure, fallback, expected) in [
            (true, false, Fallback::Platform, (true, false)),
            (true, false, Fallback::None, (false, true)),
            (false, false, Fallback::None, (false, false)),
            (true, true, Fallback::Platform, (false, false)),
        ] {
            let options = options(public_roots, insecure);
            assert_eq!(who_knows_public_roots(&options, fallback, false), expected);
            let provider = rustls::crypto::ring::default_provider();
            let profile = Profile::new(&options, fallback, provider, Arc::new(DefaultTimeProvider)).unwrap();
            assert_eq!(profile.may_fall_back, expected.0);
        }
        // With a client certificate, which the platform has none of.
        let options = options(true, false);
        assert_eq!(who_knows_public_roots(&options, Fallback::Platform, true), (false, true));
    }
}
