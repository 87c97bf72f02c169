//! A case: `{name, config, origins, request, expect}`; see any file of `cases/`. With `check` in place of a request, `fjord
//! check -l` must report an error of that code. `peer` is the other end of the connection; without it the
//! platform tells the client.

use fjord::gateway::Gateway;
use fjord::options::Environment;
use fjord::plan;
use fjord::platform::{Caller, Request};
use fjord::review::check::{CheckOptions, View, check};
use fjord_document::Severity;
use fjord_http::Headers;
use serde_json::{Value, json};

use crate::sim::{Client, Run, Script, World};
use crate::token::token;

/// Runs a case, following recipes or not; the reason if it fails.
pub fn run(case: &Value, recipes: bool) -> Result<(), String> {
    let mut config = case["config"].clone();
    if config.get("endpoints").is_none() {
        // A case about one endpoint writes just that.
        config = json!({"version": 3, "host": ["http://a"], "endpoints": [config]});
    }
    if let Some(code) = case["check"].as_str() {
        return refused(&config.to_string(), code);
    }
    let gateway = || {
        let texts = |key: &str| case.get(key).map_or_else(|| "{}".to_owned(), Value::to_string);
        let environment = Environment::from_json(texts("files"), texts("env")).map_err(Into::into);
        let plan =
            environment.and_then(|environment| plan::build(config.to_string().into_bytes(), environment));
        plan.map(Gateway::new).map_err(|error| error.to_string())
    };
    // Two isolates: `isolate` says which one a request comes to.
    let gateways = [gateway()?, gateway()?];
    let mut world = World { now: 1_700_000_000_000.0, recipes, ..World::default() };
    for (call, answers) in case["origins"].as_object().into_iter().flatten() {
        let answers = answers.as_array().cloned().unwrap_or_else(|| vec![answers.clone()]);
        world.origins.insert(call.clone(), answers.iter().map(script).collect());
    }
    world.cache = (case["cache"] != Value::Bool(false)).then(Default::default);
    let exchanges = match case.get("then") {
        Some(more) => [vec![case.clone()], more.as_array().cloned().unwrap_or_default()].concat(),
        None => vec![case.clone()],
    };
    for (index, exchange) in exchanges.iter().enumerate() {
        world.calls.clear();
        world.bindings.clear();
        world.seen.clear();
        world.log.clear();
        world.counted.clear();
        world.services.clear();
        world.cuts.clear();
        // A binding may fail from one request to the next.
        if let Some(counters) = exchange.get("counters") {
            let names = counters.as_array().into_iter().flatten().filter_map(Value::as_str);
            world.counters = names.map(str::to_owned).collect();
        }
        let peer = exchange.get("peer").or(case.get("peer")).and_then(Value::as_str);
        let caller =
            peer.map_or_else(|| Caller::Client("10.1.2.3".to_owned()), |peer| Caller::Peer(peer.to_owned()));
        let client = Client {
            body: text(&exchange["body"]).into_bytes(),
            body_after_ms: exchange["body_after"].as_u64().unwrap_or_default() as u32,
            ..Client::from(Request { caller, ..request(exchange) })
        };
        let answer = world.send(&gateways[exchange["isolate"].as_u64().unwrap_or(0) as usize], client);
        let compared = compare(&exchange["expect"], &answer, &world);
        compared.and_then(|()| explained(&config, &answer, &world)).map_err(|reason| match index {
            0 => reason,
            _ => format!("request {}: {reason}", index + 1),
        })?;
        world.now += exchange["pause"].as_f64().unwrap_or_default();
    }
    Ok(())
}

/// Whoever is turned away, or gets an error, has the reason in the log that the default shows.
fn explained(config: &Value, run: &Run, world: &World) -> Result<(), String> {
    let is_default = config["extra_config"]["telemetry/logging"].is_null();
    let fails = matches!(run.status, 401 | 403 | 429 | 500 | 501);
    // Of a no-op answer nothing is read: its status is the origin's.
    let passes = config["endpoints"].to_string().contains("no-op");
    match is_default && !passes && fails && world.log.is_empty() {
        true => Err(format!("nothing in the log says why it is {}", run.status)),
        false => Ok(()),
    }
}

/// The calls that requests for `/x` lead to.
pub fn calls(config: &Value, requests: usize) -> Vec<String> {
    let plan = plan::build(config.to_string().into_bytes(), Environment::default())
        .expect("the configuration is valid");
    let gateway = Gateway::new(plan);
    let mut world = World::default();
    for _ in 0..requests {
        world.send(&gateway, Client::from(request(&json!({"request": "GET /x"}))));
    }
    world.calls
}

/// The check reports an error of this code.
fn refused(config: &str, code: &str) -> Result<(), String> {
    let found = check(config, &CheckOptions { view: View::Lint, ..CheckOptions::default() });
    let errors: Vec<&str> = found.iter().filter(|d| d.severity == Severity::Error).map(|d| d.code).collect();
    if errors.contains(&code) { Ok(()) } else { Err(format!("errors {errors:?}, want {code}")) }
}

fn script(answer: &Value) -> Script {
    Script {
        after_ms: Some(answer["after"].as_u64().unwrap_or(10) as u32),
        status: answer["status"].as_u64().unwrap_or(200) as u16,
        headers: pairs(&answer["headers"]),
        body: text(&answer["body"]).into_bytes(),
        fault: answer["fault"].as_str().map(str::to_owned),
    }
}

/// `GET /path` with the header lines of `headers`.
fn request(case: &Value) -> Request {
    let line = case["request"].as_str().expect("a case has a request");
    let (method, target) = line.split_once(' ').expect("a request is METHOD TARGET");
    let mut headers = Headers::default();
    for (name, value) in pairs(&case["headers"]) {
        headers.add(name, value);
    }
    Request {
        method: method.to_owned(),
        scheme: "http".to_owned(),
        host: "gateway".to_owned(),
        target: target.to_owned(),
        headers,
        caller: Caller::Unknown,
        place: case["place"].is_object().then(|| case["place"].to_string().into()),
        has_body: !case["body"].is_null(),
    }
}

fn compare(expect: &Value, run: &Run, world: &World) -> Result<(), String> {
    let body = String::from_utf8_lossy(&run.body).into_owned();
    let status = expect["status"].as_u64().unwrap_or(200);
    if u64::from(run.status) != status {
        return Err(format!("status {}, want {status}; body {body}; log {:?}", run.status, world.log));
    }
    for (name, value) in expect["headers"].as_object().into_iter().flatten() {
        let values: Vec<&str> = run.headers.get_all(name).collect();
        let want = lines(value);
        if values != want {
            return Err(format!("{name}: {values:?}, want {want:?}"));
        }
    }
    match expect.get("body") {
        None => {}
        Some(Value::String(want)) if *want == body => {}
        Some(want @ (Value::Object(_) | Value::Array(_) | Value::Null))
            if serde_json::from_str::<Value>(&body).is_ok_and(|have| have == *want) => {}
        Some(want) => return Err(format!("body {body}, want {want}; log {:?}", world.log)),
    }
    if let Some(elapsed) = expect.get("elapsed").and_then(Value::as_f64)
        && run.elapsed_ms != elapsed
    {
        return Err(format!("answered after {} ms, want {elapsed}", run.elapsed_ms));
    }
    if let Some(calls) = expect.get("calls") {
        let want: Vec<&str> = calls.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if world.calls != want {
            return Err(format!("calls {:?}, want {want:?}", world.calls));
        }
    }
    if let Some(bindings) = expect.get("bindings")
        && json!(world.bindings) != *bindings
    {
        return Err(format!("through {:?}, want {bindings}", world.bindings));
    }
    if let Some(cuts) = expect.get("cut_after")
        && json!(world.cuts) != *cuts
    {
        return Err(format!("cut after {:?}, want {cuts}", world.cuts));
    }
    if let Some(services) = expect.get("services")
        && json!(world.services) != *services
    {
        return Err(format!("services {:?}, want {services}", world.services));
    }
    if let Some(counted) = expect.get("counted")
        && json!(world.counted) != *counted
    {
        return Err(format!("counted {:?}, want {counted}", world.counted));
    }
    if let Some(log) = expect.get("log")
        && json!(world.log) != *log
    {
        return Err(format!("logged {:?}, want {log}", world.log));
    }
    // Of the first call, or of one after the other.
    let sent = expect["sent"].as_array().cloned().unwrap_or_else(|| vec![expect["sent"].clone()]);
    for (call, headers) in sent.iter().enumerate() {
        for (name, value) in headers.as_object().into_iter().flatten() {
            let have: Vec<&str> = match world.seen.get(call) {
                Some((headers, _)) => headers.get_all(name).collect(),
                None => return Err(format!("there was no call {call}")),
            };
            if have != lines(value) {
                return Err(format!("call {call} had {name}: {have:?}, want {value}"));
            }
        }
    }
    // Of the first call, or of one after the other.
    let bodies = match expect.get("sent_bodies") {
        Some(bodies) => bodies.as_array().cloned().unwrap_or_default(),
        None => expect.get("sent_body").cloned().into_iter().collect(),
    };
    for (call, want) in bodies.iter().enumerate() {
        let body = world.seen.get(call).map(|(_, body)| body.as_slice()).unwrap_or_default();
        let is_text = want.as_str().is_some_and(|want| want.as_bytes() == body);
        if !is_text && serde_json::from_slice::<Value>(body).ok().as_ref() != Some(want) {
            return Err(format!("call {call} got {}, want {want}", String::from_utf8_lossy(body)));
        }
    }
    Ok(())
}

/// The lines a header has: none, one, or a list.
fn lines(value: &Value) -> Vec<&str> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
        value => vec![value.as_str().expect("a header is a text")],
    }
}

fn pairs(object: &Value) -> Vec<(String, String)> {
    let members = object.as_object().into_iter().flatten();
    members
        .flat_map(|(name, value)| {
            let values = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
            values.into_iter().map(|value| (name.clone(), text(&value)))
        })
        .collect()
}

/// A text as it is, a token made for the case, anything else as JSON, nothing as nothing.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Object(members) if members.contains_key("jwt") => token(&members["jwt"]),
        other => other.to_string(),
    }
}
