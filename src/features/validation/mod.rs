//! Checks of requests and answers.

pub mod cel;
pub mod json_schema;
pub mod response_json_schema;
