//! Atom: 0.3 and 1.0. `xml:base` is not applied, markup is kept as it was written.

use super::Feed;
use super::date::Date;
use super::item::{Enclosure, Item, Person};
use super::text::{decode_entities, strip_cdata};
use super::tree::{Document, Element};
use crate::base64;

/// Reads the feed of a document whose root is `feed`.
pub(super) fn feed(document: &Document<'_>) -> Feed {
    let root = &document.root;
    let mut feed = Feed { kind: "atom", language: root.attribute("lang").to_owned(), ..Feed::default() };
    for child in root.children.iter().filter(|child| child.extension.is_none()) {
        match child.name.to_lowercase().as_str() {
            "title" => feed.title = text(document, child),
            "updated" | "modified" => feed.updated = text(document, child),
            "subtitle" | "tagline" => feed.description = text(document, child),
            "logo" => feed.image = Some(text(document, child)).filter(|url| !url.is_empty()),
            "rights" | "copyright" => feed.copyright = text(document, child),
            "author" if feed.author.is_none() => feed.author = Some(person(document, child)),
            "category" => feed.categories.push(child.attribute("term").to_owned()),
            "entry" => feed.items.push(entry(document, child)),
            _ => {}
        }
    }
    feed
}

fn entry(document: &Document<'_>, element: &Element) -> Item {
    let mut item = Item::default();
    let date = |text: &str| Date::parse(text).map(Date::utc);
    for child in &element.children {
        if let Some(prefix) = &child.extension {
            item.extensions.add(prefix, child);
            continue;
        }
        match child.name.to_lowercase().as_str() {
            "title" => item.title = text(document, child),
            "id" => item.guid = text(document, child),
            "summary" => item.description = text(document, child),
            "content" => item.content = text(document, child),
            "updated" | "modified" => {
                item.updated = text(document, child);
                item.updated_date = date(&item.updated).or(item.updated_date);
            }
            "published" | "issued" => {
                item.published = text(document, child);
                item.published_date = date(&item.published).or(item.published_date);
            }
            "author" => item.authors.push(person(document, child)),
            "category" => item.categories.push(child.attribute("term").to_owned()),
            "link" => link(&mut item, child),
            _ => {}
        }
    }
    item.author = item.authors.first().cloned();
    if item.published.is_empty() {
        item.published = item.updated.clone();
    }
    item.published_date = item.published_date.or(item.updated_date);
    item
}

fn link(item: &mut Item, element: &Element) {
    let href = element.attribute("href").to_owned();
    match element.attribute("rel") {
        "" | "alternate" => {
            if item.link.is_empty() {
                item.link = href.clone();
            }
            item.links.push(href);
        }
        "self" => item.links.push(href),
        "enclosure" => item.enclosures.push(Enclosure {
            url: href,
            length: element.attribute("length").to_owned(),
            kind: element.attribute("type").to_owned(),
        }),
        _ => {}
    }
}

fn person(document: &Document<'_>, element: &Element) -> Person {
    let mut person = Person::default();
    for child in &element.children {
        match child.name.to_lowercase().as_str() {
            "name" => person.name = text(document, child),
            "email" => person.email = text(document, child),
            _ => {}
        }
    }
    person
}

/// A text construct: as its `type` (Atom 1.0) or `mode` (0.3) says, text, HTML, XHTML or base64.
fn text(document: &Document<'_>, element: &Element) -> String {
    let inner = document.inner(element);
    let kind = element.attribute("type").to_lowercase();
    if inner.contains("<![CDATA[") {
        return strip_cdata(&inner);
    }
    if kind == "text"
        || kind.starts_with("text/")
        || (kind.is_empty() && element.attribute("mode").is_empty())
    {
        return decode_entities(&inner);
    }
    if kind.contains("xhtml") {
        return without_div(&inner).to_owned();
    }
    if kind == "html" {
        return decode_entities(without_div(&inner));
    }
    match base64::decode(&inner) {
        Some(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        None => inner.into_owned(),
    }
}

/// What is inside of a `div` around everything.
fn without_div(text: &str) -> &str {
    let inside = || {
        let start =
            text.strip_prefix("<div").filter(|rest| rest.starts_with(['>', ' ', '\t', '\r', '\n']))?;
        let inner = start.split_once('>')?.1.strip_suffix("</div>")?;
        // A second `div` may mean that the last end tag belongs to another one.
        (!inner.contains("<div") || !inner.contains("</div>")).then_some(inner)
    };
    inside().unwrap_or(text)
}
