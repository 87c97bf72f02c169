//! The cache around an endpoint's pipe: answers what is there, and has one request fetch what isn't for all that wait.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use fjord_http::{Headers, Query};

use crate::context::{Cx, EndpointInfo, ServiceInfo};
use crate::features::qos::http_cache::edge;
use crate::features::qos::http_cache::store::Kept;
use crate::gateway::{Handler, Incoming, InputQueries, Inside, NextHandler};
use crate::platform::{Answer, Deadline, Io, LocalFuture, Shared};

use super::entry::{self, Use};
use super::mark::mark_private;
use super::purge::Purges;
use super::{Lifetime, Tier};

/// The cache of an endpoint.
pub struct Cache(Rc<Endpoint>);

/// What is configured.
pub struct Settings {
    /// Where answers are kept.
    pub tier: Tier,
    /// The endpoint, by a name that no other has.
    pub name: String,
    /// Another configuration has another one.
    pub version: String,
    /// How long answers may be used.
    pub lifetime: Lifetime,
    /// What purges call its answers.
    pub tags: Vec<String>,
    /// The header lines that an answer depends on.
    pub headers: Vec<String>,
    /// The query parameters that an answer depends on.
    pub queries: InputQueries,
    /// What was purged.
    pub purges: Rc<Purges>,
}

/// The endpoint, and its answers that are being fetched.
struct Endpoint {
    settings: Settings,
    fetches: RefCell<BTreeMap<String, Rc<Fetch>>>,
}

/// An answer that one request fetches for all that want it.
type Fetch = Shared<Rc<Kept>, Never>;

/// A fetch always has an answer, if only of an error.
#[derive(Debug, Clone, Copy)]
enum Never {}

/// What a fetch needs, which may go on after its request.
struct Job {
    inside: Rc<dyn Inside>,
    io: Rc<Io>,
    service: Rc<ServiceInfo>,
    endpoint: Rc<EndpointInfo>,
    incoming: Incoming,
}

// === impl Cache ===

impl Cache {
    /// The cache with these settings.
    pub fn new(settings: Settings) -> Self {
        Self(Rc::new(Endpoint { settings, fetches: RefCell::default() }))
    }
}

impl Handler for Cache {
    fn handle<'a>(
        &'a self,
        cx: Cx<'a>,
        incoming: Incoming,
        next: NextHandler<'a>,
    ) -> LocalFuture<'a, Answer> {
        let endpoint = &self.0;
        Box::pin(async move {
            // Whoever says who it is gets an answer of its own.
            let (Some(inside), false) = (next.detached(), incoming.headers.contains("Authorization")) else {
                let mut answer = next.run(cx, incoming).await;
                mark_private(&mut answer);
                return answer;
            };
            let key = endpoint.key(&incoming);
            let job = || Job {
                inside: Rc::clone(&inside),
                io: Rc::clone(cx.io),
                service: Rc::clone(cx.service),
                endpoint: Rc::clone(cx.endpoint),
                incoming: incoming.clone(),
            };
            let found = match endpoint.settings.tier {
                Tier::Api => endpoint.find(cx, &key).await,
                Tier::Workers => None,
            };
            let age = |kept: &Kept| cx.io.now() - entry::made(kept);
            let usable = found
                .as_ref()
                .map_or(Use::Nothing, |kept| entry::usable(age(kept), endpoint.settings.lifetime));
            match (found, usable) {
                (Some(kept), Use::Fresh) => hit(&kept, age(&kept)),
                (Some(kept), Use::WhileRevalidating) => {
                    endpoint.revalidate(key, job());
                    hit(&kept, age(&kept))
                }
                (found, usable) => {
                    let is_leader = Cell::new(false);
                    let fetched = endpoint.fetch(&key, job, cx.io, &is_leader).await;
                    let failed =
                        fetched.status >= 500 || fetched.headers.get("X-Krakend-Completed") != Some("true");
                    match found {
                        Some(kept) if failed && usable == Use::IfError => return hit(&kept, age(&kept)),
                        _ => {}
                    }
                    // Cookies are one client's.
                    if !is_leader.get() && fetched.headers.contains("Set-Cookie") {
                        let mut answer = next.run(cx, incoming).await;
                        mark_private(&mut answer);
                        return answer;
                    }
                    entry::answer(&fetched)
                }
            }
        })
    }

    fn request_headers(&self) -> Option<&[&'static str]> {
        // What the key is made of enters the endpoint anyway.
        Some(&["Authorization"])
    }
}

/// The answer of an entry, with its age in milliseconds.
fn hit(kept: &Kept, age: f64) -> Answer {
    let mut answer = entry::answer(kept);
    answer.headers.set("Age", ((age.max(0.0) / 1000.0) as u64).to_string());
    answer
}

// === impl Endpoint ===

impl Endpoint {
    /// All that an answer depends on. Each part has its length in front: what a client says stays inside its own.
    fn key(&self, incoming: &Incoming) -> String {
        let Settings { name, version, headers, queries, .. } = &self.settings;
        let mut key = String::new();
        let mut add = |part: &str| key.push_str(&format!("{}:{part}", part.len()));
        add("endpoint");
        add(name);
        add(version);
        add(&incoming.host);
        add(incoming.raw_path());
        let query = match queries {
            InputQueries::None => Query::default(),
            InputQueries::All => Query::parse(incoming.raw_query()),
            InputQueries::Listed(names) => {
                Query::parse_some(incoming.raw_query(), |name| names.iter().any(|known| known == name))
            }
        };
        add(&query.encode());
        for name in headers {
            for value in incoming.headers.get_all(name) {
                add(name);
                add(value);
            }
        }
        key
    }

    /// The entry, unless it was purged after it was made.
    async fn find(&self, cx: Cx<'_>, key: &str) -> Option<Rc<Kept>> {
        let kept = edge::find(cx, key).await?;
        let purged = self.settings.purges.last(cx, &self.settings.tags).await;
        (entry::made(&kept) > purged).then(|| Rc::new(kept))
    }

    /// Fetches an answer after that of the request, unless one is being fetched.
    fn revalidate(self: &Rc<Self>, key: String, job: Job) {
        let fetch = self.slot(&key);
        if fetch.is_asking(job.io.now()) {
            return;
        }
        // The calls go on after those of the request.
        job.io.make_abortable();
        let (endpoint, io) = (Rc::clone(self), Rc::clone(&job.io));
        io.clone().spawn(Box::pin(async move {
            let call = || endpoint.answered(key.clone(), job);
            let Ok(_) = fetch.get(&io, |_| false, call).await;
            endpoint.close(&key);
        }));
    }

    /// The answer that this request fetches, or one that is being fetched.
    async fn fetch(
        self: &Rc<Self>,
        key: &str,
        job: impl FnOnce() -> Job,
        io: &Rc<Io>,
        is_leader: &Cell<bool>,
    ) -> Rc<Kept> {
        let fetch = self.slot(key);
        let call = || {
            is_leader.set(true);
            self.answered(key.to_owned(), job())
        };
        let Ok(kept) = fetch.get(io, |_| false, call).await;
        self.close(key);
        kept
    }

    fn slot(&self, key: &str) -> Rc<Fetch> {
        let mut fetches = self.fetches.borrow_mut();
        Rc::clone(fetches.entry(key.to_owned()).or_default())
    }

    /// Forgets a fetch that nobody waits for: what is cached isn't kept here.
    fn close(&self, key: &str) {
        let mut fetches = self.fetches.borrow_mut();
        if fetches.get(key).is_some_and(|fetch| Rc::strong_count(fetch) <= 2) {
            fetches.remove(key);
        }
    }

    /// Runs the pipe, and keeps its answer where it may be kept.
    fn answered(self: &Rc<Self>, key: String, job: Job) -> LocalFuture<'static, Result<Rc<Kept>, Never>> {
        let this = Rc::clone(self);
        Box::pin(async move {
            let Job { inside, io, service, endpoint, incoming } = job;
            let deadline = Deadline::new(&io, endpoint.timeout_ms);
            let cx = Cx { io: &io, service: &service, endpoint: &endpoint, deadline: &deadline };
            let mut answer = inside.answer(cx, incoming).await;
            let Settings { tier, lifetime, headers, tags, .. } = &this.settings;
            let is_cacheable = entry::is_cacheable(&answer, headers);
            match is_cacheable {
                true => say_how(&mut answer.headers, *lifetime, headers, tags, *tier),
                false => mark_private(&mut answer),
            }
            let now = io.now();
            let Some(kept) = entry::entry(&answer, now) else {
                // A body that stays with the host comes from no-op endpoints only, which have no cache.
                return Ok(Rc::new(Kept {
                    status: 500,
                    headers: Headers::new(),
                    body: Rc::from([]),
                    varied: Vec::new(),
                }));
            };
            if is_cacheable && *tier == Tier::Api {
                edge::put(cx, &key, &kept).await;
            }
            Ok(Rc::new(kept))
        })
    }
}

/// The header lines that tell caches on the way how an answer may be kept.
fn say_how(headers: &mut Headers, lifetime: Lifetime, key: &[String], tags: &[String], tier: Tier) {
    let mut control = headers.get("Cache-Control").unwrap_or("public").to_owned();
    for (name, seconds) in
        [("stale-while-revalidate", lifetime.while_revalidating), ("stale-if-error", lifetime.if_error)]
    {
        if seconds > 0 {
            control.push_str(&format!(", {name}={seconds}"));
        }
    }
    headers.set("Cache-Control", control);
    if !key.is_empty() {
        headers.set("Vary", key.join(", "));
    }
    if tier == Tier::Workers {
        headers.set("Cache-Tag", tags.join(","));
    }
}
