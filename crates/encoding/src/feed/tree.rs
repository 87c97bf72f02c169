//! A feed's elements as a tree. Feeds are read leniently: unknown entities and unclosed elements are let through.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use fjord_memory::Budget;

use crate::xml::Fault;
use crate::xml::token::{Token, Tokenizer};

const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";

/// What an element costs a budget: here, as part of an entry, and as values.
const ELEMENT: usize = 1024;
/// What an attribute costs.
const ATTRIBUTE: usize = 256;
/// How many copies of a text there are at most at one time.
const COPIES: usize = 4;

/// A document: its root and the text that the elements' places refer to.
pub(super) struct Document<'a> {
    source: Cow<'a, [u8]>,
    pub root: Element,
}

/// An element.
#[derive(Default)]
pub(super) struct Element {
    /// The name without its prefix.
    pub name: String,
    /// The prefix its extension goes by, if it belongs to one.
    pub extension: Option<String>,
    /// Whether it is of the namespace whose prefix is `content`.
    pub is_content: bool,
    /// Names without their prefixes, and values.
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Element>,
    /// The text directly inside.
    pub text: String,
    /// What is between its tags.
    inner: Range<usize>,
}

/// The namespaces that are declared at some place: prefixes to names, and back (the prefix declared last).
#[derive(Default)]
struct Scope {
    names: BTreeMap<String, String>,
    prefixes: BTreeMap<String, String>,
    /// What declarations replaced, to be put back at the end of their elements: copies for each element would grow with
    /// depth times declarations.
    replaced: Vec<Replaced>,
}

/// A prefix and a name before a declaration.
struct Replaced {
    name: (String, Option<String>),
    prefix: (String, Option<String>),
}

// === impl Document ===

impl<'a> Document<'a> {
    /// Reads the first element of `body`, or none if there is none.
    pub fn read(body: &'a [u8]) -> Result<Option<Document<'a>>, Fault> {
        let mut tokens = Tokenizer::new(body, false);
        let mut scope = Scope::default();
        let mut budget = Budget::new();
        // Open elements, and how many declarations came before them.
        let mut open: Vec<(Element, usize)> = Vec::new();
        while let Some(token) = tokens.next()? {
            budget.checked()?;
            match token {
                Token::Text(text) => {
                    budget.take(COPIES * text.len());
                    if let Some((element, _)) = open.last_mut() {
                        element.text.push_str(&text);
                    }
                }
                Token::Start(name, attributes) => {
                    let before = scope.replaced.len();
                    budget.take(ELEMENT + COPIES * name.local.len());
                    for (name, value) in &attributes {
                        budget.take(ATTRIBUTE + COPIES * (name.local.len() + value.len()));
                        scope.declare(&name.prefix, &name.local, value);
                    }
                    // It may be long, and each element of its prefix keeps a name that is made of it.
                    let namespace = scope.namespace(&name.prefix);
                    budget.take(COPIES * namespace.len());
                    let element = Element {
                        name: name.local.into(),
                        extension: scope.extension(&namespace),
                        is_content: scope
                            .prefixes
                            .get(namespace.trim())
                            .is_some_and(|prefix| prefix == "content"),
                        attributes: attributes
                            .into_iter()
                            .map(|(name, value)| (name.local.into(), value))
                            .collect(),
                        inner: tokens.offset()..tokens.offset(),
                        ..Element::default()
                    };
                    open.push((element, before));
                }
                Token::End => {
                    let Some((mut element, before)) = open.pop() else { break };
                    scope.return_to(before);
                    element.inner.end = tokens.token_start();
                    match open.last_mut() {
                        Some((parent, _)) => parent.children.push(element),
                        None => return Ok(Some(Document { source: tokens.into_source(), root: element })),
                    }
                }
            }
        }
        Ok(None)
    }

    /// What is between the tags of `element`, as written, without white space around.
    pub fn inner(&self, element: &Element) -> Cow<'_, str> {
        let inner = String::from_utf8_lossy(self.source.get(element.inner.clone()).unwrap_or_default());
        match inner {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
        }
    }
}

// === impl Element ===

impl Element {
    /// The value of the first attribute of that name; empty without one.
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }
}

// === impl Scope ===

impl Scope {
    fn declare(&mut self, prefix: &str, local: &str, value: &str) {
        let (declared, prefix) = match (prefix, local) {
            ("xmlns", prefix) => (prefix, prefix.trim().to_lowercase()),
            ("", "xmlns") => ("", String::new()),
            _ => return,
        };
        let (declared, name) = (declared.to_owned(), value.trim().to_owned());
        let old_name = self.names.insert(declared.clone(), value.to_owned());
        let old_prefix = self.prefixes.insert(name.clone(), prefix);
        self.replaced.push(Replaced { name: (declared, old_name), prefix: (name, old_prefix) });
    }

    /// Takes back all declarations but the first `count`.
    fn return_to(&mut self, count: usize) {
        for Replaced { name, prefix } in self.replaced.drain(count..).rev() {
            restore(&mut self.names, name);
            restore(&mut self.prefixes, prefix);
        }
    }

    /// The namespace of a prefix; one that is not declared is its own.
    fn namespace(&self, prefix: &str) -> String {
        match self.names.get(prefix) {
            Some(name) => name.clone(),
            None if prefix == "xml" => XML_NAMESPACE.to_owned(),
            None => prefix.to_owned(),
        }
    }

    /// The prefix of an extension: the customary one of a well-known namespace, else the declared one.
    fn extension(&self, namespace: &str) -> Option<String> {
        let declared = self.prefixes.get(namespace.trim());
        match declared {
            Some(prefix) if matches!(prefix.as_str(), "" | "rss" | "rdf" | "content") => return None,
            None if namespace.is_empty() => return None,
            _ => {}
        }
        let customary = CUSTOMARY.iter().find(|(name, _)| *name == namespace).map(|(_, prefix)| *prefix);
        let declared = self.prefixes.get(namespace).map(String::as_str);
        Some(customary.or(declared).unwrap_or(namespace).to_owned())
    }
}

fn restore(map: &mut BTreeMap<String, String>, (key, value): (String, Option<String>)) {
    match value {
        Some(value) => map.insert(key, value),
        None => map.remove(&key),
    };
}

/// Prefixes of well-known namespaces.
const CUSTOMARY: &[(&str, &str)] = &[
    ("http://webns.net/mvcb/", "admin"),
    ("http://purl.org/rss/1.0/modules/aggregation/", "ag"),
    ("http://purl.org/rss/1.0/modules/annotate/", "annotate"),
    ("http://media.tangent.org/rss/1.0/", "audio"),
    ("http://backend.userland.com/blogChannelModule", "blogChannel"),
    ("http://creativecommons.org/ns#license", "cc"),
    ("http://web.resource.org/cc/", "cc"),
    ("http://cyber.law.harvard.edu/rss/creativeCommonsRssModule.html", "creativeCommons"),
    ("http://backend.userland.com/creativeCommonsRssModule", "creativeCommons"),
    ("http://purl.org/rss/1.0/modules/company", "co"),
    ("http://purl.org/rss/1.0/modules/content/", "content"),
    ("http://my.theinfo.org/changed/1.0/rss/", "cp"),
    ("http://purl.org/dc/elements/1.1/", "dc"),
    ("http://purl.org/dc/terms/", "dcterms"),
    ("http://purl.org/rss/1.0/modules/email/", "email"),
    ("http://purl.org/rss/1.0/modules/event/", "ev"),
    ("http://rssnamespace.org/feedburner/ext/1.0", "feedburner"),
    ("http://freshmeat.net/rss/fm/", "fm"),
    ("http://xmlns.com/foaf/0.1/", "foaf"),
    ("http://www.w3.org/2003/01/geo/wgs84_pos#", "geo"),
    ("http://www.georss.org/georss", "georss"),
    ("http://www.opengis.net/gml", "gml"),
    ("http://postneo.com/icbm/", "icbm"),
    ("http://purl.org/rss/1.0/modules/image/", "image"),
    ("http://www.itunes.com/DTDs/PodCast-1.0.dtd", "itunes"),
    ("http://example.com/DTDs/PodCast-1.0.dtd", "itunes"),
    ("http://purl.org/rss/1.0/modules/link/", "l"),
    ("http://search.yahoo.com/mrss", "media"),
    ("http://search.yahoo.com/mrss/", "media"),
    ("http://madskills.com/public/xml/rss/module/pingback/", "pingback"),
    ("http://prismstandard.org/namespaces/1.2/basic/", "prism"),
    ("http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdf"),
    ("http://www.w3.org/2000/01/rdf-schema#", "rdfs"),
    ("http://purl.org/rss/1.0/modules/reference/", "ref"),
    ("http://purl.org/rss/1.0/modules/richequiv/", "reqv"),
    ("http://purl.org/rss/1.0/modules/search/", "search"),
    ("http://purl.org/rss/1.0/modules/slash/", "slash"),
    ("http://schemas.xmlsoap.org/soap/envelope/", "soap"),
    ("http://purl.org/rss/1.0/modules/servicestatus/", "ss"),
    ("http://hacks.benhammersley.com/rss/streaming/", "str"),
    ("http://purl.org/rss/1.0/modules/subscription/", "sub"),
    ("http://purl.org/rss/1.0/modules/syndication/", "sy"),
    ("http://schemas.pocketsoap.com/rss/myDescModule/", "szf"),
    ("http://purl.org/rss/1.0/modules/taxonomy/", "taxo"),
    ("http://purl.org/rss/1.0/modules/threading/", "thr"),
    ("http://purl.org/rss/1.0/modules/textinput/", "ti"),
    ("http://madskills.com/public/xml/rss/module/trackback/", "trackback"),
    ("http://wellformedweb.org/commentAPI/", "wfw"),
    ("http://purl.org/rss/1.0/modules/wiki/", "wiki"),
    ("http://www.w3.org/1999/xhtml", "xhtml"),
    ("http://www.w3.org/1999/xlink", "xlink"),
    ("http://www.w3.org/XML/1998/namespace", "xml"),
    ("http://podlove.org/simple-chapters", "psc"),
];

/// The lower-cased name of the first element, if the document is well-formed up to there.
pub(super) fn root_name(body: &[u8]) -> Option<String> {
    let mut tokens = Tokenizer::new(body, false);
    while let Some(token) = tokens.next().ok()? {
        if let Token::Start(name, _) = token {
            return Some(name.local.to_lowercase());
        }
    }
    None
}
