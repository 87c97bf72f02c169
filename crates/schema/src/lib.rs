//! Checks bodies against JSON schemas (drafts 4, 6 and 7) and says what is wrong in the words of gojsonschema, which
//! is what KrakenD validates with (`spec` §26).
//!
//! Differences, all on purpose: numbers are compared exactly in `enum`, `const` and `uniqueItems` too; a schema that
//! asks for itself without end is refused and not run; documents are never fetched; violations come in the order of
//! names where KrakenD's order changes from one request to the next; more than a thousand are not listed; a body that
//! would take more steps than its size explains is refused.
//!
//! Weighed (opt-level 3, fat LTO, raw / gzip): 167 KB / 52 KB beside patterns and JSON; the crate `boon` 1,314 KB / 446 KB.

mod body;
mod canonical;
mod compile;
mod draft;
mod evaluate;
mod format;
mod keywords;
mod number;
mod scope;
mod subschema;
#[cfg(test)]
mod tests;
mod uri;
mod violation;

use std::fmt;
use std::ops::Range;

use fjord_document::node::Node;
use fjord_json::Value;

use draft::Draft;
use evaluate::{Run, Subject};
use subschema::Subschema;
use violation::Path;

pub use body::{SchemaRejection, validate_body};
pub use violation::Violation;

/// The texts of all violations together may have this many bytes.
const MAX_TEXT: usize = 256 << 10;

/// A compiled schema.
///
/// ```
/// use fjord_document::Document;
/// use fjord_json::Value;
/// use fjord_schema::Schema;
///
/// let text = r#"{"type": "object", "required": ["name"]}"#;
/// let schema = Schema::compile(&Document::value(text).expect("it is JSON")).expect("it is a schema");
/// let body = |text: &str| Value::parse(text.as_bytes()).expect("it is JSON");
/// assert!(schema.validate(&body(r#"{"name": "Ada"}"#)).is_ok());
/// let faults = schema.validate(&body("{}")).expect_err("the name is missing");
/// assert_eq!(faults[0].field, "(root)");
/// ```
#[derive(Debug)]
pub struct Schema {
    all: Vec<Subschema>,
}

/// Why a schema can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaError {
    /// The part of the schema, as a JSON pointer from its root.
    pub pointer: String,
    /// The place in the text that the schema was read from.
    pub span: Range<u32>,
    /// What is wrong with it.
    pub message: String,
}

// === impl Schema ===

impl Schema {
    /// Compiles a schema.
    ///
    /// # Errors
    /// If a keyword has a value that it can't have, or a `$ref` leads out of the schema.
    pub fn compile(schema: &Node) -> Result<Schema, SchemaError> {
        Self::compile_with(schema, &[])
    }

    /// The names of the formats that are checked; any other says nothing about a value.
    pub fn formats() -> impl Iterator<Item = &'static str> {
        format::Format::names()
    }

    /// Compiles a schema that may refer to `documents` by their URIs.
    ///
    /// # Errors
    /// As [`Schema::compile`].
    pub fn compile_with(schema: &Node, documents: &[(&str, &Node)]) -> Result<Schema, SchemaError> {
        Self::compile_as(Draft::Hybrid, schema, documents)
    }

    fn compile_as(draft: Draft, schema: &Node, documents: &[(&str, &Node)]) -> Result<Schema, SchemaError> {
        compile::compile(schema, draft, documents).map(|all| Schema { all })
    }

    /// Checks a value.
    ///
    /// # Errors
    /// With everything that is wrong with it.
    pub fn validate(&self, value: &Value) -> Result<(), Vec<Violation>> {
        let mut run = Run::new(&self.all, value);
        let outcome = run.attempt(0, Subject::Value(value), &Path::root());
        if run.exhausted {
            let description = "Too complex to be validated".to_owned();
            return Err(vec![Violation { field: "(root)".to_owned(), description }]);
        }
        if outcome.is_valid() {
            return Ok(());
        }
        let mut violations = Vec::new();
        let mut size = 0;
        for fault in &outcome.faults {
            let violation = fault.tell();
            size += violation.field.len() + violation.description.len();
            violations.push(violation);
            if size > MAX_TEXT {
                break;
            }
        }
        Err(violations)
    }
}

// === impl SchemaError ===

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.pointer {
            "" => f.write_str(&self.message),
            pointer => write!(f, "{pointer}: {}", self.message),
        }
    }
}

impl std::error::Error for SchemaError {}
