//! Signs with the keys of client certificates.

use std::fmt;
use std::sync::Arc;

use rustls::pki_types::{PrivateKeyDer, SubjectPublicKeyInfoDer, alg_id};
use rustls::sign::{Signer, SigningKey};
use rustls::{Error, SignatureAlgorithm, SignatureScheme};

use crate::tls::PublicKey;

use super::suites::RSA_SCHEMES;
use super::{js, refused};

/// A private key, and the schemes it signs with, in order of preference.
struct RuntimeKey {
    /// PKCS #8.
    private: Arc<Vec<u8>>,
    /// The subject public key info.
    public: Vec<u8>,
    algorithm: SignatureAlgorithm,
    schemes: &'static [SignatureScheme],
}

/// A key that signs by one scheme.
struct RuntimeSigner(Arc<Vec<u8>>, SignatureScheme);

/// A key in one of the three forms.
pub fn load(key: &PrivateKeyDer<'_>) -> Result<Arc<dyn SigningKey>, Error> {
    let form = match key {
        PrivateKeyDer::Pkcs1(_) => "pkcs1",
        PrivateKeyDer::Sec1(_) => "sec1",
        _ => "pkcs8",
    };
    let invalid = |error| refused("it can't be read", &error);
    let private = js::private_key(key.secret_der(), form).map_err(invalid)?;
    let public = js::public_key(&private).map_err(invalid)?;
    let info = PublicKey::read(&public).ok_or_else(|| Error::General("it has no public key".to_owned()))?;
    let kinds: [(_, _, &[SignatureScheme]); 5] = [
        (alg_id::RSA_ENCRYPTION, SignatureAlgorithm::RSA, RSA_SCHEMES),
        (alg_id::ECDSA_P256, SignatureAlgorithm::ECDSA, &[SignatureScheme::ECDSA_NISTP256_SHA256]),
        (alg_id::ECDSA_P384, SignatureAlgorithm::ECDSA, &[SignatureScheme::ECDSA_NISTP384_SHA384]),
        (alg_id::ECDSA_P521, SignatureAlgorithm::ECDSA, &[SignatureScheme::ECDSA_NISTP521_SHA512]),
        (alg_id::ED25519, SignatureAlgorithm::ED25519, &[SignatureScheme::ED25519]),
    ];
    let kind = kinds.into_iter().find(|(id, ..)| id.as_ref() == info.algorithm);
    let (_, algorithm, schemes) =
        kind.ok_or_else(|| Error::General("keys of this kind aren't supported".to_owned()))?;
    Ok(Arc::new(RuntimeKey { private: Arc::new(private), public, algorithm, schemes }))
}

impl SigningKey for RuntimeKey {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let scheme = self.schemes.iter().find(|scheme| offered.contains(scheme))?;
        Some(Box::new(RuntimeSigner(self.private.clone(), *scheme)))
    }

    fn public_key(&self) -> Option<SubjectPublicKeyInfoDer<'_>> {
        Some(SubjectPublicKeyInfoDer::from(&*self.public))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }
}

impl Signer for RuntimeSigner {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        use SignatureScheme as Scheme;
        let (hash, is_pss) = match self.1 {
            Scheme::ED25519 => (None, false),
            Scheme::RSA_PSS_SHA256 => (Some(0), true),
            Scheme::RSA_PSS_SHA384 => (Some(1), true),
            Scheme::RSA_PSS_SHA512 => (Some(2), true),
            Scheme::RSA_PKCS1_SHA384 | Scheme::ECDSA_NISTP384_SHA384 => (Some(1), false),
            Scheme::RSA_PKCS1_SHA512 | Scheme::ECDSA_NISTP521_SHA512 => (Some(2), false),
            _ => (Some(0), false),
        };
        js::sign(hash, is_pss, &self.0, message).map_err(|error| refused("no signature", &error))
    }

    fn scheme(&self) -> SignatureScheme {
        self.1
    }
}

// A private key must not end up in a log.
impl fmt::Debug for RuntimeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuntimeKey").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

impl fmt::Debug for RuntimeSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuntimeSigner").field("scheme", &self.1).finish_non_exhaustive()
    }
}
