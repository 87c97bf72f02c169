//! Checks and makes signatures: HMAC here, the rest by the platform's WebCrypto.
//!
//! HMAC on `hmac` and `sha2`, which are in the module for SigV4 anyway: no promise, no trip to the host for the commonest
//! tokens. The others never enter wasm: a crate for RSA alone is larger than all of `auth`.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha256, Sha384, Sha512};

use fjord_jose::{Algorithm, Jwk};

use crate::context::Cx;

/// Shorter RSA keys are refused, as Go does: such keys have been factored.
const LEAST_RSA_BITS: usize = 1024;

/// Shorter RSA keys get a warning: NIST SP 800-131A allows them for nothing but old signatures.
const GOOD_RSA_BITS: usize = 2048;

/// Shorter secrets are refused: NIST SP 800-131A disallows them, and whoever has one token can try them all offline.
const LEAST_SECRET_BITS: usize = 112;

/// What the size of a key is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Size {
    /// All is well.
    Good,
    /// It's used, with a warning.
    Small(String),
    /// It checks and signs nothing.
    Unsafe(String),
}

/// What the size of a key is good for with an algorithm of its family. RFC 7518 §3.2 and §3.3 say what is good.
pub fn size(algorithm: Algorithm, key: &Jwk) -> Size {
    let (what, bits, least, good) = match (&key.secret, key.modulus_bits) {
        (Some(secret), _) => ("secret", secret.len() * 8, LEAST_SECRET_BITS, algorithm.digest_bits()),
        (None, Some(bits)) => ("RSA key", bits, LEAST_RSA_BITS, GOOD_RSA_BITS),
        (None, None) => return Size::Good,
    };
    let kid: String = key.kid.chars().take(64).collect();
    if bits < least {
        Size::Unsafe(format!("the {what} {kid:?} has {bits} bits; at least {least} are required"))
    } else if bits < good {
        Size::Small(format!("the {what} {kid:?} has {bits} bits; {good} or more are recommended"))
    } else {
        Size::Good
    }
}

/// Whether `signature` is one of `input`. An error if this key can't be used with the algorithm, or the platform refuses it.
///
/// # Errors
/// If the key doesn't fit the algorithm, or the platform refuses it.
pub async fn verify(
    cx: Cx<'_>,
    algorithm: Algorithm,
    key: &Jwk,
    input: &str,
    signature: &[u8],
) -> Result<bool, String> {
    if key.family != algorithm.family() || !key.verifies() {
        return Err(unfit(algorithm));
    }
    if let Size::Unsafe(reason) = size(algorithm, key) {
        return Err(reason);
    }
    if let Some(secret) = &key.secret {
        let input = input.as_bytes();
        return Ok(match algorithm {
            Algorithm::HS256 => {
                mac::<Hmac<Sha256>>(secret, input).is_some_and(|m| m.verify_slice(signature).is_ok())
            }
            Algorithm::HS384 => {
                mac::<Hmac<Sha384>>(secret, input).is_some_and(|m| m.verify_slice(signature).is_ok())
            }
            _ => mac::<Hmac<Sha512>>(secret, input).is_some_and(|m| m.verify_slice(signature).is_ok()),
        });
    }
    let args = vec![
        algorithm.name().into(),
        key.text.as_bytes().to_vec(),
        input.as_bytes().to_vec(),
        signature.to_vec(),
    ];
    match cx.deadline.bound(cx.io.call("verify", args)).await {
        Ok(Ok(answer)) => Ok(answer == [1]),
        Ok(Err(error)) => Err(error.to_string()),
        Err(expired) => Err(expired.to_string()),
    }
}

/// The signature of `input`.
///
/// # Errors
/// If the key doesn't fit the algorithm, or the platform refuses it.
pub async fn sign(cx: Cx<'_>, algorithm: Algorithm, key: &Jwk, input: &str) -> Result<Vec<u8>, String> {
    if key.family != algorithm.family() || key.is_public() {
        return Err(unfit(algorithm));
    }
    if let Size::Unsafe(reason) = size(algorithm, key) {
        return Err(reason);
    }
    if let Some(secret) = &key.secret {
        let input = input.as_bytes();
        let signature = match algorithm {
            Algorithm::HS256 => {
                mac::<Hmac<Sha256>>(secret, input).map(|m| m.finalize().into_bytes().to_vec())
            }
            Algorithm::HS384 => {
                mac::<Hmac<Sha384>>(secret, input).map(|m| m.finalize().into_bytes().to_vec())
            }
            _ => mac::<Hmac<Sha512>>(secret, input).map(|m| m.finalize().into_bytes().to_vec()),
        };
        return signature.ok_or_else(|| unfit(algorithm));
    }
    let args = vec![algorithm.name().into(), key.text.as_bytes().to_vec(), input.as_bytes().to_vec()];
    match cx.deadline.bound(cx.io.call("sign", args)).await {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(expired) => Err(expired.to_string()),
    }
}

fn mac<M: Mac + KeyInit>(secret: &[u8], input: &[u8]) -> Option<M> {
    let mut mac = <M as KeyInit>::new_from_slice(secret).ok()?;
    mac.update(input);
    Some(mac)
}

fn unfit(algorithm: Algorithm) -> String {
    format!("this key can't be used with {}", algorithm.name())
}
