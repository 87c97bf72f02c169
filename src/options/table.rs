//! The words the tables of options are written in.

use super::pem::Pem;

/// One option.
#[derive(Debug)]
pub struct Opt {
    /// Its key.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// Default value, as JSON.
    pub default: Option<&'static str>,
    /// Required.
    pub required: bool,
    /// The KrakenD that has it.
    pub edition: Edition,
    /// What Fjord makes of it.
    pub support: Support,
    /// Whether a value of another type is dropped, as KrakenD does: nothing gets more open by that.
    pub lax: bool,
    /// Deprecated; the replacement.
    pub deprecated: Option<&'static str>,
    /// What it does, in a sentence.
    pub doc: &'static str,
}

/// What an option takes.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Anything.
    Any,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Int {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// A number.
    Number {
        /// The least.
        min: f64,
        /// The greatest.
        max: f64,
    },
    /// One of these whole numbers.
    IntEnum(&'static [i64]),
    /// Any text.
    Str,
    /// A duration in Go's syntax.
    Duration,
    /// One of these texts.
    Enum(&'static [&'static str]),
    /// A text of some form.
    Format(&'static Format),
    /// The path of a file, which is bundled with the configuration.
    File,
    /// The path of a PEM file, which is bundled, or `env:NAME` for a secret with its text.
    Pem(Pem),
    /// A secret of the worker.
    Secret(Secret),
    /// The name of a binding of the worker.
    Binding,
    /// The name of a binding of the worker: a Durable Object namespace of the class `FjordOrigins`.
    Reader,
    /// The path of a folder of the worker's static assets.
    Folder,
    /// A list.
    List(&'static Kind),
    /// An object with these members.
    Object(&'static [Opt]),
    /// An object with any members, each of this kind.
    Map(&'static Kind),
    /// Any of these.
    OneOf(&'static [Kind]),
    /// The same with rules that reach over several values.
    With(&'static Kind, &'static [Rule]),
    /// A shared table; may lead back to where it is.
    Same(&'static Kind),
    /// A part of the format with `extra_config` of its own.
    Part(Scope),
    /// The namespaces of a part, by name.
    ExtraConfig(Scope),
}

/// How an option names a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secret {
    /// By its name: `NAME`, `$NAME` or `${NAME}`.
    Name,
    /// `$NAME` or `${NAME}`; anything else is the value itself.
    Reference,
}

/// A form that texts can have.
#[derive(Debug)]
pub struct Format {
    /// What is expected, for a message: "an address like :8080".
    pub expected: &'static str,
    /// As a regular expression, for the JSON schema.
    pub pattern: &'static str,
    /// Whether a text has it.
    pub test: fn(&str) -> bool,
}

/// A rule over the members of an object or the items of a list.
#[derive(Debug, Clone, Copy)]
pub enum Rule {
    /// Exactly one of these sets of members is complete.
    OneOf(&'static [&'static [&'static str]]),
    /// At least one of these sets of members is complete.
    AnyOf(&'static [&'static [&'static str]]),
    /// At least this many members or items.
    AtLeast(usize),
    /// At most this many members or items.
    AtMost(usize),
    /// No item twice.
    Unique,
    /// No items but these.
    Only(&'static [&'static str]),
    /// KrakenD's own schema allows further members, which nothing reads.
    Open,
    /// Further members belong to whoever is named here.
    Free,
    /// The worker needs these secrets.
    Secrets(&'static [&'static str]),
}

/// What Fjord makes of an option. There is no fourth kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// It does what it says.
    Implemented,
    /// Accepted; nothing happens, for this reason.
    NoEffect(&'static str),
    /// A configuration with it isn't served; the reason, and the way out.
    Refused(&'static str),
}

/// The edition of KrakenD that reads an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    /// The open one.
    Ce,
    /// Enterprise only.
    Ee,
}

/// A part of the format that has an `extra_config`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The root.
    Service,
    /// An item of `endpoints`.
    Endpoint,
    /// An item of `backend`.
    Backend,
    /// An item of `async_agent`.
    Async,
    /// The endpoint inside a backend's `workflow`.
    Workflow,
}

/// A set of scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scopes(u8);

/// An option with its key, what it takes, and what it does.
pub const fn opt(name: &'static str, kind: Kind, doc: &'static str) -> Opt {
    Opt {
        name,
        kind,
        default: None,
        required: false,
        edition: Edition::Ce,
        support: Support::Implemented,
        lax: false,
        deprecated: None,
        doc: words(doc),
    }
}

/// Words that tools alone show: other modules don't carry them.
pub(super) const fn words(text: &'static str) -> &'static str {
    if cfg!(feature = "tools") { text } else { "" }
}

// === impl Support ===

impl Support {
    /// A feature of the open edition that is still to come.
    pub const NOT_YET: Support = Support::Refused("this version of Fjord doesn't have it yet");
    /// A feature that the open edition ignores without harm.
    pub const ENTERPRISE_IGNORED: Support =
        Support::NoEffect("an Enterprise feature: the open edition ignores it, and so does Fjord");
}

// === impl Opt ===

impl Opt {
    /// With a default value, as JSON.
    pub const fn default(mut self, json: &'static str) -> Opt {
        self.default = Some(json);
        self
    }

    /// Needed.
    pub const fn required(mut self) -> Opt {
        self.required = true;
        self
    }

    /// Read by KrakenD Enterprise only.
    pub const fn enterprise(mut self) -> Opt {
        self.edition = Edition::Ee;
        self
    }

    /// Accepted without effect, for this reason.
    pub const fn no_effect(mut self, reason: &'static str) -> Opt {
        self.support = Support::NoEffect(words(reason));
        self
    }

    /// Refused, for this reason.
    pub const fn refused(mut self, reason: &'static str) -> Opt {
        self.support = Support::Refused(reason);
        self
    }

    /// A value of another type counts as none.
    pub const fn lax(mut self) -> Opt {
        self.lax = true;
        self
    }

    /// Deprecated; the replacement.
    pub const fn deprecated(mut self, instead: &'static str) -> Opt {
        self.deprecated = Some(words(instead));
        self
    }
}

// === impl Kind ===

impl Kind {
    /// Any whole number.
    pub const INT: Kind = Kind::Int { min: i64::MIN, max: i64::MAX };
    /// A whole number from 0.
    pub const NATURAL: Kind = Kind::Int { min: 0, max: i64::MAX };
    /// A whole number from 1.
    pub const POSITIVE: Kind = Kind::Int { min: 1, max: i64::MAX };
    /// A TCP port.
    pub const PORT: Kind = Kind::Int { min: 0, max: 65535 };
    /// Any number.
    pub const NUMBER: Kind = Kind::Number { min: f64::MIN, max: f64::MAX };
    /// A number from 0.
    pub const RATE: Kind = Kind::Number { min: 0.0, max: f64::MAX };
    /// A list of texts.
    pub const STRINGS: Kind = Kind::List(&Kind::Str);
    /// An object with any members.
    pub const FREE: Kind = Kind::Map(&Kind::Any);

    /// The members of an object, or of the objects in a list; none for other kinds.
    pub const fn options(&self) -> &'static [Opt] {
        match self {
            Kind::Object(options) => options,
            Kind::List(kind) | Kind::With(kind, _) => kind.options(),
            _ => &[],
        }
    }
}

// === impl Scopes ===

impl Scopes {
    /// The root.
    pub const SERVICE: Scopes = Scopes(1);
    /// Endpoints.
    pub const ENDPOINT: Scopes = Scopes(2);
    /// Backends.
    pub const BACKEND: Scopes = Scopes(4);
    /// Async agents.
    pub const ASYNC: Scopes = Scopes(8);
    /// Workflows.
    pub const WORKFLOW: Scopes = Scopes(16);

    /// These and those.
    pub const fn and(self, other: Scopes) -> Scopes {
        Scopes(self.0 | other.0)
    }

    /// Whether `scope` is one of them.
    pub const fn contain(self, scope: Scope) -> bool {
        self.0 & (1 << scope as u8) != 0
    }

    /// The scopes, in the order of the format.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.contain(*scope))
    }
}

// === impl Scope ===

impl Scope {
    /// All scopes, in the order of the format.
    pub const ALL: [Scope; 5] =
        [Scope::Service, Scope::Endpoint, Scope::Backend, Scope::Async, Scope::Workflow];

    /// Its name in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Scope::Service => "service",
            Scope::Endpoint => "endpoint",
            Scope::Backend => "backend",
            Scope::Async => "async",
            Scope::Workflow => "workflow",
        }
    }

    /// What a part with this scope is called: "this endpoint".
    pub const fn part(self) -> &'static str {
        match self {
            Scope::Async => "agent",
            other => other.name(),
        }
    }

    /// All parts with this scope, in messages.
    pub const fn plural(self) -> &'static str {
        match self {
            Scope::Service => "the service",
            Scope::Endpoint => "endpoints",
            Scope::Backend => "backends",
            Scope::Async => "async agents",
            Scope::Workflow => "workflows",
        }
    }
}
