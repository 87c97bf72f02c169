//! The list in docs/support.md comes from the tables of options. `UPDATE=1 cargo test --test readme` regenerates it.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeSet;
use std::fs;

use fjord::features::namespaces;
use fjord::options::{Opt, Support};

const START: &str = "<!-- support:start -->\n";
const END: &str = "<!-- support:end -->";

fn list(names: &BTreeSet<&str>) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn table() -> String {
    let (mut works, mut silent, mut refused) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for namespace in namespaces() {
        // Plugins are refused by their names: a namespace that can name none does nothing.
        let refused_name = |opt: &Opt| opt.name == "name" && matches!(opt.support, Support::Refused(_));
        match namespace.support {
            Support::Implemented if namespace.options().iter().any(refused_name) => {
                refused.insert(namespace.name)
            }
            Support::Implemented => works.insert(namespace.name),
            Support::NoEffect(_) => silent.insert(namespace.name),
            Support::Refused(_) => refused.insert(namespace.name),
        };
    }
    // A namespace may work at one place and be refused at another: the better word counts.
    silent.retain(|name| !works.contains(name));
    refused.retain(|name| !works.contains(name) && !silent.contains(name));
    format!(
        "| | namespaces of `extra_config` |\n|---|---|\n| work ({}) | {} |\n| accepted without effect, each with its reason in `fjord check` ({}) | {} |\n| refused, each with its reason ({}) | {} |\n",
        works.len(),
        list(&works),
        silent.len(),
        list(&silent),
        refused.len(),
        list(&refused),
    )
}

#[test]
fn the_page_lists_what_the_tables_say() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/support.md");
    let page = fs::read_to_string(path).unwrap();
    let start = page.find(START).expect("docs/support.md has the mark support:start") + START.len();
    let end = page.find(END).expect("docs/support.md has the mark support:end");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, format!("{}{}{}", &page[..start], table(), &page[end..])).unwrap();
    } else {
        assert_eq!(&page[start..end], table(), "run UPDATE=1 cargo test --test readme");
    }
}
