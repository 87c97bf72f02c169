//! What was written: the configuration's text as values that know their places, and what is wrong with them.

pub mod node;
