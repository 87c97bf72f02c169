//! Verifies signatures: those of certificates, and those of handshakes.

use rustls::SignatureScheme;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};
use rustls::sign::public_key_to_spki;

use super::js;

/// An algorithm: its identifiers in certificates, and what `js/crypto.mjs` takes.
#[derive(Debug)]
struct Algorithm {
    key: AlgorithmIdentifier,
    signature: AlgorithmIdentifier,
    /// 0 to 2 for SHA-256, 384 and 512; none for Ed25519.
    hash: Option<u8>,
    is_pss: bool,
}

const fn algorithm(key: AlgorithmIdentifier, signature: AlgorithmIdentifier, hash: u8) -> Algorithm {
    Algorithm { key, signature, hash: Some(hash), is_pss: false }
}

const fn pss(signature: AlgorithmIdentifier, hash: u8) -> Algorithm {
    Algorithm { is_pss: true, ..algorithm(alg_id::RSA_ENCRYPTION, signature, hash) }
}

static P256_SHA256: Algorithm = algorithm(alg_id::ECDSA_P256, alg_id::ECDSA_SHA256, 0);
static P256_SHA384: Algorithm = algorithm(alg_id::ECDSA_P256, alg_id::ECDSA_SHA384, 1);
static P256_SHA512: Algorithm = algorithm(alg_id::ECDSA_P256, alg_id::ECDSA_SHA512, 2);
static P384_SHA256: Algorithm = algorithm(alg_id::ECDSA_P384, alg_id::ECDSA_SHA256, 0);
static P384_SHA384: Algorithm = algorithm(alg_id::ECDSA_P384, alg_id::ECDSA_SHA384, 1);
static P384_SHA512: Algorithm = algorithm(alg_id::ECDSA_P384, alg_id::ECDSA_SHA512, 2);
static P521_SHA256: Algorithm = algorithm(alg_id::ECDSA_P521, alg_id::ECDSA_SHA256, 0);
static P521_SHA384: Algorithm = algorithm(alg_id::ECDSA_P521, alg_id::ECDSA_SHA384, 1);
static P521_SHA512: Algorithm = algorithm(alg_id::ECDSA_P521, alg_id::ECDSA_SHA512, 2);
static RSA_SHA256: Algorithm = algorithm(alg_id::RSA_ENCRYPTION, alg_id::RSA_PKCS1_SHA256, 0);
static RSA_SHA384: Algorithm = algorithm(alg_id::RSA_ENCRYPTION, alg_id::RSA_PKCS1_SHA384, 1);
static RSA_SHA512: Algorithm = algorithm(alg_id::RSA_ENCRYPTION, alg_id::RSA_PKCS1_SHA512, 2);
static PSS_SHA256: Algorithm = pss(alg_id::RSA_PSS_SHA256, 0);
static PSS_SHA384: Algorithm = pss(alg_id::RSA_PSS_SHA384, 1);
static PSS_SHA512: Algorithm = pss(alg_id::RSA_PSS_SHA512, 2);
static ED25519: Algorithm =
    Algorithm { key: alg_id::ED25519, signature: alg_id::ED25519, hash: None, is_pss: false };

/// All of them: the curves, RSA and Ed25519, as Go verifies them.
pub static ALGORITHMS: WebPkiSupportedAlgorithms = WebPkiSupportedAlgorithms {
    all: &[
        &P256_SHA256,
        &P256_SHA384,
        &P256_SHA512,
        &P384_SHA256,
        &P384_SHA384,
        &P384_SHA512,
        &P521_SHA256,
        &P521_SHA384,
        &P521_SHA512,
        &ED25519,
        &PSS_SHA256,
        &PSS_SHA384,
        &PSS_SHA512,
        &RSA_SHA256,
        &RSA_SHA384,
        &RSA_SHA512,
    ],
    // The first of a scheme is TLS 1.3's, which fixes the curve.
    mapping: &[
        (SignatureScheme::ECDSA_NISTP384_SHA384, &[&P384_SHA384, &P256_SHA384, &P521_SHA384]),
        (SignatureScheme::ECDSA_NISTP256_SHA256, &[&P256_SHA256, &P384_SHA256, &P521_SHA256]),
        (SignatureScheme::ECDSA_NISTP521_SHA512, &[&P521_SHA512, &P384_SHA512, &P256_SHA512]),
        (SignatureScheme::ED25519, &[&ED25519]),
        (SignatureScheme::RSA_PSS_SHA512, &[&PSS_SHA512]),
        (SignatureScheme::RSA_PSS_SHA384, &[&PSS_SHA384]),
        (SignatureScheme::RSA_PSS_SHA256, &[&PSS_SHA256]),
        (SignatureScheme::RSA_PKCS1_SHA512, &[&RSA_SHA512]),
        (SignatureScheme::RSA_PKCS1_SHA384, &[&RSA_SHA384]),
        (SignatureScheme::RSA_PKCS1_SHA256, &[&RSA_SHA256]),
    ],
};

impl SignatureVerificationAlgorithm for Algorithm {
    fn verify_signature(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        let key = public_key_to_spki(&self.key, key);
        match js::verify(self.hash, self.is_pss, &key, message, signature) {
            Ok(true) => Ok(()),
            _ => Err(InvalidSignature),
        }
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.key
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.signature
    }
}
