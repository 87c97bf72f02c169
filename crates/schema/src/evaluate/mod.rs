//! Tries values against subschemas, in the order of gojsonschema, whose messages and choice of messages are KrakenD's.

mod array;
mod object;
mod scalar;

use fjord_json::{Map, Value};
use fjord_pattern::Pattern;

use super::canonical;
use super::subschema::{Choices, Dependency, Id, Subschema};
use super::violation::{Fault, Path, What};

/// Subschemas within each other that a value may lead through: more would overflow the stack.
const MAX_DEPTH: usize = 1024;
/// States that patterns may visit where their automata are too large for a text: some tenths of a second.
const VISITS: u64 = 128 << 20;
/// Faults that are kept. Nobody reads more.
const MAX_FAULTS: usize = 1000;

/// What trying a value gave.
#[derive(Debug, Default)]
pub(super) struct Outcome<'v> {
    pub faults: Vec<Fault<'v>>,
    /// How close the value came: of several schemas that all fail, the one with the best score is explained.
    score: i64,
}

/// One validation.
pub(super) struct Run<'v> {
    schemas: &'v [Subschema],
    /// How many more subschemas may be tried.
    steps: u64,
    /// How many more states patterns may visit.
    visits: u64,
    depth: usize,
    /// It was given up: the outcome says nothing.
    pub exhausted: bool,
}

/// What is tried: a value, or the name of a property.
#[derive(Clone, Copy)]
pub(super) enum Subject<'v> {
    Value(&'v Value),
    Name(&'v str),
}

// === impl Run ===

impl<'v> Run<'v> {
    /// A validation of `body`: as many steps as any reasonable schema needs for a body of that size.
    pub fn new(schemas: &'v [Subschema], body: &Value) -> Run<'v> {
        let each = (4 * schemas.len()).min(256) as u64;
        Run { schemas, steps: 10_000 + each * count(body), visits: VISITS, depth: 0, exhausted: false }
    }

    /// Tries one subject on its own.
    pub fn attempt(&mut self, id: Id, subject: Subject<'v>, path: &Path<'_, 'v>) -> Outcome<'v> {
        let mut outcome = Outcome::default();
        self.evaluate(id, subject, path, &mut outcome);
        outcome
    }

    /// Tries a subject and adds what is found to `out`.
    fn evaluate(&mut self, mut id: Id, subject: Subject<'v>, path: &Path<'_, 'v>, out: &mut Outcome<'v>) {
        if self.steps == 0 || self.depth == MAX_DEPTH {
            self.exhausted = true;
        }
        if self.exhausted {
            return;
        }
        self.steps -= 1;
        // The compiler has refused references in a circle.
        while let Some(target) = self.schemas[id].reference {
            id = target;
        }
        let schema = &self.schemas[id];
        if let Some(pass) = schema.pass {
            if !pass {
                out.add(path, What::False);
            }
            return;
        }
        let given = subject.type_name();
        if !schema.types.allow(given) {
            return out.add(path, What::Type { expected: &schema.types, given });
        }
        self.depth += 1;
        self.combinations(schema, subject, path, out);
        match subject {
            Subject::Value(Value::Array(items)) => {
                self.array(&schema.array, items, path, out);
                common(schema, subject, path, out);
            }
            Subject::Value(Value::Object(members)) => {
                self.object(&schema.object, members, path, out);
                common(schema, subject, path, out);
                self.properties(&schema.object, members, path, out);
            }
            _ => self.scalar(schema, subject, path, out),
        }
        self.depth -= 1;
        out.score += 1;
    }

    /// Whether a pattern matches; anything once the validation is given up.
    fn matches(&mut self, pattern: &Pattern, text: &str) -> bool {
        let found = pattern.is_match_within(text, &mut self.visits);
        self.exhausted |= found.is_none();
        found.unwrap_or_default()
    }

    /// The keywords that try other schemas with the same subject.
    fn combinations(
        &mut self,
        schema: &'v Subschema,
        subject: Subject<'v>,
        path: &Path<'_, 'v>,
        out: &mut Outcome<'v>,
    ) {
        if !schema.any_of.is_empty() {
            self.any_of(&schema.any_of, subject, path, out);
        }
        if !schema.one_of.is_empty() {
            self.one_of(&schema.one_of, subject, path, out);
        }
        if !schema.all_of.is_empty() {
            let mut failed = false;
            for &id in &schema.all_of {
                let outcome = self.attempt(id, subject, path);
                failed |= !outcome.is_valid();
                out.merge(outcome);
            }
            if failed {
                out.add(path, What::AllOf);
            }
        }
        if let Some(id) = schema.not
            && self.attempt(id, subject, path).is_valid()
        {
            out.add(path, What::Not);
        }
        if let Some(members) = subject.members()
            && !schema.dependencies.is_empty()
        {
            self.dependencies(schema, members, subject, path, out);
        }
        if let Some(id) = schema.condition {
            let holds = self.attempt(id, subject, path).is_valid();
            let (branch, what) =
                if holds { (schema.then, What::Then) } else { (schema.otherwise, What::Else) };
            let outcome = branch.map(|id| self.attempt(id, subject, path)).unwrap_or_default();
            if !outcome.is_valid() {
                out.add(path, what);
                out.merge(outcome);
            }
        }
        out.score += 1;
    }

    fn any_of(&mut self, ids: &[Id], subject: Subject<'v>, path: &Path<'_, 'v>, out: &mut Outcome<'v>) {
        let mut best = None;
        for &id in ids {
            let outcome = self.attempt(id, subject, path);
            if outcome.is_valid() {
                return;
            }
            outcome.replace_if_better(&mut best);
        }
        out.add(path, What::AnyOf);
        out.merge(best.unwrap_or_default());
    }

    fn one_of(&mut self, ids: &[Id], subject: Subject<'v>, path: &Path<'_, 'v>, out: &mut Outcome<'v>) {
        let mut best = None;
        let mut valid = 0;
        for &id in ids {
            let outcome = self.attempt(id, subject, path);
            if outcome.is_valid() {
                valid += 1;
            } else {
                outcome.replace_if_better(&mut best);
            }
        }
        if valid != 1 {
            out.add(path, What::OneOf);
        }
        if valid == 0 {
            out.merge(best.unwrap_or_default());
        }
    }

    fn dependencies(
        &mut self,
        schema: &'v Subschema,
        members: &'v Map,
        subject: Subject<'v>,
        path: &Path<'_, 'v>,
        out: &mut Outcome<'v>,
    ) {
        for (name, dependency) in &schema.dependencies {
            match dependency {
                _ if !members.contains_key(&**name) => {}
                Dependency::Schema(id) => self.evaluate(*id, subject, path, out),
                Dependency::Properties(names) => {
                    for name in names.iter().filter(|name| !members.contains_key(&***name)) {
                        out.add(path, What::Dependency(name));
                    }
                }
            }
        }
    }
}

/// `const` and `enum`.
fn common<'v>(schema: &'v Subschema, subject: Subject<'v>, path: &Path<'_, 'v>, out: &mut Outcome<'v>) {
    let fails = |choices: &Choices| !choices.canonical.contains(&subject.canonical());
    if let Some(choices) = schema.constant.as_ref().filter(|choices| fails(choices)) {
        out.add(path, What::Const(&choices.printed));
    }
    if let Some(choices) = schema.choices.as_ref().filter(|choices| fails(choices)) {
        out.add(path, What::Enum(&choices.printed));
    }
    out.score += 1;
}

/// How many values there are in `body`, itself included.
fn count(body: &Value) -> u64 {
    let mut count = 0;
    let mut stack = vec![body];
    while let Some(value) = stack.pop() {
        count += 1;
        match value {
            Value::Array(items) => stack.extend(items),
            Value::Object(members) => stack.extend(members.values()),
            _ => {}
        }
    }
    count
}

// === impl Outcome ===

impl<'v> Outcome<'v> {
    /// Whether nothing is wrong.
    pub fn is_valid(&self) -> bool {
        self.faults.is_empty()
    }

    fn add(&mut self, path: &Path<'_, 'v>, what: What<'v>) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(Fault { place: path.keep(), what });
        }
        self.score -= 2;
    }

    fn merge(&mut self, other: Outcome<'v>) {
        let room = MAX_FAULTS - self.faults.len();
        self.faults.extend(other.faults.into_iter().take(room));
        self.score += other.score;
    }

    fn replace_if_better(self, best: &mut Option<Outcome<'v>>) {
        if best.as_ref().is_none_or(|best| self.score > best.score) {
            *best = Some(self);
        }
    }
}

// === impl Subject ===

impl<'v> Subject<'v> {
    /// The type, an integer's being `integer`.
    fn type_name(self) -> &'static str {
        match self {
            Subject::Value(Value::Null) => "null",
            Subject::Value(Value::Bool(_)) => "boolean",
            Subject::Value(Value::Array(_)) => "array",
            Subject::Value(Value::Object(_)) => "object",
            Subject::Value(Value::String(_)) | Subject::Name(_) => "string",
            Subject::Value(Value::Number(_) | Value::Float(_)) => {
                let integer = scalar::number(self).is_some_and(|number| number.is_integer());
                if integer { "integer" } else { "number" }
            }
        }
    }

    fn members(self) -> Option<&'v Map> {
        match self {
            Subject::Value(Value::Object(members)) => Some(members),
            _ => None,
        }
    }

    fn text(self) -> Option<&'v str> {
        match self {
            Subject::Value(Value::String(text)) => Some(text),
            Subject::Name(name) => Some(name),
            Subject::Value(_) => None,
        }
    }

    fn canonical(self) -> String {
        match self {
            Subject::Value(value) => canonical::of_value(value),
            Subject::Name(name) => canonical::of_text(name),
        }
    }
}
