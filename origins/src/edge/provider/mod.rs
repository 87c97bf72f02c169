//! rustls's cryptography from the runtime's own: no cipher or curve of this module, native speed.
//!
//! Ciphers, curves and signatures are `node:crypto`'s (`js/crypto.mjs`). Hashes and HMAC stay in wasm: a handshake takes dozens
//! of small ones, and crossing the border costs more than they do.

mod aead;
mod exchange;
mod hash;
mod js;
mod sign;
mod suites;
mod verify;

use std::sync::Arc;

use rustls::Error;
use rustls::crypto::{CryptoProvider, GetRandomFailed, KeyProvider, SecureRandom};
use rustls::pki_types::{PrivateKeyDer, UnixTime};
use rustls::sign::SigningKey;
use rustls::time_provider::TimeProvider;
use wasm_bindgen::JsValue;

/// The provider of this runtime.
pub fn provider() -> CryptoProvider {
    CryptoProvider {
        cipher_suites: suites::ALL.to_vec(),
        kx_groups: exchange::ALL.to_vec(),
        signature_verification_algorithms: verify::ALGORITHMS,
        secure_random: &Runtime,
        key_provider: &Runtime,
    }
}

/// Randomness, keys and the clock of the runtime.
#[derive(Debug)]
pub struct Runtime;

impl SecureRandom for Runtime {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), GetRandomFailed> {
        js::random(bytes).map_err(|_| GetRandomFailed)
    }
}

impl KeyProvider for Runtime {
    fn load_private_key(&self, key: PrivateKeyDer<'static>) -> Result<Arc<dyn SigningKey>, Error> {
        sign::load(&key)
    }
}

impl TimeProvider for Runtime {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(std::time::Duration::from_millis(js_sys::Date::now() as u64)))
    }
}

/// Fills with the runtime's random bytes.
pub fn random(bytes: &mut [u8]) -> Result<(), String> {
    js::random(bytes).map_err(|error| super::text(&error))
}

/// What `node:crypto` refuses although it shouldn't, or because a peer's value is invalid.
fn refused(what: &str, error: &JsValue) -> Error {
    Error::General(format!("{what}: {}", super::text(error)))
}
