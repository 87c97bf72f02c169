//! The gateway's own endpoints: `/__health`, `/__debug/`, `/__echo/` (spec §16).

use std::collections::BTreeMap;

use fjord_http::{Headers, Query, escape};
use fjord_json::{Map, Value, go_print, map_of};
use fjord_memory::afford_output;

use crate::context::Reach;
use crate::platform::{Answer, AnswerBody, Deadline, HostError, Level, RequestBody};
use crate::render;

use super::Incoming;

/// The health answer: agents are listed by KrakenD's servers, an edge has none.
pub(super) fn health(reach: Reach<'_>) -> Answer {
    let now = go_time(reach.io.now());
    let body = Map::from([
        ("agents".to_owned(), Value::Object(Map::new())),
        ("now".to_owned(), Value::String(now)),
        ("status".to_owned(), Value::String("ok".to_owned())),
    ]);
    json_answer(&Value::Object(body))
}

/// The debug answer; the request goes to the log, line by line as KrakenD writes it. Without that level its body isn't read.
pub(super) async fn debug(reach: Reach<'_>, incoming: Incoming) -> Answer {
    if reach.logs(Level::Debug) {
        let query = Query::parse(incoming.raw_query());
        // The only parameter is what `*` matches, which has its slash in gin.
        let params: Vec<String> =
            incoming.params.iter().map(|(name, value)| format!("{{{name} /{value}}}")).collect();
        let body = body(reach, &incoming).await.unwrap_or_default();
        for (name, value) in [
            ("Method", incoming.method),
            ("URL", incoming.target),
            ("Query", go_print(&lists(query.iter()))),
            ("Params", format!("[{}]", params.join(" "))),
            ("Headers", go_print(&lists(incoming.headers.iter()))),
            ("Body", body),
        ] {
            reach.log(Level::Debug, || format!("[ENDPOINT: /__debug/*] {name}: {value}"));
        }
    }
    json_answer(&Value::Object(Map::from([("message".to_owned(), Value::String("pong".to_owned()))])))
}

/// Describes the request to the client that sent it, members in KrakenD's order. A body that doesn't come in the service's time is
/// an error.
pub(super) async fn echo(reach: Reach<'_>, incoming: Incoming) -> Answer {
    let body = match body(reach, &incoming).await {
        Ok(body) => body,
        Err(status) => {
            reach.log(Level::Error, || format!("[ENDPOINT: /__echo/*] {status}: the body can't be read"));
            return render::status(status);
        }
    };
    let pairs = Query::parse(incoming.raw_query());
    let path = escape::unescape(incoming.raw_path()).unwrap_or_default();
    let details = [
        ("fragment", text("")),
        ("host", text(&incoming.host)),
        ("path", text(&path)),
        ("query", text(&pairs.encode())),
        ("user", text("")),
    ];
    let members = [
        ("req_uri", text(&incoming.target)),
        ("req_uri_details", object(&details)),
        ("req_method", text(&incoming.method)),
        ("req_querystring", json_text(&lists(pairs.iter()))),
        ("req_body", text(&body)),
        ("req_headers", json_text(&lists(incoming.headers.iter()))),
    ];
    answer(object(&members).into_bytes())
}

/// The client's body as text; empty if it broke off. Else the status that the gateway fails with.
async fn body(reach: Reach<'_>, incoming: &Incoming) -> Result<String, u16> {
    if !matches!(incoming.body, RequestBody::Incoming) {
        return Ok(String::new());
    }
    let deadline = Deadline::of_request(reach.io, incoming.timeout_ms);
    match deadline.bound(reach.io.read_body()).await {
        // In the answer's JSON a byte becomes six at most, twice on the way.
        Ok(Ok(body)) => afford_output(12 * body.len())
            .and_then(|()| fjord_encoding::text(body.as_slice()))
            .map_err(|excess| excess.status()),
        Ok(Err(HostError::Excess(excess))) => Err(excess.status()),
        Ok(Err(HostError::Failed(_))) => Ok(String::new()),
        Err(_) => Err(500),
    }
}

/// A moment as Go prints it: `2006-01-02 15:04:05.999999999 +0000 UTC m=+0.000000001`.
fn go_time(ms: f64) -> String {
    let (seconds, millis) = ((ms / 1000.0) as u64, ms as u64 % 1000);
    let (year, month, day) = fjord_calendar::civil((seconds / 86_400) as i64);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{millis:03} +0000 UTC")
}

fn json_answer(value: &Value) -> Answer {
    answer(value.to_json())
}

fn answer(body: Vec<u8>) -> Answer {
    let mut headers = Headers::default();
    headers.set("Content-Type", "application/json; charset=utf-8");
    Answer { status: 200, headers, passed: None, body: AnswerBody::Bytes(body) }
}

fn text(value: &str) -> String {
    json_text(&Value::String(value.to_owned()))
}

fn json_text(value: &Value) -> String {
    String::from_utf8_lossy(&value.to_json()).into_owned()
}

/// An object with its members in the given order; values are JSON texts.
fn object(members: &[(&str, String)]) -> String {
    let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}

/// Names to the lists of their values, sorted.
fn lists<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Value {
    let mut lists: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for (name, value) in pairs {
        lists.entry(name).or_default().push(Value::String(value.to_owned()));
    }
    Value::Object(map_of(lists.into_iter().map(|(name, values)| (name.to_owned(), Value::Array(values)))))
}
