//! Requests to AWS: signature version 4 in headers.

mod sigv4;

pub use sigv4::{Credentials, Signable, hash, sign, timestamp};
