//! TLS with certificates of one's own: what a profile allows, and what is wrong where a handshake fails.

mod der;
mod fault;
mod identity;
mod options;
mod profile;
mod verifier;

pub use der::PublicKey;
pub use fault::TlsFault;
pub use options::{IdentityOptions, TlsOptions, TlsVersion};
pub use profile::{Fallback, Profile, ProfileFault};
