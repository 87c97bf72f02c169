//! The agents of a plan that queues of the platform feed. Each is compiled at its first message.

use std::cell::OnceCell;

use fjord_document::node::Node;

use super::build::{Defaults, agent};
use crate::gateway::{Agent, AgentId};
use crate::options::{Capability, Environment};

/// The agents, in the order of the configuration.
#[derive(Default)]
pub(super) struct Agents(Vec<Slot>);

/// An agent as written, and what it became.
struct Slot {
    queue: String,
    node: Node,
    compiled: OnceCell<Agent>,
}

// === impl Agents ===

impl Agents {
    /// The agents of these that queues feed; none in a module without agents.
    pub(super) fn new(nodes: &[Node]) -> Self {
        if !Capability::Agents.is_included() {
            return Self::default();
        }
        let slot = |node: &Node| {
            let queue = agent::queue_of(node)?.to_owned();
            Some(Slot { queue, node: node.clone(), compiled: OnceCell::new() })
        };
        Self(nodes.iter().filter_map(slot).collect())
    }

    /// The agent of a queue.
    pub(super) fn of_queue(&self, queue: &str) -> Option<AgentId> {
        let index = self.0.iter().position(|slot| slot.queue == queue)?;
        u32::try_from(index).ok().map(AgentId)
    }

    /// An agent, compiled.
    pub(super) fn get(&self, id: AgentId, defaults: &Defaults, environment: &Environment) -> Option<&Agent> {
        if !Capability::Agents.is_included() {
            return None;
        }
        let slot = self.0.get(id.0 as usize)?;
        Some(slot.compiled.get_or_init(|| agent::build(&slot.node, defaults, environment)))
    }
}
