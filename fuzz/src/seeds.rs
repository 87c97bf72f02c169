//! Inputs to start from: those of the recorded and public suites (`tests/data`, here and in the crates), and those that once found a fault.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The bytes of a file of the repository.
pub fn file(path: &str) -> Vec<u8> {
    let path = root().join(path);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The JSON value of a file of the repository.
pub fn json(path: &str) -> Value {
    serde_json::from_slice(&file(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The JSON values of a file of the repository, one in a line.
pub fn lines(path: &str) -> Vec<Value> {
    let text = file(path);
    let values = serde_json::Deserializer::from_slice(&text).into_iter();
    values.collect::<Result<_, _>>().unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The texts of a member of some values, without long ones.
pub fn texts(values: &[Value], member: &str) -> Vec<Vec<u8>> {
    let texts = values.iter().filter_map(|value| value[member].as_str());
    texts.filter(|text| text.len() <= 4096).map(|text| text.as_bytes().to_vec()).collect()
}

/// Inputs written as texts.
pub fn of(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// The inputs of `found/NAME/`, by name.
pub fn found(name: &str) -> Vec<Vec<u8>> {
    let folder = root().join("fuzz/found").join(name);
    let Ok(entries) = fs::read_dir(&folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
        .collect()
}
