//! A server and its tools.

use std::rc::Rc;

use fjord_http::template::title;
use fjord_json::{Map, Object, Value};
use fjord_memory::afford_output;
use fjord_schema::Schema;

use super::message::{Fault, Message, answer, object};

use crate::context::Cx;
use crate::platform::{Body, Level, LocalFuture, RequestBody};
use crate::proxy::{Backend, Error, Layer, Metadata, Next, Reply, Request, Response};

/// A server, as the layer of an endpoint: it answers in place of the backends.
pub struct Server {
    /// `serverInfo`: name, title, version.
    pub info: Map,
    /// What a model is told; may be empty.
    pub instructions: String,
    /// The tools, in the order of the configuration.
    pub tools: Vec<Tool>,
}

/// A tool.
pub struct Tool {
    /// Its name.
    pub name: String,
    /// What `tools/list` says of it.
    pub listing: Value,
    /// What arguments must fit.
    pub input: Option<Schema>,
    /// What results must fit; they are structured then.
    pub output: Option<Schema>,
    /// Whether a model sees the text of errors.
    pub shows_errors: bool,
    /// The arguments that become parameters.
    pub placeholders: Vec<String>,
    /// The workflow, as a backend that makes no call of its own.
    pub backend: Backend,
}

/// The versions of the protocol whose messages are the same here, the newest first.
const VERSIONS: &[&str] = &["2025-06-18", "2025-03-26", "2024-11-05"];

impl Layer for Server {
    fn handle<'a>(&'a self, cx: Cx<'a>, request: Request, _: Next<'a>) -> LocalFuture<'a, Reply> {
        Box::pin(async move { self.answer(cx, request).await.into() })
    }
}

// === impl Server ===

impl Server {
    async fn answer(&self, cx: Cx<'_>, mut request: Request) -> Result<Response, Error> {
        let body = cx.deadline.bound(request.buffer_body(cx.io)).await??;
        let (status, message) = match Message::read(&body) {
            Message::Notification => (202, None),
            Message::Wrong(fault) => (400, Some(answer(Value::Null, Err(fault)))),
            Message::Request { id, method, params } => {
                let outcome = self.outcome(cx, request, &method, params).await;
                (200, Some(answer(id, outcome)))
            }
        };
        let mut metadata = Metadata { status, seen: true, ..Metadata::default() };
        let mut text = Vec::new();
        if let Some(message) = message {
            afford_output(message.written_len())?;
            message.write(&mut text);
            metadata.headers.set("Content-Type", "application/json");
        }
        let io = Some(Body::Bytes(text.into()));
        Ok(Response { data: Some(Object::default()), complete: true, metadata, io })
    }

    async fn outcome(&self, cx: Cx<'_>, request: Request, method: &str, params: Map) -> Result<Value, Fault> {
        match method {
            "initialize" => Ok(self.initialize(&params)),
            "ping" => Ok(Value::Object(Map::new())),
            "tools/list" => {
                let tools = self.tools.iter().map(|tool| tool.listing.clone()).collect();
                Ok(Value::Object(object([("tools", Value::Array(tools))])))
            }
            "tools/call" => self.call(cx, request, params).await,
            other => Err(Fault::method(other)),
        }
    }

    /// The version of the client if it's known here, else the newest.
    fn initialize(&self, params: &Map) -> Value {
        let wanted = params.get("protocolVersion").and_then(Value::as_str).unwrap_or_default();
        let version = VERSIONS.iter().find(|known| **known == wanted).unwrap_or(&VERSIONS[0]);
        let mut result = object([
            ("protocolVersion", Value::from(*version)),
            ("capabilities", Value::Object(object([("tools", Value::Object(Map::new()))]))),
            ("serverInfo", Value::Object(self.info.clone())),
        ]);
        if !self.instructions.is_empty() {
            result.insert("instructions".to_owned(), Value::from(self.instructions.clone()));
        }
        Value::Object(result)
    }

    async fn call(&self, cx: Cx<'_>, request: Request, mut params: Map) -> Result<Value, Fault> {
        let name = params.get("name").and_then(Value::as_str).unwrap_or_default();
        let tool = self.tools.iter().find(|tool| tool.name == name);
        let tool = tool.ok_or_else(|| Fault::params(format!("Unknown tool: {name}")))?;
        let arguments = match params.remove("arguments") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(arguments)) => arguments,
            Some(_) => return Err(Fault::params("arguments isn't an object")),
        };
        Ok(match tool.run(cx, request, arguments).await {
            Ok(result) => result,
            Err(text) => content(text, true),
        })
    }
}

// === impl Tool ===

impl Tool {
    /// The result; or what a model is told of the failure.
    async fn run(&self, cx: Cx<'_>, mut request: Request, arguments: Map) -> Result<Value, String> {
        let arguments = Value::Object(arguments);
        if let Some(schema) = &self.input {
            schema.validate(&arguments).map_err(|violations| {
                let lines: Vec<_> = violations.iter().map(|violation| format!("- {violation}")).collect();
                format!("the arguments don't fit the schema:\n{}", lines.join("\n"))
            })?;
        }
        self.fill(&mut request, &arguments)?;
        let reply = self.backend.run(cx, request).await;
        let failed = |error: &Error| {
            cx.log(Level::Error, || {
                format!("[ENDPOINT: {}][MCP] the tool {} failed: {error}", cx.endpoint.path, self.name)
            });
            if self.shows_errors { error.to_string() } else { "the tool failed".to_owned() }
        };
        if let Some(error) = &reply.error {
            return Err(failed(error));
        }
        let data = reply.response.and_then(|response| response.data).unwrap_or_default();
        let read = || -> Result<(Map, String), Error> {
            afford_output(data.written_len())?;
            let mut text = Vec::new();
            data.write(&mut text);
            Ok((data.to_map()?, fjord_encoding::text(&text)?))
        };
        let (map, text) = read().map_err(|error| failed(&error))?;
        let mut result = content(text, false);
        if let (Some(schema), Value::Object(members)) = (&self.output, &mut result) {
            let structured = Value::Object(map);
            if schema.validate(&structured).is_err() {
                return Err(failed(&Error::decode("the result doesn't fit the output_schema")));
            }
            members.insert("structuredContent".to_owned(), structured);
        }
        Ok(result)
    }

    /// Puts the arguments into a request: those that are placeholders as parameters, all as its body. Others would reach what
    /// isn't theirs, such as claims.
    fn fill(&self, request: &mut Request, arguments: &Value) -> Result<(), String> {
        let params = Rc::make_mut(&mut request.params);
        for name in &self.placeholders {
            let text = match arguments.get(name) {
                Some(Value::String(text)) => text.clone(),
                Some(Value::Number(text)) => text.to_string(),
                Some(Value::Float(number)) => fjord_json::go_float_v(*number),
                Some(Value::Bool(value)) => value.to_string(),
                _ => {
                    return Err(format!(
                        "the argument {name} is missing, or isn't a string, a number or a boolean"
                    ));
                }
            };
            // A parameter keeps its slashes, and a model says what others have told it: the path would lead elsewhere.
            if text.contains('/') {
                return Err(format!("the argument {name} is one segment of a path: it can't have a slash"));
            }
            params.set(&title(name), text);
        }
        let body = arguments.to_json();
        let headers = Rc::make_mut(&mut request.headers);
        headers.set("Content-Type", "application/json");
        headers.set("Content-Length", body.len().to_string());
        request.body = RequestBody::sized(body);
        Ok(())
    }
}

/// The content of a result, and whether it tells of a failure.
fn content(text: String, is_error: bool) -> Value {
    let item = object([("type", Value::from("text")), ("text", Value::from(text))]);
    let mut result = object([("content", Value::Array(vec![Value::Object(item)]))]);
    if is_error {
        result.insert("isError".to_owned(), Value::Bool(true));
    }
    Value::Object(result)
}
