//! `plugin/http-client`: calls the backend through a worker that stands in for a Go plugin.

use fjord_document::node::Node;

use super::workers::{self, Worker};
use crate::context::Cx;
use crate::options::check::{Around, Findings, Hosts, Spot};
use crate::options::{Capability, Kind, Namespace, Options, Refusal, Rule, Scopes, Site, namespace, opt};
use crate::platform::LocalFuture;
use crate::proxy::{Error, Exchange, HttpRequest, HttpResponse, NextExchange};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "plugin/http-client",
    Scopes::BACKEND,
    "Calls the backend through a plugin: a worker that `@fjord.plugins` names.",
    Kind::With(&Kind::Object(&[opt("name", Kind::Str, "The plugin.")]), &[Rule::Free]),
)
.requires(Capability::Plugins)
.aliases(&["github.com/devopsfaith/krakend/transport/http/client/executor"])
.hosts(Hosts::Elsewhere)
.check(check);

/// A worker that makes the calls of a backend.
struct Client(Worker);

/// Compiles the namespace. Without a name KrakenD calls the backend itself.
///
/// # Errors
/// If no worker stands in for the plugin.
pub fn compile(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Exchange>>, Refusal> {
    let name = Options::of(node, &NAMESPACE).str("name")?;
    if name.is_empty() {
        return Ok(None);
    }
    Ok(Some(Box::new(Client(Worker::new(site, node, &NAMESPACE, name)?))))
}

fn check(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    workers::check(spot, around, &[], instead, findings);
}

/// What does the work of a plugin that isn't here.
fn instead(name: &str) -> &'static str {
    match name {
        "wildcard" => "write endpoints that end in /*: \"endpoint\": \"/foo/*\"",
        "static-filesystem" | "krakend-afero" => "use backend/static-filesystem",
        "no-redirect" => "use `no_redirect` of backend/http/client",
        "http-proxy" => "call the origin itself: fetch can't go through a proxy",
        _ => "call a worker as the host itself: service://BINDING",
    }
}

impl Exchange for Client {
    /// Replaces what follows: no token is fetched, nothing is cached, no redirect followed, as in KrakenD (spec §1).
    fn call<'a>(
        &'a self,
        cx: Cx<'a>,
        mut request: HttpRequest,
        next: NextExchange<'a>,
    ) -> LocalFuture<'a, Result<HttpResponse, Error>> {
        self.0.address(&mut request);
        Box::pin(async move {
            let mut answer = next.alone().run(cx, request).await?;
            self.0.accept(&mut answer.headers)?;
            Ok(answer)
        })
    }
}
