//! Turns the text of a schema into a list of [`Subschema`]s, one for each place that is reached.

use std::collections::{HashMap, HashSet};

use fjord_document::document::pointer_at;
use fjord_document::node::{Kind, Node};
use fjord_pattern::Pattern;

use super::draft::{Draft, metaschemas};
use super::format::Format;
use super::keywords::{count, ordered};
use super::scope::{Lost, Scope, Site};
use super::subschema::{Additional, Choices, Dependency, Id, Items, Subschema, TYPES};
use super::{SchemaError, canonical};

/// More than this isn't a schema that somebody wrote.
const MAX_SUBSCHEMAS: usize = 100_000;

/// Reads schemas from a queue, which grows with what they refer to.
struct Compiler<'a> {
    scope: Scope<'a>,
    ids: HashMap<*const Node, Id>,
    queue: Vec<Site<'a>>,
}

/// A complaint and the node it is about.
pub(super) type Fault<'a> = (&'a Node, String);

/// The subschemas of `schema`, which is the first of them.
pub(super) fn compile(
    schema: &Node,
    draft: Draft,
    documents: &[(&str, &Node)],
) -> Result<Vec<Subschema>, SchemaError> {
    let draft = Draft::named_by(schema).unwrap_or(draft);
    let known = metaschemas(schema);
    let mut scope = Scope::default();
    for (uri, document) in &known {
        scope.add(uri, document, draft);
    }
    for (uri, document) in documents {
        scope.add(uri, document, draft);
    }
    scope.add("", schema, draft);
    let mut compiler = Compiler { scope, ids: HashMap::new(), queue: Vec::new() };
    let fail = |(node, message): Fault<'_>| {
        let pointer = pointer_at(schema, node.span.start);
        SchemaError { pointer, span: node.span.clone(), message }
    };
    compiler.id(schema);
    let mut all = Vec::new();
    while let Some(site) = compiler.queue.get(all.len()).cloned() {
        if all.len() == MAX_SUBSCHEMAS {
            return Err(fail((schema, "the schema is too large".to_owned())));
        }
        all.push(compiler.subschema(&site).map_err(fail)?);
    }
    match endless(&all).and_then(|id| compiler.queue.get(id)) {
        Some(site) => Err(fail((site.node, "the schema refers to itself for the same value".to_owned()))),
        None => Ok(all),
    }
}

/// A subschema that asks for itself without going deeper into the value.
fn endless(all: &[Subschema]) -> Option<Id> {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Done,
    }
    let mut marks = vec![Mark::New; all.len()];
    for root in 0..all.len() {
        let mut stack = vec![root];
        while let Some(&id) = stack.last() {
            if marks[id] != Mark::New {
                stack.pop();
                marks[id] = Mark::Done;
                continue;
            }
            marks[id] = Mark::Open;
            for next in all[id].in_place() {
                match marks[next] {
                    Mark::New => stack.push(next),
                    Mark::Open => return Some(next),
                    Mark::Done => {}
                }
            }
        }
    }
    None
}

// === impl Compiler ===

impl<'a> Compiler<'a> {
    /// The place of a schema in the list; it is put in line if it is new.
    fn id(&mut self, node: &'a Node) -> Id {
        let next = self.queue.len();
        let id = *self.ids.entry(node).or_insert(next);
        if id == next {
            let orphan = || Site { node, base: "".into(), draft: Draft::Hybrid };
            self.queue.push(self.scope.site(node).cloned().unwrap_or_else(orphan));
        }
        id
    }

    fn subschema(&mut self, site: &Site<'a>) -> Result<Subschema, Fault<'a>> {
        let (node, draft) = (site.node, site.draft);
        let mut schema = Subschema::default();
        match &node.kind {
            Kind::Bool(pass) if draft >= Draft::Six => {
                schema.pass = Some(*pass);
                return Ok(schema);
            }
            Kind::Object(_) => {}
            _ => return Err((node, "Invalid type. Expected: valid schema".to_owned())),
        }
        if let Some(id) = draft.id_of(node).filter(|id| id.as_str().is_none()) {
            return Err((id, "Invalid type. Expected: string, given: $id".to_owned()));
        }
        // A definition that nobody uses is still checked.
        for definition in map(node, "definitions")? {
            self.id(&definition.value);
        }
        if let Some(target) = node.get("$ref") {
            let reference = target.as_str().ok_or((target, "$ref must be of type string".to_owned()))?;
            let found = self.scope.find(site, reference).map_err(|lost| match lost {
                Lost::Remote(uri) => (target, format!("remote schemas can't be fetched: {uri}")),
                Lost::Missing(place) => (target, format!("the schema has no {place}")),
            })?;
            schema.reference = Some(self.id(found.node));
            return Ok(schema);
        }
        schema.types.0 = types(node)?;
        self.combinations(&mut schema, node, draft)?;
        self.array(&mut schema, node, draft)?;
        self.object(&mut schema, node, draft)?;
        schema.number.read(node, draft)?;
        schema.string.min_length = count(node, "minLength")?;
        schema.string.max_length = count(node, "maxLength")?;
        ordered(node, "minLength", "maxLength", schema.string.min_length, schema.string.max_length)?;
        if let Some(text) = string(node, "pattern")? {
            schema.string.pattern = Some(pattern(node, text)?);
        }
        schema.string.format = string(node, "format")?.and_then(Format::named);
        schema.choices = match node.get("enum").map(|list| (list, &list.kind)) {
            Some((list, Kind::Array(items))) => Some(choices(list, items)?),
            Some((other, _)) => return Err((other, "enum must be of an array".to_owned())),
            None => None,
        };
        if draft >= Draft::Six
            && let Some(value) = node.get("const")
        {
            schema.constant = Some(choices(value, std::slice::from_ref(value))?);
        }
        Ok(schema)
    }

    fn combinations(
        &mut self,
        schema: &mut Subschema,
        node: &'a Node,
        draft: Draft,
    ) -> Result<(), Fault<'a>> {
        schema.any_of = self.list(node, "anyOf")?;
        schema.one_of = self.list(node, "oneOf")?;
        schema.all_of = self.list(node, "allOf")?;
        schema.not = node.get("not").map(|node| self.id(node));
        if draft >= Draft::Seven {
            schema.condition = node.get("if").map(|node| self.id(node));
            schema.then = node.get("then").map(|node| self.id(node));
            schema.otherwise = node.get("else").map(|node| self.id(node));
        }
        for member in map(node, "dependencies")? {
            let dependency = match &member.value.kind {
                Kind::Array(names) => Dependency::Properties(strings("dependency", names)?),
                _ => Dependency::Schema(self.id(&member.value)),
            };
            schema.dependencies.insert(member.key.clone(), dependency);
        }
        Ok(())
    }

    fn array(&mut self, schema: &mut Subschema, node: &'a Node, draft: Draft) -> Result<(), Fault<'a>> {
        let rules = &mut schema.array;
        rules.items = match node.get("items") {
            Some(items) if matches!(items.kind, Kind::Array(_)) => {
                Items::List(items.items().iter().map(|node| self.id(node)).collect())
            }
            Some(items) => Items::Each(self.id(items)),
            None => Items::Any,
        };
        rules.additional = self.additional(node.get("additionalItems"));
        rules.min_items = count(node, "minItems")?;
        rules.max_items = count(node, "maxItems")?;
        rules.unique = match node.get("uniqueItems") {
            Some(flag) => flag.as_bool().ok_or((flag, "uniqueItems must be of a boolean".to_owned()))?,
            None => false,
        };
        rules.contains = node.get("contains").filter(|_| draft >= Draft::Six).map(|node| self.id(node));
        Ok(())
    }

    fn object(&mut self, schema: &mut Subschema, node: &'a Node, draft: Draft) -> Result<(), Fault<'a>> {
        let rules = &mut schema.object;
        rules.min_properties = count(node, "minProperties")?;
        rules.max_properties = count(node, "maxProperties")?;
        ordered(node, "minProperties", "maxProperties", rules.min_properties, rules.max_properties)?;
        rules.required = match node.get("required").map(|list| (list, &list.kind)) {
            Some((_, Kind::Array(names))) => strings("required", names)?,
            Some((other, _)) => return Err((other, "required must be of an array".to_owned())),
            None => Vec::new(),
        };
        let mut seen = HashSet::new();
        if !rules.required.iter().all(|name| seen.insert(name)) {
            return Err((node, "required items must be unique".to_owned()));
        }
        for member in map(node, "properties")? {
            rules.properties.insert(member.key.clone(), self.id(&member.value));
        }
        for member in map(node, "patternProperties")? {
            rules.patterns.push((pattern(&member.value, &member.key)?, self.id(&member.value)));
        }
        rules.additional = self.additional(node.get("additionalProperties"));
        rules.names = node.get("propertyNames").filter(|_| draft >= Draft::Six).map(|node| self.id(node));
        Ok(())
    }

    fn additional(&mut self, node: Option<&'a Node>) -> Additional {
        match node.map(|node| (node, &node.kind)) {
            None | Some((_, Kind::Bool(true))) => Additional::Allowed,
            Some((_, Kind::Bool(false))) => Additional::Refused,
            Some((node, _)) => Additional::Schema(self.id(node)),
        }
    }

    fn list(&mut self, node: &'a Node, keyword: &str) -> Result<Vec<Id>, Fault<'a>> {
        match node.get(keyword) {
            None => Ok(Vec::new()),
            Some(list) if matches!(list.kind, Kind::Array(_)) => {
                Ok(list.items().iter().map(|node| self.id(node)).collect())
            }
            Some(other) => Err((other, format!("{keyword} must be of an array"))),
        }
    }
}

fn types(node: &Node) -> Result<Vec<&'static str>, Fault<'_>> {
    let Some(node) = node.get("type") else { return Ok(Vec::new()) };
    let names = match &node.kind {
        Kind::Array(names) => names,
        _ => std::slice::from_ref(node),
    };
    let mut types = Vec::new();
    for name in names {
        let wanted = name
            .as_str()
            .ok_or((name, "Invalid type. Expected: string/array of strings, given: type".to_owned()))?;
        let known = TYPES.iter().find(|known| **known == wanted);
        let known = *known
            .ok_or_else(|| (name, format!("has a primitive type that is NOT VALID -- given: /{wanted}/")))?;
        if types.contains(&known) {
            return Err((name, format!("{known} type is duplicated")));
        }
        types.push(known);
    }
    Ok(types)
}

fn map<'a>(node: &'a Node, keyword: &str) -> Result<&'a [fjord_document::node::Member], Fault<'a>> {
    match node.get(keyword) {
        Some(map) if !matches!(map.kind, Kind::Object(_)) => {
            Err((map, format!("{keyword} must be of type object")))
        }
        map => Ok(map.map(Node::members).unwrap_or_default()),
    }
}

fn string<'a>(node: &'a Node, keyword: &str) -> Result<Option<&'a str>, Fault<'a>> {
    node.get(keyword)
        .map(|node| node.as_str().ok_or_else(|| (node, format!("{keyword} must be of a string"))))
        .transpose()
}

fn strings<'a>(keyword: &str, names: &'a [Node]) -> Result<Vec<Box<str>>, Fault<'a>> {
    let name = |node: &'a Node| {
        node.as_str().map(Box::from).ok_or_else(|| (node, format!("{keyword} items must be string")))
    };
    names.iter().map(name).collect()
}

fn pattern<'a>(node: &'a Node, text: &str) -> Result<Pattern, Fault<'a>> {
    Pattern::new(text).map_err(|error| (node, format!("Invalid regex pattern '{text}': {error}")))
}

fn choices<'a>(node: &'a Node, values: &[Node]) -> Result<Choices, Fault<'a>> {
    let mut canonical = HashSet::new();
    for value in values {
        if !canonical.insert(canonical::of_node(value)) {
            return Err((node, "enum items must be unique".to_owned()));
        }
    }
    let printed = values.iter().map(canonical::print).collect::<Vec<_>>().join(", ");
    Ok(Choices { canonical, printed: printed.into() })
}
