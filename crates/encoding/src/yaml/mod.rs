//! Values become YAML, byte for byte as yaml.v3 writes it with its indent of four (spec §14), and YAML bodies values.

mod emit;
mod parse;
mod plain;
mod scalar;
mod sort;

pub use emit::render;
pub use parse::decode;

#[cfg(test)]
mod tests;
