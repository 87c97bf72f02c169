//! JSON Web Tokens, keys and key sets (RFC 7515–7519), read as strictly as KrakenD's go-jose reads them.
//!
//! Nothing here decides who may come in, and nothing performs I/O: `features/auth` does.

mod algorithm;
pub mod base64url;
mod jwk;
mod pkcs8;
mod strict;
mod token;

pub use algorithm::{Algorithm, Curve, Family};
pub use jwk::{Jwk, KeyError, KeySet, Strategy};
pub use strict::object;
pub use token::{Header, MAX_TOKEN, Token, TokenError};
