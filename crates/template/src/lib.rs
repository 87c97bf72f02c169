//! Makes text of data with Go's `text/template` and the functions of Sprig, as KrakenD does for its configuration and for bodies.
//!
//! A template is read once ([`Templates::add`]) and executed for each request ([`Templates::execute`]), within [`Limits`] of
//! steps, memory, output and depth: the template is the configuration's, the data are a stranger's. What it prints and what it
//! says of mistakes is Go's, held against outputs that Go gave (`tests/data`).

mod ast;
mod budget;
mod error;
mod exec;
mod functions;
mod json;
mod lex;
mod literal;
mod parse;
mod print;
mod reads;
mod templates;
mod value;

pub use budget::Limits;
pub use error::{ExecError, ParseError};
pub use functions::{left_out, names};
pub use templates::{Host, NoHost, Output, Span, Templates};
pub use value::{Element, Entries, List, Map, SharedMap, Text, Value};
