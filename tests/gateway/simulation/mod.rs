//! Requests at random: several at once on one core, over origins that fail, linger and never answer, for clients that leave.
//! Virtual time, the same for a seed on every run.
//!
//! Whatever happens: each client that stays has one answer, within its deadline, with nothing of another request in it. And nothing is
//! held at the end: no place, no session, no trial, no leader.
//!
//! `npm run simulate -- 100000` runs this many seeds; `FJORD_SEED=7 cargo test --test gateway simulation` runs one and tells what
//! happened.

mod endpoints;
mod origins;
mod random;

use std::collections::BTreeSet;
use std::rc::Rc;

use fjord::edge::desk::Desk;
use fjord::gateway::Gateway;
use fjord::options::Environment;
use fjord::plan;
use serde_json::Value;

use crate::sim::{Client, Host, Run, World};
use endpoints::{ENDPOINTS, Endpoint, PATIENCE_MS, configuration};
use origins::Mood;
use random::Random;

/// Seeds of a run without a number.
const SEEDS: u64 = 1000;

/// What is to be clear again soon after the last request: the longest time that a breaker is open or a trial lasts, and more than a
/// leader is waited for. It is less than the time after which places are swept.
const PAUSE_MS: f64 = 3_000.0;

/// After that even the places of requests whose end was never heard of are swept.
const SWEPT_MS: f64 = 60_000.0;

/// One isolate, its origins and its clients.
struct Isolate {
    gateway: Gateway,
    desk: Desk,
    world: World,
    mood: Mood,
    /// Who holds the plan while nothing is in flight.
    holders: usize,
}

/// How many hold the plan, or what tasks keep of it after the answer.
fn holders(gateway: &Gateway) -> usize {
    Rc::strong_count(gateway.plan()) + Rc::strong_count(&gateway.plan().service.info)
}

/// A request that was sent: what its answer may have in it.
struct Sent {
    endpoint: &'static Endpoint,
    tag: String,
    index: usize,
}

impl Isolate {
    fn new(seed: u64, recipes: bool) -> Self {
        // With the edge's cache no endpoint is steady.
        let variables = if recipes { r#"{"SECRET":"s"}"# } else { r#"{"SECRET":"s","FJORD_CACHE":"api"}"# };
        let environment = Environment::from_json("{}", variables).expect("the variables are an object");
        let plan =
            plan::build(configuration().into_bytes(), environment).expect("the configuration is valid");
        let gateway = Gateway::new(plan);
        let desk = Desk::default();
        desk.serve(gateway.clone(), seed);
        let mood = Mood::new(seed);
        let mut world =
            World { now: 1_700_000_000_000.0, cache: Some(Default::default()), recipes, ..World::default() };
        world.counters.push("LIMITS".to_owned());
        world.origin = Some(mood.origin());
        let holders = holders(&gateway);
        Self { gateway, desk, world, mood, holders }
    }

    /// Nothing is held, and everything works: each endpoint that was asked answers as if nothing had happened.
    fn settle(&mut self, asked: &BTreeSet<usize>, number: u64) -> Result<(), String> {
        self.world.now += PAUSE_MS;
        self.mood.calm();
        for at in asked {
            let endpoint = &ENDPOINTS[*at];
            let tag = endpoint.tag(number, *at, 1_000);
            let mut host = Host::new(&mut self.world, vec![&self.desk]);
            let index = host.add(endpoint.client(&tag));
            host.run();
            let faults = std::mem::take(&mut host.faults);
            let answer = host.answer(index);
            if !faults.is_empty() {
                return Err(format!("{}: {faults:?}", endpoint.path));
            }
            let sent = Sent { endpoint, tag, index };
            let answer = answer.ok_or("no answer when all is calm")?;
            judge(&sent, &answer)?;
            let completed = answer.headers.get("X-Krakend-Completed");
            // What passes through is never called complete.
            if answer.status != 200 || endpoint.is_json && completed != Some("true") {
                let body = String::from_utf8_lossy(&answer.body).into_owned();
                let log = self.world.log.last();
                return Err(format!(
                    "{}: {} {body} when all is calm; log {log:?}",
                    endpoint.path, answer.status
                ));
            }
        }
        self.world.now += SWEPT_MS;
        let place = self.desk.open("GET".into(), "http://gateway/nowhere".into(), self.world.now);
        self.desk.close(place.expect("there is a place"));
        if self.desk.taken() > 0 {
            return Err(format!("{} places are taken at the end", self.desk.taken()));
        }
        match holders(&self.gateway) - self.holders {
            0 => Ok(()),
            held => Err(format!("{held} futures hold the plan at the end")),
        }
    }
}

/// What is wrong with an answer.
fn judge(sent: &Sent, answer: &Run) -> Result<(), String> {
    let Sent { endpoint, tag, .. } = sent;
    let body = String::from_utf8_lossy(&answer.body);
    let wrong = |what: &str| Err(format!("{} {tag}: {what}: {} {body}", endpoint.path, answer.status));
    if answer.elapsed_ms > f64::from(endpoint.timeout_ms) {
        return wrong(&format!("answered after {} ms", answer.elapsed_ms));
    }
    if ![200, 201, 204, 302, 401, 404, 429, 500, 502, 503].contains(&answer.status) {
        return wrong("a status that nothing here gives");
    }
    if let Some(other) =
        body.split("tag-").skip(1).find(|rest| !rest.starts_with(tag.trim_start_matches("tag-")))
    {
        return wrong(&format!("something of tag-{}", other.split('"').next().unwrap_or_default()));
    }
    if answer.status == 200 && endpoint.is_json {
        let Ok(Value::Object(members)) = serde_json::from_str(&body) else { return wrong("no object") };
        let whole = endpoint.parts.iter().all(|part| members.contains_key(*part));
        if !whole && answer.headers.get("X-Krakend-Completed") == Some("true") {
            return wrong("complete without all parts");
        }
    }
    Ok(())
}

/// Runs a seed; how many recipes were followed, or the reason if something is wrong.
#[expect(clippy::print_stderr, reason = "whoever names a seed wants to see it")]
fn run(seed: u64, recipes: bool, tell: bool) -> Result<usize, String> {
    let mut isolate = Isolate::new(seed, recipes);
    let mut random = Random::new(seed);
    let mut host = Host::new(&mut isolate.world, vec![&isolate.desk]);
    let (mut all, mut asked) = (Vec::new(), BTreeSet::new());
    for number in 0..random.below(10) + 2 {
        let at = random.below(ENDPOINTS.len() as u64) as usize;
        let endpoint = &ENDPOINTS[at];
        asked.insert(at);
        let tag = endpoint.tag(seed, at, number as usize);
        let client = Client {
            arrives_ms: random.below(1_200) as u32,
            body_after_ms: if random.one_in(10) { random.below(1_500) as u32 } else { 0 },
            leaves_ms: random.one_in(4).then(|| random.below(1_100) as u32),
            ..endpoint.client(&tag)
        };
        if tell {
            eprintln!(
                "{tag} GET {} at {} ms, leaves {:?}",
                endpoint.path, client.arrives_ms, client.leaves_ms
            );
        }
        let leaves = client.leaves_ms.is_some();
        all.push((Sent { endpoint, tag, index: host.add(client) }, leaves));
    }
    host.run();
    let faults = std::mem::take(&mut host.faults);
    for (sent, leaves) in &all {
        match host.answer(sent.index) {
            Some(answer) => {
                if tell {
                    let body = String::from_utf8_lossy(&answer.body);
                    eprintln!("{} {} after {} ms: {body}", sent.tag, answer.status, answer.elapsed_ms);
                }
                judge(sent, &answer)?;
            }
            None if *leaves => {}
            None => return Err(format!("{} {}: no answer; {faults:?}", sent.endpoint.path, sent.tag)),
        }
    }
    if !faults.is_empty() {
        return Err(faults.join("; "));
    }
    isolate.settle(&asked, seed)?;
    Ok(isolate.world.followed)
}

#[test]
fn whatever_happens_each_request_has_its_answer_and_nothing_is_held() {
    let number = |name| std::env::var(name).ok().map(|value| value.parse().expect("a number"));
    if let Some(seed) = number("FJORD_SEED") {
        for recipes in [false, true] {
            run(seed, recipes, true).unwrap();
        }
        return;
    }
    let mut followed = 0;
    let seeds = 0..number("FJORD_SEEDS").unwrap_or(SEEDS);
    for (seed, recipes) in seeds.flat_map(|seed| [(seed, false), (seed, true)]) {
        match run(seed, recipes, false) {
            Ok(number) => followed += number,
            Err(reason) => panic!(
                "seed {seed}, recipes {recipes}: {reason}\nFJORD_SEED={seed} cargo test --test gateway simulation -- --nocapture"
            ),
        }
    }
    assert!(followed > 0, "no recipe was followed");
}

/// Each endpoint, and a client that leaves after each of its events.
#[test]
fn a_client_may_leave_at_any_point() {
    for (recipes, (at, endpoint)) in [false, true]
        .into_iter()
        .flat_map(|recipes| ENDPOINTS.iter().enumerate().map(move |each| (recipes, each)))
    {
        for events in 0.. {
            let mut isolate = Isolate::new(at as u64, recipes);
            isolate.mood.linger();
            if endpoint.path.contains("breaker") {
                // The circuit is open, and this request is on trial.
                isolate.mood.fail();
                for number in 0..3 {
                    let mut host = Host::new(&mut isolate.world, vec![&isolate.desk]);
                    host.add(endpoint.client(&endpoint.tag(0, at, number)));
                    host.run();
                }
                isolate.world.now += f64::from(PATIENCE_MS);
                isolate.mood.linger();
            }
            let mut host = Host::new(&mut isolate.world, vec![&isolate.desk]);
            let tag = endpoint.tag(events, at, 0);
            let index = host.add(endpoint.client(&tag));
            let happened = (0..=events).filter(|_| host.step()).count() as u64;
            if happened <= events {
                assert!(events > 1, "{}: nothing happens", endpoint.path);
                break;
            }
            host.leaves(index);
            host.run();
            let faults = std::mem::take(&mut host.faults);
            let settled = if faults.is_empty() {
                isolate.settle(&BTreeSet::from([at]), events)
            } else {
                Err(faults.join("; "))
            };
            if let Err(reason) = settled {
                panic!(
                    "{}, recipes {recipes}: the client leaves after {happened} events: {reason}",
                    endpoint.path
                );
            }
        }
    }
}
