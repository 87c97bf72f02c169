//! From an origin's answer to the data of a response: status check, decoder, shape (spec §6–8).

use std::rc::Rc;

use fjord_encoding::Encoding;
use fjord_json::{Data, Form, Map, Object, Shape, Value};
use fjord_memory::Excess;

use super::{BadStatus, Error, HttpResponse, Kind, Response};
use crate::options::Capability;
use crate::platform::{Body, hops};

/// What a backend does with an answer.
pub struct Decode {
    /// The decoder.
    pub encoding: Encoding,
    /// `is_collection`
    pub is_collection: bool,
    /// What the data is turned into.
    pub shape: Shape,
    /// What a status other than 200 and 201 becomes.
    pub failure: Failure,
}

/// What a status other than 200 and 201 becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// An error without a status of its own.
    Error,
    /// An error that carries the status, the body and its content type (`return_error_code`).
    Code,
    /// Data under `error_NAME` (`return_error_details`).
    Details(String),
}

// === impl Decode ===

impl Decode {
    /// Makes a response of an answer. `method` and `pattern` name the backend in the error of a bad status.
    ///
    /// # Errors
    /// If the status isn't a success, or the body can't be decoded.
    pub fn run(&self, method: &str, pattern: &str, answer: HttpResponse) -> Result<Response, Error> {
        let Body::Bytes(body) = answer.body else {
            return Err(Error::decode("the answer's body stayed with the host"));
        };
        if !matches!(answer.status, 200 | 201) {
            let content_type = answer.headers.get("Content-Type").unwrap_or_default();
            return self.failed(method, pattern, answer.status, &answer.url, content_type, body.as_slice());
        }
        let data = match self.encoding {
            Encoding::Json if self.is_collection => fjord_json::decode(body, Form::Collection, &self.shape)?,
            Encoding::Json => fjord_json::decode(body, Form::Json, &self.shape)?,
            Encoding::SafeJson => fjord_json::decode(body, Form::Safe, &self.shape)?,
            Encoding::Xml if Capability::Xml.is_included() => {
                self.shaped(fjord_encoding::xml::decode(body.as_slice(), self.is_collection)?)?
            }
            Encoding::Text => self.shaped(fjord_encoding::decode_string(body.as_slice())?)?,
            Encoding::Rss if Capability::Feeds.is_included() => {
                self.shaped(fjord_encoding::feed::decode(body.as_slice())?)?
            }
            Encoding::Yaml if Capability::Yaml.is_included() => self.yaml(body)?,
            // A plan that needs them is refused where they aren't.
            Encoding::Xml | Encoding::Rss | Encoding::Yaml => {
                return Err(Error::decode("this build of the worker has no such decoder"));
            }
            Encoding::NoOp | Encoding::Nothing => None,
        };
        Ok(Response { data, complete: true, ..Response::default() })
    }

    /// The open edition reads `yaml` as JSON, and a JSON body is answered as it does. What isn't JSON is read as the
    /// Enterprise edition reads it; what is neither fails as JSON does.
    fn yaml(&self, body: fjord_json::Body) -> Result<Data, Error> {
        let form = if self.is_collection { Form::Collection } else { Form::Json };
        let body = Rc::new(body);
        match fjord_json::decode(Rc::clone(&body), form, &self.shape) {
            Err(
                error @ (fjord_json::DecodeError::Syntax { .. }
                | fjord_json::DecodeError::Cut
                | fjord_json::DecodeError::End),
            ) => match fjord_encoding::yaml::decode(body.as_slice(), self.is_collection) {
                Ok(map) => Ok(self.shaped(map)?),
                Err(refused) => Err(refused.excess().map_or_else(|| error.into(), Error::from)),
            },
            decoded => Ok(decoded?),
        }
    }

    fn shaped(&self, map: Map) -> Result<Data, Excess> {
        self.shape.apply(Some(Object::from_map(map)))
    }

    fn failed(
        &self,
        method: &str,
        pattern: &str,
        status: u16,
        url: &Rc<str>,
        content_type: &str,
        body: &[u8],
    ) -> Result<Response, Error> {
        match &self.failure {
            Failure::Error => {
                let bad = BadStatus { status, backend: format!("{method} {pattern}"), url: Rc::clone(url) };
                let error = Error::new(Kind::Status(Box::new(bad)));
                Err(if status == hops::STATUS { error.with_status(status) } else { error })
            }
            Failure::Code => Err(Error {
                kind: Kind::Passed(fjord_encoding::text(body)?),
                status: Some(status),
                content_type: Some(content_type.to_owned()).filter(|text| !text.is_empty()),
            }),
            Failure::Details(name) => {
                let data = Object::from_map(details(name, status, content_type, body)?);
                Ok(Response { data: Some(data), complete: false, ..Response::default() })
            }
        }
    }
}

/// `{"error_NAME": {…}}`; an empty body or content type is left out.
fn details(name: &str, status: u16, content_type: &str, body: &[u8]) -> Result<Map, Excess> {
    let mut details = Map::new();
    details.insert("http_status_code".to_owned(), Value::Float(status.into()));
    if !body.is_empty() {
        details.insert("http_body".to_owned(), Value::String(fjord_encoding::text(body)?));
    }
    if !content_type.is_empty() {
        details.insert("http_body_encoding".to_owned(), Value::String(content_type.to_owned()));
    }
    Ok(Map::from([(format!("error_{name}"), Value::Object(details))]))
}

impl From<fjord_encoding::DecodeError> for Error {
    fn from(error: fjord_encoding::DecodeError) -> Self {
        match error.excess() {
            Some(excess) => excess.into(),
            None => Error::decode(error.to_string()),
        }
    }
}

impl From<fjord_json::DecodeError> for Error {
    fn from(error: fjord_json::DecodeError) -> Self {
        match error {
            fjord_json::DecodeError::Excess(excess) => excess.into(),
            error => Error::decode(error.to_string()),
        }
    }
}
