//! Checks the body of a request.

use std::fmt;

use fjord_json::{Body, DecodeError, Value};

use super::Schema;

/// Why a body is refused. Prints as the text of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaRejection {
    /// What the client may get to read.
    pub message: String,
    /// The status of the answer: 400, unless the body is too large.
    pub status: u16,
}

// === impl SchemaRejection ===

impl fmt::Display for SchemaRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SchemaRejection {}

/// Checks a body, which must not be empty whatever the method of the request (`spec` §26).
///
/// # Errors
/// With the reasons, one in a line.
pub fn validate_body(schema: &Schema, body: &Body) -> Result<(), SchemaRejection> {
    if body.is_empty() {
        return Err(rejection("could not validate an empty body".to_owned()));
    }
    let value = Value::parse_first(body).map_err(|error| match error {
        DecodeError::Excess(excess) => {
            SchemaRejection { message: excess.to_string(), status: excess.status() }
        }
        error => rejection(error.to_string()),
    })?;
    schema.validate(&value).map_err(|violations| {
        let lines: Vec<String> = violations.iter().map(|violation| format!("- {violation}")).collect();
        rejection(lines.join("\n"))
    })
}

fn rejection(message: String) -> SchemaRejection {
    SchemaRejection { message, status: 400 }
}
