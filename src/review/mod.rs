//! What reads the tables of options for people and tools: the documentation of an option, the JSON schema of the format.

pub mod explain;
pub mod schema;
