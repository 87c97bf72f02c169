//! Descriptions for exports; nothing at run time.

pub mod openapi;
pub mod postman;
