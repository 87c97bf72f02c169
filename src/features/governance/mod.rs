//! Quotas: how much a client may use in a window of the calendar.

pub mod processors;
pub mod quota;
pub mod windows;
