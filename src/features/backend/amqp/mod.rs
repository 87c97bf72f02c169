//! AMQP.

pub mod consumer;
pub mod producer;
