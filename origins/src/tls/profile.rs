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

/// A compiled profile. It costs a few KB and 1 to 2 ms (more with client certificates): once per isolate.
#[derive(Debug, Clone)]
pub struct Profile {
    /// What the handshakes share.
    pub config: Arc<ClientConfig>,
    /// Whether the platform's own `fetch` may call an origin whose issuer this profile doesn't know: the platform knows the
    /// public roots, which count as well, and has no certificate to present.
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
        mut provider: CryptoProvider,
        time: Arc<dyn TimeProvider>,
    ) -> Result<Self, ProfileFault> {
        let identities = Identities::new(&options.identities, provider.key_provider)?;
        let versions = versions(options)?;
        restrict(&mut provider, options)?;
        let algorithms = provider.signature_verification_algorithms;
        let provider = Arc::new(provider);
        let verifier = Verifier { trust: trust(options, &provider)?, algorithms };
        let may_fall_back = options.public_roots && !options.insecure && identities.is_empty();
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

fn trust(options: &TlsOptions, provider: &Arc<CryptoProvider>) -> Result<Trust, ProfileFault> {
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
