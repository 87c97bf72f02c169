//! Hands requests and responses, as JSON, to workers that stand in for Go plugins, and reads what they make of them.

use fjord_document::node::Node;
use fjord_http::Headers;

use super::NAMESPACE;
use super::message::{self, Members, change_request, change_response};
use crate::context::Cx;
use crate::features::modifier::response_body::ResponseBody;
use crate::features::plugin::shipped::{self, IpFilter, MODIFIERS};
use crate::features::plugin::workers::Worker;
use crate::features::security::policies::Rejection;
use crate::features::validation::response_json_schema::AnswerCheck;
use crate::options::{Options, Refusal, Site};
use crate::platform::{Body, Fetch, LocalFuture, RequestBody};
use crate::proxy::{Blame, Error, Layer, Next, Reply, Request, Response};

/// The plugins: those that are shipped, and the workers in the order of the configuration. A request meets the filter first, an answer
/// the check last.
struct Modifiers {
    filter: Option<IpFilter>,
    workers: Vec<Worker>,
    replacer: Option<ResponseBody>,
    check: Option<AnswerCheck>,
}

/// Where the calls go. The binding takes them, whatever the host.
const REQUEST: &str = "http://fjord.plugin/request";
const RESPONSE: &str = "http://fjord.plugin/response";

/// Compiles the namespace.
///
/// # Errors
/// If no worker stands in for one of the plugins.
pub fn compile(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Layer>>, Refusal> {
    let options = Options::of(node, &NAMESPACE);
    let filter = shipped::listed(&options, "ip-filter")?.as_ref().map(IpFilter::compile).transpose()?;
    let replacer = shipped::listed(&options, "content-replacer")?;
    let replacer = replacer.map(|options| ResponseBody::replacer(options.whole())).transpose()?;
    let check = match shipped::listed(&options, "response-schema-validator")? {
        Some(options) => {
            let error = options.object("error")?;
            let rejection = match &error {
                Some(error) => Rejection::new(error.int("status")?, error.str("body")?)?,
                None => Rejection::read(None)?,
            };
            Some(AnswerCheck::new(options.node("schema"), rejection)?)
        }
        None => None,
    };
    let workers = Worker::all(site, node, &NAMESPACE, &MODIFIERS)?;
    let is_idle = filter.is_none() && replacer.is_none() && check.is_none() && workers.is_empty();
    Ok((!is_idle).then(|| Box::new(Modifiers { filter, workers, replacer, check }) as Box<dyn Layer>))
}

impl Layer for Modifiers {
    fn handle<'a>(&'a self, cx: Cx<'a>, request: Request, next: Next<'a>) -> LocalFuture<'a, Reply> {
        Box::pin(async move {
            match self.around(cx, request, next).await {
                Ok(reply) => reply,
                Err(error) => Reply::err(error),
            }
        })
    }
}

// === impl Modifiers ===

impl Modifiers {
    async fn around(&self, cx: Cx<'_>, mut request: Request, next: Next<'_>) -> Result<Reply, Error> {
        if let Some(filter) = &self.filter
            && !filter.lets_in(request.headers.get("X-Forwarded-For").unwrap_or_default())
        {
            return Err(Error::of_step(Blame::Client, "ip-filter: the client isn't let in").with_status(403));
        }
        let mut waiting = Vec::with_capacity(self.workers.len());
        for worker in &self.workers {
            if show_request(worker, cx, &mut request).await? {
                waiting.push(worker);
            }
        }
        let mut reply = next.run(cx, request).await;
        // As in KrakenD no response modifier sees what failed in a part.
        if reply.error.is_none()
            && let Some(response) = &mut reply.response
        {
            for worker in waiting {
                show_response(worker, cx, response).await?;
            }
        }
        // Those that mask and check see partial answers, too.
        if let Some(response) = &mut reply.response {
            if let Some(replacer) = &self.replacer {
                replacer.change(response)?;
            }
            if let Some(check) = &self.check {
                check.judge(response)?;
            }
        }
        Ok(reply)
    }
}

/// Shows a worker the request; whether it wants to see the response, too.
async fn show_request(worker: &Worker, cx: Cx<'_>, request: &mut Request) -> Result<bool, Error> {
    let body = match request.body {
        RequestBody::None => None,
        _ => Some(cx.deadline.bound(request.buffer_body(cx.io)).await??),
    };
    let answer = call(worker, cx, REQUEST, message::request(request, body.as_deref())?).await?;
    change_request(answer, request).map_err(|what| worker.fault(what))
}

async fn show_response(worker: &Worker, cx: Cx<'_>, response: &mut Response) -> Result<(), Error> {
    if let Some(Body::Stream(stream)) = response.io {
        let body = cx.deadline.bound(cx.io.read_stream(stream)).await?;
        response.io = Some(Body::Bytes(body.map_err(Error::from)?));
    }
    let answer = call(worker, cx, RESPONSE, message::response(response)?).await?;
    change_response(answer, response).map_err(|what| worker.fault(what))
}

/// Calls a worker, and reads its answer.
async fn call(worker: &Worker, cx: Cx<'_>, url: &'static str, message: Vec<u8>) -> Result<Members, Error> {
    let headers = Headers::from_iter([("Content-Type", "application/json")]);
    let fetch = Fetch { body: RequestBody::sized(message), ..Fetch::new("POST", url, headers) };
    let answer = worker.ask(cx.reach(), cx.deadline, fetch).await?;
    if answer.status != 200 {
        return Err(worker.fault(format!("the answer has the status {}", answer.status)));
    }
    let body = match answer.body {
        Body::Bytes(body) => body,
        Body::Stream(stream) => cx.deadline.bound(cx.io.read_stream(stream)).await?.map_err(Error::from)?,
    };
    let mut answer = Members::read(&body).map_err(|what| worker.fault(what))?;
    match message::refusal(&mut answer).map_err(|what| worker.fault(what))? {
        Some(error) => Err(error),
        None => Ok(answer),
    }
}
