//! What may pass.

pub mod cel;
pub mod json_schema;
pub mod response_json_schema;
