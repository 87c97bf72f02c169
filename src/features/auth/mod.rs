//! Who may come in, and how the gateway logs in to backends.

pub mod api_keys;
pub mod aws_sigv4;
pub mod basic;
pub mod client_credentials;
pub mod gcp;
mod key_source;
pub mod keys;
pub mod ntlm;
mod refuse;
pub mod revoker;
mod signature;
pub mod signer;
pub mod validator;
