//! The folders of `src/` are layered in floors: each imports only folders of the floors below its own. So no import runs up, and no
//! folders import each other in a circle. `tests/crates.rs` holds the same of `crates/`.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The floors, from the ground up. A folder that isn't here fails the test: it needs a floor.
const FLOORS: &[&[&str]] = &[
    &["platform", "options"],
    &["log"],
    &["context"],
    &["proxy"],
    &["render"],
    &["gateway"],
    &["features"],
    &["faults"],
    &["plan"],
    &["review"],
    &["edge"],
];

/// What each folder of `src/` imports of the others, with a file that does.
type Imports = BTreeMap<String, BTreeMap<String, String>>;

/// Reads all files of `src/` but `lib.rs`, which only lists the folders.
fn imports() -> Imports {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut imports = Imports::new();
    let mut open = vec![root.clone()];
    while let Some(folder) = open.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let name = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
            let is_test = name.ends_with("/tests.rs") || name.contains("/tests/");
            if !name.ends_with(".rs") || name == "lib.rs" || is_test {
                continue;
            }
            let folder = name.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
            let found = imports.entry(folder.clone()).or_default();
            for other in named(&fs::read_to_string(&path).unwrap(), depth(&name)) {
                if other != folder {
                    found.entry(other).or_insert_with(|| name.clone());
                }
            }
        }
    }
    imports
}

/// How many modules are around the items of a file: 1 in `proxy/mod.rs`, 2 in `proxy/merge.rs`.
fn depth(name: &str) -> usize {
    name.split('/').filter(|part| *part != "mod.rs").count()
}

/// The modules of the crate's root that a file names, by `crate::` or by as many `super::` as lead there. Comments and the
/// file's tests don't count.
fn named(text: &str, depth: usize) -> BTreeSet<String> {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let code: Vec<&str> = text.lines().map(|line| line.split("//").next().unwrap()).collect();
    let code = code.join(" ");
    let mut found = BTreeSet::new();
    for root in ["crate::".to_owned(), "super::".repeat(depth)] {
        for (at, _) in code.match_indices(&root) {
            let is_part = code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            let longer = root.starts_with("super") && code[..at].ends_with("super::");
            if !is_part && !longer {
                found.extend(heads(&code[at + root.len()..]));
            }
        }
    }
    found
}

/// The first names of a path or of a group of paths: `a` of `a::b`, `a` and `c` of `{a::b, c::{d, e}}`.
fn heads(rest: &str) -> Vec<String> {
    let word = |text: &str| -> String {
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let Some(group) = rest.strip_prefix('{') else {
        return vec![word(rest)].into_iter().filter(|name| is_module(name)).collect();
    };
    let (mut level, mut start, mut heads) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => level += 1,
            '}' if level > 0 => level -= 1,
            ',' | '}' if level == 0 => {
                heads.push(word(&group[start..at]));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    heads.into_iter().filter(|name| is_module(name)).collect()
}

/// Constants of the crate's root have no floor.
fn is_module(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
}

fn floor(name: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&name))
}

/// Whatever breaks the rule, in words.
fn faults(imports: &Imports) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, others) in imports {
        let Some(own) = floor(name) else {
            faults.push(format!("{name} has no floor"));
            continue;
        };
        for (other, file) in others {
            match floor(other) {
                None => faults.push(format!("{file} imports {other}, which has no floor")),
                Some(theirs) if theirs >= own => {
                    faults.push(format!("{file} imports {other}, which isn't below {name}"));
                }
                Some(_) => {}
            }
        }
    }
    for name in FLOORS.iter().copied().flatten() {
        if !imports.contains_key(*name) {
            faults.push(format!("{name} has a floor, and doesn't exist"));
        }
    }
    faults
}

#[test]
fn no_import_runs_up() {
    assert_eq!(faults(&imports()), Vec::<String>::new());
}

#[test]
fn the_rule_can_be_broken() {
    let mut imports = imports();
    let add = |imports: &mut Imports, name: &str, other: &str| {
        let file = format!("{name}/a.rs");
        imports.entry(name.to_owned()).or_default().insert(other.to_owned(), file);
    };
    add(&mut imports, "proxy", "gateway");
    add(&mut imports, "options", "platform");
    add(&mut imports, "features", "registry");
    add(&mut imports, "telemetry", "log");
    assert_eq!(
        faults(&imports),
        [
            "features/a.rs imports registry, which has no floor",
            "options/a.rs imports platform, which isn't below options",
            "proxy/a.rs imports gateway, which isn't below proxy",
            "telemetry has no floor",
        ]
    );
}

#[test]
fn imports_are_read_in_all_their_forms() {
    let found = |text: &str, depth| named(text, depth).into_iter().collect::<Vec<_>>().join(" ");
    assert_eq!(found("use crate::plan::build;\nlet a = crate::log::of(crate::VERSION);", 2), "log plan");
    assert_eq!(found("use crate::{KRAKEND_AGENT, render, proxy::{Cx, gateway}};", 1), "proxy render");
    assert_eq!(found("use super::super::plan;\nuse super::merge;", 2), "plan");
    assert_eq!(
        found("// crate::plan\nmy_crate::plan();\n#[cfg(test)]\nmod tests {\n    use crate::plan;\n}", 1),
        ""
    );
    assert_eq!(
        (depth("context.rs"), depth("proxy/mod.rs"), depth("features/auth/keys/remote.rs")),
        (1, 1, 4)
    );
    assert_eq!(found("use super::super::merge;", 3), "");
    // What is there today is found at all.
    let imports = imports();
    assert!(imports["plan"].contains_key("features") && imports["edge"].contains_key("review"));
}
