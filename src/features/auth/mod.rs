//! Authentication and authorization of clients, and credentials for backends.

pub mod aggregated;
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
pub mod shared_secret;
pub mod signature;
pub mod signer;
mod token;
mod unused;
pub mod validator;

/// A header's value without the scheme `Bearer`, if it has it.
fn without_scheme(line: &str) -> &str {
    match line.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("Bearer ") => &line[7..],
        _ => line,
    }
}
