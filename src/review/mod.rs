//! What reads a configuration, the tables and the plan for people and tools: the check, the audit, what a configuration needs beside
//! itself, the documentation of an option, the JSON schema of the format.

pub mod audit;
pub mod check;
pub mod explain;
pub mod flexible;
mod named;
mod origins;
mod queues;
pub mod schema;

pub use named::Named;
pub use origins::needs_sockets;
pub use queues::Queues;
