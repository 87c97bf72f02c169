//! Makes the body that is sent on.

use std::rc::Rc;

use fjord_document::node::Node;
use fjord_template::{Entries, Value};

use super::Generator;
use super::data::{Content, REQUEST, of_client};

use crate::context::Cx;
use crate::options::{Compiled, Namespace, Site};
use crate::platform::{LocalFuture, RequestBody};
use crate::proxy::{Error, Layer, Next, Reply, Request};

/// A generator before a pipe or a backend.
struct Requests {
    generator: Generator,
    namespace: &'static Namespace,
    /// Whether a call with a method that has no body becomes a POST.
    posts: bool,
}

/// Compiles a generator of request bodies.
///
/// # Errors
/// If there's no template, or it can't be read.
pub fn compile(site: &Site<'_>, node: &Node, namespace: &'static Namespace) -> Compiled<dyn Layer> {
    let generator = Generator::compile(site, node, namespace, REQUEST)?;
    Ok(Some(Box::new(Requests { generator, namespace, posts: false })))
}

/// Compiles a generator of request bodies that are always sent.
///
/// # Errors
/// If there's no template, or it can't be read.
pub fn post(site: &Site<'_>, node: &Node, namespace: &'static Namespace) -> Compiled<dyn Layer> {
    let generator = Generator::compile(site, node, namespace, REQUEST)?;
    Ok(Some(Box::new(Requests { generator, namespace, posts: true })))
}

impl Layer for Requests {
    fn handle<'a>(&'a self, cx: Cx<'a>, mut request: Request, next: Next<'a>) -> LocalFuture<'a, Reply> {
        Box::pin(async move {
            match self.make(cx, &mut request).await {
                Ok(()) => next.run(cx, request).await,
                Err(error) => Reply::err(error),
            }
        })
    }
}

// === impl Requests ===

impl Requests {
    async fn make(&self, cx: Cx<'_>, request: &mut Request) -> Result<(), Error> {
        let Self { generator, namespace, posts } = self;
        let body = match generator.reads("req_body") {
            true => {
                let body = cx.deadline.bound(request.buffer_body(cx.io)).await??;
                let content_type = request.headers.get("Content-Type").unwrap_or_default();
                Some(Content::of(content_type).read(&body).map_err(of_client)?)
            }
            false => None,
        };
        let mut variables = Entries::new();
        generator.of_request(request, &mut variables);
        if let Some(body) = &body {
            variables.insert("req_body".into(), Value::from_json(body));
        }
        let text = generator.run(cx, namespace, variables)?;
        let headers = Rc::make_mut(&mut request.headers);
        headers.set("Content-Type", generator.content_type.as_str());
        headers.set("Content-Length", text.len().to_string());
        // What the client's body was packed with is gone with it.
        headers.remove("Content-Encoding");
        if *posts && matches!(&*request.method, "GET" | "HEAD") {
            request.method = "POST".into();
        }
        request.body = RequestBody::sized(text.into_bytes());
        Ok(())
    }
}
