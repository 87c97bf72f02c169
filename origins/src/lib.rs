//! Origins that the runtime's `fetch` can't reach: HTTPS with certificates of one's own, and brokers of messages.
//!
//! The gateway's core decides what is called and how; this module performs it, over the sockets of the runtime. What is
//! below `edge` knows that runtime; all else runs natively, on any stream.

pub mod amqp;
pub mod broker;
pub mod call;
#[cfg(target_arch = "wasm32")]
mod edge;
pub mod http;
pub mod kafka;
pub mod nats;
pub mod tls;
