//! Puts the decisions of this folder where requests pass.

use fjord_document::node::Node;
use fjord_http::Headers;

use super::bot_detector::BotDetector;
use super::cors::Cors;
use super::http::{Decision, Facts, SecureHttp};
use crate::context::{Cx, Reach};
use crate::gateway::{Global, Handler, Incoming, NextGlobal, NextHandler};
use crate::options::{Refusal, Site};
use crate::platform::{Answer, AnswerBody, Level, LocalFuture};
use crate::render;

/// Compiles `security/cors`.
///
/// # Errors
/// If the options can't be served, with the reason.
pub fn cors(_: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Global>>, Refusal> {
    Ok(Some(Box::new(Cors::compile(node)?)))
}

/// Compiles `security/http`.
///
/// # Errors
/// If the options can't be served, with the reason.
pub fn secure_http(_: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Global>>, Refusal> {
    let secure = SecureHttp::compile(node).map_err(|error| Refusal(error.to_string()))?;
    Ok(Some(Box::new(secure)))
}

/// Compiles `security/bot-detector` of the service.
///
/// # Errors
/// If the options can't be served, with the reason.
pub fn service_bots(_: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Global>>, Refusal> {
    Ok(Some(Box::new(bots(node)?)))
}

/// Compiles `security/bot-detector` of an endpoint.
///
/// # Errors
/// If the options can't be served, with the reason.
pub fn endpoint_bots(_: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Handler>>, Refusal> {
    Ok(Some(Box::new(bots(node)?)))
}

fn bots(node: &Node) -> Result<BotDetector, Refusal> {
    BotDetector::compile(node).map_err(|error| Refusal(error.to_string()))
}

/// Fields that a step adds come before those an origin sends. What CORS says is said once: browsers refuse an
/// answer with two of its lines, which is what KrakenD gives where a no-op origin has its own. (`lines.mjs` does the
/// same for lines that stay with the host.)
fn put_in_front(mut fields: Headers, answer: &mut Answer) {
    let own = fields.clone();
    let is_said = |name: &str| name.starts_with("Access-Control-") && own.contains(name);
    for (name, value) in answer.headers.iter().filter(|(name, _)| !is_said(name)) {
        fields.add(name.to_owned(), value);
    }
    answer.headers = fields;
}

impl Global for Cors {
    fn handle<'a>(
        &'a self,
        reach: Reach<'a>,
        incoming: Incoming,
        next: NextGlobal<'a>,
    ) -> LocalFuture<'a, Answer> {
        let preflight = self.preflight(&incoming.method, &incoming.headers);
        let answers = preflight.is_some() && !self.passthrough;
        let fields = preflight.unwrap_or_else(|| self.actual(&incoming.method, &incoming.headers));
        Box::pin(async move {
            if answers {
                return Answer { headers: fields, ..render::status(self.status) };
            }
            let mut answer = next.run(reach, incoming).await;
            put_in_front(fields, &mut answer);
            answer
        })
    }
}

impl Global for SecureHttp {
    fn handle<'a>(
        &'a self,
        reach: Reach<'a>,
        incoming: Incoming,
        next: NextGlobal<'a>,
    ) -> LocalFuture<'a, Answer> {
        let decision = self.decide(&Facts {
            https: incoming.scheme == "https",
            method: &incoming.method,
            host: &incoming.host,
            target: &incoming.target,
            headers: &incoming.headers,
        });
        Box::pin(async move {
            match decision {
                Decision::Answer { status, headers, body } => {
                    if status >= 400 {
                        reach.log(Level::Warning, || {
                            let Incoming { host, .. } = &incoming;
                            format!(
                                "[{}][SecureHTTP] {status}: {host:?} isn't an allowed host",
                                incoming.part()
                            )
                        });
                    }
                    let body = if body.is_empty() {
                        AnswerBody::Empty
                    } else {
                        AnswerBody::Bytes(body.into_bytes())
                    };
                    Answer { headers, body, ..render::status(status) }
                }
                Decision::Pass(fields) => {
                    let mut answer = next.run(reach, incoming).await;
                    put_in_front(fields, &mut answer);
                    answer
                }
            }
        })
    }
}

/// Whether the request comes from a bot.
fn is_bot(detector: &BotDetector, incoming: &Incoming) -> bool {
    detector.is_bot(incoming.headers.get("User-Agent").unwrap_or_default())
}

/// The answer to a bot.
fn turned_away(reach: Reach<'_>, incoming: &Incoming) -> Answer {
    reach.log(Level::Warning, || {
        let agent = incoming.headers.get("User-Agent").unwrap_or_default();
        format!("[{}][BotDetector] 403: the user agent {agent:?} is a bot's", incoming.part())
    });
    render::status(403)
}

impl Global for BotDetector {
    fn handle<'a>(
        &'a self,
        reach: Reach<'a>,
        incoming: Incoming,
        next: NextGlobal<'a>,
    ) -> LocalFuture<'a, Answer> {
        match is_bot(self, &incoming) {
            true => Box::pin(std::future::ready(turned_away(reach, &incoming))),
            false => next.run(reach, incoming),
        }
    }
}

impl Handler for BotDetector {
    fn handle<'a>(
        &'a self,
        cx: Cx<'a>,
        incoming: Incoming,
        next: NextHandler<'a>,
    ) -> LocalFuture<'a, Answer> {
        match is_bot(self, &incoming) {
            true => Box::pin(std::future::ready(turned_away(cx.reach(), &incoming))),
            false => next.run(cx, incoming),
        }
    }
}
