//! The whole of it against recorded cases, a public suite, and other readers.

mod cases;
mod memory;
mod model;
mod properties;
mod suite;

use serde_json::Value as Json;

use fjord_memory::Excess;

use super::{Body, Data, Flatmap, Form, Op, Shape, ShapeOptions, decode, write_data};

/// Data that took no more memory than they may, written.
fn fitting(data: Result<Data, Excess>) -> String {
    text(&data.expect("the cases are small"))
}

fn text(data: &Data) -> String {
    let mut out = Vec::new();
    write_data(data, &mut out);
    String::from_utf8(out).expect("what is written is UTF-8")
}

/// Decodes and writes; an error is its text.
fn through(body: &[u8], form: Form, shape: &Shape) -> Result<String, String> {
    decode(Body::from(body), form, shape).map(|data| text(&data)).map_err(|error| error.to_string())
}

fn strings(list: &Json) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Json::as_str).map(str::to_owned).collect()
}

/// `{from: to}`, or `[[from, to]]` where the order counts.
fn renames(mapping: &Json) -> Vec<(String, String)> {
    let owned = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    match mapping {
        Json::Object(pairs) => pairs.iter().map(|(from, to)| (from.clone(), owned(to))).collect(),
        Json::Array(pairs) => pairs.iter().map(|pair| (owned(&pair[0]), owned(&pair[1]))).collect(),
        _ => Vec::new(),
    }
}

/// Backend options as a shape.
fn shape(options: &Json) -> Shape {
    let string = |key: &str| options[key].as_str().unwrap_or_default().to_owned();
    let op = |entry: &Json| match (entry["type"].as_str(), strings(&entry["args"]).as_slice()) {
        (Some("del"), paths) => Op::Del(paths.to_vec()),
        (Some("move"), [from, to]) => Op::Move(from.clone(), to.clone()),
        (Some("append"), [from, to]) => Op::Append(from.clone(), to.clone()),
        _ => Op::Nothing,
    };
    Shape::new(ShapeOptions {
        target: string("target"),
        allow: strings(&options["allow"]),
        deny: strings(&options["deny"]),
        mapping: renames(&options["mapping"]),
        group: string("group"),
        flatmap: Flatmap::new(options["flatmap_filter"].as_array().into_iter().flatten().map(op)),
    })
}
