//! The edge module's border: numbers cross it, everything else is in memory.
//!
//! The script beside this (`driver.mjs`, `flight.mjs`) enters the core once per event (a request, an answer, a timer) and gets
//! a batch of effects back, which it reads as a whole before it performs any. It decides nothing. Text comes in through one
//! input buffer, bodies through a buffer made to measure; text goes out through one blob that the script decodes at once.
//! The numbers in a batch are those of [`protocol`], from which the script's are generated.
//!
//! A panic traps: the script then retires this instance, answers that one request with 500, and starts a new instance for the
//! next; requests in flight elsewhere in the instance continue, as no state is borrowed while a request is polled.
//!
//! The [`desk`] holds the requests in flight. It and what it rests on know no addresses and run natively, too.

#[cfg(target_arch = "wasm32")]
mod batch;
#[cfg(target_arch = "wasm32")]
mod buffers;
pub mod desk;
#[cfg(target_arch = "wasm32")]
pub mod exports;
pub mod places;
pub mod protocol;
pub mod shape;
#[cfg(all(target_arch = "wasm32", feature = "tools"))]
pub mod tools;
