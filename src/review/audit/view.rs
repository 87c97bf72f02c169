//! A configuration as the rules look at it: its endpoints, its components, and the places to point at.

use std::ops::Range;
use std::time::Duration;

use fjord_document::node::{Kind, Member, Node};

use crate::features;
use crate::options::duration;

/// KrakenD's time for an endpoint if nobody says another (spec §2.1).
const TIMEOUT: Duration = Duration::from_secs(2);

/// A whole configuration.
pub(super) struct View<'a> {
    pub(super) root: &'a Node,
    pub(super) endpoints: &'a [Node],
    pub(super) agents: &'a [Node],
    /// The worker's bindings, if somebody knows them.
    pub(super) bindings: Option<&'a [String]>,
}

// === impl View ===

impl<'a> View<'a> {
    pub(super) fn new(root: &'a Node, bindings: Option<&'a [String]>) -> View<'a> {
        let list = |key| root.get(key).map_or(&[][..], Node::items);
        View { root, endpoints: list("endpoints"), agents: list("async_agent"), bindings }
    }

    /// Every backend of every endpoint, with the endpoint.
    pub(super) fn backends(&self) -> impl Iterator<Item = (&'a Node, &'a Node)> {
        self.endpoints.iter().flat_map(|endpoint| backends(endpoint).iter().map(move |node| (endpoint, node)))
    }

    /// A component of the service. KrakenD drops one that is an empty object.
    pub(super) fn service(&self, name: &str) -> Option<&'a Member> {
        component(self.root, name)
            .filter(|member| !matches!(&member.value.kind, Kind::Object(members) if members.is_empty()))
    }

    /// A component of the endpoints, wherever one has it.
    pub(super) fn at_endpoints(&self, name: &str) -> impl Iterator<Item = &'a Member> {
        self.endpoints.iter().filter_map(move |endpoint| component(endpoint, name))
    }

    /// A component of the backends, wherever one has it.
    pub(super) fn at_backends(&self, name: &str) -> impl Iterator<Item = &'a Member> {
        self.backends().filter_map(move |(_, backend)| component(backend, name))
    }

    /// Where to point if something is missing in the service's `extra_config`.
    pub(super) fn start(&self) -> Range<u32> {
        key_of(self.root, "extra_config").unwrap_or(self.root.span.start..self.root.span.start + 1)
    }

    /// Where to point if something is missing at all endpoints.
    pub(super) fn list(&self) -> Range<u32> {
        key_of(self.root, "endpoints").unwrap_or(self.root.span.start..self.root.span.start + 1)
    }

    /// The time that an endpoint has, and the place that says so.
    pub(super) fn timeout(&self, endpoint: &Node) -> (Duration, Range<u32>) {
        let given = |node: &Node| {
            let value = node.get("timeout")?;
            let time = duration::parse(value.as_str()?).ok().filter(|time| !time.is_zero())?;
            Some((time, value.span.clone()))
        };
        given(endpoint).or_else(|| given(self.root)).unwrap_or((TIMEOUT, head(endpoint)))
    }

    /// The hosts of all backends, those of agents too, each place once.
    pub(super) fn hosts(&self) -> Vec<&'a Node> {
        let of_agents = self.agents.iter().flat_map(|agent| backends(agent).iter());
        let parts = self.backends().map(|(_, backend)| backend).chain(of_agents).chain([self.root]);
        parts.flat_map(|part| part.get("host").map_or(&[][..], Node::items)).collect()
    }
}

/// The backends of an endpoint.
pub(super) fn backends(endpoint: &Node) -> &[Node] {
    endpoint.get("backend").map_or(&[][..], Node::items)
}

/// A component of a part, under its name or an old one.
pub(super) fn component<'a>(part: &'a Node, name: &str) -> Option<&'a Member> {
    let is_named = |key: &str| key == name || features::named(name).any(|n| n.aliases.contains(&key));
    part.get("extra_config")?
        .members()
        .iter()
        .rev()
        .find(|member| is_named(&member.key) && member.value.kind != Kind::Null)
}

/// The place of a member that is `true`.
pub(super) fn flag(node: &Node, key: &str) -> Option<Range<u32>> {
    let value = node.get(key)?;
    (value.as_bool() == Some(true)).then(|| value.span.clone())
}

/// The place of a member's key.
pub(super) fn key_of(node: &Node, key: &str) -> Option<Range<u32>> {
    node.members().iter().rev().find(|member| &*member.key == key).map(|member| member.key_span.clone())
}

/// Where to point to name an endpoint or a backend.
pub(super) fn head(part: &Node) -> Range<u32> {
    let name = part.get("endpoint").or_else(|| part.get("url_pattern"));
    name.map_or(part.span.start..part.span.start + 1, |name| name.span.clone())
}

/// The item of a list of texts, or the text itself, that is `wanted`.
pub(super) fn text_in<'a>(node: Option<&'a Node>, wanted: &str) -> Option<&'a Node> {
    let node = node?;
    std::iter::once(node).chain(node.items()).find(|item| item.as_str() == Some(wanted))
}

/// A text that an endpoint sets, or the service for it.
pub(super) fn inherited<'a>(endpoint: &'a Node, root: &'a Node, key: &str) -> Option<&'a str> {
    endpoint.get(key).or_else(|| root.get(key)).and_then(Node::as_str)
}
