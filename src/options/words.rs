//! What an option takes, in words and as a skeleton, for documentation.

use super::table::{Kind, Rule, Scope, Secret};

impl Kind {
    /// What it takes, in a few words: "a whole number, 1 or more".
    pub fn words(&self) -> String {
        match self {
            Kind::Any => "any value".into(),
            Kind::Bool => "true or false".into(),
            Kind::Int { min, max } => match (*min, *max) {
                (i64::MIN, i64::MAX) => "whole number".into(),
                (min, i64::MAX) => format!("whole number, {min} or more"),
                (i64::MIN, max) => format!("whole number, {max} or less"),
                (min, max) => format!("whole number from {min} to {max}"),
            },
            Kind::Number { min, max } => match (*min > f64::MIN, *max < f64::MAX) {
                (false, false) => "number".into(),
                (true, false) => format!("number, {min} or more"),
                (false, true) => format!("number, {max} or less"),
                (true, true) => format!("number from {min} to {max}"),
            },
            Kind::IntEnum(numbers) => choices(numbers.iter().map(ToString::to_string)),
            Kind::Enum(texts) => choices(texts.iter().map(|text| format!("\"{text}\""))),
            Kind::Str => "string".into(),
            Kind::File => "path of a file".into(),
            Kind::Folder => "path of a folder".into(),
            Kind::Pem(_) => "path of a PEM file, or env:NAME for a secret".into(),
            Kind::Secret(Secret::Name) => "name of a secret".into(),
            Kind::Secret(Secret::Reference) => "string, or $NAME for a secret".into(),
            Kind::Binding | Kind::Reader => "name of a binding".into(),
            Kind::Duration => "duration".into(),
            Kind::Format(format) => format.expected.into(),
            Kind::List(item) => match item.words() {
                any if any == "any value" => "list".into(),
                words => format!("list of {}", plural(&words)),
            },
            Kind::Object(_) => "object".into(),
            Kind::Map(item) => match item.words() {
                any if any == "any value" => "object with any members".into(),
                words => format!("object with members of your own, each: {words}"),
            },
            Kind::OneOf(kinds) => kinds.iter().map(Kind::words).collect::<Vec<_>>().join(" or "),
            Kind::With(kind, rules) => {
                rules.iter().fold(kind.words(), |words, rule| match rule {
                    Rule::AtLeast(least) => format!("{words}, {least} or more"),
                    Rule::AtMost(most) => format!("{words}, {most} at most"),
                    Rule::Unique => format!("{words}, each once"),
                    // Documented with the members.
                    Rule::Only(_)
                    | Rule::OneOf(_)
                    | Rule::AnyOf(_)
                    | Rule::Open
                    | Rule::Free
                    | Rule::Secrets(_) => words,
                })
            }
            Kind::Same(kind) => kind.words(),
            Kind::Part(scope) => scope.part().into(),
            Kind::ExtraConfig(_) => "object with namespaces as keys".into(),
        }
    }

    /// The members of an object, at whatever depth of lists, maps and rules it is; none for other kinds, and none for
    /// parts of the format and shared tables, which are documented where they are.
    pub fn members(&self) -> &'static [super::table::Opt] {
        match self {
            Kind::Object(options) => options,
            Kind::List(kind) | Kind::Map(kind) | Kind::With(kind, _) => kind.members(),
            Kind::OneOf(kinds) => {
                kinds.iter().map(Kind::members).find(|options| !options.is_empty()).unwrap_or(&[])
            }
            _ => &[],
        }
    }

    /// What is between an option's name and those of its members: `.`, `[].`, `{}.`
    pub fn steps(&self) -> &'static str {
        match self {
            Kind::List(Kind::List(_)) => "[][].",
            Kind::List(_) => "[].",
            Kind::Map(_) => ".*.",
            Kind::With(kind, _) => kind.steps(),
            Kind::OneOf(kinds) => {
                kinds.iter().find(|kind| !kind.members().is_empty()).map_or(".", Kind::steps)
            }
            _ => ".",
        }
    }
}

impl Scope {
    /// The way to the parts of this scope in a document.
    pub const fn place(self) -> &'static str {
        match self {
            Scope::Service => "the root",
            Scope::Endpoint => "an item of `endpoints`",
            Scope::Backend => "an item of `backend`",
            Scope::Async => "an item of `async_agent`",
            Scope::Workflow => "a `workflow` of a backend",
        }
    }
}

fn choices(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

/// The first word of a kind as several of them.
fn plural(words: &str) -> String {
    for (one, several) in [
        ("string", "strings"),
        ("path of a file", "paths of files"),
        ("path of a PEM file", "paths of PEM files"),
        ("whole number", "whole numbers"),
        ("number", "numbers"),
        ("object", "objects"),
        ("list", "lists"),
        ("duration", "durations"),
        ("endpoint", "endpoints"),
        ("backend", "backends"),
        ("agent", "agents"),
    ] {
        if let Some(rest) = words.strip_prefix(one) {
            return format!("{several}{rest}");
        }
    }
    words.to_owned()
}
