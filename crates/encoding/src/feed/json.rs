//! JSON Feed, 1.0 and 1.1.

use fjord_json::Value as Json;
use fjord_memory::Budget;

use super::Feed;
use super::date::Date;
use super::item::{Enclosure, Item, Person};
use crate::DecodeError;

/// What an entry costs a budget beside its texts.
const ENTRY: usize = 2048;

/// Reads a JSON feed; any JSON object is one. What isn't JSON isn't a feed.
pub(super) fn decode(body: &[u8]) -> Result<Feed, DecodeError> {
    let root: Json = Json::parse(fjord_json::without_mark(body)).map_err(|error| match error {
        fjord_json::DecodeError::Excess(excess) => DecodeError::Excess(excess),
        _ => DecodeError::NotAFeed,
    })?;
    // An entry takes its texts from the root and gives copies of some.
    let mut budget = Budget::new();
    budget.take(ENTRY * list(&root, "items")?.len() + 2 * root.cost());
    budget.checked()?;
    let items = list(&root, "items")?.iter().map(item).collect::<Result<Vec<_>, _>>()?;
    Ok(Feed {
        kind: "json",
        title: text(&root, "title")?,
        description: text(&root, "description")?,
        language: text(&root, "language")?,
        author: author(&root)?,
        image: Some(text(&root, "icon")?).filter(|url| !url.is_empty()),
        // The newest entry comes first: its dates are the feed's.
        published: items.first().map(|item| item.published.clone()).unwrap_or_default(),
        updated: items.first().map(|item| item.updated.clone()).unwrap_or_default(),
        items,
        ..Feed::default()
    })
}

fn item(json: &Json) -> Result<Item, DecodeError> {
    let links = [text(json, "url")?, text(json, "external_url")?];
    let image = [text(json, "image")?, text(json, "banner_image")?];
    let content = [text(json, "content_html")?, text(json, "content_text")?];
    let filled = |text: &String| !text.is_empty();
    let author = author(json)?;
    let authors = match json.get("authors") {
        None | Some(Json::Null) => author.iter().cloned().collect(),
        Some(_) => list(json, "authors")?.iter().map(person).collect::<Result<_, _>>()?,
    };
    let published = text(json, "date_published")?;
    let updated = text(json, "date_modified")?;
    let tags = list(json, "tags")?.iter();
    Ok(Item {
        guid: text(json, "id")?,
        link: links[0].clone(),
        links: links.into_iter().filter(filled).collect(),
        title: text(json, "title")?,
        content: content.into_iter().find(filled).unwrap_or_default(),
        description: text(json, "summary")?,
        image: image.into_iter().find(filled),
        published_date: Date::parse(&published),
        updated_date: Date::parse(&updated),
        published,
        updated,
        author,
        authors,
        categories: tags.map(|tag| string(tag, "tags")).collect::<Result<_, _>>()?,
        enclosures: list(json, "attachments")?.iter().map(attachment).collect::<Result<_, _>>()?,
        ..Item::default()
    })
}

fn attachment(json: &Json) -> Result<Enclosure, DecodeError> {
    let seconds = match json.get("duration_in_seconds") {
        None | Some(Json::Null) => 0,
        Some(Json::Number(text)) => text.parse::<i64>().map_err(|_| wrong("duration_in_seconds"))?,
        Some(_) => return Err(wrong("duration_in_seconds")),
    };
    // KrakenD's length of an attachment is its duration.
    Ok(Enclosure { url: text(json, "url")?, kind: text(json, "mime_type")?, length: seconds.to_string() })
}

fn author(json: &Json) -> Result<Option<Person>, DecodeError> {
    match json.get("author") {
        None | Some(Json::Null) => Ok(None),
        Some(author) => person(author).map(Some),
    }
}

fn person(json: &Json) -> Result<Person, DecodeError> {
    match json {
        Json::Object(_) => text(json, "name").map(|name| Person::parse(&name)),
        _ => Err(wrong("author")),
    }
}

/// The text of a member; empty without one.
fn text(json: &Json, key: &'static str) -> Result<String, DecodeError> {
    json.get(key).map_or(Ok(String::new()), |value| string(value, key))
}

fn string(json: &Json, key: &'static str) -> Result<String, DecodeError> {
    match json {
        Json::String(text) => Ok(text.clone()),
        Json::Null => Ok(String::new()),
        _ => Err(wrong(key)),
    }
}

fn list<'j>(json: &'j Json, key: &'static str) -> Result<&'j [Json], DecodeError> {
    match json.get(key) {
        Some(Json::Array(items)) => Ok(items),
        None | Some(Json::Null) => Ok(&[]),
        Some(_) => Err(wrong(key)),
    }
}

fn wrong(key: &str) -> DecodeError {
    DecodeError::FeedJson(format!("the member {key} of the feed is of another type than JSON Feed says"))
}
