//! An entry of a feed in the shape that KrakenD gives it: members that are empty are left out.

use fjord_json::{Map, Value};

use super::date::Date;
use super::extension::Extensions;
use super::text;

/// An entry.
#[derive(Default)]
pub(super) struct Item {
    pub title: String,
    pub description: String,
    pub content: String,
    pub link: String,
    pub links: Vec<String>,
    pub published: String,
    pub published_date: Option<Date>,
    pub updated: String,
    pub updated_date: Option<Date>,
    pub author: Option<Person>,
    pub authors: Vec<Person>,
    pub guid: String,
    pub image: Option<String>,
    pub categories: Vec<String>,
    pub enclosures: Vec<Enclosure>,
    pub extensions: Extensions,
    /// The extensions `dc` and `itunes` in a shape of their own: RSS only.
    pub podcast: bool,
    pub custom: Map,
}

/// A person.
#[derive(Default, Clone)]
pub(super) struct Person {
    pub name: String,
    pub email: String,
}

/// A file that belongs to an entry.
pub(super) struct Enclosure {
    pub url: String,
    pub length: String,
    pub kind: String,
}

// === impl Person ===

impl Person {
    /// A person written in one text.
    pub fn parse(text: &str) -> Person {
        let (name, email) = text::person(text);
        Person { name: name.to_owned(), email: email.to_owned() }
    }

    pub fn into_data(self) -> Value {
        let mut data = Map::new();
        insert_text(&mut data, "name", self.name);
        insert_text(&mut data, "email", self.email);
        Value::Object(data)
    }
}

// === impl Item ===

impl Item {
    pub fn into_data(self) -> Value {
        let mut data = Map::new();
        for (key, text) in [
            ("title", self.title),
            ("description", self.description),
            ("content", self.content),
            ("link", self.link),
            ("published", self.published),
            ("updated", self.updated),
            ("guid", self.guid),
        ] {
            insert_text(&mut data, key, text);
        }
        for (key, date) in [("publishedParsed", self.published_date), ("updatedParsed", self.updated_date)] {
            if let Some(date) = date {
                insert_text(&mut data, key, date.to_string());
            }
        }
        if let Some(author) = self.author {
            data.insert("author".to_owned(), author.into_data());
        }
        if let Some(url) = self.image {
            let mut image = Map::new();
            insert_text(&mut image, "url", url);
            data.insert("image".to_owned(), Value::Object(image));
        }
        let texts = |texts: Vec<String>| texts.into_iter().map(Value::String).collect();
        insert_list(&mut data, "links", texts(self.links));
        insert_list(&mut data, "categories", texts(self.categories));
        insert_list(&mut data, "authors", self.authors.into_iter().map(Person::into_data).collect());
        insert_list(&mut data, "enclosures", self.enclosures.into_iter().map(Enclosure::into_data).collect());
        if self.podcast {
            if let Some(dublin_core) = self.extensions.dublin_core() {
                data.insert("dcExt".to_owned(), dublin_core);
            }
            if let Some(itunes) = self.extensions.itunes() {
                data.insert("itunesExt".to_owned(), itunes);
            }
        }
        if let Some(extensions) = self.extensions.into_data() {
            data.insert("extensions".to_owned(), extensions);
        }
        if !self.custom.is_empty() {
            data.insert("custom".to_owned(), Value::Object(self.custom));
        }
        Value::Object(data)
    }
}

// === impl Enclosure ===

impl Enclosure {
    fn into_data(self) -> Value {
        let mut data = Map::new();
        insert_text(&mut data, "url", self.url);
        insert_text(&mut data, "length", self.length);
        insert_text(&mut data, "type", self.kind);
        Value::Object(data)
    }
}

/// Adds a text that is not empty.
pub(super) fn insert_text(data: &mut Map, key: &str, text: String) {
    if !text.is_empty() {
        data.insert(key.to_owned(), Value::String(text));
    }
}

/// Adds a list that is not empty.
pub(super) fn insert_list(data: &mut Map, key: &str, items: Vec<Value>) {
    if !items.is_empty() {
        data.insert(key.to_owned(), Value::Array(items));
    }
}
