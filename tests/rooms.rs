//! `docs/adding-a-namespace.md` shows a room and its two lines as they are.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeSet;
use std::fs;

/// Where the lines of an excerpt are in a file; parts that `…` leaves out may be between.
fn missing(excerpt: &str, file: &str) -> Option<String> {
    let mut rest = file.lines();
    for part in excerpt.split("…\n") {
        let lines: Vec<&str> = part.lines().collect();
        let first = lines.first()?;
        if !rest.any(|line| line == *first) {
            return Some((*first).to_owned());
        }
        // The lines of a part follow each other.
        if let Some(line) = lines[1..].iter().find(|line| rest.next() != Some(**line)) {
            return Some((*line).to_owned());
        }
    }
    None
}

#[test]
fn the_walk_through_shows_what_is_there() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/adding-a-namespace.md")).unwrap();
    let mut files = BTreeSet::new();
    for block in page.split("```rust\n// ").skip(1) {
        let (excerpt, _) = block.split_once("```").unwrap();
        let (path, excerpt) = excerpt.split_once('\n').unwrap();
        let file = fs::read_to_string(root.join(path)).unwrap_or_else(|_| panic!("no file {path}"));
        assert_eq!(missing(excerpt, &file), None, "{path} lacks this line of the excerpt");
        files.insert(path.to_owned());
    }
    // One room, the list, the order: no other file of the gateway refers to the room.
    let expected = ["src/features/mod.rs", "src/features/qos/circuit_breaker.rs", "src/plan/order.rs"];
    assert_eq!(files.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    let mut folders = vec![root.join("src")];
    let mut known = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                if text.contains("circuit_breaker") {
                    known.insert(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
                }
            }
        }
    }
    // The `mod` line.
    assert!(known.remove("src/features/qos/mod.rs"));
    let refers = ["src/features/mod.rs", "src/plan/order.rs"];
    assert_eq!(known.iter().map(String::as_str).collect::<Vec<_>>(), refers);
}

#[test]
fn an_excerpt_that_is_not_there_is_found() {
    let file = "a\nb\nc\nd\n";
    assert_eq!(missing("b\nc\n", file), None);
    assert_eq!(missing("a\n…\nd\n", file), None);
    assert_eq!(missing("a\nc\n", file).as_deref(), Some("c"));
    assert_eq!(missing("d\n…\na\n", file).as_deref(), Some("a"));
}
