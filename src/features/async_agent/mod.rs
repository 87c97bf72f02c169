//! Async agents, which consume messages.

pub mod amqp;
