//! Drivers of async agents.

pub mod amqp;
