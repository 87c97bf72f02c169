//! Language models.

pub mod llm;
pub mod mcp;
