//! A schema as it is compiled: every keyword checked, every reference an index.

use std::collections::{BTreeMap, HashSet};

use fjord_pattern::Pattern;

use super::format::Format;
use super::number::{Decimal, Divisor};

/// The place of a subschema in the list of all.
pub(super) type Id = usize;

/// One subschema. What a keyword leaves unsaid is `None` or empty and checks nothing.
#[derive(Debug, Default)]
pub(super) struct Subschema {
    /// `true` and `false` in place of a schema.
    pub pass: Option<bool>,
    /// `$ref`, beside which nothing counts.
    pub reference: Option<Id>,
    pub types: Types,
    pub any_of: Vec<Id>,
    pub one_of: Vec<Id>,
    pub all_of: Vec<Id>,
    pub not: Option<Id>,
    pub condition: Option<Id>,
    pub then: Option<Id>,
    pub otherwise: Option<Id>,
    pub dependencies: BTreeMap<Box<str>, Dependency>,
    pub constant: Option<Choices>,
    pub choices: Option<Choices>,
    pub number: NumberRules,
    pub string: StringRules,
    pub array: ArrayRules,
    pub object: ObjectRules,
}

/// Keywords for numbers.
#[derive(Debug, Default)]
pub(super) struct NumberRules {
    pub multiple_of: Option<Divisor>,
    pub maximum: Option<Decimal>,
    pub exclusive_maximum: Option<Decimal>,
    pub minimum: Option<Decimal>,
    pub exclusive_minimum: Option<Decimal>,
}

/// Keywords for strings.
#[derive(Debug, Default)]
pub(super) struct StringRules {
    pub min_length: Option<u64>,
    pub max_length: Option<u64>,
    pub pattern: Option<Pattern>,
    pub format: Option<Format>,
}

/// Keywords for arrays.
#[derive(Debug, Default)]
pub(super) struct ArrayRules {
    pub items: Items,
    pub additional: Additional,
    pub min_items: Option<u64>,
    pub max_items: Option<u64>,
    pub unique: bool,
    pub contains: Option<Id>,
}

/// Keywords for objects.
#[derive(Debug, Default)]
pub(super) struct ObjectRules {
    pub min_properties: Option<u64>,
    pub max_properties: Option<u64>,
    pub required: Vec<Box<str>>,
    pub properties: BTreeMap<Box<str>, Id>,
    pub patterns: Vec<(Pattern, Id)>,
    pub additional: Additional,
    pub names: Option<Id>,
}

/// `items`.
#[derive(Debug, Default)]
pub(super) enum Items {
    #[default]
    Any,
    /// One schema for all.
    Each(Id),
    /// One schema for each position.
    List(Vec<Id>),
}

/// `additionalItems`, `additionalProperties`.
#[derive(Debug, Default)]
pub(super) enum Additional {
    #[default]
    Allowed,
    Refused,
    Schema(Id),
}

/// What the presence of a property asks for.
#[derive(Debug)]
pub(super) enum Dependency {
    Properties(Vec<Box<str>>),
    Schema(Id),
}

/// The values of `enum` or `const`.
#[derive(Debug)]
pub(super) struct Choices {
    /// In canonical form.
    pub canonical: HashSet<String>,
    /// As the message lists them.
    pub printed: Box<str>,
}

/// `type`: the names in the order of the schema.
#[derive(Debug, Default)]
pub(super) struct Types(pub Vec<&'static str>);

/// The types there are.
pub(super) const TYPES: [&str; 7] = ["array", "boolean", "integer", "number", "null", "object", "string"];

// === impl Subschema ===

impl Subschema {
    /// The subschemas that look at the same value as this one.
    pub fn in_place(&self) -> impl Iterator<Item = Id> {
        let dependencies = self.dependencies.values().filter_map(|dependency| match dependency {
            Dependency::Schema(id) => Some(*id),
            Dependency::Properties(_) => None,
        });
        let lists = [&self.any_of, &self.one_of, &self.all_of].into_iter().flatten().copied();
        let single = [self.reference, self.not, self.condition, self.then, self.otherwise];
        lists.chain(single.into_iter().flatten()).chain(dependencies)
    }
}

// === impl Types ===

impl Types {
    /// Whether a value of the type `name` is allowed.
    pub fn allow(&self, name: &str) -> bool {
        self.0.is_empty() || self.0.contains(&name) || name == "integer" && self.0.contains(&"number")
    }
}

impl std::fmt::Display for Types {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &*self.0 {
            [one] => f.write_str(one),
            several => write!(f, "[{}]", several.join(",")),
        }
    }
}
