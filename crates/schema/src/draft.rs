//! The drafts of JSON schema, told apart by `$schema`.

use fjord_document::node::Node;

/// A draft. Later drafts know more keywords.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Draft {
    /// Draft 4.
    Four,
    /// Draft 6: `const`, `contains`, `propertyNames`, booleans as schemas, numeric exclusive limits.
    Six,
    /// Draft 7: `if`, `then`, `else`.
    Seven,
    /// Any keyword of the three, for a schema that doesn't say.
    Hybrid,
}

const SCHEMAS: [(&str, Draft, &str); 3] = [
    ("http://json-schema.org/draft-04/schema", Draft::Four, include_str!("metaschema/draft-04.json")),
    ("http://json-schema.org/draft-06/schema", Draft::Six, include_str!("metaschema/draft-06.json")),
    ("http://json-schema.org/draft-07/schema", Draft::Seven, include_str!("metaschema/draft-07.json")),
];

// === impl Draft ===

impl Draft {
    /// The draft a document names.
    pub fn named_by(document: &Node) -> Option<Draft> {
        let uri = document.get("$schema")?.as_str()?;
        let uri = uri.strip_suffix('#').unwrap_or(uri);
        SCHEMAS.iter().find(|schema| schema.0 == uri).map(|schema| schema.1)
    }

    /// The keyword that names a schema.
    pub fn id_of(self, schema: &Node) -> Option<&Node> {
        match self {
            Draft::Four => schema.get("id"),
            Draft::Six | Draft::Seven => schema.get("$id"),
            Draft::Hybrid => schema.get("id").or_else(|| schema.get("$id")),
        }
    }
}

/// The schemas of schemas that a `$ref` in `schema` asks for, with their URIs.
pub(super) fn metaschemas(schema: &Node) -> Vec<(&'static str, Node)> {
    let mut texts: Vec<&(&str, Draft, &str)> = Vec::new();
    let mut stack = vec![schema];
    while let Some(node) = stack.pop() {
        stack.extend(node.items());
        stack.extend(node.members().iter().map(|member| &member.value));
        let target = node.get("$ref").and_then(Node::as_str).unwrap_or_default();
        texts.extend(SCHEMAS.iter().filter(|schema| super::uri::split_fragment(target).0 == schema.0));
    }
    texts.sort_unstable_by_key(|schema| schema.0);
    texts.dedup_by_key(|schema| schema.0);
    let parse =
        |text| fjord_document::Document::parse(text).expect("the texts are constant, and a test reads them");
    texts.into_iter().map(|schema| (schema.0, parse(schema.2).root)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fjord_document::Document;

    #[test]
    fn metaschemas_are_schemas_of_themselves() {
        for (uri, draft, text) in SCHEMAS {
            let document = Document::parse(text).unwrap();
            assert_eq!(Draft::named_by(&document.root), Some(draft), "{uri}");
            assert_eq!(draft.id_of(&document.root).and_then(Node::as_str), Some(&*format!("{uri}#")));
        }
    }
}
