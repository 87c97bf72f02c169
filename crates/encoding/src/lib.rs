//! The formats of bodies besides JSON: which one is meant, backend bodies decoded into objects, answers rendered from them.

pub mod base64;
pub mod charset;
mod error;
pub mod feed;
mod kind;
mod out;
#[cfg(test)]
mod testing;
pub mod xml;
pub mod yaml;

pub use error::DecodeError;
pub use kind::{Encoding, Output, negotiate};

use fjord_json::{Map, Value};
use fjord_memory::{BODY, Excess, afford};

/// How deep a decoded body may nest. KrakenD knows no limit; here the depth must not decide over the stack.
pub const MAX_DEPTH: usize = 256;

/// Decodes with the backend encoding `string`: `{"content": "<body>"}`; what is not UTF-8 becomes U+FFFD (spec §7).
///
/// # Errors
/// If the text takes too much memory.
pub fn decode_string(body: &[u8]) -> Result<Map, Excess> {
    Ok(Map::from([("content".to_owned(), Value::String(text(body)?))]))
}

/// A body as text; what is not UTF-8 becomes U+FFFD.
///
/// # Errors
/// If the text takes too much memory: one byte can become three.
pub fn text(body: &[u8]) -> Result<String, Excess> {
    let replaced = body.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty()).count();
    let len = body.len() + 2 * replaced;
    if len > BODY {
        return Err(Excess::Body);
    }
    afford(len)?;
    Ok(String::from_utf8_lossy(body).into_owned())
}
