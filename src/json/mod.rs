//! JSON as a gateway needs it: bodies are validated and cut into spans, and built as values only where a feature looks inside.

mod value;

pub use value::{Map, Value};
