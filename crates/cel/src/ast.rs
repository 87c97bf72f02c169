//! A parsed expression.

use fjord_pattern::Pattern;

use super::Lookup;
use super::zones::Zone;

/// One node of an expression.
#[derive(Debug)]
pub(super) struct Expr {
    /// The byte of the source where it shows.
    pub offset: usize,
    /// The number of nodes on the longest way down, so that no walk recurses too deep.
    pub height: usize,
    pub kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    Literal(Literal),
    Ident(Box<str>),
    /// `operand.field`
    Select(Box<Expr>, Box<str>),
    /// `has(operand.field)`
    Has(Box<Expr>, Box<str>),
    /// `operand[index]`
    Index(Box<[Expr; 2]>),
    Not(Box<Expr>),
    Negate(Box<Expr>),
    /// Two or more operands of `&&`.
    And(Vec<Expr>),
    /// Two or more operands of `||`.
    Or(Vec<Expr>),
    /// `condition ? then : otherwise`
    Conditional(Box<[Expr; 3]>),
    Binary(Operator, Box<[Expr; 2]>),
    Call(Call),
    /// `text.matches('literal')`, the pattern read once.
    Matches(Box<Expr>, Box<Pattern>),
    /// `time.getHours('literal')`, the zone found once.
    TimeIn(Accessor, Box<Expr>, Box<Zone>),
    List(Vec<Expr>),
    Map(Vec<[Expr; 2]>),
    Comprehension(Box<Comprehension>),
}

#[derive(Debug)]
pub(super) enum Literal {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    String(Box<str>),
    Bytes(Box<[u8]>),
    /// The name of a type that isn't an identifier (`google.protobuf.Timestamp`).
    Type(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    In,
}

/// A function with its arguments; of a member function (`a.f(b)`) the target is the first one.
#[derive(Debug)]
pub(super) struct Call {
    pub name: Box<str>,
    /// `None`: there is no function of that name.
    pub function: Option<Function>,
    pub member: bool,
    pub arguments: Vec<Expr>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Size,
    Contains,
    StartsWith,
    EndsWith,
    Matches,
    Convert(Target),
    Type,
    Dyn,
    Time(Accessor),
}

/// The type a conversion makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    Timestamp,
    Duration,
}

/// A part of a timestamp or a duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Accessor {
    FullYear,
    Month,
    DayOfYear,
    DayOfMonth,
    Date,
    DayOfWeek,
    Hours,
    Minutes,
    Seconds,
    Milliseconds,
}

/// A macro that walks over a list or a map.
#[derive(Debug)]
pub(super) struct Comprehension {
    pub kind: Walk,
    pub range: Expr,
    /// The item of a list or the key of a map; with a second variable the index or the key.
    pub first: Box<str>,
    /// The item of a list or the value of a map.
    pub second: Option<Box<str>>,
    pub condition: Option<Expr>,
    pub result: Option<Expr>,
}

/// What a comprehension makes of its items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Walk {
    All,
    Exists,
    ExistsOne,
    /// `filter`, `map`, `transformList`
    List,
    /// `transformMap`
    Map,
}

// === impl Expr ===

impl Expr {
    /// The constant key that this node looks up in a variable.
    pub(super) fn lookup(&self) -> Option<Lookup<'_>> {
        let (operand, key) = match &self.kind {
            Kind::Select(operand, field) | Kind::Has(operand, field) => (&**operand, &**field),
            Kind::Index(operands) => match &**operands {
                [operand, Expr { kind: Kind::Literal(Literal::String(key)), .. }] => (operand, &**key),
                _ => return None,
            },
            Kind::Binary(Operator::In, operands) => match &**operands {
                [Expr { kind: Kind::Literal(Literal::String(key)), .. }, operand] => (operand, &**key),
                _ => return None,
            },
            _ => return None,
        };
        match &operand.kind {
            Kind::Ident(variable) => Some(Lookup { offset: operand.offset, variable, key }),
            _ => None,
        }
    }
}

// === impl Kind ===

impl Kind {
    /// Hands every direct child to `visit`.
    pub(super) fn each_child<'e>(&'e self, mut visit: impl FnMut(&'e Expr)) {
        match self {
            Self::Literal(_) | Self::Ident(_) => {}
            Self::Select(child, _)
            | Self::Has(child, _)
            | Self::Not(child)
            | Self::Negate(child)
            | Self::Matches(child, _)
            | Self::TimeIn(_, child, _) => visit(child),
            Self::Index(children) | Self::Binary(_, children) => children.iter().for_each(visit),
            Self::Conditional(children) => children.iter().for_each(visit),
            Self::And(children) | Self::Or(children) | Self::List(children) => {
                children.iter().for_each(visit)
            }
            Self::Call(call) => call.arguments.iter().for_each(visit),
            Self::Map(entries) => entries.iter().flatten().for_each(visit),
            Self::Comprehension(walk) => {
                visit(&walk.range);
                walk.condition.iter().chain(&walk.result).for_each(visit);
            }
        }
    }
}

// === impl Operator ===

impl Operator {
    /// The operator of a token and how strongly it binds.
    pub(super) fn of(symbol: &str) -> Option<(Self, u8)> {
        Some(match symbol {
            "==" => (Self::Equal, 3),
            "!=" => (Self::NotEqual, 3),
            "<" => (Self::Less, 3),
            "<=" => (Self::LessEqual, 3),
            ">" => (Self::Greater, 3),
            ">=" => (Self::GreaterEqual, 3),
            "in" => (Self::In, 3),
            "+" => (Self::Add, 4),
            "-" => (Self::Subtract, 4),
            "*" => (Self::Multiply, 5),
            "/" => (Self::Divide, 5),
            "%" => (Self::Modulo, 5),
            _ => return None,
        })
    }

    pub(super) fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Modulo => "%",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::In => "in",
        }
    }
}

// === impl Function ===

impl Function {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "size" => Self::Size,
            "contains" => Self::Contains,
            "startsWith" => Self::StartsWith,
            "endsWith" => Self::EndsWith,
            "matches" => Self::Matches,
            "bool" => Self::Convert(Target::Bool),
            "int" => Self::Convert(Target::Int),
            "uint" => Self::Convert(Target::Uint),
            "double" => Self::Convert(Target::Double),
            "string" => Self::Convert(Target::String),
            "bytes" => Self::Convert(Target::Bytes),
            "timestamp" => Self::Convert(Target::Timestamp),
            "duration" => Self::Convert(Target::Duration),
            "type" => Self::Type,
            "dyn" => Self::Dyn,
            "getFullYear" => Self::Time(Accessor::FullYear),
            "getMonth" => Self::Time(Accessor::Month),
            "getDayOfYear" => Self::Time(Accessor::DayOfYear),
            "getDayOfMonth" => Self::Time(Accessor::DayOfMonth),
            "getDate" => Self::Time(Accessor::Date),
            "getDayOfWeek" => Self::Time(Accessor::DayOfWeek),
            "getHours" => Self::Time(Accessor::Hours),
            "getMinutes" => Self::Time(Accessor::Minutes),
            "getSeconds" => Self::Time(Accessor::Seconds),
            "getMilliseconds" => Self::Time(Accessor::Milliseconds),
            _ => return None,
        })
    }

    /// Whether it is called as `a.f(…)` or as `f(a, …)`, with how many arguments (the target included).
    pub(super) fn takes(self, member: bool, arguments: usize) -> bool {
        match self {
            Self::Size => arguments == 1,
            Self::Matches => arguments == 2,
            Self::Contains | Self::StartsWith | Self::EndsWith => member && arguments == 2,
            Self::Convert(_) | Self::Type | Self::Dyn => !member && arguments == 1,
            Self::Time(_) => member && (arguments == 1 || arguments == 2),
        }
    }
}

// === impl Accessor ===

impl Accessor {
    /// Whether a duration has that part too.
    pub(super) fn of_duration(self) -> bool {
        matches!(self, Self::Hours | Self::Minutes | Self::Seconds | Self::Milliseconds)
    }
}

// === impl Target ===

impl Target {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Uint => "uint",
            Self::Double => "double",
            Self::String => "string",
            Self::Bytes => "bytes",
            Self::Timestamp => "google.protobuf.Timestamp",
            Self::Duration => "google.protobuf.Duration",
        }
    }
}
