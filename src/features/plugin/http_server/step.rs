//! Lets requests pass through workers that stand in for Go plugins: each answers, or lets the request go on with other header lines.

use std::rc::Rc;

use fjord_document::node::Node;
use fjord_http::headers::{canonical, is_hop_by_hop};
use fjord_json::{Map, Value};

use super::NAMESPACE;
use crate::context::Reach;
use crate::features::auth::aggregated;
use crate::features::plugin::place::{self, Told};
use crate::features::plugin::shipped::{self, IpFilter, UrlRewrite};
use crate::features::plugin::workers::Worker;
use crate::features::server::static_filesystem::StaticFiles;
use crate::features::server::virtualhost::VirtualHosts;
use crate::gateway::{Global, Incoming, NextGlobal, Rewrite, Route, rewritten};
use crate::options::{Options, Refusal, Site};
use crate::platform::{
    Answer, AnswerBody, Body, Deadline, Fetch, Fetched, Level, LocalFuture, Passed, RequestBody,
};
use crate::proxy::Error;
use crate::render;

/// The plugins, in the order in which requests pass through them.
struct Servers(Vec<Server>);

enum Server {
    GeoIp,
    IpFilter(IpFilter),
    Static(StaticFiles),
    Worker(Worker),
}

/// The plugins that change where requests go, in the order in which requests pass through them.
struct Rewrites(Vec<Box<dyn Rewrite>>);

/// What a worker makes of a request.
enum Verdict {
    GoesOn,
    Answered(Answer),
}

/// In a call: the client's address, as the gateway sees it.
const CLIENT_LINE: &str = "Fjord-Plugin-Client";
/// In an answer: the request goes on, with the header lines in this JSON object.
const NEXT_LINE: &str = "Fjord-Plugin-Next";

/// What a plugin can't change: these belong to the message, not to the request.
const OF_MESSAGE: [&str; 2] = ["Host", "Content-Length"];

/// Compiles the namespace. KrakenD wraps the router in one plugin after the other, so the last is the first that sees a request.
///
/// # Errors
/// If no worker stands in for one of the plugins.
pub fn compile(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Global>>, Refusal> {
    let options = Options::of(node, &NAMESPACE);
    let mut servers = Vec::new();
    for name in options.strings("name")?.into_iter().rev() {
        match name {
            "ip-filter" => {
                let filter = shipped::listed(&options, name)?.as_ref().map(IpFilter::compile).transpose()?;
                servers.extend(filter.map(Server::IpFilter));
            }
            // All that it needs the platform tells.
            "geoip" => {
                site.environment.shared::<Told>().ask();
                servers.push(Server::GeoIp);
            }
            "jwk-aggregator" => {
                let options = shipped::listed(&options, name)?;
                options.map(|options| aggregated::share(site, &options)).transpose()?;
            }
            "static-filesystem" => {
                let options = shipped::listed(&options, name)?;
                let files = options.map(|options| StaticFiles::read(site, &options)).transpose();
                let files = files.map_err(|refusal| Refusal(format!("{name}: {refusal}")))?;
                servers.extend(files.map(Server::Static));
            }
            name if shipped::SERVER.contains(&name) => {}
            name => servers.push(Server::Worker(Worker::new(site, node, &NAMESPACE, name)?)),
        }
    }
    Ok((!servers.is_empty()).then(|| Box::new(Servers(servers)) as Box<dyn Global>))
}

/// Compiles the plugins that change where requests go.
///
/// # Errors
/// If one has no options, or they can't be served.
pub fn rewrites(_: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Rewrite>>, Refusal> {
    let options = Options::of(node, &NAMESPACE);
    let mut rewrites: Vec<Box<dyn Rewrite>> = Vec::new();
    for name in options.strings("name")?.into_iter().rev() {
        let Some(options) = shipped::SERVER.contains(&name).then(|| shipped::listed(&options, name)) else {
            continue;
        };
        match (name, options?) {
            ("url-rewrite", Some(options)) => rewrites.push(Box::new(UrlRewrite::compile(&options)?)),
            ("virtualhost", Some(options)) => {
                let mut hosts = VirtualHosts::default();
                for host in options.strings("hosts")? {
                    hosts.add(host, host);
                }
                rewrites.push(Box::new(hosts));
            }
            _ => {}
        }
    }
    Ok((!rewrites.is_empty()).then(|| Box::new(Rewrites(rewrites)) as Box<dyn Rewrite>))
}

impl Rewrite for Rewrites {
    fn rewrite(&self, host: &str, target: &str) -> Option<String> {
        rewritten(&self.0, host, target)
    }

    fn admits(&self, host: &str, endpoint: &str) -> bool {
        self.0.iter().all(|step| step.admits(host, endpoint))
    }

    fn hidden_prefix(&self, host: &str) -> Option<String> {
        self.0.iter().find_map(|step| step.hidden_prefix(host))
    }
}

impl Global for Servers {
    fn handle<'a>(
        &'a self,
        reach: Reach<'a>,
        mut incoming: Incoming,
        next: NextGlobal<'a>,
    ) -> LocalFuture<'a, Answer> {
        Box::pin(async move {
            // Go's server answers these before any plugin (spec §33).
            if incoming.route == Route::BadRequest {
                return next.run(reach, incoming).await;
            }
            let deadline = Deadline::of_request(reach.io, incoming.timeout_ms);
            for server in &self.0 {
                let worker = match server {
                    Server::IpFilter(filter) if filter.lets_in(&incoming.client_ip) => continue,
                    Server::IpFilter(_) => {
                        reach.log(Level::Info, || {
                            format!("[PLUGIN: ip-filter] {} isn't let in", incoming.client_ip)
                        });
                        return render::status(403);
                    }
                    Server::GeoIp => {
                        place::mark(&mut incoming.headers, reach.io.place());
                        continue;
                    }
                    Server::Static(files) => match files.path_of(&incoming) {
                        Some(path) => return files.answer(reach, incoming, &path).await,
                        None => continue,
                    },
                    Server::Worker(worker) => worker,
                };
                match pass(worker, reach, &deadline, &mut incoming).await {
                    Ok(Verdict::GoesOn) => {}
                    Ok(Verdict::Answered(answer)) => {
                        if answer.status >= 400 {
                            let status = answer.status;
                            reach.log(Level::Info, || format!("[PLUGIN: Server] a plugin answers {status}"));
                        }
                        return answer;
                    }
                    Err(error) => {
                        reach.log(Level::Error, || format!("[PLUGIN: Server] {error}"));
                        return render::status(error.status.unwrap_or(500));
                    }
                }
            }
            next.run(reach, incoming).await
        })
    }
}

async fn pass(
    worker: &Worker,
    reach: Reach<'_>,
    deadline: &Deadline<'_>,
    incoming: &mut Incoming,
) -> Result<Verdict, Error> {
    if matches!(incoming.body, RequestBody::Incoming) {
        // It's needed twice: here, and by what follows.
        let body = deadline.bound(reach.io.read_body()).await?.map_err(Error::of_client)?;
        incoming.body = RequestBody::Sized(Rc::new(body));
    }
    let url = format!("{}://{}{}", incoming.scheme, incoming.host, incoming.target);
    let mut headers = incoming.headers.clone();
    headers.remove_hop_by_hop();
    headers.set(CLIENT_LINE, incoming.client_ip.as_str());
    let call = Fetch {
        body: incoming.body.clone(),
        stream: true,
        // The client's own wish is passed on.
        gzip: false,
        cut_after: Some(deadline.remaining_ms()),
        ..Fetch::new(incoming.method.clone(), url, headers)
    };
    let mut answer = worker.ask(reach, deadline, call).await?;
    let Some(lines) = answer.headers.get(NEXT_LINE) else { return Ok(Verdict::Answered(answered(answer))) };
    let lines = read(lines).map_err(|what| worker.fault(what))?;
    answer.headers.remove(NEXT_LINE);
    for (name, values) in lines {
        incoming.headers.remove(&name);
        values.into_iter().for_each(|value| incoming.headers.add(name.clone(), value));
    }
    Ok(Verdict::GoesOn)
}

/// The header lines that a request goes on with, by their names: `null` removes one, a list has several values.
fn read(lines: &str) -> Result<Vec<(String, Vec<String>)>, String> {
    let unclear = || format!("`{NEXT_LINE}` isn't an object of header lines");
    let Ok(Value::Object(lines)) = Value::parse(lines.as_bytes()) else { return Err(unclear()) };
    let texts = |value: Value| match value {
        Value::Null => Some(Vec::new()),
        Value::String(text) => Some(vec![text]),
        Value::Array(items) => items.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
        _ => None,
    };
    let line = |(name, value): (String, Value)| {
        let name = canonical(&name).into_owned();
        match is_hop_by_hop(&name) || OF_MESSAGE.contains(&&*name) {
            true => Err(format!("`{NEXT_LINE}` can't change `{name}`")),
            false => Ok((name, texts(value).ok_or_else(unclear)?)),
        }
    };
    Map::into_iter(lines).map(line).collect()
}

/// The worker's answer as the client's.
fn answered(answer: Fetched) -> Answer {
    let Fetched { status, mut headers, body } = answer;
    headers.remove_hop_by_hop();
    headers.remove("Content-Length");
    let (passed, body) = match body {
        Body::Stream(of) => {
            let passed = Passed { of, without_type: status == 304, seen_behind: Some(0) };
            (Some(passed), AnswerBody::Stream(of))
        }
        Body::Bytes(bytes) => (None, AnswerBody::Bytes(bytes.into_vec())),
    };
    Answer { status, headers, passed, body }
}
