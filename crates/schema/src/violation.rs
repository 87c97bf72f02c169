//! What a body does wrong, in the words a client gets to read (`spec` §26).

use std::cell::OnceCell;
use std::fmt;
use std::rc::Rc;

use super::number::Decimal;
use super::subschema::Types;

/// One rule that a body breaks. Prints as `a.b: Must be less than 3`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The part of the body: `(root)`, `a.b`, `list.0`.
    pub field: String,
    /// What is wrong with it.
    pub description: String,
}

/// A violation that may still turn out not to matter: it borrows, and its text is not written yet.
#[derive(Debug, Clone)]
pub(super) struct Fault<'v> {
    pub place: Rc<Place<'v>>,
    pub what: What<'v>,
}

/// The rule that is broken.
#[derive(Debug, Clone)]
pub(super) enum What<'v> {
    False,
    Type { expected: &'v Types, given: &'static str },
    AnyOf,
    OneOf,
    AllOf,
    Not,
    Then,
    Else,
    Dependency(&'v str),
    Const(&'v str),
    Enum(&'v str),
    AdditionalItems,
    MinItems(u64),
    MaxItems(u64),
    Unique(usize, usize),
    Contains,
    MinProperties(u64),
    MaxProperties(u64),
    Required(&'v str),
    AdditionalProperty(&'v str),
    PropertyName(&'v str),
    MinLength(u64),
    MaxLength(u64),
    Pattern(&'v str),
    Format(&'v str),
    MultipleOf(&'v Decimal),
    Maximum(&'v Decimal),
    ExclusiveMaximum(&'v Decimal),
    Minimum(&'v Decimal),
    ExclusiveMinimum(&'v Decimal),
}

/// A place in the body, kept by the faults that are found there.
#[derive(Debug)]
pub(super) struct Place<'v> {
    parent: Option<Rc<Place<'v>>>,
    segment: Segment<'v>,
}

/// One step into a body.
#[derive(Debug, Clone, Copy)]
pub(super) enum Segment<'v> {
    Root,
    Key(&'v str),
    Index(usize),
}

/// A place on the way through the body. Only one with a fault is ever kept.
#[derive(Debug)]
pub(super) struct Path<'p, 'v> {
    parent: Option<&'p Path<'p, 'v>>,
    segment: Segment<'v>,
    kept: OnceCell<Rc<Place<'v>>>,
}

// === impl Violation ===

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.description)
    }
}

// === impl Fault ===

impl Fault<'_> {
    /// The texts of the fault.
    pub fn tell(&self) -> Violation {
        let field = self.place.to_string();
        let description = match self.what {
            // These two name the field in the description too.
            What::Const(value) => format!("{field} does not match: {value}"),
            What::Enum(values) => format!("{field} must be one of the following: {values}"),
            _ => self.what.to_string(),
        };
        Violation { field, description }
    }
}

impl fmt::Display for What<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            What::False => f.write_str("False always fails validation"),
            What::Type { expected, given } => write!(f, "Invalid type. Expected: {expected}, given: {given}"),
            What::AnyOf => f.write_str("Must validate at least one schema (anyOf)"),
            What::OneOf => f.write_str("Must validate one and only one schema (oneOf)"),
            What::AllOf => f.write_str("Must validate all the schemas (allOf)"),
            What::Not => f.write_str("Must not validate the schema (not)"),
            What::Then => f.write_str("Must validate \"then\" as \"if\" was valid"),
            What::Else => f.write_str("Must validate \"else\" as \"if\" was not valid"),
            What::Dependency(name) => write!(f, "Has a dependency on {name}"),
            What::Const(value) => write!(f, "does not match: {value}"),
            What::Enum(values) => write!(f, "must be one of the following: {values}"),
            What::AdditionalItems => f.write_str("No additional items allowed on array"),
            What::MinItems(min) => write!(f, "Array must have at least {min} items"),
            What::MaxItems(max) => write!(f, "Array must have at most {max} items"),
            What::Unique(i, j) => write!(f, "array items[{i},{j}] must be unique"),
            What::Contains => f.write_str("At least one of the items must match"),
            What::MinProperties(min) => write!(f, "Must have at least {min} properties"),
            What::MaxProperties(max) => write!(f, "Must have at most {max} properties"),
            What::Required(name) => write!(f, "{name} is required"),
            What::AdditionalProperty(name) => write!(f, "Additional property {name} is not allowed"),
            What::PropertyName(name) => write!(f, "Property name of \"{name}\" does not match"),
            What::MinLength(min) => write!(f, "String length must be greater than or equal to {min}"),
            What::MaxLength(max) => write!(f, "String length must be less than or equal to {max}"),
            What::Pattern(pattern) => write!(f, "Does not match pattern '{pattern}'"),
            What::Format(format) => write!(f, "Does not match format '{format}'"),
            What::MultipleOf(divisor) => write!(f, "Must be a multiple of {}", divisor.short()),
            What::Maximum(limit) => write!(f, "Must be less than or equal to {}", limit.short()),
            What::ExclusiveMaximum(limit) => write!(f, "Must be less than {}", limit.short()),
            What::Minimum(limit) => write!(f, "Must be greater than or equal to {}", limit.short()),
            What::ExclusiveMinimum(limit) => write!(f, "Must be greater than {}", limit.short()),
        }
    }
}

// === impl Place ===

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut segments = Vec::new();
        let mut place = self;
        while let Some(parent) = &place.parent {
            segments.push(place.segment);
            place = parent;
        }
        if segments.is_empty() {
            return f.write_str("(root)");
        }
        for (i, segment) in segments.iter().rev().enumerate() {
            let dot = if i == 0 { "" } else { "." };
            match segment {
                Segment::Root => {}
                Segment::Key(key) => write!(f, "{dot}{key}")?,
                Segment::Index(index) => write!(f, "{dot}{index}")?,
            }
        }
        Ok(())
    }
}

// === impl Path ===

impl<'p, 'v> Path<'p, 'v> {
    /// The whole body.
    pub fn root() -> Self {
        Path { parent: None, segment: Segment::Root, kept: OnceCell::new() }
    }

    /// A place right below this one.
    pub fn below(&'p self, segment: Segment<'v>) -> Self {
        Path { parent: Some(self), segment, kept: OnceCell::new() }
    }

    /// The place as faults hold it.
    pub fn keep(&self) -> Rc<Place<'v>> {
        let place = || Rc::new(Place { parent: self.parent.map(Path::keep), segment: self.segment });
        Rc::clone(self.kept.get_or_init(place))
    }
}
