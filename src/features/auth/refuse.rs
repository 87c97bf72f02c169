//! How requests are turned away: a status and nothing else for the client, the reason for the log.

use std::fmt;

use crate::context::Cx;
use crate::gateway::{Handler, Incoming, NextHandler};
use crate::platform::{Answer, Level, LocalFuture};
use crate::render;

/// Lets nobody in: what KrakenD makes of keys that it would have to fetch in clear text.
pub(super) struct Closed {
    pub feature: &'static str,
    pub reason: &'static str,
}

impl Handler for Closed {
    fn handle<'a>(&'a self, cx: Cx<'a>, _: Incoming, _: NextHandler<'a>) -> LocalFuture<'a, Answer> {
        Box::pin(async move { refuse(cx, self.feature, Level::Error, 401, &self.reason) })
    }
}

/// The answer to a request that isn't let in.
pub(super) fn refuse(
    cx: Cx<'_>,
    feature: &str,
    level: Level,
    status: u16,
    reason: &dyn fmt::Display,
) -> Answer {
    cx.log(level, || format!("[ENDPOINT: {}][{feature}] {status}: {reason}", cx.endpoint.path));
    render::status(status)
}
