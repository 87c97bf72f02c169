//! Language models.

pub mod llm;
