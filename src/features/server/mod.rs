//! What the server serves besides endpoints.

pub mod static_filesystem;
pub mod virtualhost;
