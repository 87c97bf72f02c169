//! Scripts on the client's request, before everything else.

use fjord_document::node::Node;
use fjord_http::Query;
use fjord_lua::Str;

use super::surroundings::{Surroundings, fields, forget_length, read, write_fields};
use super::{Component, Scope};
use crate::context::{Cx, Reach};
use crate::gateway::{Global, Handler, Incoming, NextGlobal, NextHandler};

use crate::options::{Refusal, Site};
use crate::platform::{Answer, Deadline, Io, Level, LocalFuture, RequestBody};
use crate::proxy::Error;
use crate::render;

/// Compiles `modifier/lua-endpoint` of an endpoint.
///
/// # Errors
/// If a script can't be compiled, with its name and line.
pub fn handler(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Handler>>, Refusal> {
    Ok(Some(Box::new(Component::compile(site, node, Scope::Endpoint)?)))
}

/// Compiles `modifier/lua-endpoint` of the service.
///
/// # Errors
/// If a script can't be compiled, with its name and line.
pub fn service(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Global>>, Refusal> {
    Ok(Some(Box::new(Component::compile(site, node, Scope::Endpoint)?)))
}

impl Handler for Component {
    fn handle<'a>(
        &'a self,
        cx: Cx<'a>,
        mut incoming: Incoming,
        next: NextHandler<'a>,
    ) -> LocalFuture<'a, Answer> {
        Box::pin(async move {
            match self.before(cx.io, cx.deadline, &mut incoming).await {
                Ok(()) => next.run(cx, incoming).await,
                Err(error) => {
                    cx.log(Level::Error, || format!("[ENDPOINT: {}][Lua] {error}", cx.endpoint.path));
                    // The text never reaches the client (spec §27).
                    let mut answer = render::status(error.status.unwrap_or(500));
                    if let Some(content_type) = error.content_type {
                        answer.headers.set("Content-Type", content_type);
                    }
                    answer
                }
            }
        })
    }
}

impl Global for Component {
    fn handle<'a>(
        &'a self,
        reach: Reach<'a>,
        mut incoming: Incoming,
        next: NextGlobal<'a>,
    ) -> LocalFuture<'a, Answer> {
        Box::pin(async move {
            let deadline = Deadline::of_request(reach.io, incoming.timeout_ms);
            match self.before(reach.io, &deadline, &mut incoming).await {
                Ok(()) => next.run(reach, incoming).await,
                Err(error) => {
                    reach.log(Level::Error, || format!("[SERVICE: Gin][Lua] {error}"));
                    render::status(500)
                }
            }
        })
    }
}

// === impl Component ===

impl Component {
    async fn before(&self, io: &Io, deadline: &Deadline<'_>, incoming: &mut Incoming) -> Result<(), Error> {
        let body = match self.reads_body {
            true => deadline.bound(read(io, &mut incoming.body)).await??,
            false => Str::default(),
        };
        let before = seen(incoming, body);
        let mut host = Surroundings { io, request: before.clone(), response: None };
        let mut run = self.script.start();
        let step = run.pre(&mut host);
        self.finish(deadline, &mut run, &mut host, step).await?;
        write_back(host.request, &before, incoming);
        Ok(())
    }
}

fn seen(incoming: &Incoming, body: Str) -> fjord_lua::Request {
    fjord_lua::Request {
        method: incoming.method.clone(),
        path: incoming.raw_path().to_owned(),
        query: Query::parse(incoming.raw_query()),
        url: incoming.target.clone(),
        host: incoming.host.clone(),
        params: incoming.params.iter().cloned().collect(),
        headers: fields(&incoming.headers),
        body,
    }
}

fn write_back(seen: fjord_lua::Request, before: &fjord_lua::Request, incoming: &mut Incoming) {
    incoming.method = seen.method;
    incoming.host = seen.host;
    if seen.url != before.url {
        incoming.target = seen.url;
    }
    if seen.query != before.query {
        incoming.target = format!("{}?{}", incoming.raw_path(), seen.query.encode());
    }
    if seen.params != before.params {
        incoming.params = seen.params.into_iter().collect();
    }
    write_fields(&seen.headers, &mut incoming.headers);
    if seen.body != before.body {
        forget_length(seen.body.bytes(), &mut incoming.headers);
        incoming.body = RequestBody::chunked(seen.body.bytes());
    }
}
