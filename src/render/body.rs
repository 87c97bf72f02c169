//! The body of an answer in each output encoding (spec §14).

use fjord_encoding::{Output, xml, yaml};
use fjord_json::{DecodeError, Map, Object, Value};
use fjord_memory::{Excess, afford, afford_output};

use crate::options::Capability;
use crate::proxy::Response;

/// The type of JSON.
pub(super) const JSON: &str = "application/json; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";
const YAML: &str = "application/x-yaml; charset=utf-8";
const XML: &str = "application/xml";

/// The content type and the body of a response; without one, the encoding's empty value.
///
/// # Errors
/// If the body is longer than an answer may be, or the data, as the values that XML and YAML are made of, nest deeper or
/// take more memory than values may.
pub fn render(output: Output, response: Option<&Response>) -> Result<(&'static str, Vec<u8>), DecodeError> {
    let data = response.map(|response| response.data.as_ref());
    Ok(match output {
        Output::Json | Output::NoOp | Output::Negotiate => (JSON, json(data)?),
        Output::JsonCollection => (JSON, collection(data.flatten())?),
        Output::Text => (TEXT, string(data.flatten())?),
        Output::Xml if Capability::Xml.is_included() => match data {
            None => ("application/xml; charset=utf-8", Vec::new()),
            Some(data) => (XML, xml::render(&map(data)?)?.unwrap_or_default()),
        },
        Output::Yaml if Capability::Yaml.is_included() => {
            (YAML, yaml::render(&Value::Object(map(data.flatten())?))?.into_bytes())
        }
        // A plan that needs them is refused where they aren't.
        Output::Xml | Output::Yaml => (TEXT, Vec::new()),
    })
}

/// Data as JSON; `null` if there are none, `{}` without a response.
pub(super) fn json(data: Option<Option<&Object>>) -> Result<Vec<u8>, Excess> {
    match data {
        None => Ok(b"{}".to_vec()),
        Some(None) => Ok(b"null".to_vec()),
        Some(Some(object)) => {
            let mut out = output(object.written_len())?;
            object.write(&mut out);
            Ok(out)
        }
    }
}

fn collection(data: Option<&Object>) -> Result<Vec<u8>, Excess> {
    match data.and_then(|object| object.get("collection")) {
        Some(piece) => {
            let mut out = output(piece.written_len())?;
            piece.write(&mut out);
            Ok(out)
        }
        None => Ok(b"[]".to_vec()),
    }
}

fn string(data: Option<&Object>) -> Result<Vec<u8>, Excess> {
    let Some(piece) = data.and_then(|object| object.get("content")) else { return Ok(Vec::new()) };
    afford(piece.written_len())?;
    Ok(piece.as_text().map(|text| text.into_owned().into_bytes()).unwrap_or_default())
}

/// A body of up to `len` bytes.
fn output(len: usize) -> Result<Vec<u8>, Excess> {
    afford_output(len)?;
    Ok(Vec::with_capacity(len))
}

/// The data as values.
fn map(data: Option<&Object>) -> Result<Map, DecodeError> {
    data.map_or_else(|| Ok(Map::new()), Object::to_map)
}
