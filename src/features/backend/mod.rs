//! Backends, and what they are other than a JSON API.

pub mod amqp;
mod brokers;
pub mod conditional;
pub mod graphql;
pub mod grpc;
pub mod http;
pub mod lambda;
pub mod pubsub;
pub mod soap;
pub mod static_filesystem;
