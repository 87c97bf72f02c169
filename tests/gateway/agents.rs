//! Messages of queues: what the pipe of an agent makes of them, and what the queue is told.

use std::collections::BTreeMap;

use fjord::edge::desk::Desk;
use fjord::gateway::Gateway;
use fjord::options::Environment;
use fjord::plan;
use fjord::platform::{Caller, Request};
use fjord_http::Headers;
use serde_json::{Value, json};

use crate::sim::{Client, Host, Run, Script, World};

/// A gateway with one agent, of the queue `orders`.
fn gateway(agent: &Value) -> Gateway {
    let mut whole = json!({
        "name": "shipping",
        "consumer": {"topic": "orders", "timeout": "1s"},
        "backend": [{"host": ["http://a"], "url_pattern": "/ship", "method": "POST"}],
        "extra_config": {"async/queue": {}}
    });
    for (key, value) in agent.as_object().unwrap() {
        whole[key] = value.clone();
    }
    let config = json!({"version": 3, "async_agent": [whole], "endpoints": []});
    Gateway::new(plan::build(config.to_string().into_bytes(), Environment::default()).unwrap())
}

/// What an origin answers, one after the other: status, the time it takes, body.
type Answers<'a> = &'a [(u16, Option<u32>, &'a str)];

fn world(origins: &[(&str, Answers<'_>)]) -> World {
    let script = |(status, after_ms, body): &(u16, Option<u32>, &str)| Script {
        after_ms: *after_ms,
        status: *status,
        body: body.as_bytes().to_vec(),
        ..Script::default()
    };
    let origins =
        origins.iter().map(|(call, answers)| ((*call).to_owned(), answers.iter().map(script).collect()));
    World { now: 1_700_000_000_000.0, origins: origins.collect::<BTreeMap<_, _>>(), ..World::default() }
}

/// Delivers messages at once, and lets everything end that they began.
fn deliver(world: &mut World, gateway: &Gateway, messages: &[(&str, u32)]) -> Vec<Run> {
    let desk = Desk::default();
    desk.serve(gateway.clone(), 1);
    let mut host = Host::new(world, vec![&desk]);
    let clients = messages.iter().map(|(body, attempts)| Client {
        body: body.as_bytes().to_vec(),
        queue: Some(("orders".to_owned(), *attempts)),
        ..Client::from(Request {
            method: String::new(),
            scheme: String::new(),
            host: String::new(),
            target: String::new(),
            headers: Headers::default(),
            caller: Caller::Unknown,
            has_body: false,
            place: None,
        })
    });
    let indexes: Vec<usize> = clients.map(|client| host.add(client)).collect();
    host.run();
    assert_eq!(host.faults, Vec::<String>::new());
    assert_eq!(desk.taken(), 0, "a message leaves nothing behind");
    indexes.into_iter().map(|index| host.answer(index).unwrap()).collect()
}

fn again(run: &Run) -> (u16, Option<&str>) {
    (run.status, run.headers.get("Retry-After"))
}

#[test]
fn the_message_is_the_body_and_there_is_nothing_else() {
    let mut world = world(&[("POST http://a/ship", &[(200, Some(10), "{}")])]);
    let runs = deliver(&mut world, &gateway(&json!({})), &[("boat", 1), ("", 1)]);
    assert_eq!(runs.iter().map(again).collect::<Vec<_>>(), [(204, None), (204, None)]);
    let seen: Vec<(Vec<&str>, &[u8])> = world
        .seen
        .iter()
        .map(|(headers, body)| (headers.iter().map(|(name, _)| name).collect(), body.as_slice()))
        .collect();
    assert_eq!(seen.iter().map(|(_, body)| *body).collect::<Vec<_>>(), [&b"boat"[..], b""]);
    let forwarded = ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Via", "Content-Type"];
    assert!(seen.iter().flat_map(|(names, _)| names).all(|name| !forwarded.contains(name)), "{seen:?}");
    assert!(world.log.is_empty(), "{:?}", world.log);
}

#[test]
fn a_failure_comes_again_by_the_strategy() {
    let cases = [
        (json!({}), [1, 1]),
        (json!({"connection": {"backoff_strategy": "linear"}}), [1, 3]),
        (json!({"connection": {"backoff_strategy": "exponential"}}), [2, 8]),
    ];
    for (agent, waits) in cases {
        let mut world = world(&[("POST http://a/ship", &[(500, Some(10), "{}")])]);
        let runs = deliver(&mut world, &gateway(&agent), &[("a", 1), ("b", 3)]);
        let waits = waits.map(|wait| wait.to_string());
        let expected: Vec<_> = waits.iter().map(|wait| (503, Some(wait.as_str()))).collect();
        assert_eq!(runs.iter().map(again).collect::<Vec<_>>(), expected, "{agent}");
        assert!(world.log[0].contains("[ASYNC: shipping] invalid status code 500"), "{:?}", world.log);
    }
}

#[test]
fn one_failed_backend_of_two_is_a_failure() {
    let backend = |path: &str| json!({"host": ["http://a"], "url_pattern": path, "method": "POST"});
    let agent = json!({"backend": [backend("/ship"), backend("/bill")]});
    let mut world = world(&[
        ("POST http://a/ship", &[(200, Some(10), "{}")]),
        ("POST http://a/bill", &[(500, Some(10), "{}")]),
    ]);
    assert_eq!(again(&deliver(&mut world, &gateway(&agent), &[("a", 1)])[0]), (503, Some("1")));
}

#[test]
fn what_is_discarded_is_done_but_not_what_was_never_tried() {
    let discards = json!({"async/queue": {"nack_discard": true}});
    let mut origin = world(&[("POST http://a/ship", &[(500, Some(10), "{}")])]);
    let run = &deliver(&mut origin, &gateway(&json!({"extra_config": discards})), &[("a", 1)])[0];
    assert_eq!(again(run), (204, None));
    assert!(origin.log[0].ends_with("the message is dropped"), "{:?}", origin.log);
    // A guard that nobody knows closes the agent.
    let mut closed = discards.clone();
    closed["validation/json-shema"] = json!({});
    let mut origin = world(&[]);
    let run = &deliver(&mut origin, &gateway(&json!({"extra_config": closed})), &[("a", 1)])[0];
    assert_eq!(again(run), (503, Some("1")));
    assert!(origin.calls.is_empty());
    assert!(origin.log[0].contains("not served: "), "{:?}", origin.log);
}

#[test]
fn the_time_of_a_message_is_its_own() {
    let mut world = world(&[("POST http://a/ship", &[(200, None, "")])]);
    let run = &deliver(&mut world, &gateway(&json!({})), &[("a", 1)])[0];
    assert_eq!(again(run), (503, Some("1")));
    assert!((1000.0..1010.0).contains(&run.elapsed_ms), "{}", run.elapsed_ms);
}

#[test]
fn backends_read_answers_as_the_agent_says() {
    for (agent, own, status) in [
        (None, None, 503),
        (Some("string"), None, 204),
        (Some("string"), Some("json"), 503),
        (Some("no-op"), None, 204),
    ] {
        let mut backend = json!({"host": ["http://a"], "url_pattern": "/ship", "method": "POST"});
        own.into_iter().for_each(|own| backend["encoding"] = json!(own));
        let mut options = json!({"backend": [backend]});
        agent.into_iter().for_each(|agent| options["encoding"] = json!(agent));
        let mut world = world(&[("POST http://a/ship", &[(200, Some(10), "no JSON")])]);
        let run = &deliver(&mut world, &gateway(&options), &[("a", 1)])[0];
        assert_eq!(run.status, status, "{options}");
    }
}
