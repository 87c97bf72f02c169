//! What of a configuration the host must bring: the files, secrets and counting bindings that it names.

pub mod counters;
pub mod files;
pub mod secrets;
