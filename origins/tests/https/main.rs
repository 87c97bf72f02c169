//! HTTPS over sockets of the loopback interface: handshakes (`tls`) and exchanges (`http`) with servers that do as they're told.

// A failed unwrap is a failed test.
#![allow(clippy::unwrap_used)]

mod http;
mod support;
mod tls;
