//! From the reply of a pipe to the answer on the wire: status, gateway headers, body (spec §13–15).

mod body;
mod plain;

pub use body::render;
pub use plain::{bad_params, bad_request, no_route, options, redirect, status, text};

use fjord_encoding::{Output, negotiate};
use fjord_http::headers::is_hop_by_hop;
use fjord_http::{Headers, content_sniff};

use crate::context::Cx;
use crate::platform::{Answer, AnswerBody, Body, Level, Passed};
use crate::proxy::{Error, Kind, Reply, Response};

/// Renders a reply as the endpoint is configured.
pub fn reply(cx: Cx<'_>, reply: Reply, accept: Option<&str>) -> Answer {
    let endpoint = cx.endpoint;
    let mut headers = Headers::default();
    headers.add("X-Krakend", cx.service.version_header.as_str());
    let mut completed = false;
    if let Some(response) = reply.response.as_ref().filter(|response| response.has_data()) {
        completed = response.complete;
        if let (true, Some(cache)) = (completed, &endpoint.cache_control) {
            headers.add("Cache-Control", cache.as_str());
        }
        // A no-op answer adds the origin's headers below, once.
        if endpoint.output != Output::NoOp {
            add_metadata(&mut headers, response);
        }
    }
    headers.add("X-Krakend-Completed", if completed { "true" } else { "false" });
    match reply {
        Reply { response: None, error: Some(error) } => failed(cx, headers, error),
        Reply { response, .. } if endpoint.output == Output::NoOp => no_op(headers, response),
        Reply { response, .. } => {
            let output = match endpoint.output {
                Output::Negotiate => negotiate(accept),
                output => output,
            };
            let (content_type, body) = match body::render(output, response.as_ref()) {
                Ok(rendered) => rendered,
                Err(error) => {
                    headers.remove("Cache-Control");
                    headers.set("X-Krakend-Completed", "false");
                    let error = Error::from(error);
                    cx.log(Level::Error, || format!("[ENDPOINT: {}] {error}", endpoint.path));
                    return failed(cx, headers, error);
                }
            };
            headers.set("Content-Type", content_type);
            let status = 200;
            let body = if body.is_empty() { AnswerBody::Empty } else { AnswerBody::Bytes(body) };
            Answer { status, headers, passed: None, body }
        }
    }
}

/// A response as JSON with its own status, and none of the gateway's header lines (spec §24).
pub fn bare(response: &Response) -> Answer {
    let body = match body::json(Some(response.data.as_ref())) {
        Ok(body) => body,
        Err(excess) => return status(excess.status()),
    };
    let mut headers = Headers::default();
    add_metadata(&mut headers, response);
    headers.set("Content-Type", body::JSON);
    let status = if response.metadata.status == 0 { 200 } else { response.metadata.status };
    Answer { status, headers, passed: None, body: AnswerBody::Bytes(body) }
}

/// Headers a step kept of an origin's answer. The body is the gateway's own, so nothing that describes the origin's
/// body may stay (KrakenD lets its length through and breaks the answer, spec §15).
fn add_metadata(headers: &mut Headers, response: &Response) {
    for (name, value) in response.metadata.headers.iter() {
        if !matches!(name, "Content-Length" | "Content-Encoding" | "Content-Type") && !is_hop_by_hop(name) {
            headers.add(name.to_owned(), value);
        }
    }
}

/// No response at all: the error's status, and its text only where the configuration shows errors.
fn failed(cx: Cx<'_>, mut headers: Headers, error: Error) -> Answer {
    let status = error.status.unwrap_or(500);
    let is_for_clients = matches!(error.kind, Kind::Answer(_));
    if !cx.service.return_error_msg && !is_for_clients {
        return Answer { status, headers, passed: None, body: AnswerBody::Empty };
    }
    let body = error.to_string().into_bytes();
    match error.content_type {
        // Go's server sends no content type with a 304.
        _ if status == 304 => {}
        Some(content_type) => headers.set("Content-Type", content_type),
        None if !body.is_empty() => headers.set("Content-Type", content_sniff(&body)),
        None => {}
    }
    Answer { status, headers, passed: None, body: AnswerBody::Bytes(body) }
}

/// The origin's status, headers and body unchanged.
fn no_op(mut headers: Headers, response: Option<Response>) -> Answer {
    let Some(response) = response else {
        return Answer { status: 500, headers, passed: None, body: AnswerBody::Empty };
    };
    let status = match response.metadata.status {
        0 => 200,
        status => status,
    };
    // Go's server sends no content type with a 304.
    let without_type = status == 304;
    let own = headers.iter().count() as u32;
    let seen_behind = response.metadata.seen.then_some(own);
    let mut theirs = response.metadata.headers;
    theirs.remove_hop_by_hop();
    for (name, value) in theirs.iter() {
        if name != "Content-Length" && !(without_type && name == "Content-Type") {
            headers.add(name.to_owned(), value);
        }
    }
    let passed = response.metadata.passed.map(|of| Passed { of, without_type, seen_behind });
    let body = match response.io {
        Some(Body::Stream(stream)) => AnswerBody::Stream(stream),
        Some(Body::Bytes(body)) if !body.is_empty() => AnswerBody::Bytes(body.into_vec()),
        _ => AnswerBody::Empty,
    };
    Answer { status, headers, passed, body }
}
