//! The body of an answer in each output encoding (spec §14).

use crate::encoding::{Output, xml, yaml};
use crate::json::{DecodeError, Map, Object, Value};
use crate::proxy::Response;

/// The type of JSON.
pub(super) const JSON: &str = "application/json; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";
const YAML: &str = "application/x-yaml; charset=utf-8";
const XML: &str = "application/xml";

/// The content type and the body of a response; without one, the encoding's empty value.
///
/// # Errors
/// If the data nest deeper than values may, which XML and YAML are made of. JSON has no limit of its own.
pub fn render(output: Output, response: Option<&Response>) -> Result<(&'static str, Vec<u8>), DecodeError> {
    let data = response.map(|response| response.data.as_ref());
    Ok(match output {
        Output::Json | Output::NoOp | Output::Negotiate => (JSON, json(data)),
        Output::JsonCollection => (JSON, collection(data.flatten())),
        Output::Text => (TEXT, string(data.flatten())),
        Output::Xml => match data {
            None => ("application/xml; charset=utf-8", Vec::new()),
            Some(data) => (XML, xml::render(&map(data)?).unwrap_or_default()),
        },
        Output::Yaml => (YAML, yaml::render(&Value::Object(map(data.flatten())?)).into_bytes()),
    })
}

/// Data as JSON; `null` if there are none, `{}` without a response.
pub(super) fn json(data: Option<Option<&Object>>) -> Vec<u8> {
    match data {
        None => b"{}".to_vec(),
        Some(None) => b"null".to_vec(),
        Some(Some(object)) => {
            let mut out = Vec::with_capacity(object.written_len());
            object.write(&mut out);
            out
        }
    }
}

fn collection(data: Option<&Object>) -> Vec<u8> {
    let mut out = Vec::new();
    match data.and_then(|object| object.get("collection")) {
        Some(piece) => piece.write(&mut out),
        None => out.extend_from_slice(b"[]"),
    }
    out
}

fn string(data: Option<&Object>) -> Vec<u8> {
    let text =
        data.and_then(|object| object.get("content")).and_then(|piece| Some(piece.as_text()?.into_owned()));
    text.unwrap_or_default().into_bytes()
}

/// The data as values.
fn map(data: Option<&Object>) -> Result<Map, DecodeError> {
    data.map_or_else(|| Ok(Map::new()), Object::to_map)
}
