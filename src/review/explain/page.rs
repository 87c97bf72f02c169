//! Writes explanations.

use std::fmt::Write;

use super::{Owner, Subject};
use crate::options::{Edition, Kind, Namespace, Opt, Scope, Support, core};

/// Lines are broken before this column.
const WIDTH: usize = 96;
/// Options below options are listed so deep.
const DEPTH: usize = 3;

struct Page {
    out: String,
    color: bool,
}

/// The documentation of all subjects.
pub(super) fn page(subjects: &[Subject], color: bool) -> String {
    let mut page = Page { out: String::new(), color };
    for (index, subject) in subjects.iter().enumerate() {
        if index > 0 {
            page.out.push('\n');
        }
        match subject {
            Subject::Namespace(namespace) => page.namespace(namespace),
            Subject::Option { owner, path, option } => page.option(*owner, path, option),
            Subject::Part(scope) => page.part(*scope),
        }
    }
    page.out
}

// === impl Page ===

impl Page {
    fn namespace(&mut self, namespace: &Namespace) {
        let places: Vec<&str> = namespace.scopes.iter().map(Scope::plural).collect();
        self.title(namespace.name, &format!("in the extra_config of {}", places.join(" and ")));
        self.paragraph(namespace.doc);
        if !namespace.aliases.is_empty() {
            self.paragraph(&format!("Old name: {}", namespace.aliases.join(", ")));
        }
        self.support(namespace.support, namespace.edition);
        let members = match namespace.value {
            Kind::Same(inner) => inner.members(),
            other => other.members(),
        };
        if members.is_empty() {
            self.paragraph(&format!("Takes: {}", namespace.value.words()));
        }
        self.options(members);
    }

    fn part(&mut self, scope: Scope) {
        self.title(scope.name(), scope.place());
        self.options(core::options(scope));
    }

    fn option(&mut self, owner: Owner, path: &str, option: &Opt) {
        let (name, place) = match owner {
            Owner::Namespace(namespace) => {
                let places: Vec<&str> = namespace.scopes.iter().map(Scope::plural).collect();
                (namespace.name, format!("in the extra_config of {}", places.join(" and ")))
            }
            Owner::Part(scope) => (scope.name(), format!("in {}", scope.place())),
        };
        self.title(&format!("{name}.{path}"), &place);
        self.paragraph(option.doc);
        let mut facts = option.kind.words();
        if option.required {
            facts.push_str("; required");
        }
        if let Some(default) = option.default {
            // Writing into a String can't fail.
            let _ = write!(facts, "; default {default}");
        }
        self.paragraph(&format!("Takes: {facts}"));
        if let Some(instead) = option.deprecated {
            self.paragraph(&format!("Deprecated: use {instead}."));
        }
        self.support(option.support, option.edition);
        self.paragraph(&skeleton(owner, path, option));
        self.options(option.kind.members());
    }

    fn support(&mut self, support: Support, edition: Edition) {
        if edition == Edition::Ee {
            self.paragraph("KrakenD Enterprise only.");
        }
        match support {
            Support::Implemented => {}
            Support::NoEffect(reason) => self.marked("1;33", "Without effect in Fjord", reason),
            Support::Refused(reason) => self.marked("1;31", "Refused by Fjord", reason),
        }
    }

    fn marked(&mut self, color: &str, mark: &str, reason: &str) {
        let lines = wrap(&format!("{mark}: {reason}."), 2);
        let colored = self.paint(color, mark);
        self.out.push_str(&lines.replacen(mark, &colored, 1));
        self.out.push('\n');
    }

    /// A list of options with what they take and do, those inside of them below.
    fn options(&mut self, options: &[Opt]) {
        if options.is_empty() {
            return;
        }
        let heading = self.paint("1", "Options");
        let _ = writeln!(self.out, "  {heading}\n");
        self.list("", options, 0);
    }

    fn list(&mut self, before: &str, options: &[Opt], depth: usize) {
        for option in options {
            let path = format!("{before}{}", option.name);
            let mut facts = option.kind.words();
            if option.required {
                facts.push_str("; required");
            }
            if let Some(default) = option.default {
                let _ = write!(facts, "; default {default}");
            }
            let name = self.paint("1", &path);
            let _ = writeln!(self.out, "  {name}  {}", self.paint("2", &facts));
            let (mark, reason) = match option.support {
                Support::Implemented => ("", ""),
                Support::NoEffect(reason) => (" Without effect: ", reason),
                Support::Refused(reason) => (" Refused: ", reason),
            };
            self.out.push_str(&wrap(&format!("{}{mark}{reason}", option.doc), 6));
            if depth + 1 < DEPTH {
                self.list(&format!("{path}{}", option.kind.steps()), option.kind.members(), depth + 1);
            }
        }
    }

    fn title(&mut self, name: &str, place: &str) {
        let name = self.paint("1;36", name);
        let _ = writeln!(self.out, "{name}  {place}\n");
    }

    fn paragraph(&mut self, text: &str) {
        self.out.push_str(&wrap(text, 2));
        self.out.push('\n');
    }

    fn paint(&self, color: &str, text: &str) -> String {
        if self.color { format!("\x1b[{color}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// Where the option is, as JSON.
fn skeleton(owner: Owner, path: &str, option: &Opt) -> String {
    let mut value = match (option.default, &option.kind) {
        (Some(default), _) => default.to_owned(),
        (
            None,
            Kind::Str
            | Kind::File
            | Kind::Folder
            | Kind::Pem(_)
            | Kind::Secret(_)
            | Kind::Binding
            | Kind::Reader
            | Kind::Format(_),
        ) => "\"…\"".to_owned(),
        (None, Kind::Enum(texts)) => format!("\"{}\"", texts.first().unwrap_or(&"…")),
        (None, Kind::Duration) => "\"2s\"".to_owned(),
        (None, Kind::List(_)) => "[ … ]".to_owned(),
        (None, Kind::Object(_) | Kind::Map(_)) => "{ … }".to_owned(),
        (None, Kind::Bool) => "true".to_owned(),
        (None, _) => "…".to_owned(),
    };
    // The name of an option may have dots; its parents are what is before it.
    let parents = path.strip_suffix(option.name).unwrap_or("");
    value = format!("{{ \"{}\": {value} }}", option.name);
    for parent in parents.split('.').rev().filter(|parent| !parent.is_empty()) {
        let name = parent.trim_end_matches("[]");
        let lists = (parent.len() - name.len()) / 2;
        let (open, close) = ("[".repeat(lists), "]".repeat(lists));
        let name = if name == "*" { "…" } else { name };
        value = format!("{{ \"{name}\": {open}{value}{close} }}");
    }
    match owner {
        Owner::Part(_) => value,
        Owner::Namespace(namespace) => {
            let is_list = matches!(namespace.value.steps(), "[].");
            let value = if is_list { format!("[{value}]") } else { value };
            format!("\"extra_config\": {{ \"{}\": {value} }}", namespace.name)
        }
    }
}

/// A text in lines of a bearable length.
fn wrap(text: &str, indent: usize) -> String {
    let pad = " ".repeat(indent);
    let mut out = String::new();
    let mut column = 0;
    for word in text.split_whitespace() {
        let width = word.chars().count();
        if column == 0 {
            out.push_str(&pad);
            column = indent;
        } else if column + 1 + width > WIDTH {
            out.push('\n');
            out.push_str(&pad);
            column = indent;
        } else {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += width;
    }
    out.push('\n');
    out
}
