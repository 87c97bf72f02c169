//! A line for each call of a backend: what was asked, and how it ended.

use std::rc::Rc;

use fjord_document::node::Node;

use crate::context::Cx;
use crate::log::{Got, Sent, Template};
use crate::options::Options;
use crate::platform::{Level, LocalFuture, host_of};
use crate::proxy::{Error, Exchange, HttpRequest, HttpResponse, NextExchange};

use super::{CALL, level};

/// How calls are written.
#[derive(Debug)]
pub(super) struct Line {
    template: Template,
    level: Level,
}

/// The step around each call of a backend. One that is given up has no line: the reason is in the endpoint's.
pub(super) struct Calls(pub Rc<Line>);

// === impl Line ===

impl Line {
    /// Reads `backend`; none if it can't be read, which is a finding.
    pub fn compile(node: &Node) -> Option<Self> {
        let options = Options::new(node, CALL);
        let named = options.given("log_with_level").then(|| options.str("log_with_level").ok()).flatten();
        let (pattern, prefix) = (options.str("custom_format").ok()?, options.str("prefix").ok()?);
        let template = Template::parse(pattern, prefix, options.str("no_value").ok()?);
        Some(Self { template, level: named.and_then(level).unwrap_or(Level::Info) })
    }
}

// === impl Calls ===

impl Exchange for Calls {
    fn call<'a>(
        &'a self,
        cx: Cx<'a>,
        request: HttpRequest,
        next: NextExchange<'a>,
    ) -> LocalFuture<'a, Result<HttpResponse, Error>> {
        let Line { template, level } = &*self.0;
        if !cx.reach().logs(*level) {
            return next.run(cx, request);
        }
        let (scheme, rest) = request.url.split_once("://").unwrap_or(("", &request.url));
        let begun = template.begin(Sent {
            client_ip: request.headers.get("X-Forwarded-For").unwrap_or_default(),
            method: &request.method,
            scheme,
            host: host_of(&request.url),
            target: &rest[rest.find(['/', '?']).unwrap_or(rest.len())..],
            headers: &request.headers,
        });
        let began = cx.io.now();
        Box::pin(async move {
            let result = next.run(cx, request).await;
            let (now, answer) = (cx.io.now(), result.as_ref().ok());
            let trace = cx.io.trace().map(|trace| trace.id);
            let got = Got {
                status: answer.map(|answer| answer.status),
                headers: answer.map(|answer| &answer.headers),
                ms: now - began,
                now,
                trace,
            };
            let line = template.line(&begun, got);
            cx.io.log(*level, cx.service.log.own_line(now, *level, line, trace));
            result
        })
    }

    fn reads_headers(&self) -> bool {
        self.0.template.shows_answer()
    }
}
