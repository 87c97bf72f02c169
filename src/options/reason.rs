//! Says which part of a configuration needs a capability. Only the tools keep it: `fjord build` tells why it took a module.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::{Capability, Environment, Refusal, Site};

/// The parts that need capabilities, of the plans that were compiled with an environment.
#[derive(Debug, Default)]
struct Reasons(RefCell<BTreeMap<Capability, Parts>>);

/// The parts that need one capability.
#[derive(Debug)]
struct Parts {
    first: String,
    /// The one noted last: a part is compiled step by step, and each step may say the same.
    last: String,
    count: usize,
}

// === impl Site ===

impl Site<'_> {
    /// Says that `what` of this part needs these capabilities.
    ///
    /// # Errors
    /// If this module lacks one.
    pub(crate) fn require(&self, capabilities: &[Capability], what: &str) -> Result<(), Refusal> {
        self.environment.require(capabilities)?;
        if cfg!(feature = "tools") && !capabilities.is_empty() {
            let reasons = self.environment.shared::<Reasons>();
            let part = format!("{what} of {}", self.place());
            for capability in capabilities {
                Parts::note(&mut reasons.0.borrow_mut(), *capability, &part);
            }
        }
        Ok(())
    }

    /// Where this part is, for people.
    fn place(&self) -> String {
        let name = Site { backend: None, ..*self }.name();
        match self.backend {
            Some(index) => format!("backend {index} of {name}"),
            None if self.endpoint_node.is_none() => "the service".to_owned(),
            None => name,
        }
    }
}

// === impl Parts ===

impl Parts {
    fn note(known: &mut BTreeMap<Capability, Parts>, capability: Capability, part: &str) {
        let new = || Parts { first: part.to_owned(), last: String::new(), count: 0 };
        let parts = known.entry(capability).or_insert_with(new);
        if parts.last != part {
            parts.last = part.to_owned();
            parts.count += 1;
        }
    }
}

// === impl Environment ===

impl Environment {
    /// The part that needed a capability first, and how many more do: `modifier/lua-proxy of GET /a, and 2 more`.
    pub fn reason(&self, capability: Capability) -> Option<String> {
        let reasons = self.shared::<Reasons>();
        let reasons = reasons.0.borrow();
        let Parts { first, count, .. } = reasons.get(&capability)?;
        Some(match count.saturating_sub(1) {
            0 => first.clone(),
            more => format!("{first}, and {more} more"),
        })
    }
}
