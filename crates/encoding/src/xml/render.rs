//! Writes an object as XML, as mxj 1.8.4 does (spec §14).

use fjord_json::{Map, Value, go_float_v};
use fjord_memory::Excess;

use crate::out::Out;

/// What cannot be written; the answer then has no body, as in KrakenD.
struct Unwritable;

/// A piece of work: arrays and objects are walked without recursion.
enum Step<'v> {
    Element(&'v str, &'v Value),
    Close(&'v str),
}

/// `data` as XML without a prolog. A single member is the root element, unless it is an array with something other than
/// objects in it; otherwise the root is `doc`. None for what has no XML: an attribute (`-x`) that is null, an array or an
/// object, or `#text` beside elements.
///
/// # Errors
/// If the text is longer than an answer may be.
pub fn render(data: &Map) -> Result<Option<Vec<u8>>, Excess> {
    let mut out = Out::new();
    let mut single = data.iter();
    let single = match (single.next(), single.next()) {
        (Some(member), None) if !is_list_of_others(member.1) => Some(member),
        _ => None,
    };
    let written = match single {
        Some((key, value)) => write(&mut out, vec![Step::Element(key, value)]),
        None => {
            let mut steps = Vec::new();
            open_object(&mut out, &mut steps, "doc", data).and_then(|()| write(&mut out, steps))
        }
    };
    let text = out.finish()?;
    Ok(written.ok().map(|()| text.into_bytes()))
}

fn is_list_of_others(value: &Value) -> bool {
    matches!(value, Value::Array(items) if items.iter().any(|item| !matches!(item, Value::Object(_))))
}

fn write<'v>(out: &mut Out, mut steps: Vec<Step<'v>>) -> Result<(), Unwritable> {
    while let Some(step) = steps.pop() {
        match step {
            Step::Close(key) => close(out, key),
            Step::Element(key, Value::Object(members)) => open_object(out, &mut steps, key, members)?,
            Step::Element(key, Value::Array(items)) if !items.is_empty() => {
                steps.extend(items.iter().rev().map(|item| Step::Element(key, item)));
            }
            Step::Element(key, value) => {
                open(out, key);
                let start = out.len();
                out.push('>');
                scalar(out, value);
                if out.len() == start + 1 {
                    out.truncate(start);
                    out.push_str("/>");
                } else {
                    close(out, key);
                }
            }
        }
    }
    Ok(())
}

/// Writes the start of an object's element with its attributes, and all of it if there is nothing else.
fn open_object<'v>(
    out: &mut Out,
    steps: &mut Vec<Step<'v>>,
    key: &'v str,
    members: &'v Map,
) -> Result<(), Unwritable> {
    open(out, key);
    let mut others = 0;
    for (name, value) in members {
        let Some(name) = attribute_name(name) else {
            others += 1;
            continue;
        };
        if matches!(value, Value::Null | Value::Array(_) | Value::Object(_)) {
            return Err(Unwritable);
        }
        out.push(' ');
        out.push_str(name);
        out.push_str("=\"");
        scalar(out, value);
        out.push('"');
    }
    if others == 0 {
        out.push_str("/>");
        return Ok(());
    }
    out.push('>');
    match members.get("#text") {
        Some(text) if others == 1 => {
            text_of(out, text);
            close(out, key);
        }
        Some(_) => return Err(Unwritable),
        None => {
            steps.push(Step::Close(key));
            let elements = members.iter().rev().filter(|(name, _)| attribute_name(name).is_none());
            steps.extend(elements.map(|(name, value)| Step::Element(name, value)));
        }
    }
    Ok(())
}

/// The attribute that a key stands for: `-name`, but not `-` alone.
fn attribute_name(key: &str) -> Option<&str> {
    key.strip_prefix('-').filter(|name| !name.is_empty())
}

fn open(out: &mut Out, key: &str) {
    out.push('<');
    out.push_str(key);
}

fn close(out: &mut Out, key: &str) {
    out.push_str("</");
    out.push_str(key);
    out.push('>');
}

fn scalar(out: &mut Out, value: &Value) {
    match value {
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(text) => out.push_str(text),
        Value::Float(number) => out.push_str(&go_float_v(*number)),
        Value::String(text) => escape(out, text),
        Value::Null | Value::Array(_) | Value::Object(_) => {}
    }
}

/// The value of `#text`. mxj prints null and what is nested with Go's `%v`; that isn't a string, so nothing is written.
fn text_of(out: &mut Out, value: &Value) {
    match value {
        Value::Null => out.push_str("&lt;nil&gt;"),
        _ => scalar(out, value),
    }
}

fn escape(out: &mut Out, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            _ => out.push(c),
        }
    }
}
