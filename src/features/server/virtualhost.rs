//! `server/virtualhost`: serves several host names, each with endpoints of its own.
//!
//! A request for a listed host is routed as `/__virtual/{alias}{path}`, so that the endpoints of a host are those declared with its
//! prefix. They answer to no other host, whatever path a client asks for.

mod check;

use fjord_document::node::Node;

use crate::gateway::Rewrite;
use crate::options::{
    Capability, Kind, Namespace, Options, Refusal, Rule, Scopes, Site, is_comment, namespace, opt,
};

/// The namespace.
pub static NAMESPACE: Namespace = namespace(
    "server/virtualhost",
    Scopes::SERVICE,
    "Serves several host names.",
    Kind::With(
        &Kind::Object(&[
            opt("aliased_hosts", Kind::Map(&Kind::Str), "Alias→host map."),
            opt("hosts", Kind::STRINGS, "Host list (alias = host)."),
        ]),
        &[Rule::OneOf(&[&["hosts"], &["aliased_hosts"]])],
    ),
)
.enterprise()
.requires(Capability::VirtualHosts)
.check(check::check);

/// What the paths of all virtual hosts begin with.
const PREFIX: &str = "/__virtual/";

/// The hosts.
#[derive(Debug, Default)]
pub(in crate::features) struct VirtualHosts(Vec<VirtualHost>);

#[derive(Debug)]
struct VirtualHost {
    /// Without the port of its scheme.
    host: Box<str>,
    alias: Box<str>,
}

/// Compiles the hosts.
///
/// # Errors
/// If there are none, or an option has a value of the wrong type.
pub fn compile(_: &Site<'_>, node: &Node) -> Result<Option<Box<dyn Rewrite>>, Refusal> {
    let options = Options::of(node, &NAMESPACE);
    let mut hosts = VirtualHosts::default();
    for host in options.strings("hosts")? {
        hosts.add(host, host);
    }
    let aliased = options.node("aliased_hosts").map(Node::members).unwrap_or_default();
    for member in aliased.iter().filter(|member| !is_comment(&member.key)) {
        let host = member.value.as_str().ok_or_else(|| Refusal::new("a host is a string"))?;
        hosts.add(host, &member.key);
    }
    if hosts.0.is_empty() {
        return Err(Refusal::new("there are no hosts"));
    }
    Ok(Some(Box::new(hosts)))
}

/// A host without the port that URLs leave out.
fn bare(host: &str) -> &str {
    host.strip_suffix(":80").or_else(|| host.strip_suffix(":443")).unwrap_or(host)
}

// === impl VirtualHosts ===

impl VirtualHosts {
    /// Adds a host; the plugin `virtualhost` has them, too.
    pub(in crate::features) fn add(&mut self, host: &str, alias: &str) {
        self.0.push(VirtualHost { host: bare(host).into(), alias: alias.into() });
    }

    fn alias(&self, host: &str) -> Option<&str> {
        let host = bare(host);
        self.0.iter().find(|known| known.host.eq_ignore_ascii_case(host)).map(|known| &*known.alias)
    }
}

impl Rewrite for VirtualHosts {
    fn rewrite(&self, host: &str, target: &str) -> Option<String> {
        let prefix = self.hidden_prefix(host).filter(|_| target.starts_with('/'))?;
        Some(prefix + target)
    }

    /// The endpoint's own path decides, not what the client has written: escapes and dots don't matter here.
    fn admits(&self, host: &str, endpoint: &str) -> bool {
        let Some(path) = endpoint.strip_prefix(PREFIX) else { return true };
        let Some(alias) = self.alias(host) else { return false };
        let declared = path.split('/').next().unwrap_or_default();
        declared == alias || declared.starts_with('{')
    }

    fn hidden_prefix(&self, host: &str) -> Option<String> {
        self.alias(host).map(|alias| format!("/__virtual/{alias}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_known_in_any_case_and_with_the_port_of_its_scheme() {
        let mut hosts = VirtualHosts::default();
        hosts.add("api.example.com", "api");
        hosts.add("b.example:8080", "b");
        hosts.add("c.example:443", "c");
        let rewritten = |host| hosts.rewrite(host, "/x?a=1");
        for host in ["api.example.com", "API.Example.COM", "api.example.com:80", "api.example.com:443"] {
            assert_eq!(rewritten(host).as_deref(), Some("/__virtual/api/x?a=1"), "{host}");
        }
        assert_eq!(rewritten("b.example:8080").as_deref(), Some("/__virtual/b/x?a=1"));
        assert_eq!(rewritten("c.example").as_deref(), Some("/__virtual/c/x?a=1"));
        for host in ["b.example", "b.example:80", "api.example.com:8080", "x.api.example.com", ""] {
            assert_eq!(rewritten(host), None, "{host}");
        }
        assert_eq!(hosts.rewrite("c.example", "*"), None);
    }

    #[test]
    fn an_endpoint_of_a_host_answers_to_no_other() {
        let mut hosts = VirtualHosts::default();
        hosts.add("a.example", "a");
        hosts.add("ab.example", "ab");
        for (host, endpoint, admits) in [
            ("a.example", "/__virtual/a/x", true),
            ("a.example", "/__virtual/ab/x", false),
            ("ab.example", "/__virtual/a/x", false),
            ("other.example", "/__virtual/a/x", false),
            ("other.example", "/__virtual/{host}/x", false),
            ("a.example", "/__virtual/{host}/x", true),
            ("other.example", "/x", true),
        ] {
            assert_eq!(hosts.admits(host, endpoint), admits, "{host} {endpoint}");
        }
    }
}
