//! RSS 0.9x to 2.0, Atom 0.3 and 1.0 and JSON feeds become one shape: that of gofeed 1.2.1 (spec §7).

mod atom;
mod date;
mod entities;
mod extension;
mod item;
mod json;
mod layout;
mod layouts;
mod rss;
mod text;
mod tree;

use fjord_json::{Map, Value};
use fjord_memory::afford;

use self::item::{Item, Person};
use self::tree::Document;
use super::DecodeError;

/// Seconds since 1970 of a date of RFC 3339.
pub fn rfc3339_seconds(text: &str) -> Option<i64> {
    date::Date::rfc3339(text).map(date::Date::seconds)
}

/// What a feed says of itself.
#[derive(Default)]
struct Feed {
    kind: &'static str,
    title: String,
    description: String,
    published: String,
    updated: String,
    language: String,
    copyright: String,
    author: Option<Person>,
    /// None where there are none: `null`, as in KrakenD.
    categories: Vec<String>,
    image: Option<String>,
    items: Vec<Item>,
}

/// Decodes a feed: `items`, `author`, `categories`, `custom`, `copyright`, `description`, `type`, `language`, `title`,
/// `published`, `updated`, and `img_url` if it has an image.
///
/// # Errors
/// If the body isn't a feed, or takes more memory than there is.
pub fn decode(body: &[u8]) -> Result<Map, DecodeError> {
    let blank =
        |byte: &u8| matches!(byte, b' ' | b'\r' | b'\n' | b'\t' | 0xfe | 0xff | 0 | 0xef | 0xbb | 0xbf);
    // A text grows to twice its size.
    afford(2 * body.len())?;
    match body.iter().find(|byte| !blank(byte)) {
        Some(b'<') => decode_xml(body),
        Some(b'{') => json::decode(body),
        _ => Err(DecodeError::NotAFeed),
    }
    .map(Feed::into_data)
}

fn decode_xml(body: &[u8]) -> Result<Feed, DecodeError> {
    match tree::root_name(body).as_deref() {
        Some("rss" | "rdf") => {
            Document::read(body).map(|document| document.map(|document| rss::feed(&document)))
        }
        Some("feed") => Document::read(body).map(|document| document.map(|document| atom::feed(&document))),
        _ => return Err(DecodeError::NotAFeed),
    }
    .map_err(DecodeError::FeedXml)?
    .ok_or(DecodeError::NotAFeed)
}

// === impl Feed ===

impl Feed {
    fn into_data(self) -> Map {
        let list = |texts: Vec<String>| match texts.is_empty() {
            true => Value::Null,
            false => Value::Array(texts.into_iter().map(Value::String).collect()),
        };
        let mut data: Map = [
            ("copyright", self.copyright),
            ("description", self.description),
            ("language", self.language),
            ("published", self.published),
            ("title", self.title),
            ("type", self.kind.to_owned()),
            ("updated", self.updated),
        ]
        .map(|(key, text)| (key.to_owned(), Value::String(text)))
        .into();
        data.insert("author".into(), self.author.map_or(Value::Null, Person::into_data));
        data.insert("categories".into(), list(self.categories));
        data.insert("custom".into(), Value::Null);
        data.insert("items".into(), Value::Array(self.items.into_iter().map(Item::into_data).collect()));
        if let Some(url) = self.image {
            data.insert("img_url".into(), Value::String(url));
        }
        data
    }
}

#[cfg(test)]
mod tests;
