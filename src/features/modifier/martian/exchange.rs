//! Runs the modifiers around a backend's exchange, redirects included, before the status is checked (spec §1, §28).

use std::rc::Rc;

use fjord_document::node::Node;
use fjord_http::url::Parts;

use super::answers::{self, Answers};
use super::message::{Framing, Request, Response};
use super::program::{Action, Program};

use crate::context::Cx;
use crate::options::{Refusal, Site};
use crate::platform::{Body, Io, LocalFuture, RequestBody, Via};
use crate::proxy::{Blame, Error, Exchange, HttpRequest, HttpResponse, NextExchange};

/// The modifiers of one backend.
struct Modifiers {
    program: Program,
    /// The values of earlier answers that it writes.
    answers: Vec<String>,
    /// Whether any of them works on responses: without one the answer goes by untouched, its header lines unread.
    on_responses: bool,
}

/// Compiles the modifiers. KrakenD runs a backend without those that it can't read.
///
/// # Errors
/// If the options can't be served, with the reason.
pub fn compile(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Exchange>>, Refusal> {
    let program = Program::compile(node).map_err(|fault| Refusal(fault.message))?;
    if program.runs(|program| program.on_request, &sets_host) {
        return Err(Refusal::new("the platform sends the Host of the URL; change it with url.Modifier"));
    }
    let acts =
        |action: &Action| !matches!(action, Action::Group { .. } | Action::Filter { .. } | Action::Nothing);
    let on_responses = program.runs(|program| program.on_response, &acts);
    let answers = answers::of_program(site, &program);
    Ok(Some(Box::new(Modifiers { program, answers, on_responses })))
}

fn sets_host(action: &Action) -> bool {
    match action {
        Action::SetHeader { name, .. } | Action::CopyHeader { to: name, .. } => {
            name.eq_ignore_ascii_case("host")
        }
        _ => false,
    }
}

// === impl Program ===

impl Program {
    /// Whether an action that fits can run on the side that `side` looks at.
    fn runs(&self, side: fn(&Program) -> bool, fits: &dyn Fn(&Action) -> bool) -> bool {
        let inner = |program: &Program| program.runs(side, fits);
        side(self)
            && (fits(&self.action)
                || match &self.action {
                    Action::Group { programs, .. } => programs.iter().any(inner),
                    Action::Filter { then, otherwise, .. } => {
                        inner(then) || otherwise.as_deref().is_some_and(inner)
                    }
                    _ => false,
                })
    }
}

// === impl Modifiers ===

impl Exchange for Modifiers {
    fn call<'a>(
        &'a self,
        cx: Cx<'a>,
        mut request: HttpRequest,
        next: NextExchange<'a>,
    ) -> LocalFuture<'a, Result<HttpResponse, Error>> {
        Box::pin(async move {
            let mut message = read(&request);
            message.answers = Answers::of(&self.answers, &next)?;
            let mut unique = || uuid(cx.io);
            self.program
                .modify_request(&mut message, &mut unique)
                .map_err(|text| Error::of_step(Blame::Gateway, text))?;
            write(&mut message, &mut request)?;
            let mut answer = next.run(cx, request).await?;
            if self.on_responses {
                show_url(&mut message, &answer.url);
                let mut response = read_answer(&mut answer);
                let modified = self.program.modify_response(&mut response, &message, &mut unique);
                modified.map_err(|text| Error::of_step(Blame::Gateway, text))?;
                write_answer(response, &mut answer);
            }
            Ok(answer)
        })
    }

    fn reads_headers(&self) -> bool {
        self.on_responses
    }
}

/// The request as modifiers see it.
fn read(request: &HttpRequest) -> Request {
    let mut headers = (*request.headers).clone();
    // The length counts only where it is announced for a body; a text that isn't a number doesn't (spec §5).
    let length = headers.get("Content-Length").and_then(|text| text.parse().ok()).unwrap_or_default();
    if !matches!(request.body, RequestBody::None) {
        headers.remove("Content-Length");
    }
    let mut message = Request {
        method: request.method.to_string(),
        framing: Framing { host: None, length, transfer: Vec::new() },
        headers,
        ..Request::default()
    };
    show_url(&mut message, &request.url);
    message
}

/// Puts the parts of a URL into a request.
fn show_url(message: &mut Request, url: &str) {
    // What doesn't parse is not called either.
    let Ok(parts) = Parts::parse(url) else { return };
    for (part, text) in [
        (&mut message.scheme, parts.scheme),
        (&mut message.host, parts.authority.unwrap_or_default()),
        (&mut message.path, parts.path),
        (&mut message.query, parts.query.unwrap_or_default()),
    ] {
        text.clone_into(part);
    }
}

/// Makes the call what the modified request says.
fn write(message: &mut Request, request: &mut HttpRequest) -> Result<(), Error> {
    let mut before = Request::default();
    show_url(&mut before, &request.url);
    if before.host != message.host || before.scheme != message.scheme {
        // A binding is left with its host.
        request.via = Via::Network;
    }
    let parts = |request: &Request| {
        [&request.scheme, &request.host, &request.path, &request.query].map(String::clone)
    };
    if parts(&before) != parts(message) {
        request.url = message.url().into();
    }
    let mut headers = message.headers.clone();
    let length = message.framing.length;
    if let Some(body) = message.body.take() {
        request.body = match usize::try_from(length) {
            Ok(length) if length == body.len() => RequestBody::sized(body),
            Ok(length @ 1..) => {
                let message = format!("http: ContentLength={length} with Body length {}", body.len());
                return Err(Error::of_step(Blame::Gateway, message));
            }
            _ => RequestBody::chunked(body),
        };
    } else if length > 0 && !matches!(request.body, RequestBody::None) {
        headers.set("Content-Length", length.to_string());
    }
    request.headers = Rc::new(headers);
    Ok(())
}

/// The answer as modifiers see it. Its body stays where it is: none of them reads one.
fn read_answer(answer: &mut HttpResponse) -> Response {
    let headers = std::mem::take(&mut answer.headers);
    let length = headers.get("Content-Length").and_then(|text| text.parse().ok());
    let transfer = headers.get_all("Transfer-Encoding").map(str::to_owned).collect();
    Response {
        status: answer.status,
        framing: Framing { host: None, length: length.unwrap_or(-1), transfer },
        headers,
        body: None,
    }
}

/// Makes the answer what the modified response says.
fn write_answer(response: Response, answer: &mut HttpResponse) {
    answer.status = response.status;
    answer.headers = response.headers;
    if let Some(body) = response.body {
        answer.headers.remove("Content-Length");
        answer.body = Body::Bytes(fjord_json::Body::from(body));
    }
}

/// An id in the form of a UUID of version 4, to tell requests apart: it is no secret.
fn uuid(io: &Io) -> String {
    let (high, low) = (io.random(), io.random());
    format!(
        "{:08x}-{:04x}-4{:03x}-{:x}{:03x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xfff,
        low >> 62 | 8,
        low >> 48 & 0xfff,
        low & 0xffff_ffff_ffff
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_form_of_a_uuid() {
        let io = Io::new(0.0, 7);
        let (first, second) = (uuid(&io), uuid(&io));
        assert_ne!(first, second);
        let form: String = first.chars().map(|c| if c == '-' { '-' } else { 'x' }).collect();
        assert_eq!(form, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
        assert_eq!(first.as_bytes()[14], b'4');
        assert!(b"89ab".contains(&first.as_bytes()[19]));
    }
}
