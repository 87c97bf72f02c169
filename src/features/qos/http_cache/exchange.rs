//! The cache around each hop of an exchange.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use fjord_document::node::Node;
use fjord_http::Headers;

use crate::context::Cx;
use crate::options::{Options, Refusal, Site};
use crate::platform::{Body, Fetch, LocalFuture, Via};
use crate::proxy::{Error, Exchange, HttpRequest, HttpResponse, NextExchange};

use super::NAMESPACE;
use super::edge;
use super::policy::{self, Audience, Freshness};
use super::store::{Kept, Limits, Store};

/// A cache that several backends have in common.
pub type SharedCache = OnceCell<Rc<RefCell<Store>>>;

/// The cache of one backend, or the one that several share.
struct Cache {
    store: Rc<RefCell<Store>>,
    /// A shared one has the edge's cache after the isolate's.
    audience: Audience,
}

/// Compiles the cache. `max_items` and `max_size` count together only, as in KrakenD.
///
/// # Errors
/// If the options can't be served, with the reason.
pub fn compile(site: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Exchange>>, Refusal> {
    let options = Options::of(node, &NAMESPACE);
    let (items, bytes) = (options.int("max_items")?, options.int("max_size")?);
    let limits = match (usize::try_from(items), usize::try_from(bytes)) {
        (Ok(items), Ok(bytes)) if items > 0 && bytes > 0 => Limits { items, bytes },
        _ => Limits::default(),
    };
    let own = || Rc::new(RefCell::new(Store::new(limits)));
    let (store, audience) = match options.bool("shared")? {
        true => (Rc::clone(site.environment.shared::<SharedCache>().get_or_init(own)), Audience::Shared),
        false => (own(), Audience::Private),
    };
    Ok(Some(Box::new(Cache { store, audience })))
}

impl Exchange for Cache {
    fn call<'a>(
        &'a self,
        cx: Cx<'a>,
        request: HttpRequest,
        next: NextExchange<'a>,
    ) -> LocalFuture<'a, Result<HttpResponse, Error>> {
        Box::pin(async move {
            if !matches!(&*request.method, "GET" | "HEAD") {
                // Nothing is ever kept for another method.
                return next.run(cx, request).await;
            }
            if request.headers.contains("Range") {
                self.remove(cx, &key(&request)).await;
                return next.run(cx, request).await;
            }
            self.cached(cx, request, next).await
        })
    }
}

// === impl Cache ===

impl Cache {
    async fn cached<'a>(
        &'a self,
        cx: Cx<'a>,
        mut request: HttpRequest,
        next: NextExchange<'a>,
    ) -> Result<HttpResponse, Error> {
        let (key, url, asked) = (key(&request), Rc::clone(&request.url), Rc::clone(&request.headers));
        let is_get = request.method == "GET";
        let Some(kept) = self.find(cx, &key, &asked).await else {
            if policy::Directives::of(&asked).has("only-if-cached") {
                return Ok(answer(504, Headers::default(), &[], url));
            }
            let response = next.run(cx, request).await?;
            return self.keep(cx, &key, &asked, response).await;
        };
        match policy::freshness(self.audience, &kept.headers, &asked, seconds(cx)) {
            Freshness::Fresh => return Ok(answer(kept.status, kept.headers.clone(), &kept.body, url)),
            Freshness::Stale => add_validators(&mut request, &kept.headers),
            Freshness::Bypassed => {}
        }
        let result = next.run(cx, request).await;
        let now = seconds(cx);
        match result {
            Ok(response) if response.status == 304 && !policy::confirms(&kept.headers, &asked) => {
                Ok(response)
            }
            Ok(response) if response.status == 304 && is_get => {
                let headers = renewed(&kept.headers, &response.headers);
                if policy::is_storable(self.audience, kept.status, &headers, &asked) {
                    self.put(cx, &key, Kept { headers: headers.clone(), ..(*kept).clone() }).await;
                } else {
                    self.remove(cx, &key).await;
                }
                Ok(answer(kept.status, headers, &kept.body, url))
            }
            Ok(response) if response.status < 500 => {
                if response.status != 200 {
                    self.remove(cx, &key).await;
                }
                self.keep(cx, &key, &asked, response).await
            }
            _ if is_get && policy::serves_errors(self.audience, &kept.headers, &asked, now) => {
                Ok(answer(kept.status, kept.headers.clone(), &kept.body, url))
            }
            failed => {
                self.remove(cx, &key).await;
                failed
            }
        }
    }

    /// Keeps an answer that may be kept, once its body has come to the end.
    async fn keep(
        &self,
        cx: Cx<'_>,
        key: &str,
        asked: &Headers,
        mut response: HttpResponse,
    ) -> Result<HttpResponse, Error> {
        if !policy::is_storable(self.audience, response.status, &response.headers, asked) {
            return Ok(response);
        }
        if let Body::Stream(stream) = response.body {
            let body = cx.deadline.bound(cx.io.read_stream(stream)).await?;
            response.body = Body::Bytes(body.map_err(Error::from)?);
        }
        if let Body::Bytes(body) = &response.body {
            let kept = Kept {
                status: response.status,
                headers: response.headers.clone(),
                body: Rc::from(body.as_slice()),
                varied: policy::varied(&response.headers, asked),
            };
            self.put(cx, key, kept).await;
        }
        Ok(response)
    }

    /// The answer that this request may get: the isolate's if it is fresh, else the edge's, which another isolate may have
    /// renewed.
    async fn find(&self, cx: Cx<'_>, key: &str, asked: &Headers) -> Option<Rc<Kept>> {
        let here = self.store.borrow_mut().get(key).filter(|kept| policy::matches(kept, asked));
        let is_stale = here.as_ref().is_none_or(|kept| {
            policy::freshness(self.audience, &kept.headers, asked, seconds(cx)) == Freshness::Stale
        });
        if !(self.is_shared() && is_stale) {
            return here;
        }
        match edge::find(cx, key).await.filter(|kept| policy::matches(kept, asked)) {
            Some(there) => Some(self.store.borrow_mut().put(key, there)),
            None => here,
        }
    }

    async fn put(&self, cx: Cx<'_>, key: &str, kept: Kept) {
        let kept = self.store.borrow_mut().put(key, kept);
        // What is too large for the isolate isn't copied out of it either.
        if self.is_shared() && self.store.borrow().admits(key, &kept) {
            edge::put(cx, key, &kept).await;
        }
    }

    fn is_shared(&self) -> bool {
        self.audience == Audience::Shared
    }

    async fn remove(&self, cx: Cx<'_>, key: &str) {
        self.store.borrow_mut().remove(key);
        if self.is_shared() {
            edge::remove(cx, key).await;
        }
    }
}

/// Way, method and URL: another client certificate is another client, a POST doesn't purge the GET (spec §22), and a binding isn't the host of the same name. What may
/// have any length has it in front.
fn key(request: &Fetch) -> String {
    let binding = match &request.via {
        Via::Network | Via::Public => "",
        Via::Binding(name) => name,
    };
    let way =
        format!("{}:{binding}{}:{}{}", binding.len(), request.method.len(), request.method, request.url);
    match &request.certificates {
        Some(certificates) if request.takes_socket() => {
            // By its hash: a private key may be among them.
            format!("{}:{way}", fjord_sigv4::hash(certificates.as_bytes()))
        }
        _ => way,
    }
}

/// The header lines of a kept answer after a 304: its own take the place of those of the same name (RFC 9111 §3.2).
fn renewed(kept: &Headers, confirmed: &Headers) -> Headers {
    let mut headers = kept.clone();
    let lines = || confirmed.iter().filter(|(name, _)| *name != "Content-Length");
    lines().for_each(|(name, _)| {
        headers.remove(name);
    });
    headers.extend(lines().map(|(name, value)| (name.to_owned(), value)));
    headers
}

fn seconds(cx: Cx<'_>) -> u64 {
    (cx.io.now() / 1000.0) as u64
}

fn add_validators(request: &mut Fetch, kept: &Headers) {
    for (from, to) in [("Etag", "If-None-Match"), ("Last-Modified", "If-Modified-Since")] {
        if let Some(value) = kept.get(from)
            && !request.headers.contains(to)
        {
            Rc::make_mut(&mut request.headers).set(to, value);
        }
    }
}

fn answer(status: u16, headers: Headers, body: &[u8], url: Rc<str>) -> HttpResponse {
    HttpResponse { status, headers, body: Body::Bytes(fjord_json::Body::from(body)), url }
}
