//! `docs/reference.md` is the tables of options as a document. `UPDATE=1 cargo test --test reference` writes it anew.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::fmt::Write;
use std::fs;

use fjord::features::namespaces;
use fjord::options::{Edition, Kind, Namespace, Opt, Scope, Support, core};

/// How many options there are of each kind of support.
#[derive(Default)]
struct Counts {
    works: usize,
    silent: usize,
    refused: usize,
}

impl Counts {
    fn add(&mut self, support: Support) {
        match support {
            Support::Implemented => self.works += 1,
            Support::NoEffect(_) => self.silent += 1,
            Support::Refused(_) => self.refused += 1,
        }
    }

    fn row(&self, what: &str) -> String {
        let Counts { works, silent, refused } = self;
        format!("| {what} | {works} | {silent} | {refused} | {} |\n", works + silent + refused)
    }
}

/// Text for a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}

fn support(support: Support) -> String {
    match support {
        Support::Implemented => "yes".into(),
        Support::NoEffect(reason) => format!("no effect: {}", cell(reason)),
        Support::Refused(reason) => format!("refused: {}", cell(reason)),
    }
}

/// The strictest of what holds for an option and for its parent.
fn under(outer: Support, inner: Support) -> Support {
    match (outer, inner) {
        (Support::Implemented, inner) => inner,
        (outer, _) => outer,
    }
}

/// A row for each option, those inside of it below.
fn rows(out: &mut String, before: &str, options: &[Opt], outer: Support, depth: usize, counts: &mut Counts) {
    for option in options {
        let path = format!("{before}{}", option.name);
        let holds = under(outer, option.support);
        counts.add(holds);
        let mut facts = cell(&option.kind.words());
        if option.required {
            facts.push_str("; required");
        }
        let default = option.default.map_or(String::new(), |json| format!("`{}`", cell(json)));
        let mut doc = cell(option.doc);
        if let Some(instead) = option.deprecated {
            write!(doc, " Deprecated: use {}.", cell(instead)).unwrap();
        }
        // What is said of the whole isn't said again of its members.
        let says = if outer == Support::Implemented { support(option.support) } else { "as above".into() };
        writeln!(out, "| `{path}` | {facts} | {default} | {doc} | {says} |").unwrap();
        if depth < 6 {
            let inner = format!("{path}{}", option.kind.steps());
            rows(out, &inner, option.kind.members(), holds, depth + 1, counts);
        }
    }
}

const HEAD: &str = "\n| option | takes | default | what it does | in Fjord |\n|---|---|---|---|---|\n";

fn namespace(out: &mut String, namespace: &Namespace, counts: &mut Counts) {
    let places: Vec<&str> = namespace.scopes.iter().map(Scope::plural).collect();
    writeln!(out, "\n### `{}`\n", namespace.name).unwrap();
    writeln!(out, "In the `extra_config` of {}. {}", places.join(" and "), namespace.doc).unwrap();
    if namespace.edition == Edition::Ee {
        out.push_str("KrakenD Enterprise only.\n");
    }
    match namespace.support {
        Support::Implemented => {}
        Support::NoEffect(reason) => writeln!(out, "**Without effect**: {reason}.").unwrap(),
        Support::Refused(reason) => writeln!(out, "**Refused**: {reason}.").unwrap(),
    }
    if !namespace.aliases.is_empty() {
        writeln!(out, "Old name: `{}`.", namespace.aliases.join("`, `")).unwrap();
    }
    let options = match namespace.value {
        Kind::Same(inner) => inner.members(),
        other => other.members(),
    };
    if options.is_empty() {
        writeln!(out, "\nTakes: {}.", namespace.value.words()).unwrap();
        return;
    }
    out.push_str(HEAD);
    rows(out, "", options, namespace.support, 0, counts);
}

fn document() -> String {
    let (mut spaces, mut options) = (Counts::default(), Counts::default());
    let mut body = String::new();
    for scope in Scope::ALL {
        let mut name = scope.plural().trim_start_matches("the ").to_owned();
        name[..1].make_ascii_uppercase();
        write!(body, "\n## {name}\n\nThe options of {}.\n", scope.place()).unwrap();
        body.push_str(HEAD);
        rows(&mut body, "", core::options(scope), Support::Implemented, 0, &mut options);
    }
    body.push_str("\n## Namespaces\n");
    for space in namespaces() {
        spaces.add(space.support);
        namespace(&mut body, space, &mut options);
    }
    format!(
        "# Reference\n\nEvery option of the format, from the tables that the code reads: made by `UPDATE=1 cargo test --test reference`.\n`fjord explain NAME` shows the same in a terminal, `fjord schema` writes it for editors.\n\n- **yes**: it does what KrakenD 2.11 does.\n- **no effect**: it is accepted and nothing happens, for the reason given; `fjord check` notes it.\n- **refused**: a configuration with it isn't served, for the reason given; `fjord check` shows the place.\n\nKeys that start with `@`, `$`, `_` or `#` are notes, everywhere, but for `@fjord`. A duration is written as in Go: `1h30m`, `1.5s`, `300ms`. `a[].b` is `b` in each\nitem of the list `a`, `a.*.b` that in each member of the object `a`.\n\n| | yes | no effect | refused | all |\n|---|---|---|---|---|\n{}{}{body}",
        spaces.row("namespaces (by shape)"),
        options.row("options"),
    )
}

/// Of what has no effect nothing inside is looked at: a refusal there would go unheard.
#[test]
fn nothing_refused_lies_in_what_has_no_effect() {
    fn walk(path: &str, options: &[Opt], outer: Support, depth: usize) {
        for option in options {
            let path = format!("{path}.{}", option.name);
            let is_silent = matches!(outer, Support::NoEffect(_));
            assert!(!is_silent || !matches!(option.support, Support::Refused(_)), "{path}");
            if depth < 6 {
                walk(&path, option.kind.members(), under(outer, option.support), depth + 1);
            }
        }
    }
    for scope in Scope::ALL {
        walk(scope.name(), core::options(scope), Support::Implemented, 0);
    }
    // What belongs to Enterprise does nothing at all in the open edition either.
    for space in namespaces().iter().filter(|space| space.edition == Edition::Ce) {
        walk(space.name, space.value.members(), space.support, 0);
    }
}

#[test]
fn the_reference_is_what_the_tables_say() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reference.md");
    let document = document();
    if std::env::var_os("UPDATE").is_some() {
        fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/docs")).unwrap();
        fs::write(path, &document).unwrap();
        return;
    }
    let written = fs::read_to_string(path).unwrap_or_default();
    let differs = document.lines().zip(written.lines()).find(|(now, then)| now != then);
    assert!(
        differs.is_none() && document.len() == written.len(),
        "run UPDATE=1 cargo test --test reference: {differs:?}"
    );
}
