//! `backend/static-filesystem`: answers a backend's calls with files, at the path that the backend would call.

use fjord_document::node::Node;
use fjord_http::escape::unescape;
use fjord_http::{Headers, url};

use crate::context::Cx;
use crate::features::server::static_filesystem::{Files, listing, via};
use crate::options::check::{Around, Findings, Hosts, Spot};
use crate::options::{Capability, Kind, Namespace, Options, Refusal, Scopes, Site, namespace, opt};
use crate::platform::{Body, LocalFuture, RequestBody};
use crate::proxy::{Error, Exchange, HttpRequest, HttpResponse, NextExchange};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "backend/static-filesystem",
    Scopes::BACKEND,
    "Answers with files, at the path of `url_pattern`.",
    Kind::Object(&[
        opt("directory_listing", Kind::Bool, "Lists folders; only `false` is served.").default("false"),
        opt("path", Kind::Folder, "The folder: the one of the worker's static assets, or one in it.")
            .required(),
    ]),
)
.enterprise()
.requires(Capability::StaticFiles)
.hosts(Hosts::Assets)
.check(check);

/// What the request for a file doesn't have: its own body.
const OF_BODY: [&str; 3] = ["Content-Length", "Content-Type", "Transfer-Encoding"];

/// Compiles the folder.
///
/// # Errors
/// If the folder isn't one of the worker's static assets, or the options ask for lists of folders.
pub fn compile(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Exchange>>, Refusal> {
    let options = Options::of(node, &NAMESPACE);
    listing::refuse(&options)?;
    Ok(Some(Box::new(Files::read(site, &options)?)))
}

fn check(spot: &Spot<'_>, _: &Around<'_>, findings: &mut Findings<'_>) {
    listing::check(spot, findings);
}

impl Exchange for Files {
    /// Reads the file whatever the method, as KrakenD does: a POST can be answered by a file.
    fn call<'a>(
        &'a self,
        cx: Cx<'a>,
        mut request: HttpRequest,
        next: NextExchange<'a>,
    ) -> LocalFuture<'a, Result<HttpResponse, Error>> {
        let file = path(&request.url).and_then(|path| self.url(&path));
        Box::pin(async move {
            let Some(url) = file else {
                let body = Body::Bytes(fjord_json::Body::zeroed(0));
                return Ok(HttpResponse { status: 404, headers: Headers::default(), body, url: request.url });
            };
            request.url = url.into();
            request.via = via();
            request.body = RequestBody::None;
            if request.method != "HEAD" {
                request.method = "GET".into();
            }
            let headers = std::rc::Rc::make_mut(&mut request.headers);
            for name in OF_BODY {
                headers.remove(name);
            }
            next.run(cx, request).await
        })
    }

    fn reads_headers(&self) -> bool {
        false
    }
}

/// The decoded path of a call.
fn path(url: &str) -> Option<String> {
    let path = url[url::origin(url).len()..].split(['?', '#']).next().unwrap_or_default();
    unescape(path).ok().map(Into::into)
}
