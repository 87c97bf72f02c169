//! RSS: 0.9, 0.91, 0.92, 1.0 (RDF) and 2.0.

use fjord_json::Value;

use super::Feed;
use super::date::Date;
use super::extension::Extensions;
use super::item::{Enclosure, Item, Person};
use super::text::text;
use super::tree::{Document, Element};

/// What the channel says before the extensions fill the gaps.
#[derive(Default)]
struct Channel {
    feed: Feed,
    managing_editor: String,
    web_master: String,
    extensions: Extensions,
}

/// Reads the feed of a document whose root is `rss` or `rdf`.
pub(super) fn feed(document: &Document<'_>) -> Feed {
    let mut channel = Channel::default();
    let mut items = Vec::new();
    let mut image = None;
    for child in document.root.children.iter().filter(|child| child.extension.is_none()) {
        match child.name.to_lowercase().as_str() {
            "channel" => channel = read_channel(document, child),
            "item" => items.push(item(document, child)),
            "image" => image = Some(image_url(document, child)),
            _ => {}
        }
    }
    channel.feed.items.extend(items);
    if image.is_some() {
        channel.feed.image = image;
    }
    channel.into_feed()
}

fn read_channel(document: &Document<'_>, element: &Element) -> Channel {
    let mut channel = Channel::default();
    let feed = &mut channel.feed;
    for child in &element.children {
        if let Some(prefix) = &child.extension {
            channel.extensions.add(prefix, child);
            continue;
        }
        match child.name.to_lowercase().as_str() {
            "title" => feed.title = text(document, child),
            "description" => feed.description = text(document, child),
            "language" => feed.language = text(document, child),
            "copyright" => feed.copyright = text(document, child),
            "managingeditor" => channel.managing_editor = text(document, child),
            "webmaster" => channel.web_master = text(document, child),
            "pubdate" => feed.published = text(document, child),
            "lastbuilddate" => feed.updated = text(document, child),
            "category" => feed.categories.push(text(document, child)),
            "image" => feed.image = Some(image_url(document, child)),
            "item" => feed.items.push(item(document, child)),
            _ => {}
        }
    }
    channel
}

// === impl Channel ===

impl Channel {
    fn into_feed(self) -> Feed {
        let Channel { mut feed, managing_editor, web_master, extensions } = self;
        feed.kind = "rss";
        for (text, name) in [
            (&mut feed.title, "title"),
            (&mut feed.updated, "date"),
            (&mut feed.language, "language"),
            (&mut feed.copyright, "rights"),
        ] {
            fill(text, &extensions, name);
        }
        feed.author = author(&[&managing_editor, &web_master], &extensions);
        feed.image = feed.image.or_else(|| extensions.itunes_image().map(str::to_owned));
        feed.categories.extend(keywords(&extensions));
        feed.categories.extend(extensions.itunes_categories().map(str::to_owned));
        feed.categories.extend(extensions.texts("dc", "subject").map(str::to_owned));
        feed
    }
}

fn item(document: &Document<'_>, element: &Element) -> Item {
    let mut item = Item { podcast: true, ..Item::default() };
    let mut author_text = String::new();
    for child in &element.children {
        if let Some(prefix) = &child.extension {
            item.extensions.add(prefix, child);
            continue;
        }
        match child.name.to_lowercase().as_str() {
            "title" => item.title = text(document, child),
            "description" => item.description = text(document, child),
            "encoded" if child.is_content => item.content = text(document, child),
            // KrakenD loses its place in the document here; the element is of no use, so it is passed over.
            "encoded" => {}
            "link" => {
                let mut link = text(document, child);
                if link.is_empty() {
                    link = child.attribute("href").to_owned();
                }
                item.links.push(link.clone());
                item.link = link;
            }
            "author" => author_text = text(document, child),
            "pubdate" => {
                item.published = text(document, child);
                item.published_date = Date::parse(&item.published).map(Date::utc);
            }
            "enclosure" => item.enclosures.push(Enclosure {
                url: child.attribute("url").to_owned(),
                length: child.attribute("length").to_owned(),
                kind: child.attribute("type").to_owned(),
            }),
            "guid" => item.guid = text(document, child),
            "category" => item.categories.push(text(document, child)),
            "comments" | "source" => {}
            _ => {
                item.custom.insert(child.name.clone(), Value::String(text(document, child)));
            }
        }
    }
    let extensions = &item.extensions;
    fill(&mut item.title, extensions, "title");
    fill(&mut item.description, extensions, "description");
    fill(&mut item.published, extensions, "date");
    if item.published_date.is_none() {
        item.published_date = extensions.text("dc", "date").and_then(Date::parse);
    }
    item.author = author(&[&author_text], extensions);
    item.authors.extend(item.author.clone());
    item.image = extensions.itunes_image().map(str::to_owned);
    item.categories.extend(keywords(extensions));
    item.categories.extend(extensions.texts("dc", "subject").map(str::to_owned));
    item
}

/// Takes what is missing from Dublin Core.
fn fill(text: &mut String, extensions: &Extensions, name: &str) {
    if text.is_empty()
        && let Some(value) = extensions.text("dc", name)
    {
        *text = value.to_owned();
    }
}

/// The author: the first text that is not empty, else Dublin Core's or iTunes'.
fn author(texts: &[&str], extensions: &Extensions) -> Option<Person> {
    let own = texts.iter().copied().find(|text| !text.is_empty());
    own.or_else(|| extensions.text("dc", "author"))
        .or_else(|| extensions.text("dc", "creator"))
        .or_else(|| extensions.filled("itunes", "author"))
        .map(Person::parse)
}

fn keywords(extensions: &Extensions) -> impl Iterator<Item = String> {
    extensions.filled("itunes", "keywords").into_iter().flat_map(|text| text.split(',')).map(str::to_owned)
}

fn image_url(document: &Document<'_>, element: &Element) -> String {
    let url = element.children.iter().rev().find(|child| child.name.eq_ignore_ascii_case("url"));
    url.map(|url| text(document, url)).unwrap_or_default()
}
