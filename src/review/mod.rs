//! What reads the tables of options for people and tools: the documentation of an option, the JSON schema of the format, what a
//! configuration needs beside itself.

pub mod explain;
mod named;
pub mod schema;

pub use named::Named;
