//! Elements of other namespaces in a feed, by prefix and name; Dublin Core and iTunes get a shape of their own.

use std::collections::BTreeMap;

use fjord_json::{Map, Value};

use super::item::insert_list;
use super::item::insert_text;
use super::tree::Element;

/// The extensions of a feed or an entry.
#[derive(Default)]
pub(super) struct Extensions(BTreeMap<String, BTreeMap<String, Vec<Extension>>>);

/// An element and what it holds.
pub(super) struct Extension {
    name: String,
    value: String,
    attributes: BTreeMap<String, String>,
    children: BTreeMap<String, Vec<Extension>>,
}

const DUBLIN_CORE: [&str; 16] = [
    "title",
    "creator",
    "author",
    "subject",
    "description",
    "publisher",
    "contributor",
    "date",
    "type",
    "format",
    "identifier",
    "source",
    "language",
    "relation",
    "coverage",
    "rights",
];

/// Members of the iTunes extension that are text, all but `image`.
const ITUNES: [&str; 12] = [
    "author",
    "block",
    "duration",
    "explicit",
    "keywords",
    "subtitle",
    "summary",
    "isClosedCaptioned",
    "episode",
    "season",
    "order",
    "episodeType",
];

// === impl Extensions ===

impl Extensions {
    /// Adds `element` under its prefix.
    pub fn add(&mut self, prefix: &str, element: &Element) {
        let names = self.0.entry(prefix.to_owned()).or_default();
        names.entry(element.name.clone()).or_default().push(Extension::new(element));
    }

    /// The extensions of that prefix and name.
    pub fn get(&self, prefix: &str, name: &str) -> &[Extension] {
        self.0.get(prefix).and_then(|names| names.get(name)).map_or(&[], Vec::as_slice)
    }

    /// The text of the first one of that prefix and name, if there is one.
    pub fn text(&self, prefix: &str, name: &str) -> Option<&str> {
        self.get(prefix, name).first().map(|extension| extension.value.as_str())
    }

    /// The same, unless it is empty.
    pub fn filled(&self, prefix: &str, name: &str) -> Option<&str> {
        self.text(prefix, name).filter(|text| !text.is_empty())
    }

    /// The texts of all of that prefix and name.
    pub fn texts(&self, prefix: &str, name: &str) -> impl Iterator<Item = &str> {
        self.get(prefix, name).iter().map(|extension| extension.value.as_str())
    }

    /// The image of a podcast or an episode.
    pub fn itunes_image(&self) -> Option<&str> {
        let image = self.get("itunes", "image").first()?;
        image.attribute("href").filter(|url| !url.is_empty())
    }

    /// The categories of a podcast, each with the first one below it.
    pub fn itunes_categories(&self) -> impl Iterator<Item = &str> {
        self.get("itunes", "category").iter().flat_map(|category| {
            let below = category.children.get("category").and_then(|below| below.first());
            let texts = [Some(category), below];
            texts.into_iter().flatten().map(|category| category.attribute("text").unwrap_or_default())
        })
    }

    /// Dublin Core as one object, lists of texts.
    pub fn dublin_core(&self) -> Option<Value> {
        self.0.get("dc")?;
        let mut data = Map::new();
        for name in DUBLIN_CORE {
            insert_list(
                &mut data,
                name,
                self.texts("dc", name).map(|text| Value::String(text.to_owned())).collect(),
            );
        }
        Some(Value::Object(data))
    }

    /// The iTunes extension of an entry as one object of texts.
    pub fn itunes(&self) -> Option<Value> {
        self.0.get("itunes")?;
        let mut data = Map::new();
        for name in ITUNES {
            insert_text(&mut data, name, self.text("itunes", name).unwrap_or_default().to_owned());
        }
        insert_text(&mut data, "image", self.itunes_image().unwrap_or_default().to_owned());
        Some(Value::Object(data))
    }

    /// Everything, by prefix and name; none if there is nothing.
    pub fn into_data(self) -> Option<Value> {
        let prefixes = self.0.into_iter().map(|(prefix, names)| (prefix, lists(names)));
        (prefixes.len() > 0).then(|| Value::Object(prefixes.collect()))
    }
}

// === impl Extension ===

impl Extension {
    fn new(element: &Element) -> Extension {
        let mut children: BTreeMap<String, Vec<Extension>> = BTreeMap::new();
        for child in &element.children {
            children.entry(child.name.clone()).or_default().push(Extension::new(child));
        }
        Extension {
            name: element.name.clone(),
            value: element.text.trim().to_owned(),
            attributes: element.attributes.iter().cloned().collect(),
            children,
        }
    }

    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    fn into_data(self) -> Value {
        let attributes =
            self.attributes.into_iter().map(|(key, value)| (key, Value::String(value))).collect();
        Value::Object(Map::from([
            ("name".to_owned(), Value::String(self.name)),
            ("value".to_owned(), Value::String(self.value)),
            ("attrs".to_owned(), Value::Object(attributes)),
            ("children".to_owned(), lists(self.children)),
        ]))
    }
}

fn lists(names: BTreeMap<String, Vec<Extension>>) -> Value {
    let list =
        |extensions: Vec<Extension>| Value::Array(extensions.into_iter().map(Extension::into_data).collect());
    Value::Object(names.into_iter().map(|(name, extensions)| (name, list(extensions))).collect())
}
