//! What HTTP itself requires: headers, queries, URLs, hosts, references, redirects, client addresses. Pure functions on text.

pub mod client_ip;
pub mod date;
pub mod escape;
pub mod headers;
pub mod host;
pub mod path;
pub mod query;
pub mod reach;
pub mod redact;
pub mod redirect;
pub mod reference;
pub mod sniff;
pub mod status;
pub mod template;
pub mod trace;
pub mod url;

pub use client_ip::{TrustedProxies, client_ip};
pub use headers::{Headers, canonical};
pub use host::Host;
pub use query::Query;
pub use sniff::content_sniff;
pub use status::status_text;
pub use template::UrlPattern;
pub use url::UrlError;

#[cfg(test)]
mod tests;
