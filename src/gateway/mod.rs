//! The way of a request through the gateway, from the wire to the answer.
//!
//! `outer steps (CORS) ▶ route ▶ global steps ▶ handlers of the endpoint ▶ layers ▶ backends ▶ render` (spec §1). What can
//! stand where is listed in [`crate::plan::order`].

mod builtin;
mod endpoint;
mod handler;
mod incoming;
mod session;

pub(crate) use endpoint::run;
pub use handler::{Global, Handler, NextGlobal, NextHandler};
pub use incoming::{Incoming, Route};
pub use session::{Opening, Session, State};

use std::rc::Rc;

use fjord_router::Outcome;

use crate::plan::Plan;
use crate::platform::{Answer, Io, Level, hops};
use crate::render;

/// A plan that answers requests.
#[derive(Clone)]
pub struct Gateway {
    plan: Rc<Plan>,
}

/// What a step outside of an endpoint can reach.
#[derive(Clone, Copy)]
pub struct Reach<'a> {
    /// The border to the host.
    pub io: &'a Rc<Io>,
    /// The plan.
    pub plan: &'a Rc<Plan>,
}

// === impl Gateway ===

impl Gateway {
    /// A gateway that serves `plan`.
    pub fn new(plan: Plan) -> Self {
        Self { plan: Rc::new(plan) }
    }

    /// The plan.
    pub fn plan(&self) -> &Rc<Plan> {
        &self.plan
    }
}

/// Answers behind the outer steps, with a line in the log for what passes the router's redirects (spec §1).
pub(crate) async fn routed(reach: Reach<'_>, incoming: Incoming) -> Answer {
    let log = &reach.plan.service.log;
    let access =
        log.access.as_ref().filter(|_| !matches!(incoming.route, Route::BadRequest | Route::Redirect));
    let Some((access, entry)) = access.and_then(|access| {
        Some((access, access.begin(&incoming.client_ip, &incoming.method, &incoming.target, reach.io.now())?))
    }) else {
        return unlogged(reach, incoming).await;
    };
    let answer = unlogged(reach, incoming).await;
    let now = reach.io.now();
    reach.io.log(Level::Info, log.access_line(now, access.line(&entry, answer.status, now)));
    answer
}

/// Answers what meets no global step; all else goes on through them.
async fn unlogged(reach: Reach<'_>, incoming: Incoming) -> Answer {
    if reach.io.hops().are_too_many() {
        log(reach, Level::Error, || {
            let path = incoming.raw_path();
            format!("[SERVICE: Gin] {path} goes round in a loop: a backend leads back to this gateway")
        });
        return render::status(hops::STATUS);
    }
    match &incoming.route {
        Route::BadRequest => render::bad_request(),
        Route::Health => builtin::health(reach),
        Route::Redirect => match reach.plan.router.find(&incoming.method, &incoming.target) {
            Outcome::Redirect(found) => {
                render::redirect(&incoming, found.answer(incoming.headers.get("X-Forwarded-Prefix")))
            }
            _ => render::status(404),
        },
        _ => NextGlobal::inside(&reach.plan.service.global).run(reach, incoming).await,
    }
}

/// Answers behind the global steps.
pub(crate) async fn dispatch(reach: Reach<'_>, incoming: Incoming) -> Answer {
    if !reach.plan.service.left_out.is_empty() {
        tell_left_out(reach);
    }
    let router = &reach.plan.service.router;
    match &incoming.route {
        Route::Endpoint(id) => endpoint::answer(reach, *id, incoming).await,
        Route::Debug => builtin::debug(reach, &incoming),
        Route::Echo => builtin::echo(reach, incoming).await,
        Route::Options(allow) => render::options(reach.plan, allow),
        Route::MethodNotAllowed => {
            let body = router.error_body_405.as_deref();
            render::no_route(reach.plan, 405, fjord_router::METHOD_NOT_ALLOWED_BODY, body)
        }
        _ => {
            let body = router.error_body_404.as_deref();
            render::no_route(reach.plan, 404, fjord_router::NOT_FOUND_BODY, body)
        }
    }
}

/// Writes to the log what isn't served, once in an isolate.
#[cold]
fn tell_left_out(reach: Reach<'_>) {
    let service = &reach.plan.service;
    if !service.is_told.replace(true) {
        for reason in &service.left_out {
            log(reach, Level::Error, || format!("[SERVICE: Gin] not served: {reason}"));
        }
    }
}

/// Writes to the log if the service's level lets it through.
pub(crate) fn log(reach: Reach<'_>, level: Level, message: impl FnOnce() -> String) {
    let log = &reach.plan.service.log;
    if level >= log.level {
        reach.io.log(level, log.line(reach.io.now(), level, &message()));
    }
}
