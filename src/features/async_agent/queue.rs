//! `async/queue`: runs the pipe of an agent for each message of a queue of the platform.
//!
//! The plan compiles the pipe (`plan/build/agent.rs`); the worker's `queue` handler brings the messages (`edge/agent.mjs`).

use crate::options::{Capability, Kind, Namespace, Scopes, namespace, opt};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "async/queue",
    Scopes::ASYNC,
    "Fjord extension: feeds an agent from a queue of the platform, the one that `consumer.topic` names.",
    Kind::Object(&[opt(
        "nack_discard",
        Kind::Bool,
        "Drops messages whose pipe fails, instead of having them delivered again.",
    )
    .default("false")]),
)
.requires(Capability::Agents);
