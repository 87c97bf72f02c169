//! Client certificates: which one a handshake presents.

use std::sync::Arc;

use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::crypto::KeyProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use super::der::CertificateInfo;
use super::options::IdentityOptions;
use super::profile::ProfileFault;

/// The client certificates of a profile, in their order.
#[derive(Debug)]
pub struct Identities(Vec<Identity>);

#[derive(Debug)]
struct Identity {
    key: Arc<CertifiedKey>,
    /// Who has issued the certificates of the chain.
    issuers: Vec<Vec<u8>>,
}

impl Identities {
    /// Reads the certificates and their keys.
    pub fn new(options: &[IdentityOptions], keys: &dyn KeyProvider) -> Result<Self, ProfileFault> {
        options
            .iter()
            .enumerate()
            .map(|(index, options)| Identity::new(index, options, keys))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Identity {
    fn new(index: usize, options: &IdentityOptions, keys: &dyn KeyProvider) -> Result<Self, ProfileFault> {
        let chain: Vec<_> = CertificateDer::pem_slice_iter(options.certificate.as_bytes())
            .collect::<Result<_, _>>()
            .map_err(|error| ProfileFault::Certificate(index, error.to_string()))?;
        let infos =
            chain.iter().map(|certificate| CertificateInfo::read(certificate)).collect::<Option<Vec<_>>>();
        let infos = infos.filter(|infos| !infos.is_empty());
        let infos =
            infos.ok_or_else(|| ProfileFault::Certificate(index, "no certificate in it".to_owned()))?;
        let public_key = infos[0].public_key.info.to_vec();
        let issuers = infos.iter().map(|info| info.issuer.to_vec()).collect();
        let key = PrivateKeyDer::from_pem_slice(options.key.as_bytes()).map_err(|error| {
            let is_encrypted = options.key.contains("ENCRYPTED");
            ProfileFault::Key(
                index,
                if is_encrypted { "it is encrypted".to_owned() } else { error.to_string() },
            )
        })?;
        let key = keys.load_private_key(key).map_err(|error| ProfileFault::Key(index, error.to_string()))?;
        if key.public_key().is_some_and(|key| *key != *public_key) {
            return Err(ProfileFault::KeyMismatch(index));
        }
        Ok(Self { key: Arc::new(CertifiedKey::new(chain, key)), issuers })
    }
}

impl ResolvesClientCert for Identities {
    /// The first one with a key that can sign as the origin accepts, issued by one whom it names (if it names any): as Go.
    fn resolve(&self, names: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        let is_accepted = |identity: &&Identity| {
            identity.key.key.choose_scheme(schemes).is_some()
                && (names.is_empty() || identity.issuers.iter().any(|issuer| names.contains(&&**issuer)))
        };
        self.0.iter().find(is_accepted).map(|identity| identity.key.clone())
    }

    fn has_certs(&self) -> bool {
        !self.0.is_empty()
    }
}
