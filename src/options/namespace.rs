//! What a namespace of `extra_config` says of itself.

use fjord_document::node::Node;

use super::Capability;
use super::check::{Check, Hosts, Purpose, Spot};
use super::table::{Edition, Kind, Opt, Scopes, Support, words};

/// How many calls to origins what is configured at a place makes.
pub type Calls = fn(&Spot<'_>) -> u64;

/// A namespace of `extra_config`.
#[derive(Debug)]
pub struct Namespace {
    /// Its name: `qos/ratelimit/router`.
    pub name: &'static str,
    /// Names of old versions that KrakenD still reads.
    pub aliases: &'static [&'static str],
    /// Where it is allowed.
    pub scopes: Scopes,
    /// The KrakenD that has it.
    pub edition: Edition,
    /// What Fjord makes of it.
    pub support: Support,
    /// Deprecated; the replacement.
    pub superseded: Option<&'static str>,
    /// What is wrong with a value beyond what the table says; none where the table says it all.
    pub check: Option<Check>,
    /// How many calls a value makes beside those of the backends, and what for.
    pub calls: Option<(Purpose, Calls)>,
    /// What the hosts of a backend with it are.
    pub hosts: Option<Hosts>,
    /// Whether it asks who a client is: what an endpoint with it answers may be for that client alone.
    pub identifies: bool,
    /// What a module must have to serve it, beside what all modules have.
    pub capability: Option<Capability>,
    /// Which values need that; none where all do.
    pub needs_it: Option<fn(&Node) -> bool>,
    /// What it is for, in a sentence.
    pub doc: &'static str,
    /// What it takes.
    pub value: Kind,
}

/// A namespace with its name, where it is allowed, what it is for, and what it takes.
pub const fn namespace(name: &'static str, scopes: Scopes, doc: &'static str, value: Kind) -> Namespace {
    Namespace {
        name,
        aliases: &[],
        scopes,
        edition: Edition::Ce,
        support: Support::Implemented,
        superseded: None,
        check: None,
        calls: None,
        hosts: None,
        identifies: false,
        capability: None,
        needs_it: None,
        doc: words(doc),
        value,
    }
}

// === impl Namespace ===

impl Namespace {
    /// With names of old versions.
    pub const fn aliases(mut self, names: &'static [&'static str]) -> Namespace {
        self.aliases = names;
        self
    }

    /// Read by KrakenD Enterprise only.
    pub const fn enterprise(mut self) -> Namespace {
        self.edition = Edition::Ee;
        self
    }

    /// With what Fjord makes of it.
    pub const fn support(mut self, support: Support) -> Namespace {
        // A module of the edge looks at nothing in what it refuses or passes over.
        if !cfg!(feature = "tools") && matches!(support, Support::Refused(_) | Support::NoEffect(_)) {
            self.value = Kind::Any;
        }
        self.support = support;
        self
    }

    /// Accepted without effect, for this reason.
    pub const fn no_effect(self, reason: &'static str) -> Namespace {
        self.support(Support::NoEffect(words(reason)))
    }

    /// Refused, for this reason.
    pub const fn refused(self, reason: &'static str) -> Namespace {
        self.support(Support::Refused(reason))
    }

    /// Deprecated; the replacement.
    pub const fn superseded(mut self, by: &'static str) -> Namespace {
        self.superseded = Some(words(by));
        self
    }

    /// With what says what is wrong beyond the table.
    pub const fn check(mut self, check: Check) -> Namespace {
        if self.is_included() {
            self.check = Some(check);
        }
        self
    }

    /// Served by modules with this capability only. Comes before [`Namespace::check`], which is linked into those alone.
    pub const fn requires(mut self, capability: Capability) -> Namespace {
        assert!(self.check.is_none(), "what a namespace requires is said before its check");
        self.capability = Some(capability);
        if !self.is_included() {
            self.value = Kind::Any;
        }
        self
    }

    /// Served by modules with this capability only, where its value needs it. All modules have its check and its step.
    pub const fn requires_where(mut self, capability: Capability, needs_it: fn(&Node) -> bool) -> Namespace {
        self.capability = Some(capability);
        self.needs_it = Some(needs_it);
        self
    }

    /// Whether this module can serve it, whatever its value.
    pub const fn is_included(&self) -> bool {
        match self.capability {
            Some(capability) => capability.is_included() || self.needs_it.is_some(),
            None => true,
        }
    }

    /// Its value in the `extra_config` of a part, by its name or an old one.
    pub fn value_in<'a>(&self, part: &'a Node) -> Option<&'a Node> {
        let extra = part.get("extra_config")?;
        std::iter::once(&self.name).chain(self.aliases).find_map(|name| extra.get(name))
    }

    /// What a module must have to serve this value.
    pub fn required(&self, value: &Node) -> Option<Capability> {
        self.capability.filter(|_| self.needs_it.is_none_or(|needs_it| needs_it(value)))
    }

    /// With the calls that it makes beside those of the backends.
    pub const fn calls(mut self, purpose: Purpose, count: Calls) -> Namespace {
        self.calls = Some((purpose, count));
        self
    }

    /// With what the hosts of a backend are.
    pub const fn hosts(mut self, hosts: Hosts) -> Namespace {
        self.hosts = Some(hosts);
        self
    }

    /// Asks who a client is.
    pub const fn identifies(mut self) -> Namespace {
        self.identifies = true;
        self
    }

    /// The members of its object, or of the objects in its list.
    pub const fn options(&self) -> &'static [Opt] {
        self.value.options()
    }
}
