//! A schema of the user's own, beside the tables: KrakenD's lint takes one in place of its own (`-s`).

use fjord_document::Document;
use fjord_document::node::Node;
use fjord_json::Value;
use fjord_schema::Schema;

use crate::options::check::{CustomSchema, Findings, Spot};

/// Reports where a document, whose text is `text`, breaks the schema.
pub(super) fn check(text: &str, root: &Node, schema: &CustomSchema, findings: &mut Findings<'_>) {
    let root = Spot::root(root);
    let unusable = |what: String| root.lacks("unusable-schema", format!("{}: {what}", schema.file));
    let document = match Document::parse(&schema.text) {
        Ok(document) => document,
        Err(faults) => {
            let what = faults.first().map_or("it can't be read", |fault| &fault.message);
            return findings.add(unusable(format!("not a JSON schema: {what}")));
        }
    };
    let compiled = match Schema::compile(&document.root) {
        Ok(compiled) => compiled,
        Err(error) => return findings.add(unusable(error.to_string())),
    };
    // A text with faults is reported as such; it isn't judged twice.
    let Ok(value) = Value::parse(text.trim_start_matches('\u{feff}').as_bytes()) else { return };
    for violation in compiled.validate(&value).err().unwrap_or_default() {
        let field = violation.field.trim_start_matches("(root)").trim_start_matches('.');
        let message = format!("{}: {}", schema.file, violation.description);
        within(&root, field, &mut |spot| findings.add(spot.error("schema", message.as_str())));
    }
}

/// Follows the dotted way of a violation as far as it leads.
fn within(spot: &Spot<'_>, way: &str, say: &mut impl FnMut(&Spot<'_>)) {
    if way.is_empty() {
        return say(spot);
    }
    // Keys may have dots, so the longest that fits is taken.
    let fits = |key: &str| way.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let member = spot.members().filter(|(key, _)| fits(key)).max_by_key(|(key, _)| key.len());
    if let Some((key, inner)) = member {
        return within(&inner, way[key.len()..].trim_start_matches('.'), say);
    }
    let (index, rest) = way.split_once('.').unwrap_or((way, ""));
    let item = index.parse().ok().and_then(|index: usize| spot.items().nth(index));
    match item {
        Some(inner) => within(&inner, rest, say),
        None => say(spot),
    }
}
