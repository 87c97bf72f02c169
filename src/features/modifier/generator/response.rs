//! Makes the answer that is sent back.
//!
//! The text becomes data again by its content type, so that what stands around it works as before. Of a `no-op` answer it's the
//! body itself.

use fjord_document::node::Node;
use fjord_encoding::{decode_string, xml};
use fjord_json::{Data, Form, Map, Object, Shape, Value as Json, without_mark};
use fjord_template::{Entries, Value};

use super::Generator;
use super::data::{Content, RESPONSE, lists};

use std::rc::Rc;

use crate::context::Cx;
use crate::options::{Compiled, Namespace, Site};
use crate::platform::{Body, LocalFuture};
use crate::proxy::{Error, Layer, Next, Reply, Request, Response};

/// A generator after a pipe or a backend.
struct Responses(Generator, &'static Namespace);

/// Compiles a generator of answers.
///
/// # Errors
/// If there's no template, or it can't be read.
pub fn compile(site: &Site<'_>, node: &Node, namespace: &'static Namespace) -> Compiled<dyn Layer> {
    let generator = Generator::compile(site, node, namespace, RESPONSE)?;
    Ok(Some(Box::new(Responses(generator, namespace))))
}

impl Layer for Responses {
    fn handle<'a>(&'a self, cx: Cx<'a>, mut request: Request, next: Next<'a>) -> LocalFuture<'a, Reply> {
        Box::pin(async move {
            // A body that the client has asked to be packed couldn't be read.
            if self.0.reads("resp_body") && request.headers.contains("Accept-Encoding") {
                Rc::make_mut(&mut request.headers).remove("Accept-Encoding");
            }
            let asked = request.clone();
            let mut reply = next.run(cx, request).await;
            if let Some(response) = &mut reply.response
                && let Err(error) = self.make(cx, &asked, response).await
            {
                return Reply::err(error);
            }
            reply
        })
    }
}

// === impl Responses ===

impl Responses {
    async fn make(&self, cx: Cx<'_>, request: &Request, response: &mut Response) -> Result<(), Error> {
        let Self(generator, namespace) = self;
        let is_raw = response.io.is_some();
        let body = match generator.reads("resp_body") {
            true if is_raw => Some(raw(cx, response).await?),
            true => {
                let data = response.data.as_ref().map(Object::to_map).transpose()?;
                Some(Json::Object(data.unwrap_or_default()))
            }
            false => None,
        };
        let mut variables = Entries::new();
        generator.of_request(request, &mut variables);
        if let Some(body) = &body {
            variables.insert("resp_body".into(), Value::from_json(body));
        }
        if is_raw {
            variables.insert("resp_status".into(), Value::Int(response.metadata.status.into()));
            variables.insert("resp_headers".into(), lists(response.metadata.headers.iter()));
        }
        let text = generator.run(cx, namespace, variables)?;
        if is_raw {
            let headers = &mut response.metadata.headers;
            headers.remove("Content-Encoding");
            headers.set("Content-Type", generator.content_type.as_str());
            response.io = Some(Body::Bytes(text.into_bytes().into()));
        } else {
            response.data = data(Content::of(&generator.content_type), text)?;
        }
        Ok(())
    }
}

/// The body of a no-op answer as a value.
async fn raw(cx: Cx<'_>, response: &mut Response) -> Result<Json, Error> {
    let body = match response.io.take() {
        Some(Body::Stream(stream)) => {
            cx.deadline.bound(cx.io.read_stream(stream)).await?.map_err(Error::from)?
        }
        Some(Body::Bytes(body)) => body,
        None => return Ok(Json::Null),
    };
    let content_type = response.metadata.headers.get("Content-Type").unwrap_or_default();
    let value = Content::of(content_type).read(&body);
    response.io = Some(Body::Bytes(body));
    value
}

/// The text as data: JSON as `safejson` reads it, XML as `xml`, anything else as `string`.
fn data(content: Content, text: String) -> Result<Data, Error> {
    let shown = |map: Map| Some(Object::from_map(map));
    Ok(match content {
        Content::Json => {
            fjord_json::decode(fjord_json::Body::from(text.into_bytes()), Form::Safe, &Shape::default())?
        }
        Content::Xml => shown(xml::decode(without_mark(text.as_bytes()), false)?),
        Content::Form | Content::Text => shown(decode_string(text.as_bytes())?),
    })
}
