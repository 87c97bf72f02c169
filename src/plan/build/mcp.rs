//! Compiles the MCP server of an endpoint: each tool is a backend that runs a workflow in place of its call.

use std::borrow::Cow;

use fjord_document::node::{Kind, Member, Node};
use fjord_http::template;
use fjord_json::{Map, Value};
use fjord_schema::Schema;

use crate::features::ai::mcp::{self, Server, Tool};
use crate::features::workflow;
use crate::options::{Capability, Environment, Options, Refusal, Site};

use super::backend;
use super::endpoint::Parent;
use super::service::site as service_site;

/// The servers of the service, if it declares any.
pub(super) fn servers(options: &Options<'_>, environment: &Environment) -> Option<Node> {
    service_site(options, environment).namespace(&mcp::SERVICE).cloned()
}

/// Compiles the server that an endpoint names, if it names one.
pub(super) fn build(site: &Site<'_>, parent: &Parent<'_>) -> Result<Option<Box<Server>>, Refusal> {
    if !Capability::Mcp.is_included() {
        return Ok(None); // What names one was refused before.
    }
    let Some(node) = site.namespace(&mcp::NAMESPACE) else { return Ok(None) };
    let name = Options::of(node, &mcp::NAMESPACE).str("server_name")?;
    let servers = parent.defaults.mcp.as_ref().and_then(|service| service.get("servers"));
    let is_named = |server: &&Node| server.get("name").and_then(Node::as_str) == Some(name);
    let server = servers.and_then(|servers| servers.items().iter().find(is_named));
    let server = server.ok_or_else(|| Refusal(format!("ai/mcp: the service has no server {name:?}")))?;
    let text = |node: &Node, key: &str| node.get(key).and_then(Node::as_str).unwrap_or_default().to_owned();
    let mut info = Map::new();
    for key in ["name", "title", "version"] {
        info.insert(key.to_owned(), Value::from(text(server, key)));
    }
    let tools = server.get("tools").map(Node::items).unwrap_or_default().iter().enumerate();
    let compiled = tools.map(|(index, node)| {
        let name = text(node, "name");
        let refused = |refusal| Refusal(format!("ai/mcp: tool {name}: {refusal}"));
        tool(site, parent, index, node, &name).map_err(refused)
    });
    let tools = compiled.collect::<Result<_, _>>()?;
    Ok(Some(Box::new(Server { info, instructions: text(server, "instructions"), tools })))
}

fn tool(
    site: &Site<'_>,
    parent: &Parent<'_>,
    index: usize,
    node: &Node,
    name: &str,
) -> Result<Tool, Refusal> {
    if node.get("type").and_then(Node::as_str).is_some_and(|kind| kind != "text") {
        return Err(Refusal::new("the result of a tool is text here"));
    }
    let workflow = node.get("workflow").ok_or_else(|| Refusal::new("there's no workflow"))?;
    let path = workflow.get("endpoint").and_then(Node::as_str).unwrap_or_default();
    let schema = |key: &str| node.get(key).map(Schema::compile).transpose();
    let schema = |key: &str| schema(key).map_err(|error| Refusal(format!("{key}: {}", error.message)));
    let mut variables = template::Endpoint::new("GET", path, site.disable_rest);
    variables.dynamic_routing = true;
    let inside = Parent {
        method: "GET",
        no_op: false,
        concurrent_calls: 1,
        variables,
        defaults: parent.defaults,
        timeout_ms: parent.timeout_ms,
        reads_headers: parent.reads_headers,
        depth: parent.depth,
    };
    let built = backend::build(&as_backend(node, workflow), index, &inside, site)?;
    Ok(Tool {
        name: name.to_owned(),
        listing: Value::Object(listing(node)),
        input: schema("input_schema")?,
        output: schema("output_schema")?,
        shows_errors: node.get("return_error_msg").and_then(Node::as_bool) == Some(true),
        placeholders: placeholders(path),
        backend: built.backend,
    })
}

/// A backend with the workflow of a tool. The POST is the transport's: backends call with GET unless they say otherwise.
fn as_backend(tool: &Node, workflow: &Node) -> Node {
    let node = |kind| Node { span: tool.span.clone(), kind };
    let text = |text: &str| node(Kind::String(text.into()));
    let member = |key: &str, value| Member { key: key.into(), key_span: tool.span.clone(), value };
    let extra = node(Kind::Object(vec![member(workflow::NAMESPACE.name, workflow.clone())]));
    let mut members =
        vec![member("url_pattern", text("/")), member("method", text("GET")), member("extra_config", extra)];
    let headers = tool.get("input_headers").map(Node::items).unwrap_or_default();
    if !headers.is_empty() {
        let mut headers = headers.to_vec();
        headers.push(text("Content-Type"));
        members.push(member("input_headers", node(Kind::Array(headers))));
    }
    node(Kind::Object(members))
}

/// What a client is told of a tool.
fn listing(tool: &Node) -> Map {
    let mut listing = Map::new();
    for (key, name) in [
        ("name", "name"),
        ("title", "title"),
        ("description", "description"),
        ("input_schema", "inputSchema"),
        ("output_schema", "outputSchema"),
    ] {
        if let Some(node) = tool.get(key) {
            listing.insert(name.to_owned(), Value::from(node));
        }
    }
    // A tool takes an object, whatever is said of it.
    let object = || Value::Object(Map::from([("type".to_owned(), Value::from("object"))]));
    listing.entry("inputSchema".to_owned()).or_insert_with(object);
    let hints = tool.get("annotations").map(Node::members).unwrap_or_default();
    let hints: Map = hints
        .iter()
        .filter_map(|hint| Some((camel(&hint.key).into_owned(), Value::Bool(hint.value.as_bool()?))))
        .collect();
    if !hints.is_empty() {
        listing.insert("annotations".to_owned(), Value::Object(hints));
    }
    listing
}

/// `read_only_hint` as `readOnlyHint`.
fn camel(name: &str) -> Cow<'_, str> {
    let mut parts = name.split('_');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        out.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        out.push_str(letters.as_str());
    }
    Cow::Owned(out)
}

/// The names in braces of a path.
fn placeholders(path: &str) -> Vec<String> {
    let parts = path.split('{').skip(1).filter_map(|part| part.split_once('}'));
    parts.map(|(name, _)| name.to_owned()).collect()
}
