//! A platform whose time is a number and whose origins are a table, or what a test makes of them.

mod host;
mod services;

use std::collections::BTreeMap;

use fjord::edge::desk::Desk;
use fjord::features::qos::bucket::Bucket;
use fjord::gateway::Gateway;
use fjord::platform::{Fetch, Request, Via};
use fjord_http::Headers;

pub use host::{Client, Host};

/// What an origin answers.
#[derive(Debug, Clone, Default)]
pub struct Script {
    /// None: never.
    pub after_ms: Option<u32>,
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// The call fails with this text instead.
    pub fault: Option<String>,
}

/// Answers calls, given their bodies.
pub type Origin = Box<dyn FnMut(&Fetch, &[u8]) -> Script>;

/// Origins by `METHOD URL`; the answers of one are given in turn, the last again and again.
#[derive(Default)]
pub struct World {
    pub origins: BTreeMap<String, Vec<Script>>,
    /// Answers in place of the table.
    pub origin: Option<Origin>,
    /// Calls made, as `METHOD URL`, in order.
    pub calls: Vec<String>,
    /// The binding of each call; empty for the network.
    pub bindings: Vec<String>,
    /// The same with header lines and body.
    pub seen: Vec<(Headers, Vec<u8>)>,
    /// After how many milliseconds the bodies of their answers are cut.
    pub cuts: Vec<Option<u32>>,
    pub log: Vec<String>,
    pub now: f64,
    /// Of the random choices, another for each request.
    pub seed: u64,
    /// Bindings that count for rate limits, as the objects do.
    pub counters: Vec<String>,
    /// What they have counted, by `BINDING KEY`.
    pub buckets: BTreeMap<String, Bucket>,
    /// What is used of quotas, by binding and key.
    pub usages: BTreeMap<String, fjord::features::governance::windows::Usage>,
    /// Lists of revoked tokens, by binding and key.
    pub lists: BTreeMap<String, fjord::features::auth::revoker::list::RevocationList>,
    /// The counts that were asked for, in order.
    pub counted: Vec<String>,
    /// What the edge's cache has; none if it fails.
    pub cache: Option<BTreeMap<Vec<u8>, Vec<u8>>>,
    /// The services that were used, in order.
    pub services: Vec<&'static str>,
    /// Whether recipes are followed: the core is entered when the answers of their calls are there.
    pub recipes: bool,
    /// How many were.
    pub followed: usize,
    /// How many told the shape of their URLs.
    pub shapes: usize,
}

/// What came back.
#[derive(Debug)]
pub struct Run {
    pub status: u16,
    pub headers: Headers,
    pub body: Vec<u8>,
    pub elapsed_ms: f64,
}

impl World {
    /// Sends one request and lets everything end that it began.
    pub fn send(&mut self, gateway: &Gateway, client: Client) -> Run {
        self.seed += 1;
        let desk = Desk::default();
        desk.serve(gateway.clone(), self.seed);
        let mut host = Host::new(self, vec![&desk]);
        let index = host.add(client);
        host.run();
        assert_eq!(host.faults, Vec::<String>::new());
        assert_eq!(desk.taken(), 0, "the request has ended");
        host.answer(index).expect("a request that ended has an answer")
    }

    /// What an origin answers, and after how long.
    fn fetch(&mut self, fetch: &Fetch, body: Vec<u8>) -> Script {
        let call = format!("{} {}", fetch.method, fetch.url);
        let script = match (&mut self.origin, self.origins.get_mut(&call)) {
            (Some(origin), _) => origin(fetch, &body),
            (None, Some(scripts)) if scripts.len() > 1 => scripts.remove(0),
            (None, Some(scripts)) => scripts[0].clone(),
            (None, None) => Script {
                after_ms: Some(1),
                fault: Some("Network connection lost.".to_owned()),
                ..Script::default()
            },
        };
        let mut headers = (*fetch.headers).clone();
        for (name, value) in fetch.trace.iter().flat_map(Headers::iter) {
            headers.set(name.to_owned(), value);
        }
        self.seen.push((headers, body));
        self.calls.push(call);
        self.bindings.push(match &fetch.via {
            Via::Network | Via::Public => String::new(),
            Via::Binding(name) => name.to_string(),
        });
        self.cuts.push(fetch.cut_after);
        script
    }
}

impl From<Request> for Client {
    fn from(request: Request) -> Self {
        Self { request, body: Vec::new(), body_after_ms: 0, arrives_ms: 0, leaves_ms: None, queue: None }
    }
}
