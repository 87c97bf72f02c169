//! Answers at an endpoint: checks the url parameters, builds the request of the pipe, renders the reply.

use std::borrow::Cow;
use std::rc::Rc;

use fjord_http::template::title;
use fjord_http::{Headers, Query};

use crate::plan::{self, Endpoint, EndpointId, Queries};
use crate::platform::{Answer, Deadline, Level, Via};
use crate::proxy::{Cx, Error, Next, Reply, Request};
use crate::{KRAKEND_AGENT, render};

use super::handler::NextHandler;
use super::{Incoming, Reach, log};

/// Answers at the endpoint `id`.
pub(super) async fn answer(reach: Reach<'_>, id: EndpointId, mut incoming: Incoming) -> Answer {
    let endpoint = reach.plan.endpoint(id);
    if let Some(reason) = &reach.plan.service.refused {
        log(reach, Level::Error, || format!("[SERVICE: Gin] not served: {reason}"));
        return render::status(501);
    }
    if let Some(reason) = &endpoint.refused {
        log(reach, Level::Error, || format!("[ENDPOINT: {}] not served: {reason}", endpoint.path));
        return render::status(501);
    }
    if !reach.plan.service.router.disable_path_decoding
        && let Some(error) =
            incoming.params.iter().find_map(|(_, value)| fjord_router::check_value(value).err())
    {
        return render::bad_params(&error.to_string());
    }
    // Before the handlers: what they set of a token, the client's `Connection` must not take away.
    if incoming.headers.contains("Connection") {
        incoming.headers.remove_hop_by_hop();
    }
    let deadline = Deadline::of_request(reach.io, endpoint.timeout_ms);
    let cx = Cx { io: reach.io, plan: reach.plan, endpoint, deadline: &deadline };
    if endpoint.handlers.is_empty() {
        serve(cx, incoming).await
    } else {
        NextHandler::new(&endpoint.handlers).run(cx, incoming).await
    }
}

/// Answers behind the handlers: the pipe gets what they left of the request's time.
pub(super) async fn serve(cx: Cx<'_>, incoming: Incoming) -> Answer {
    let accept = incoming.headers.get("Accept").map(str::to_owned);
    let reply = run(cx, incoming).await;
    if let Some(error) = &reply.error {
        cx.log(Level::Error, || format!("[ENDPOINT: {}] {error}", cx.endpoint.path));
    }
    render::reply(cx, reply, accept.as_deref())
}

/// Runs the pipe of an endpoint for a client's request.
pub(crate) async fn run(cx: Cx<'_>, incoming: Incoming) -> Reply {
    let endpoint = cx.endpoint;
    let request = build(endpoint, incoming);
    let done = if endpoint.layers.is_empty() {
        cx.deadline.bound(endpoint.pipe.run(cx, request)).await
    } else {
        cx.deadline.bound(Next::pipe(&endpoint.layers, &endpoint.pipe).run(cx, request)).await
    };
    done.unwrap_or_else(|_| Reply::err(Error::expired()))
}

/// What of a client's request enters the pipe (spec §4).
fn build(endpoint: &Endpoint, incoming: Incoming) -> Request {
    let query = queries(&endpoint.input_query_strings, incoming.raw_query());
    let path: Rc<str> = incoming.raw_path().into();
    let mut params = incoming.claims;
    for (name, value) in incoming.params {
        params.set(&title(&name), value);
    }
    let headers = headers(endpoint, incoming.headers, incoming.client_ip, incoming.host);
    Request {
        method: Cow::Owned(incoming.method),
        path,
        url: Rc::from(""),
        via: Via::Network,
        params: Rc::new(params),
        headers: Rc::new(headers),
        query: Rc::new(query),
        body: incoming.body,
    }
}

fn headers(endpoint: &Endpoint, client: Headers, client_ip: String, host: String) -> Headers {
    let mut headers = match &endpoint.input_headers {
        plan::Headers::All => {
            let mut headers = client;
            headers.remove_hop_by_hop();
            headers
        }
        plan::Headers::ContentType => pick(&client, &["Content-Type"]),
        plan::Headers::Listed(names) => pick(&client, names),
    };
    headers.set("X-Forwarded-For", client_ip);
    headers.set("X-Forwarded-Host", host);
    let name = if headers.get("User-Agent").is_some() { "X-Forwarded-Via" } else { "User-Agent" };
    headers.set(name, KRAKEND_AGENT);
    headers
}

fn pick<N: AsRef<str>>(headers: &Headers, names: &[N]) -> Headers {
    let mut picked = Headers::default();
    for name in names {
        for value in headers.get_all(name.as_ref()) {
            picked.add(name.as_ref().to_owned(), value);
        }
    }
    picked
}

fn queries(allowed: &Queries, raw: &str) -> Query {
    match allowed {
        Queries::None => Query::default(),
        Queries::All => Query::parse(raw),
        Queries::Listed(names) => Query::parse_some(raw, |name| names.iter().any(|known| known == name)),
    }
}
