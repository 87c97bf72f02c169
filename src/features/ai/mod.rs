//! Namespaces of AI.

pub mod llm;
