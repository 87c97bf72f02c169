//! Where a step is compiled, and how it says that it can't be.

use fjord_document::node::{Kind, Member, Node};

use super::{Environment, Namespace, OptionError, Scope};

/// The surroundings of a step that is compiled.
#[derive(Clone, Copy)]
pub struct Site<'a> {
    /// Service, endpoint or backend.
    pub scope: Scope,
    /// Files, variables and secrets.
    pub environment: &'a Environment,
    /// The whole object that holds the `extra_config`: the service, endpoint or backend as written.
    pub node: &'a Node,
    /// The path of the endpoint, for names in logs; empty at the service.
    pub endpoint: &'a str,
    /// The endpoint as written; none at the service.
    pub endpoint_node: Option<&'a Node>,
    /// The backend's number at its endpoint; none elsewhere.
    pub backend: Option<usize>,
    /// Milliseconds of the endpoint; 0 at the service.
    pub timeout_ms: u32,
    /// Whether placeholders may be parts of segments.
    pub disable_rest: bool,
    /// Whether the configuration is in a later format.
    pub is_later: bool,
}

/// Why a part of the configuration isn't served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal(pub String);

/// A step that can be configured.
pub struct Step<T: ?Sized> {
    /// The namespace that configures it.
    pub namespace: &'static Namespace,
    /// Compiles the namespace's value; nothing if it switches the step off.
    pub compile: fn(&Site<'_>, &Node) -> Compiled<T>,
}

/// The step that a namespace configures. A module that can't serve the namespace doesn't link the step.
pub const fn step<T: ?Sized>(
    namespace: &'static Namespace,
    compile: fn(&Site<'_>, &Node) -> Compiled<T>,
) -> Step<T> {
    Step { namespace, compile: if namespace.is_included() { compile } else { absent } }
}

/// Stands in for a step that this module lacks: its part was refused before, by name.
fn absent<T: ?Sized>(_: &Site<'_>, _: &Node) -> Compiled<T> {
    Err(Refusal::new("this build of the worker lacks it"))
}

/// A compiled step; nothing where it is switched off.
pub type Compiled<T> = Result<Option<Box<T>>, Refusal>;

// === impl Site ===

impl<'a> Site<'a> {
    /// The namespaces of the `extra_config`; of a name written twice the last counts. KrakenD's loader drops those of the service
    /// that are empty (spec §2.1).
    pub fn namespaces(&self) -> impl Iterator<Item = &'a Member> {
        let members = self.node.get("extra_config").map(Node::members).unwrap_or_default();
        let drops = self.scope == Scope::Service;
        members
            .iter()
            .enumerate()
            .filter(move |(index, member)| !members[index + 1..].iter().any(|later| later.key == member.key))
            .map(|(_, member)| member)
            .filter(move |member| !(drops && is_empty(&member.value)))
    }

    /// A name that no other part of the configuration has, the same in all isolates: `service`, `GET /a`, `GET /a#0`.
    pub fn name(&self) -> String {
        let Some(endpoint) = self.endpoint_node else { return "service".to_owned() };
        let method = endpoint.get("method").and_then(Node::as_str).unwrap_or("GET").to_ascii_uppercase();
        let name = format!("{method} {}", self.endpoint);
        match self.backend {
            Some(index) => format!("{name}#{index}"),
            None => name,
        }
    }

    /// The value of one namespace, by its name or an alias.
    pub fn namespace(&self, namespace: &Namespace) -> Option<&'a Node> {
        let named = |wanted: &str| self.namespaces().find(|member| &*member.key == wanted);
        let found = named(namespace.name).or_else(|| namespace.aliases.iter().find_map(|alias| named(alias)));
        found.map(|member| &member.value)
    }

    /// Compiles the configured ones of `steps`, in their order.
    ///
    /// # Errors
    /// If the value is of another type, or outside of what the option allows.
    pub fn compile<T: ?Sized>(&self, steps: &[Step<T>]) -> Result<Vec<Box<T>>, Refusal> {
        let mut compiled = Vec::new();
        if self.namespaces().next().is_none() {
            return Ok(compiled);
        }
        for step in steps {
            if let Some(node) = self.namespace(step.namespace) {
                let result = (step.compile)(self, node);
                let name = step.namespace.name;
                let built = result.map_err(|refusal| Refusal(format!("{name}: {}", refusal.0)))?;
                compiled.extend(built);
            }
        }
        Ok(compiled)
    }
}

/// Keys that begin like this are comments anywhere, but for the one of Fjord's own options: in a wrong place, or in other letters,
/// it's a fault.
pub fn is_comment(key: &str) -> bool {
    key.starts_with(['@', '$', '_', '#']) && !key.eq_ignore_ascii_case(super::core::FJORD_KEY)
}

/// Whether this is null, or an object without members but comments.
pub fn is_empty(node: &Node) -> bool {
    match &node.kind {
        Kind::Null => true,
        Kind::Object(members) => members.iter().all(|member| is_comment(&member.key)),
        _ => false,
    }
}

// === impl Refusal ===

impl Refusal {
    /// A refusal with its reason.
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl From<OptionError> for Refusal {
    fn from(error: OptionError) -> Self {
        Self(error.to_string())
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
