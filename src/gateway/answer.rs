//! The stages around all endpoints: the outer steps, the line in the log, the router's own answers, the global steps.
//!
//! A list without steps costs nothing: its stage calls the next one. Only a list with steps is run through [`NextGlobal`].

use crate::context::Reach;
use crate::log::{Ended, Sent};
use crate::platform::{Answer, AnswerBody, Level, LocalFuture, hops};
use crate::render;

use super::handler::{NextGlobal, Routes};
use super::{Incoming, Plan, Route, builtin};

/// What the outer steps lead to.
struct Routed<'p>(&'p Plan);

/// What the global steps lead to.
struct Dispatched<'p>(&'p Plan);

/// Answers a request.
pub(super) async fn answer(plan: &Plan, reach: Reach<'_>, incoming: Incoming) -> Answer {
    let outer = &plan.service.outer;
    if outer.is_empty() {
        return routed(plan, reach, incoming).await;
    }
    NextGlobal::new(outer, &Routed(plan)).run(reach, incoming).await
}

/// Answers after the outer steps, with a line in the log for what passes the router's redirects (spec §1).
async fn routed(plan: &Plan, reach: Reach<'_>, incoming: Incoming) -> Answer {
    let log = &reach.service.log;
    let access =
        log.access.as_ref().filter(|_| !matches!(incoming.route, Route::BadRequest | Route::Redirect(_)));
    let entry = access.and_then(|access| {
        let Incoming { client_ip, method, scheme, target, host, headers, .. } = &incoming;
        let sent = Sent { client_ip, method, scheme, target, host, headers };
        Some((access, access.begin(sent, reach.io.now())?))
    });
    let answer = unlogged(plan, reach, incoming).await;
    if let Some((access, entry)) = entry {
        let now = reach.io.now();
        let size = match &answer.body {
            AnswerBody::Empty => Some(0),
            AnswerBody::Bytes(bytes) => Some(bytes.len()),
            AnswerBody::Stream(_) => None,
        };
        let trace = reach.io.trace().map(|trace| trace.id);
        let line = access.line(&entry, Ended { status: answer.status, size, trace, now });
        reach.io.log(Level::Info, log.access_line(now, line, trace));
    }
    answer
}

/// Answers what meets no global step; all else continues through them.
async fn unlogged(plan: &Plan, reach: Reach<'_>, incoming: Incoming) -> Answer {
    if reach.io.hops().are_too_many() {
        reach.log(Level::Error, || {
            let path = incoming.raw_path();
            format!("[SERVICE: Gin] {path} goes round in a loop: a backend leads back to this gateway")
        });
        return render::status(hops::STATUS);
    }
    let global = &plan.service.global;
    match &incoming.route {
        Route::BadRequest => render::bad_request(),
        Route::Health => builtin::health(reach),
        Route::Redirect(redirect) => {
            let prefix = incoming.headers.get("X-Forwarded-Prefix");
            render::redirect(&incoming.method, redirect.answer(prefix))
        }
        _ if global.is_empty() => dispatch(plan, reach, incoming).await,
        _ => NextGlobal::new(global, &Dispatched(plan)).run(reach, incoming).await,
    }
}

/// Answers after the global steps.
async fn dispatch(plan: &Plan, reach: Reach<'_>, incoming: Incoming) -> Answer {
    let service = &plan.service;
    if !service.left_out.is_empty() {
        tell_left_out(plan, reach);
    }
    let version = &reach.service.version_header;
    match &incoming.route {
        Route::Endpoint(id) => {
            if let Some(reason) = &service.refused {
                reach.log(Level::Error, || format!("[SERVICE: Gin] not served: {reason}"));
                return render::status(501);
            }
            let decode_paths = !service.router.disable_path_decoding;
            plan.endpoint(*id).answer(reach, decode_paths, incoming).await
        }
        Route::Debug => builtin::debug(reach, incoming).await,
        Route::Echo => builtin::echo(reach, incoming).await,
        Route::Options(allow) => render::options(version, allow),
        Route::MethodNotAllowed => {
            let body = service.router.error_body_405.as_deref();
            render::no_route(version, 405, fjord_router::METHOD_NOT_ALLOWED_BODY, body)
        }
        _ => {
            let body = service.router.error_body_404.as_deref();
            render::no_route(version, 404, fjord_router::NOT_FOUND_BODY, body)
        }
    }
}

/// Writes to the log what isn't served, once in an isolate.
#[cold]
fn tell_left_out(plan: &Plan, reach: Reach<'_>) {
    if !plan.service.is_told.replace(true) {
        for reason in &plan.service.left_out {
            reach.log(Level::Error, || format!("[SERVICE: Gin] not served: {reason}"));
        }
    }
}

impl Routes for Routed<'_> {
    fn answer<'a>(&'a self, reach: Reach<'a>, incoming: Incoming) -> LocalFuture<'a, Answer> {
        Box::pin(routed(self.0, reach, incoming))
    }
}

impl Routes for Dispatched<'_> {
    fn answer<'a>(&'a self, reach: Reach<'a>, incoming: Incoming) -> LocalFuture<'a, Answer> {
        Box::pin(dispatch(self.0, reach, incoming))
    }
}
