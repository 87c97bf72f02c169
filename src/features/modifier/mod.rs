//! Changes to requests and answers.

pub mod body_generator;
pub(crate) mod generator;
pub mod jmespath;
pub mod lua;
pub mod lua_backend;
pub mod lua_endpoint;
pub mod lua_proxy;
pub mod martian;
pub mod request_body_extractor;
pub mod request_body_generator;
pub mod response_body;
pub mod response_body_generator;
pub mod response_headers;
