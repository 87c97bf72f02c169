//! What was written: the configuration's text as values that know their places, and what is wrong with them.

pub mod counters;
pub mod diagnostic;
pub mod document;
pub mod files;
pub mod lines;
pub mod node;
pub mod origin;
pub mod path;
pub mod secrets;
pub(crate) mod suggest;

pub use diagnostic::{Diagnostic, Severity};
pub use document::{Document, Reading};
pub use lines::Lines;
pub use origin::{Origin, Places};
