//! `ai/mcp`: offers workflows as the tools of an MCP server (Model Context Protocol, Streamable HTTP).
//!
//! An endpoint with it answers JSON-RPC in one POST: there are no sessions, and answers come as JSON in one piece. What guards the
//! endpoint guards the server. The plan compiles the tools (`plan/build/mcp.rs`).

mod check;
mod message;
mod server;

use crate::options::{Capability, Kind, Namespace, Rule, Scope, Scopes, namespace, opt};

pub(crate) use check::each_workflow;
pub use server::{Server, Tool};

/// The namespace at the endpoint.
pub static NAMESPACE: Namespace = namespace(
    "ai/mcp",
    Scopes::ENDPOINT,
    "Offers workflows as the tools of an MCP server.",
    Kind::Object(&[opt("server_name", Kind::Str, "The server of the service that answers here.").required()]),
)
.requires(Capability::Mcp)
.enterprise()
.check(check::endpoint);

/// The namespace at the service.
pub static SERVICE: Namespace = namespace(
    "ai/mcp",
    Scopes::SERVICE,
    "Offers workflows as the tools of an MCP server.",
    Kind::Object(&[opt(
        "servers",
        Kind::With(
            &Kind::List(&Kind::Object(&[
                opt("instructions", Kind::Str, "What a model is told of the server.").default("\"\""),
                opt("json_response", Kind::Bool, "Answers JSON instead of a stream of events.")
                    .default("false")
                    .no_effect("answers are JSON in one piece"),
                opt("name", Kind::Str, "The name that endpoints refer to.").required(),
                opt("ping_period", Kind::Duration, "How often a stream of events is kept alive.")
                    .default("\"0s\"")
                    .no_effect("there is no stream of events"),
                opt("stateless", Kind::Bool, "Has no sessions.")
                    .default("false")
                    .no_effect("there are no sessions: each request is complete by itself"),
                opt("title", Kind::Str, "The name for people.").required(),
                opt("tools", Kind::List(&Kind::Object(TOOL)), "The tools."),
                opt("version", Kind::Str, "The version of the server.").required(),
            ])),
            &[Rule::AtLeast(1)],
        ),
        "The servers.",
    )
    .required()]),
)
.requires(Capability::Mcp)
.enterprise()
.check(check::service);

static TOOL: &[crate::options::Opt] = &[
    opt(
        "annotations",
        Kind::Object(&[
            opt("destructive_hint", Kind::Bool, "It may destroy something.").default("false"),
            opt("idempotent_hint", Kind::Bool, "Calling it twice does what once does.").default("false"),
            opt("open_world_hint", Kind::Bool, "It reaches systems of others.").default("false"),
            opt("read_only_hint", Kind::Bool, "It changes nothing.").default("false"),
        ]),
        "What a model may assume of the tool.",
    ),
    opt("description", Kind::Str, "What the tool is for, for the model.").required(),
    opt(
        "input_headers",
        Kind::STRINGS,
        "The headers that its backends get, of those that reach the endpoint.",
    )
    .default("[]"),
    opt("input_schema", Kind::FREE, "The JSON schema of the arguments, which are checked."),
    opt("name", Kind::Str, "The name of the tool.").required(),
    opt("output_schema", Kind::FREE, "The JSON schema of the result, which is checked."),
    opt("return_error_msg", Kind::Bool, "Shows the model the text of an error.").default("false"),
    opt("title", Kind::Str, "The name for people.").required(),
    opt("type", Kind::Enum(&["text", "audio", "image"]), "What the result is; audio and image are refused.")
        .default("\"text\""),
    opt("workflow", Kind::Part(Scope::Workflow), "What runs; its placeholders are arguments.").required(),
];
