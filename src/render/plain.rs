//! Answers that the gateway gives by itself: redirects, 404, 405, refusals.

use fjord_http::Headers;
use fjord_router::RedirectAnswer;

use crate::platform::{Answer, AnswerBody};

/// A status and nothing else.
pub fn status(status: u16) -> Answer {
    Answer { status, headers: Headers::default(), passed: None, body: AnswerBody::Empty }
}

/// A status and a text.
pub fn text(status: u16, text: &str) -> Answer {
    let mut headers = Headers::default();
    headers.set("Content-Type", "text/plain; charset=utf-8");
    Answer { status, headers, passed: None, body: AnswerBody::Bytes(text.as_bytes().to_vec()) }
}

/// A url parameter that could mean something else further on (spec §3, param checker).
pub fn bad_params(message: &str) -> Answer {
    text(400, message)
}

/// A request target that no server accepts (spec §33).
pub fn bad_request() -> Answer {
    let mut answer = text(400, fjord_router::BAD_REQUEST_BODY);
    answer.headers.set("Connection", "close");
    answer
}

/// A redirect of the router (spec §3).
pub fn redirect(method: &str, answer: RedirectAnswer) -> Answer {
    let mut headers = Headers::default();
    headers.set("Location", answer.location);
    if matches!(method, "GET" | "HEAD") {
        headers.set("Content-Type", "text/html; charset=utf-8");
    }
    let body = answer.body.map_or(AnswerBody::Empty, |text| AnswerBody::Bytes(text.into_bytes()));
    Answer { status: answer.status, headers, passed: None, body }
}

/// 404 and 405, with the configured JSON body if there is one.
pub fn no_route(version: &str, status: u16, body: &str, configured: Option<&[u8]>) -> Answer {
    let mut headers = Headers::default();
    headers.add("X-Krakend", version);
    headers.add("X-Krakend-Completed", "false");
    let (content_type, body) = match configured {
        Some(json) => ("application/json; charset=utf-8", json.to_vec()),
        None => (fjord_router::PLAIN, body.as_bytes().to_vec()),
    };
    headers.set("Content-Type", content_type);
    Answer { status, headers, passed: None, body: AnswerBody::Bytes(body) }
}

/// The answer of `auto_options`.
pub fn options(version: &str, allow: &str) -> Answer {
    let mut headers = Headers::default();
    headers.add("X-Krakend", version);
    headers.set("Allow", allow);
    Answer { status: 200, headers, passed: None, body: AnswerBody::Empty }
}
