//! Finds what a `$ref` refers to: documents, the schemas in them that have a name, and the base URI of each.

use std::collections::HashMap;
use std::rc::Rc;

use fjord_document::node::Node;

use super::draft::Draft;
use super::uri::{decode, resolve, split_fragment};

/// Keywords that hold one schema.
const SINGLE: [&str; 8] =
    ["additionalItems", "additionalProperties", "not", "contains", "propertyNames", "if", "then", "else"];
/// Keywords that hold a list of schemas.
const LISTS: [&str; 4] = ["items", "allOf", "anyOf", "oneOf"];
/// Keywords that hold schemas by name.
const MAPS: [&str; 4] = ["definitions", "properties", "patternProperties", "dependencies"];

/// A schema in its document.
#[derive(Debug, Clone)]
pub(super) struct Site<'a> {
    pub node: &'a Node,
    /// The URI that references in it are relative to.
    pub base: Rc<str>,
    pub draft: Draft,
}

/// All documents.
#[derive(Debug, Default)]
pub(super) struct Scope<'a> {
    /// Schemas by the URI they have, without a fragment.
    resources: HashMap<Rc<str>, Site<'a>>,
    /// Schemas by URI and the plain name they have in it.
    anchors: HashMap<(Rc<str>, Box<str>), Site<'a>>,
    /// The sites of all nodes that are schemas, by address.
    sites: HashMap<*const Node, Site<'a>>,
}

/// Why a reference leads nowhere.
#[derive(Debug, PartialEq)]
pub(super) enum Lost {
    /// Another document, which is not there.
    Remote(String),
    /// A place that the document doesn't have.
    Missing(String),
}

// === impl Scope ===

impl<'a> Scope<'a> {
    /// Adds the document that is found at `uri`.
    pub fn add(&mut self, uri: &str, document: &'a Node, draft: Draft) {
        let draft = Draft::named_by(document).unwrap_or(draft);
        let site = Site { node: document, base: uri.into(), draft };
        self.resources.insert(uri.into(), site.clone());
        self.scan(site);
    }

    /// The site of a schema.
    pub fn site(&self, node: &'a Node) -> Option<&Site<'a>> {
        self.sites.get(&std::ptr::from_ref(node))
    }

    /// What `reference` refers to when it is in `from`.
    pub fn find(&mut self, from: &Site<'a>, reference: &str) -> Result<Site<'a>, Lost> {
        let uri = resolve(&from.base, reference);
        let (address, fragment) = split_fragment(&uri);
        let Some(resource) = self.resources.get(address) else {
            return Err(Lost::Remote(address.to_owned()));
        };
        let fragment = decode(fragment);
        let missing = || Lost::Missing(reference.to_owned());
        if !fragment.is_empty() && !fragment.starts_with('/') {
            let anchor = (Rc::from(address), Box::from(fragment));
            return self.anchors.get(&anchor).cloned().ok_or_else(missing);
        }
        let mut site = resource.clone();
        for token in fragment.split('/').skip(1) {
            site.node = step(site.node, &token.replace("~1", "/").replace("~0", "~")).ok_or_else(missing)?;
            if let Some(known) = self.site(site.node) {
                site = known.clone();
            }
        }
        if self.site(site.node).is_none() {
            // Below a keyword that isn't known: the schemas in there were not seen before.
            self.scan(site.clone());
            site = self.site(site.node).cloned().unwrap_or(site);
        }
        Ok(site)
    }

    /// Notes the base URI and the name of all schemas in `root`.
    fn scan(&mut self, root: Site<'a>) {
        let mut stack = vec![root];
        while let Some(mut site) = stack.pop() {
            let node = site.node;
            // Beside `$ref` nothing counts.
            let is_reference = node.get("$ref").is_some_and(|target| target.as_str().is_some());
            let id = site.draft.id_of(node).and_then(Node::as_str).filter(|_| !is_reference);
            if let Some(id) = id {
                let uri = resolve(&site.base, id);
                let (address, fragment) = split_fragment(&uri);
                if !id.starts_with('#') {
                    site.base = address.into();
                    self.resources.entry(site.base.clone()).or_insert_with(|| site.clone());
                }
                if !fragment.is_empty() {
                    let anchor = (address.into(), decode(fragment).into());
                    self.anchors.entry(anchor).or_insert_with(|| site.clone());
                }
            }
            stack.extend(children(node).map(|node| Site { node, ..site.clone() }));
            self.sites.insert(node, site);
        }
    }
}

/// The values in the places of a schema where schemas can be.
fn children(schema: &Node) -> impl Iterator<Item = &Node> {
    let single = SINGLE.iter().chain(&LISTS).filter_map(|keyword| schema.get(keyword));
    let lists = LISTS.iter().filter_map(|keyword| schema.get(keyword)).flat_map(Node::items);
    let maps = MAPS.iter().filter_map(|keyword| schema.get(keyword)).flat_map(Node::members);
    single.chain(lists).chain(maps.map(|member| &member.value))
}

fn step<'a>(node: &'a Node, token: &str) -> Option<&'a Node> {
    let index = || token.parse::<usize>().ok().filter(|index| index.to_string() == token);
    node.get(token).or_else(|| node.items().get(index()?))
}
