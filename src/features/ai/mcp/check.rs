//! Servers and tools of one name, schemas that can't be read, endpoints without their server.

use std::collections::BTreeSet;

use crate::features::validation::json_schema;
use crate::options::check::{Around, Findings, Spot};

/// Checks the servers of the service.
pub(super) fn service(spot: &Spot<'_>, _: &Around<'_>, findings: &mut Findings<'_>) {
    let Some(servers) = spot.get("servers") else { return };
    let mut names = BTreeSet::new();
    for server in servers.items() {
        unique(&server, "server", &mut names, findings);
        let mut names = BTreeSet::new();
        for tool in server.get("tools").iter().flat_map(Spot::items) {
            unique(&tool, "tool", &mut names, findings);
            for key in ["input_schema", "output_schema"] {
                if let Some(schema) = tool.get(key) {
                    json_schema::check_schema(&schema, findings);
                }
            }
            if let Some(kind) = tool.get("type")
                && kind.str().is_some_and(|kind| kind != "text")
            {
                findings.add(kind.error("not-supported", "the result of a tool is text here"));
            }
        }
    }
}

/// Hands the workflow of each tool of the server that an endpoint answers for to `visit`.
pub fn each_workflow(endpoint: &Spot<'_>, service: &Spot<'_>, visit: &mut dyn FnMut(&Spot<'_>)) {
    let (Some(named), Some(space)) =
        (endpoint.namespace(&super::NAMESPACE), service.namespace(&super::SERVICE))
    else {
        return;
    };
    let (Some(name), Some(servers)) = (named.get("server_name"), space.get("servers")) else { return };
    for server in
        servers.items().filter(|server| server.get("name").is_some_and(|known| known.str() == name.str()))
    {
        for tool in server.get("tools").iter().flat_map(Spot::items) {
            if let Some(workflow) = tool.get("workflow") {
                visit(&workflow);
            }
        }
    }
}

fn unique(spot: &Spot<'_>, what: &str, names: &mut BTreeSet<String>, findings: &mut Findings<'_>) {
    if let Some(name) = spot.get("name")
        && let Some(text) = name.str()
    {
        if text.is_empty() {
            findings.add(name.error("empty", format!("a {what} has a name")));
        } else if !names.insert(text.to_owned()) {
            findings.add(name.error("repeated-key", format!("another {what} is called {text:?}, too")));
        }
    }
}

/// Checks an endpoint of a server.
pub(super) fn endpoint(spot: &Spot<'_>, around: &Around<'_>, findings: &mut Findings<'_>) {
    if let Some(endpoint) = around.endpoint
        && endpoint.method != "POST"
    {
        findings.add(spot.lacks("never-runs", "clients of MCP send POST: set the endpoint's method"));
    }
    let Some(service) = around.service else { return };
    let (Some(name), servers) = (spot.get("server_name"), service.namespace(&super::SERVICE)) else { return };
    let list = servers.as_ref().and_then(|servers| servers.get("servers"));
    let is_there = |list: &Spot<'_>| {
        list.items().any(|server| server.get("name").is_some_and(|known| known.str() == name.str()))
    };
    if !list.as_ref().is_some_and(is_there) {
        findings.add(name.error("missing", "the service declares no such server in ai/mcp"));
    }
}
