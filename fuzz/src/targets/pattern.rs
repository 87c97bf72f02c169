//! Regular expressions: both engines agree, places are places of characters, and what Rust's engine accepts too matches the same.
//!
//! The first line is the pattern, the rest the text.

use fjord_pattern::Pattern;

use crate::{Target, seeds};

pub const TARGET: Target = Target {
    name: "pattern",
    run,
    seeds: || {
        seeds::of(&[
            "^/api/v[0-9]+/(users|items)/\\w+$\n/api/v1/users/me",
            "(?i)bot|crawler\\b\nSomeBot/1.0",
            "a{2,3}?b*[^c-e]\\d\naab x9",
            "\\p{Greek}+\\x{10FFFF}?.\n\u{3b1}\u{3b2}x",
            "(?s).*\\Qa.b\\E\\z\nxx\na.b",
            "[[:alpha:]&&a]+|\\pL\nabc&",
        ])
    },
    words: &[
        "(?i)",
        "(?:",
        "[^",
        "\\b",
        "\\d",
        "\\w",
        "{2,}",
        "*?",
        "|",
        "\\p{L}",
        "[[:alpha:]]",
        "(?P<n>",
        "\\x{e9}",
        "^",
        "$",
    ],
};

fn run(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let (pattern, text) = text.split_once('\n').unwrap_or((&text, ""));
    // The compiled form of a thousand nested repetitions is large, and slow to make.
    if pattern.len() > 200 {
        return;
    }
    let Ok(compiled) = Pattern::new(pattern) else { return };
    assert_eq!(compiled.as_str(), pattern);
    let found = compiled.find(text);
    assert_eq!(compiled.is_match(text), found.is_some());
    if let Some(found) = &found {
        assert!(text.get(found.clone()).is_some(), "{found:?} are no places of characters");
    }
    assert!(!compiled.is_match("") || compiled.find("").is_some());
}
