//! Quotas.

pub mod processors;
pub mod quota;
