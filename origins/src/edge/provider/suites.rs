//! The cipher suites: the three of TLS 1.3, and the six of TLS 1.2 that rustls knows, which are also Go's default ones.

use rustls::crypto::tls12::PrfUsingHmac;
use rustls::crypto::tls13::HkdfUsingHmac;
use rustls::crypto::{CipherSuiteCommon, KeyExchangeAlgorithm};
use rustls::{CipherSuite, SignatureScheme, SupportedCipherSuite, Tls12CipherSuite, Tls13CipherSuite};

use super::aead::Aead;
use super::hash::{Sha256Hash, Sha384Hash};

/// The records that a key of this cipher may encrypt.
const fn limit(aead: Aead) -> u64 {
    match aead {
        Aead::Aes128Gcm | Aead::Aes256Gcm => 1 << 24,
        Aead::ChaCha20Poly1305 => u64::MAX,
    }
}

macro_rules! common {
    ($suite:ident, $aead:ident, $hash:ident) => {
        CipherSuiteCommon {
            suite: CipherSuite::$suite,
            hash_provider: &$hash,
            confidentiality_limit: limit(Aead::$aead),
        }
    };
}

macro_rules! tls13 {
    ($suite:ident, $aead:ident, $hash:ident) => {
        SupportedCipherSuite::Tls13(&Tls13CipherSuite {
            common: common!($suite, $aead, $hash),
            hkdf_provider: &HkdfUsingHmac(&$hash),
            aead_alg: &Aead::$aead,
            quic: None,
        })
    };
}

macro_rules! tls12 {
    ($suite:ident, $aead:ident, $hash:ident, $schemes:ident) => {
        SupportedCipherSuite::Tls12(&Tls12CipherSuite {
            common: common!($suite, $aead, $hash),
            kx: KeyExchangeAlgorithm::ECDHE,
            sign: $schemes,
            aead_alg: &Aead::$aead,
            prf_provider: &PrfUsingHmac(&$hash),
        })
    };
}

/// All of them, in order of preference: short records and handshakes spend their time elsewhere, so the strongest come first.
pub static ALL: &[SupportedCipherSuite] = &[
    tls13!(TLS13_AES_256_GCM_SHA384, Aes256Gcm, Sha384Hash),
    tls13!(TLS13_AES_128_GCM_SHA256, Aes128Gcm, Sha256Hash),
    tls13!(TLS13_CHACHA20_POLY1305_SHA256, ChaCha20Poly1305, Sha256Hash),
    tls12!(TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, Aes256Gcm, Sha384Hash, ECDSA_SCHEMES),
    tls12!(TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, Aes128Gcm, Sha256Hash, ECDSA_SCHEMES),
    tls12!(TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, ChaCha20Poly1305, Sha256Hash, ECDSA_SCHEMES),
    tls12!(TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, Aes256Gcm, Sha384Hash, RSA_SCHEMES),
    tls12!(TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, Aes128Gcm, Sha256Hash, RSA_SCHEMES),
    tls12!(TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, ChaCha20Poly1305, Sha256Hash, RSA_SCHEMES),
];

static ECDSA_SCHEMES: &[SignatureScheme] = &[
    SignatureScheme::ED25519,
    SignatureScheme::ECDSA_NISTP384_SHA384,
    SignatureScheme::ECDSA_NISTP256_SHA256,
];

/// What RSA keys sign by, in order of preference.
pub const RSA_SCHEMES: &[SignatureScheme] = &[
    SignatureScheme::RSA_PSS_SHA512,
    SignatureScheme::RSA_PSS_SHA384,
    SignatureScheme::RSA_PSS_SHA256,
    SignatureScheme::RSA_PKCS1_SHA512,
    SignatureScheme::RSA_PKCS1_SHA384,
    SignatureScheme::RSA_PKCS1_SHA256,
];
