//! The messages of JSON-RPC 2.0, as MCP uses them.

use fjord_json::{Body, Map, Value};

/// A message of a client.
pub(super) enum Message {
    /// It waits for an answer.
    Request { id: Value, method: String, params: Map },
    /// It waits for none: a notification, or the answer to a request that nobody has made.
    Notification,
    /// It isn't one.
    Wrong(Fault),
}

/// What a request is answered with if it has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub code: i32,
    pub text: String,
}

const PARSE: i32 = -32700;
const INVALID: i32 = -32600;
const UNKNOWN: i32 = -32601;
const PARAMS: i32 = -32602;

// === impl Message ===

impl Message {
    pub fn read(body: &Body) -> Self {
        let wrong = |code, text: &str| Self::Wrong(Fault { code, text: text.to_owned() });
        let Ok(value) = Value::parse_body(body) else { return wrong(PARSE, "Parse error") };
        let Value::Object(mut members) = value else {
            return wrong(INVALID, "Invalid Request: expected one message");
        };
        if members.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
            return wrong(INVALID, "Invalid Request: expected jsonrpc 2.0");
        }
        let method = match members.remove("method") {
            Some(Value::String(method)) => method,
            Some(_) => return wrong(INVALID, "Invalid Request: method isn't a string"),
            None if members.contains_key("result") || members.contains_key("error") => {
                return Self::Notification;
            }
            None => return wrong(INVALID, "Invalid Request: there's no method"),
        };
        let params = match members.remove("params") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(params)) => params,
            Some(_) => return wrong(INVALID, "Invalid Request: params isn't an object"),
        };
        match members.remove("id") {
            None => Self::Notification,
            Some(id @ (Value::String(_) | Value::Number(_))) => Self::Request { id, method, params },
            Some(_) => wrong(INVALID, "Invalid Request: id is neither a string nor a number"),
        }
    }
}

// === impl Fault ===

impl Fault {
    pub fn method(name: &str) -> Self {
        Self { code: UNKNOWN, text: format!("Method not found: {name}") }
    }

    pub fn params(text: impl Into<String>) -> Self {
        Self { code: PARAMS, text: text.into() }
    }
}

/// An answer.
pub(super) fn answer(id: Value, outcome: Result<Value, Fault>) -> Value {
    let mut message = object([("jsonrpc", Value::from("2.0")), ("id", id)]);
    match outcome {
        Ok(result) => message.insert("result".to_owned(), result),
        Err(Fault { code, text }) => {
            let fault = object([("code", Value::number(code)), ("message", Value::from(text))]);
            message.insert("error".to_owned(), Value::Object(fault))
        }
    };
    Value::Object(message)
}

pub(super) fn object<const N: usize>(members: [(&str, Value); N]) -> Map {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
