//! AMQP.

mod broker;
pub mod consumer;
pub mod producer;
