//! Scripts around the backends of an endpoint, or around one.

use std::rc::Rc;

use fjord_document::node::Node;
use fjord_http::url;
use fjord_json::{Map, Object};
use fjord_lua::Str;

use super::surroundings::{Surroundings, fields, forget_length, read, write_fields};
use super::{Component, Scope};

use crate::context::{Cx, Params};
use crate::options::{Refusal, Site};
use crate::platform::{Body, LocalFuture, RequestBody, Via};
use crate::proxy::{Error, Layer, Next, Reply, Request, Response};

/// Compiles `modifier/lua-proxy` and `modifier/lua-backend`.
///
/// # Errors
/// If the options can't be served, with the reason.
pub fn compile(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Layer>>, Refusal> {
    Ok(Some(Box::new(Component::compile(site, node, Scope::Proxy)?)))
}

impl Layer for Component {
    fn handle<'a>(&'a self, cx: Cx<'a>, request: Request, next: Next<'a>) -> LocalFuture<'a, Reply> {
        Box::pin(async move {
            match self.around(cx, request, next).await {
                Ok(reply) => reply,
                Err(error) => Reply::err(error),
            }
        })
    }
}

// === impl Component ===

impl Component {
    async fn around(&self, cx: Cx<'_>, mut request: Request, next: Next<'_>) -> Result<Reply, Error> {
        let body = match self.reads_body {
            true => cx.deadline.bound(read(cx.io, &mut request.body)).await??,
            false => Str::default(),
        };
        let before = seen(&request, body);
        let mut host = Surroundings { io: cx.io, request: before.clone(), response: None };
        let mut run = self.script.start();
        let step = run.pre(&mut host);
        self.finish(cx.deadline, &mut run, &mut host, step).await?;
        write_back(&host.request, &before, &mut request)?;
        let mut reply = if self.skip_next {
            Reply::ok(Response { data: Some(Object::default()), ..Response::default() })
        } else {
            next.run(cx, request).await
        };
        if reply.error.is_some() || !self.script.has_post() {
            return Ok(reply);
        }
        let Some(response) = &mut reply.response else { return Ok(reply) };
        host.response = Some(self.response(cx, response).await?);
        let step = run.post(&mut host);
        self.finish(cx.deadline, &mut run, &mut host, step).await?;
        if let Some(seen) = host.response {
            self.write_response(seen, response);
        }
        Ok(reply)
    }

    async fn response(&self, cx: Cx<'_>, response: &mut Response) -> Result<fjord_lua::Response, Error> {
        if self.reads_body
            && let Some(Body::Stream(stream)) = response.io
        {
            let body = cx.deadline.bound(cx.io.read_stream(stream)).await?;
            response.io = Some(Body::Bytes(body.map_err(Error::from)?));
        }
        let data = match &response.data {
            Some(data) if self.reads_data => data.to_map()?,
            _ => Map::default(),
        };
        let body = match &response.io {
            Some(Body::Bytes(body)) => Str::new(body.as_slice()),
            _ => Str::default(),
        };
        Ok(fjord_lua::Response {
            is_complete: response.complete,
            status: response.metadata.status.into(),
            data,
            headers: fields(&response.metadata.headers),
            body,
        })
    }

    fn write_response(&self, seen: fjord_lua::Response, response: &mut Response) {
        response.complete = seen.is_complete;
        // No status beyond three digits can be sent.
        if let Some(status) = u16::try_from(seen.status).ok().filter(|status| *status < 1000) {
            response.metadata.status = status;
        }
        write_fields(&seen.headers, &mut response.metadata.headers);
        if self.reads_data && (response.data.is_some() || !seen.data.is_empty()) {
            response.data = Some(Object::from_map(seen.data));
        }
        let same = matches!(&response.io, Some(Body::Bytes(body)) if body.as_slice() == seen.body.bytes());
        if self.reads_body && !same && (response.io.is_some() || !seen.body.bytes().is_empty()) {
            response.io = Some(Body::Bytes(seen.body.bytes().into()));
        }
    }
}

fn seen(request: &Request, body: Str) -> fjord_lua::Request {
    fjord_lua::Request {
        method: request.method.to_string(),
        path: request.path.to_string(),
        query: (*request.query).clone(),
        url: request.url.to_string(),
        host: String::new(),
        params: request.params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        headers: fields(&request.headers),
        body,
    }
}

fn write_back(
    seen: &fjord_lua::Request,
    before: &fjord_lua::Request,
    request: &mut Request,
) -> Result<(), Error> {
    if seen.method != before.method {
        request.method = seen.method.clone().into();
    }
    if seen.path != before.path {
        request.path = seen.path.as_str().into();
    }
    // Before a host is chosen there is no URL to change.
    if seen.url != before.url && !before.url.is_empty() {
        let url = url::of_script(&seen.url).map_err(|error| Error::from(error).with_status(400))?;
        // A binding is left with its host.
        if url::origin(&url) != url::origin(&request.url) {
            request.via = Via::Network;
        }
        request.url = url.into();
    }
    if seen.query != before.query {
        request.query = Rc::new(seen.query.clone());
    }
    if seen.params != before.params {
        let mut params = Params::default();
        seen.params.iter().for_each(|(name, value)| params.set(name, value.clone()));
        request.params = Rc::new(params);
    }
    if seen.headers != before.headers {
        write_fields(&seen.headers, Rc::make_mut(&mut request.headers));
    }
    if seen.body != before.body {
        forget_length(seen.body.bytes(), Rc::make_mut(&mut request.headers));
        request.body = RequestBody::chunked(seen.body.bytes());
    }
    Ok(())
}
