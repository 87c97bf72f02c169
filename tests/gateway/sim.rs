//! A platform whose time is a number and whose origins are a table.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use fjord::features::qos::bucket::{Bucket, Rate};
use fjord::gateway::Gateway;
use fjord::http::Headers;
use fjord::json;
use fjord::platform::{
    Answer, AnswerBody, Body, Call, Effect, Fetch, Fetched, HostError, Outcome, Passed, Request, RequestBody,
    Stream,
};

/// What an origin answers.
#[derive(Debug, Clone, Default)]
pub struct Script {
    pub after_ms: u32,
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// The call fails with this text instead.
    pub fault: Option<String>,
}

/// Origins by `METHOD URL`; the answers of one are given in turn, the last again and again.
#[derive(Debug, Default)]
pub struct World {
    pub origins: BTreeMap<String, Vec<Script>>,
    pub client_body: Vec<u8>,
    /// Calls made, as `METHOD URL`, in order.
    pub calls: Vec<String>,
    /// The same with header lines and body.
    pub seen: Vec<(Headers, Vec<u8>)>,
    pub log: Vec<String>,
    pub now: f64,
    /// Of the random choices, another for each request.
    pub seed: u64,
    /// Bindings that count for rate limits, as the objects do.
    pub counters: Vec<String>,
    /// What they have counted, by `BINDING KEY`.
    pub buckets: BTreeMap<String, Bucket>,
    /// The counts that were asked for, in order.
    pub counted: Vec<String>,
    /// What the edge's cache has; none if it fails.
    pub cache: Option<BTreeMap<Vec<u8>, Vec<u8>>>,
    /// The services that were used, in order.
    pub services: Vec<&'static str>,
}

/// Header lines and bodies of answers that stay with the platform.
type Streams = BTreeMap<u32, (Headers, Vec<u8>)>;

/// What came back.
pub struct Run {
    pub status: u16,
    pub headers: Headers,
    pub body: Vec<u8>,
    pub elapsed_ms: f64,
}

impl World {
    /// Sends one request and lets everything end that it began.
    pub fn send(&mut self, gateway: &Gateway, request: Request) -> Run {
        let began = self.now;
        self.seed += 1;
        let mut session = gateway.open(&request.method, &request.target).start(request, self.now, self.seed);
        let mut queue = BinaryHeap::new();
        let mut outcomes: BTreeMap<usize, (u32, Outcome)> = BTreeMap::new();
        let mut bodies: Streams = BTreeMap::new();
        let (mut order, mut run) = (0, None);
        loop {
            if let Some(answer) = session.poll() {
                run = Some(self.answered(answer, &bodies, began));
            }
            for (id, effect) in session.take_effects() {
                let (after, outcome) = match effect {
                    Effect::Fetch(fetch) => self.fetch(id, fetch, &mut bodies),
                    Effect::Timer(ms) => (ms, Outcome::Elapsed),
                    Effect::ReadBody => (0, Outcome::Body(Ok(json::Body::from(self.client_body.clone())))),
                    Effect::ReadStream(Stream(of)) => {
                        (0, Outcome::Body(Ok(json::Body::from(bodies[&of].1.clone()))))
                    }
                    Effect::Call(call) => (0, Outcome::Called(self.call(call))),
                    Effect::Log(_, line) => {
                        self.log.push(line);
                        continue;
                    }
                    Effect::Cancel(_) => continue,
                };
                let at = (self.now + f64::from(after)) as u64;
                queue.push(Reverse((at, order)));
                outcomes.insert(order, (id, outcome));
                order += 1;
            }
            if session.state().finished {
                break;
            }
            let Some(Reverse((at, next))) = queue.pop() else { panic!("the request waits for nothing") };
            self.now = at as f64;
            let (id, outcome) = outcomes.remove(&next).unwrap();
            session.complete(id, outcome, self.now);
        }
        run.expect("a finished session has answered")
    }

    fn fetch(&mut self, id: u32, fetch: Fetch, bodies: &mut Streams) -> (u32, Outcome) {
        let call = format!("{} {}", fetch.method, fetch.url);
        let sent = match &fetch.body {
            RequestBody::None => Vec::new(),
            RequestBody::Incoming => self.client_body.clone(),
            RequestBody::Chunked(bytes) | RequestBody::Sized(bytes) => bytes.as_slice().to_vec(),
        };
        self.seen.push(((*fetch.headers).clone(), sent));
        self.calls.push(call.clone());
        let Some(scripts) = self.origins.get_mut(&call) else {
            return (1, Outcome::Fetched(Err(HostError::Failed("Network connection lost.".to_owned()))));
        };
        let script = if scripts.len() > 1 { scripts.remove(0) } else { scripts[0].clone() };
        if let Some(fault) = script.fault {
            return (script.after_ms, Outcome::Fetched(Err(HostError::Failed(fault))));
        }
        let mut headers = Headers::default();
        for (name, value) in &script.headers {
            headers.add(name.clone(), value.as_str());
        }
        let body = if fetch.stream {
            bodies.insert(id, (headers.clone(), script.body));
            Body::Stream(Stream(id))
        } else {
            Body::Bytes(json::Body::from(script.body))
        };
        (script.after_ms, Outcome::Fetched(Ok(Fetched { status: script.status, headers, body })))
    }

    /// The host's services: the edge's cache, and the one that counts.
    fn call(&mut self, Call { op, args }: Call) -> Result<Vec<u8>, HostError> {
        self.services.push(op);
        match op {
            "limit" => self.limit(args),
            "cache_find" | "cache_put" | "cache_remove" => {
                let Some(cache) = self.cache.as_mut() else {
                    // Nobody waits to hear how keeping went.
                    return if op == "cache_put" {
                        Ok(Vec::new())
                    } else {
                        Err(HostError::Failed("no cache".to_owned()))
                    };
                };
                match (op, args.as_slice()) {
                    ("cache_find", [name]) => return Ok(cache.get(name).cloned().unwrap_or_default()),
                    ("cache_put", [name, kept]) => drop(cache.insert(name.clone(), kept.clone())),
                    (_, names) => names.iter().for_each(|name| drop(cache.remove(name))),
                }
                Ok(Vec::new())
            }
            _ => Err(HostError::Failed(format!("no {op}"))),
        }
    }

    fn limit(&mut self, args: Vec<Vec<u8>>) -> Result<Vec<u8>, HostError> {
        let [binding, key, rate] =
            <[Vec<u8>; 3]>::try_from(args).unwrap().map(|arg| String::from_utf8(arg).unwrap());
        if !self.counters.contains(&binding) {
            return Err(HostError::Failed("the worker has no such binding".to_owned()));
        }
        let key = format!("{binding} {key}");
        self.counted.push(key.clone());
        let rate: Rate = rate.parse().unwrap();
        let bucket = self.buckets.entry(key).or_insert_with(|| Bucket::full(&rate, self.now));
        Ok(vec![u8::from(bucket.take(&rate, self.now))])
    }

    fn answered(&self, answer: Answer, bodies: &Streams, began: f64) -> Run {
        let body = match answer.body {
            AnswerBody::Empty => Vec::new(),
            AnswerBody::Bytes(bytes) => bytes,
            AnswerBody::Stream(Stream(id)) => bodies[&id].1.clone(),
        };
        let mut headers = answer.headers;
        if let Some(Passed { of: Stream(id), without_type, seen_behind: None }) = answer.passed {
            for (name, value) in bodies[&id].0.iter() {
                if !(without_type && name.eq_ignore_ascii_case("Content-Type")) {
                    headers.add(name.to_owned(), value);
                }
            }
        }
        Run { status: answer.status, headers, body, elapsed_ms: self.now - began }
    }
}
