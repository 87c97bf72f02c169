//! What HTTP itself requires: headers, queries, URLs, hosts, redirects, client addresses. Pure functions on text.

pub mod escape;
