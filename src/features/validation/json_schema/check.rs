//! `validation/json-schema`: the schema itself, keyword by keyword (draft 7 and its neighbours).

use fjord_document::node::Kind as Is;
use fjord_document::suggest;
use fjord_schema::Schema;

use crate::options::check::{Around, Findings, Spot, looks};
use crate::options::whole;

/// What a keyword takes.
#[derive(Clone, Copy)]
enum Takes {
    Schema,
    /// A schema, or a list of them.
    Schemas,
    /// A list of schemas, not empty.
    Choices,
    /// An object of schemas.
    Named,
    /// An object of schemas whose keys are regular expressions.
    Patterns,
    Type,
    Strings,
    List,
    Regex,
    Number,
    Natural,
    Bool,
    Text,
    /// The name of a format.
    Format,
}

const KEYWORDS: &[(&str, Takes)] = &[
    ("type", Takes::Type),
    ("enum", Takes::List),
    ("multipleOf", Takes::Number),
    ("maximum", Takes::Number),
    ("minimum", Takes::Number),
    ("maxLength", Takes::Natural),
    ("minLength", Takes::Natural),
    ("pattern", Takes::Regex),
    ("format", Takes::Format),
    ("items", Takes::Schemas),
    ("additionalItems", Takes::Schema),
    ("contains", Takes::Schema),
    ("maxItems", Takes::Natural),
    ("minItems", Takes::Natural),
    ("uniqueItems", Takes::Bool),
    ("properties", Takes::Named),
    ("patternProperties", Takes::Patterns),
    ("additionalProperties", Takes::Schema),
    ("propertyNames", Takes::Schema),
    ("maxProperties", Takes::Natural),
    ("minProperties", Takes::Natural),
    ("required", Takes::Strings),
    ("definitions", Takes::Named),
    ("$defs", Takes::Named),
    ("$ref", Takes::Text),
    ("allOf", Takes::Choices),
    ("anyOf", Takes::Choices),
    ("oneOf", Takes::Choices),
    ("not", Takes::Schema),
    ("if", Takes::Schema),
    ("then", Takes::Schema),
    ("else", Takes::Schema),
];

const TYPES: [&str; 7] = ["string", "number", "integer", "boolean", "object", "array", "null"];

/// Checks the schema of an endpoint.
pub(super) fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    if let Some(endpoint) = around.endpoint
        && endpoint.method == "GET"
    {
        findings.add(spot.warning("no-body", "GET requests have no body, so every one of them is refused"));
    }
    schema(spot, findings);
}

/// One schema. Depth is bounded by the document's.
pub(in crate::features) fn schema(spot: &Spot<'_>, findings: &mut Findings<'_>) {
    match &spot.node.kind {
        Is::Bool(_) => return,
        Is::Object(_) => {}
        other => return wrong(spot, "a schema: an object, true or false", other, findings),
    }
    for (keyword, takes) in KEYWORDS {
        if let Some(value) = spot.get(keyword) {
            keyword_value(&value, *takes, findings);
        }
    }
    for (key, value) in spot.members().filter(|(key, _)| key.len() > 2) {
        // Shorter ones are near to too many words.
        let known = || KEYWORDS.iter().map(|(keyword, _)| *keyword).filter(|keyword| keyword.len() > 3);
        if let Some(meant) = known().find(|known| suggest::distance(known, key) == 1)
            && !KEYWORDS.iter().any(|(known, _)| *known == key)
        {
            let fault = value.error("misspelt", format!("JSON Schema ignores `{key}`, so it checks nothing"));
            findings.add(fault.help(format!("did you mean `{meant}`?")));
        }
    }
}

/// A format that isn't checked, by KrakenD neither.
fn format(spot: &Spot<'_>, name: &str, findings: &mut Findings<'_>) {
    if Schema::formats().any(|known| known == name) {
        return;
    }
    let plain = |name: &str| name.to_lowercase().replace(['-', '_', ' '], "");
    let is_near = |known: &&str| plain(known) == plain(name) || suggest::distance(known, name) == 1;
    let message = format!("the format \"{name}\" isn't checked");
    findings.add(match Schema::formats().find(is_near) {
        Some(meant) => spot.error("misspelt", message).help(format!("did you mean \"{meant}\"?")),
        None => spot.note("unchecked-format", message),
    });
}

fn keyword_value(spot: &Spot<'_>, takes: Takes, findings: &mut Findings<'_>) {
    let is = &spot.node.kind;
    match (takes, is) {
        (Takes::Schema, _) | (Takes::Schemas, Is::Object(_) | Is::Bool(_)) => schema(spot, findings),
        (Takes::Choices, Is::Array(items)) if items.is_empty() => {
            findings.add(spot.error("bad-schema", "the list is empty"));
        }
        (Takes::Schemas | Takes::Choices, Is::Array(_)) => {
            spot.items().for_each(|item| schema(&item, findings));
        }
        (Takes::Named | Takes::Patterns, Is::Object(members)) => {
            for member in members {
                let Some(value) = spot.get(&member.key) else { continue };
                if let Takes::Patterns = takes {
                    looks::regex(&value, &member.key, "the schema is not used", findings);
                }
                schema(&value, findings);
            }
        }
        (Takes::Type, Is::String(_)) => type_name(spot, findings),
        (Takes::Type, Is::Array(_)) => spot.items().for_each(|item| type_name(&item, findings)),
        (Takes::Strings, Is::Array(_)) => {
            for item in spot.items().filter(|item| item.str().is_none()) {
                wrong(&item, "a string", &item.node.kind, findings);
            }
        }
        (Takes::Format, Is::String(text)) => format(spot, text, findings),
        (Takes::Regex, Is::String(text)) => looks::regex(spot, text, "the schema is not used", findings),
        (Takes::Natural, Is::Number(text)) => {
            if whole(spot.node).is_none_or(|number| number < 0) {
                findings.add(
                    spot.error("bad-schema", format!("expected a whole number 0 or more, found {text}")),
                );
            }
        }
        (Takes::List, Is::Array(_))
        | (Takes::Number, Is::Number(_))
        | (Takes::Bool, Is::Bool(_))
        | (Takes::Text, Is::String(_)) => {}
        (takes, is) => wrong(spot, takes.expected(), is, findings),
    }
}

fn type_name(spot: &Spot<'_>, findings: &mut Findings<'_>) {
    let Some(text) = spot.str() else { return wrong(spot, "the name of a type", &spot.node.kind, findings) };
    if TYPES.contains(&text) {
        return;
    }
    let fault = spot.error("bad-schema", format!("there is no type \"{text}\""));
    findings.add(match suggest::nearest(text, TYPES) {
        Some(meant) => fault.help(format!("did you mean \"{meant}\"?")),
        None => fault.help(format!("the types are {}", TYPES.join(", "))),
    });
}

fn wrong(spot: &Spot<'_>, expected: &str, found: &Is, findings: &mut Findings<'_>) {
    findings.add(spot.error("bad-schema", format!("expected {expected}, found {}", found.name())));
}

// === impl Takes ===

impl Takes {
    fn expected(self) -> &'static str {
        match self {
            Takes::Schema => "a schema",
            Takes::Schemas => "a schema or a list of them",
            Takes::Choices => "a list of schemas",
            Takes::Named | Takes::Patterns => "an object of schemas",
            Takes::Type => "the name of a type",
            Takes::Strings => "a list of strings",
            Takes::List => "a list",
            Takes::Regex => "a regular expression",
            Takes::Number => "a number",
            Takes::Natural => "a whole number",
            Takes::Bool => "true or false",
            Takes::Text | Takes::Format => "a string",
        }
    }
}
