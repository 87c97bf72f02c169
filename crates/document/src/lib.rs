//! A configuration's text as values that know their places, and findings about them: what is wrong, where, and how to mend it.

pub mod diagnostic;
pub mod document;
pub mod lines;
pub mod node;
pub mod origin;
pub mod path;
pub mod suggest;

pub use diagnostic::{Diagnostic, Severity};
pub use document::{Document, Reading};
pub use lines::Lines;
pub use origin::{Origin, Places};
