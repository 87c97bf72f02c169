//! Async agents, which consume messages.

pub mod amqp;
pub mod kafka;
pub mod queue;
