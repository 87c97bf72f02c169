//! A whole request, over a host that answers at once.

use std::fmt::Write;

use fjord::gateway::Gateway;
use fjord_http::Headers;

use fjord::options::Environment;
use fjord::plan;
use fjord::platform::{AnswerBody, Body, Effect, Fetched, Outcome, Request};

use crate::clock::alone;
use crate::documents::{Kind, document};
use crate::row;

fn gateway(backends: usize) -> Gateway {
    let mut list = String::new();
    for at in 0..backends {
        let comma = if at > 0 { "," } else { "" };
        write!(list, r#"{comma}{{"url_pattern":"/part/{at}/{{id}}"}}"#).unwrap();
    }
    let config = format!(
        r#"{{"version":3,"timeout":"3s","host":["http://origin"],"endpoints":[{{"endpoint":"/things/{{id}}","backend":[{list}]}}]}}"#
    );
    Gateway::new(plan::build(config.into_bytes(), Environment::default()).unwrap())
}

/// Sends a request and gives every call one of `answers`; the answer's length.
fn send(gateway: &Gateway, answers: &[Vec<u8>]) -> usize {
    let request = Request {
        method: "GET".to_owned(),
        scheme: "http".to_owned(),
        host: "gateway".to_owned(),
        target: "/things/4711".to_owned(),
        ..Request::default()
    };
    let mut session = gateway.open(&request.method, &request.host, &request.target).start(request, 0.0, 1);
    let mut calls = Vec::new();
    loop {
        if let Some(answer) = session.poll() {
            let AnswerBody::Bytes(bytes) = answer.body else { panic!("the answer has no body") };
            assert_eq!(answer.status, 200);
            return bytes.len();
        }
        for (id, effect) in session.take_effects() {
            if let Effect::Fetch(_) = effect {
                calls.push(id);
            }
        }
        let id = calls.pop().expect("the request waits for a call");
        let body = Body::Bytes(fjord_json::Body::from(answers[calls.len()].as_slice()));
        let answer = Fetched { status: 200, headers: Headers::default(), body };
        session.complete(id, Outcome::Fetched(Ok(answer)), 0.0);
    }
}

pub fn run() {
    for (backends, krakend) in [(1, 9.1), (2, 16.1), (3, 20.8), (5, 24.0)] {
        for (size, krakend) in [(400, Some(krakend)), (4096, None)] {
            let gateway = gateway(backends);
            let answers: Vec<_> = (0..backends).map(|seed| document(Kind::Api, size, seed)).collect();
            let ns = alone(|| send(&gateway, &answers));
            row(&format!("request to {backends} × {size} bytes"), ns, krakend);
        }
    }
    let (gateway, answers) = (gateway(1), [br#"{"a":1}"#.to_vec()]);
    row("endpoint handler, the least answer", alone(|| send(&gateway, &answers)), Some(6.5));
}
