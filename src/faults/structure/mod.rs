//! What a configuration is made of, against the tables: types, ranges, choices, required, repeated and unknown options.

pub(super) mod extra_config;
pub(super) mod members;
mod rules;
mod scalar;
mod support;
mod version;

use fjord_document::node::{Kind as Is, Node};

use crate::options::check::{Findings, Spot};
use crate::options::{Kind, Scope, core};

/// Checks a whole document.
pub(crate) fn check(root: &Node, findings: &mut Findings<'_>) {
    value(&Spot::root(root), &Kind::Part(Scope::Service), findings);
}

/// Checks a value against what an option takes. Depth is bounded by the document's.
fn value(spot: &Spot<'_>, kind: &Kind, findings: &mut Findings<'_>) {
    match kind {
        Kind::Any => {}
        Kind::Object(options) => members::object(spot, options, members::Extent::CLOSED, findings),
        Kind::Part(scope) => {
            members::object(spot, core::options(*scope), members::Extent::part(*scope), findings);
        }
        Kind::ExtraConfig(scope) => extra_config::check(spot, *scope, findings),
        Kind::List(item) => match &spot.node.kind {
            Is::Array(_) => spot.items().for_each(|spot| value(&spot, item, findings)),
            _ => wrong(spot, kind, findings),
        },
        Kind::Map(item) => match &spot.node.kind {
            Is::Object(_) => {
                members::repeated(spot, findings);
                spot.members().for_each(|(_, spot)| value(&spot, item, findings));
            }
            _ => wrong(spot, kind, findings),
        },
        Kind::OneOf(kinds) => match kinds.iter().find(|kind| could_be(&spot.node.kind, kind)) {
            Some(kind) => value(spot, kind, findings),
            None => wrong(spot, kind, findings),
        },
        Kind::With(Kind::Object(options), list) => {
            members::object(spot, options, members::Extent::of(list), findings);
            rules::check(spot, list, findings);
        }
        Kind::With(inner, list) => {
            value(spot, inner, findings);
            rules::check(spot, list, findings);
        }
        Kind::Same(inner) => value(spot, inner, findings),
        scalar => scalar::check(spot, scalar, findings),
    }
}

/// Whether a value has the type of a kind, whatever its content.
fn could_be(is: &Is, kind: &Kind) -> bool {
    match kind {
        Kind::Any => true,
        Kind::Bool => matches!(is, Is::Bool(_)),
        Kind::Int { .. } | Kind::Number { .. } | Kind::IntEnum(_) => matches!(is, Is::Number(_)),
        Kind::Str
        | Kind::Duration
        | Kind::Enum(_)
        | Kind::Format(_)
        | Kind::File
        | Kind::Pem(_)
        | Kind::Secret(_)
        | Kind::Binding
        | Kind::Folder
        | Kind::Reader => matches!(is, Is::String(_)),
        Kind::List(_) => matches!(is, Is::Array(_)),
        Kind::Object(_) | Kind::Map(_) | Kind::Part(_) | Kind::ExtraConfig(_) => matches!(is, Is::Object(_)),
        Kind::OneOf(kinds) => kinds.iter().any(|kind| could_be(is, kind)),
        Kind::With(kind, _) | Kind::Same(kind) => could_be(is, kind),
    }
}

/// Reports a value of another type.
fn wrong(spot: &Spot<'_>, kind: &Kind, findings: &mut Findings<'_>) {
    let found = spot.node.kind.name();
    let expected = expected(kind);
    let fault = spot.error("wrong-type", format!("expected {expected}, found {found}"));
    let help = match (&spot.node.kind, kind) {
        (Is::String(text), Kind::Int { .. } | Kind::Number { .. } | Kind::IntEnum(_) | Kind::Bool)
            if text.parse::<f64>().is_ok() || matches!(&**text, "true" | "false") =>
        {
            Some(format!("write {text} without quotes"))
        }
        (Is::String(text), Kind::List(Kind::Str | Kind::File | Kind::Pem(_))) => {
            Some(format!("write [\"{text}\"]"))
        }
        (Is::Object(_), Kind::List(_)) => Some("put it in brackets: [ … ]".to_owned()),
        (Is::Number(text), Kind::Duration) => {
            Some(format!("write \"{text}s\" or \"{text}ms\"; a bare number would count nanoseconds"))
        }
        (
            Is::Number(text),
            Kind::Str
            | Kind::File
            | Kind::Folder
            | Kind::Pem(_)
            | Kind::Secret(_)
            | Kind::Binding
            | Kind::Reader
            | Kind::Enum(_),
        ) => Some(format!("write \"{text}\"")),
        _ => None,
    };
    findings.add(match help {
        Some(help) => fault.help(help),
        None => fault,
    });
}

/// What an option takes, for a message.
fn expected(kind: &Kind) -> String {
    match kind {
        Kind::Any => "anything".into(),
        Kind::Bool => "true or false".into(),
        Kind::Int { .. } | Kind::IntEnum(_) => "a whole number".into(),
        Kind::Number { .. } => "a number".into(),
        Kind::Str
        | Kind::File
        | Kind::Folder
        | Kind::Pem(_)
        | Kind::Secret(_)
        | Kind::Binding
        | Kind::Reader
        | Kind::Enum(_) => "a string".into(),
        Kind::Duration => "a duration like \"2s\"".into(),
        Kind::Format(format) => format.expected.into(),
        Kind::List(item) => match item {
            Kind::Str | Kind::File | Kind::Pem(_) => "a list of strings".into(),
            Kind::Part(Scope::Endpoint) => "a list of endpoints".into(),
            Kind::Part(Scope::Backend) => "a list of backends".into(),
            _ => "a list".into(),
        },
        Kind::Object(_) | Kind::Map(_) | Kind::Part(_) => "an object".into(),
        Kind::ExtraConfig(_) => "an object with namespaces as keys".into(),
        Kind::OneOf(kinds) => kinds.iter().map(expected).collect::<Vec<_>>().join(" or "),
        Kind::With(kind, _) | Kind::Same(kind) => expected(kind),
    }
}
