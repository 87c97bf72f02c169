//! JSON as a gateway needs it: bodies are validated and cut into spans, and built as values only where a feature looks inside.
//!
//! A backend's answer arrives as a [`Body`]; [`decode`] validates it, applies the backend's [`Shape`] while it reads, and
//! gives an [`Object`] whose members are mostly spans of the body. Merging moves members, writing copies the spans.

mod body;
mod decode;
mod edit;
mod error;
mod explain;
mod flatmap;
mod join;
mod lookup;
mod number;
mod object;
mod parse;
mod piece;
mod print;
mod repair;
pub mod scan;
mod shape;
mod text;
mod unique;
mod value;
mod write;

#[cfg(test)]
mod tests;

pub use body::Body;
pub use decode::{Form, decode, without_mark};
pub use edit::Place;
pub use error::DecodeError;
pub use flatmap::{Flatmap, Op};
pub use number::{go_float_json, go_float_v};
pub use object::{Data, Object, write_data};
pub use parse::MAX_VALUE_DEPTH;
pub use piece::{Piece, Span};
pub use print::go_print;
pub use shape::{Shape, ShapeOptions};
pub use text::{unquote, write_string};
pub use value::{Kind, Map, Value, cost, map_of};
