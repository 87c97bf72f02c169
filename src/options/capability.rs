//! What the gateway can do that few configurations ask for: the module *core* is built without it, and refuses a plan that needs it.
//!
//! A namespace says with [`Namespace::requires`](super::Namespace::requires) which capability it is part of. A module without it
//! links neither its check nor its step. (What only some values of a namespace need, `requires_where` says.) Compiling a plan calls
//! [`Environment::require`](super::Environment::require), which is also how the tools know what a configuration needs: what they
//! record is what a smaller module would refuse.

use std::cell::RefCell;
use std::collections::BTreeSet;

use fjord_encoding::{Encoding, Output};

use super::{Environment, Refusal};

/// A part of the gateway that not every module has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Capability {
    /// Pipes that messages of queues run through: `async_agent`.
    Agents,
    /// Clients with keys: `auth/api-keys`.
    ApiKeys,
    /// Users with passwords: `auth/basic`.
    Basic,
    /// Messages of brokers: `backend/amqp`, `backend/pubsub`.
    Brokers,
    /// Expressions of the Common Expression Language.
    Cel,
    /// Calls signed for AWS and Google Cloud: `auth/aws-sigv4`, `auth/gcp`.
    CloudAuth,
    /// Backends that are called on a condition: `backend/conditional`.
    Conditional,
    /// Whole answers cached at the edge: `@fjord.cache`.
    EndpointCache,
    /// Calls after those that fail: `fallback` in `proxy`, `@fjord.retries`.
    Failover,
    /// Reading RSS, Atom and JSON Feed.
    Feeds,
    /// Calls of GraphQL.
    GraphQl,
    /// Queries of JMESPath.
    JmesPath,
    /// Checking documents against JSON schemas.
    JsonSchema,
    /// Calls of AWS Lambda.
    Lambda,
    /// Lines of one's own for requests and calls: `telemetry/logging` with `access_log_format` `custom`, and with `backend`.
    LogPatterns,
    /// Lua scripts.
    Lua,
    /// Modifiers of `modifier/martian`.
    Martian,
    /// Workflows as tools of an MCP server: `ai/mcp`.
    Mcp,
    /// Traces and metrics by OTLP: `telemetry/opentelemetry`.
    OpenTelemetry,
    /// Regular expressions: in `security/bot-detector`, in `security/http`.
    Patterns,
    /// Plugins as workers: `plugin/`.
    Plugins,
    /// Quotas: `governance/`.
    Quota,
    /// Limits of requests that Redis's namespaces declare: `qos/ratelimit/…/redis`.
    Redis,
    /// Changes of strings in answers: `modifier/response-body`.
    ResponseBody,
    /// Changes of header lines of all answers: `modifier/response-headers`.
    ResponseHeaders,
    /// Refusing tokens that were revoked: `auth/revoker`.
    Revocation,
    /// Signing tokens: `auth/signer`.
    Signer,
    /// Files: `server/static-filesystem`, `backend/static-filesystem`.
    StaticFiles,
    /// Bodies from Go templates, SOAP among them.
    Templates,
    /// Limits by tiers of clients: `qos/ratelimit/tiered`.
    Tiers,
    /// Several host names: `server/virtualhost`.
    VirtualHosts,
    /// Endpoints in the place of backends: `workflow`.
    Workflows,
    /// Reading and writing XML.
    Xml,
    /// Reading and writing YAML.
    Yaml,
}

/// The modules of the edge, by what they are built with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Module {
    /// No capability.
    Core,
    /// Every capability.
    Full,
}

/// The capabilities that a plan was compiled with.
#[derive(Debug, Default)]
struct Required(RefCell<BTreeSet<Capability>>);

// === impl Capability ===

impl Capability {
    /// Its name in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Capability::Agents => "async agents",
            Capability::ApiKeys => "API keys",
            Capability::Basic => "basic authentication",
            Capability::Brokers => "brokers",
            Capability::Cel => "CEL",
            Capability::CloudAuth => "cloud authentication",
            Capability::Conditional => "conditional backends",
            Capability::EndpointCache => "cache of answers",
            Capability::Failover => "fallbacks and retries",
            Capability::Feeds => "RSS",
            Capability::GraphQl => "GraphQL",
            Capability::JmesPath => "JMESPath",
            Capability::JsonSchema => "JSON schema",
            Capability::Lambda => "Lambda",
            Capability::LogPatterns => "patterns of log lines",
            Capability::Lua => "Lua",
            Capability::Martian => "Martian",
            Capability::Mcp => "MCP",
            Capability::OpenTelemetry => "OpenTelemetry",
            Capability::Patterns => "regular expressions",
            Capability::Plugins => "plugins",
            Capability::Quota => "quotas",
            Capability::Redis => "limits of Redis",
            Capability::ResponseBody => "response body modifiers",
            Capability::ResponseHeaders => "response header modifiers",
            Capability::Revocation => "token revocation",
            Capability::Signer => "token signing",
            Capability::StaticFiles => "static files",
            Capability::Templates => "templates",
            Capability::Tiers => "tiers of rate limits",
            Capability::VirtualHosts => "virtual hosts",
            Capability::Workflows => "workflows",
            Capability::Xml => "XML",
            Capability::Yaml => "YAML",
        }
    }

    /// Whether this module has it.
    pub const fn is_included(self) -> bool {
        cfg!(feature = "full")
    }

    /// What reading a backend's answer needs.
    pub fn of_encoding(encoding: Encoding) -> &'static [Capability] {
        match encoding {
            Encoding::Xml => &[Capability::Xml],
            Encoding::Rss => &[Capability::Feeds],
            Encoding::Yaml => &[Capability::Yaml],
            Encoding::Json | Encoding::SafeJson | Encoding::Text | Encoding::NoOp | Encoding::Nothing => &[],
        }
    }

    /// What writing an answer needs.
    pub fn of_output(output: Output) -> &'static [Capability] {
        match output {
            Output::Xml => &[Capability::Xml],
            Output::Yaml => &[Capability::Yaml],
            Output::Negotiate => &[Capability::Xml, Capability::Yaml],
            Output::Json | Output::JsonCollection | Output::Text | Output::NoOp => &[],
        }
    }
}

// === impl Module ===

impl Module {
    /// The smallest module with these capabilities.
    pub fn with(capabilities: &BTreeSet<Capability>) -> Module {
        if capabilities.is_empty() { Module::Core } else { Module::Full }
    }

    /// The name of its folder.
    pub const fn name(self) -> &'static str {
        match self {
            Module::Core => "core",
            Module::Full => "full",
        }
    }
}

// === impl Environment ===

impl Environment {
    /// Says that what is compiled needs these capabilities.
    ///
    /// # Errors
    /// If this module lacks one.
    pub(crate) fn require(&self, capabilities: &[Capability]) -> Result<(), Refusal> {
        for capability in capabilities {
            if !capability.is_included() {
                let name = capability.name();
                return Err(Refusal(format!(
                    "this build of the worker has no {name}: build it again for this configuration"
                )));
            }
            if cfg!(feature = "tools") {
                self.shared::<Required>().0.borrow_mut().insert(*capability);
            }
        }
        Ok(())
    }

    /// The capabilities that plans needed so far that were compiled with this environment.
    pub fn required(&self) -> BTreeSet<Capability> {
        self.shared::<Required>().0.borrow().clone()
    }
}
