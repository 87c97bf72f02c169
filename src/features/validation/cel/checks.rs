//! The expressions of one list, sorted by when they are evaluated, and their verdict.

use std::fmt;

use fjord_cel::{CelValue, CompileError, EvalError, Program, Type, Variables};

use crate::options::Capability;

/// When an expression is evaluated: the text decides, by containing a word (spec §25).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// `req`: before the request continues.
    Request,
    /// `resp`: when the response is there.
    Response,
    /// `JWT`: when a token was accepted.
    Token,
}

/// The compiled expressions of a list.
#[derive(Debug, Default)]
pub struct Checks {
    programs: Vec<Program>,
    /// Indexes of `programs` per phase: one expression can be in several.
    phases: [Vec<usize>; 3],
}

/// An expression was not true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Which one of the phase.
    pub index: usize,
    /// Why, for the log.
    pub cause: Cause,
}

/// Why an expression was not true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// It was false.
    False,
    /// It was a value of that type.
    NotBool(&'static str),
    /// It had no value.
    Error(EvalError),
}

// === impl Phase ===

impl Phase {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Request, Self::Response, Self::Token];

    /// The word that puts an expression into the phase. `required` contains one, too.
    pub fn word(self) -> &'static str {
        match self {
            Self::Request => "req",
            Self::Response => "resp",
            Self::Token => "JWT",
        }
    }

    /// The phases that an expression belongs to.
    pub fn of(source: &str) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |phase| source.contains(phase.word()))
    }

    /// Whether a variable is there in that phase.
    pub fn has(self, variable: &str) -> bool {
        match variable {
            "now" => true,
            "JWT" => self == Self::Token,
            _ => {
                let word = variable.split('_').next().unwrap_or_default();
                word == self.word() && declared(variable).is_some()
            }
        }
    }
}

/// The type of a variable of any phase.
pub fn declared(variable: &str) -> Option<Type> {
    let lists = || Type::map(Type::String, Type::list(Type::String));
    Some(match variable {
        "now" | "req_method" | "req_path" => Type::String,
        "req_params" => Type::map(Type::String, Type::String),
        "req_headers" | "req_querystring" | "resp_metadata_headers" => lists(),
        "resp_completed" => Type::Bool,
        "resp_metadata_status" => Type::Int,
        "resp_data" | "JWT" => Type::map(Type::String, Type::Dyn),
        _ => return None,
    })
}

// === impl Checks ===

impl Checks {
    /// Compiles the expressions that are ever evaluated; the first that is wrong is the error, with its index.
    ///
    /// # Errors
    /// The first expression that can't be compiled, with its index.
    pub fn compile<'s>(
        expressions: impl IntoIterator<Item = &'s str>,
    ) -> Result<Self, (usize, CompileError)> {
        let mut checks = Self::default();
        if !Capability::Cel.is_included() {
            return Err((0, absent()));
        }
        for (index, source) in expressions.into_iter().enumerate() {
            if Phase::of(source).next().is_none() {
                continue;
            }
            let program = Program::compile(source).map_err(|error| (index, error))?;
            program.check(&declared).map_err(|error| (index, error))?;
            for phase in Phase::of(source) {
                checks.phases[phase as usize].push(checks.programs.len());
            }
            checks.programs.push(program);
        }
        Ok(checks)
    }

    /// Whether a phase has no expressions.
    pub fn is_empty(&self, phase: Phase) -> bool {
        self.phases[phase as usize].is_empty()
    }

    /// The expressions of a phase.
    pub fn programs(&self, phase: Phase) -> impl Iterator<Item = &Program> {
        self.phases[phase as usize].iter().filter_map(|index| self.programs.get(*index))
    }

    /// Evaluates the expressions of a phase up to the first that is not true.
    ///
    /// # Errors
    /// The first check that isn't true, or fails.
    pub fn run(&self, phase: Phase, variables: &dyn Variables) -> Result<(), Rejected> {
        all_hold(self.programs(phase), variables)
    }
}

/// Evaluates expressions up to the first that isn't true.
///
/// # Errors
/// The first expression that isn't true, or has no value.
pub(in crate::features) fn all_hold<'p>(
    programs: impl IntoIterator<Item = &'p Program>,
    variables: &dyn Variables,
) -> Result<(), Rejected> {
    if !Capability::Cel.is_included() {
        return Ok(()); // There are none.
    }
    for (index, program) in programs.into_iter().enumerate() {
        let cause = match program.eval(variables) {
            Ok(CelValue::Bool(true)) => continue,
            Ok(CelValue::Bool(false)) => Cause::False,
            Ok(other) => Cause::NotBool(other.type_name()),
            Err(error) => Cause::Error(error),
        };
        return Err(Rejected { index, cause });
    }
    Ok(())
}

/// Why nothing is compiled in a module without CEL: no plan gets here that needs it.
pub(in crate::features) fn absent() -> CompileError {
    CompileError { offset: 0, message: "this build of the worker has no CEL".to_owned() }
}

// === impl Rejected ===

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "request aborted by evaluator #{}", self.index)
    }
}

impl std::error::Error for Rejected {}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::False => f.write_str("false"),
            Self::NotBool(kind) => write!(f, "a value of type {kind}, not a bool"),
            Self::Error(error) => error.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nothing;

    impl Variables for Nothing {
        fn get<'v>(&'v self, _: &str) -> Option<CelValue<'v>> {
            None
        }
    }

    #[test]
    fn the_text_decides_when_an_expression_runs() {
        let sources =
            ["req_method == 'GET'", "resp_data.required == 'x'", "JWT.sub != ''", "'2020' < now", "true ||"];
        let checks = Checks::compile(sources).unwrap();
        let count = |phase| checks.programs(phase).count();
        assert_eq!(Phase::ALL.map(count), [2, 1, 1]);
    }

    #[test]
    fn the_first_that_is_not_true_rejects() {
        let rejected = |sources: &[&str]| {
            let checks = Checks::compile(sources.iter().copied()).unwrap();
            checks.run(Phase::Request, &Nothing).unwrap_err()
        };
        let first = rejected(&["'req' == 'req'", "'req' == ''", "req_method"]);
        assert_eq!(first, Rejected { index: 1, cause: Cause::False });
        assert_eq!(first.to_string(), "request aborted by evaluator #1");
        assert_eq!(rejected(&["resp_completed", "'req'"]).cause, Cause::NotBool("string"));
        assert!(matches!(rejected(&["req_method == ''"]).cause, Cause::Error(_)));
    }

    #[test]
    fn what_is_wrong_is_not_dropped() {
        for source in
            ["req_method =", "req_method == 1", "request.method == 'GET'", "req_params.Id.matches('[')"]
        {
            assert_eq!(Checks::compile(["req_path != ''", source]).unwrap_err().0, 1, "{source}");
        }
    }

    #[test]
    fn variables_belong_to_phases() {
        let names = ["now", "req_params", "resp_data", "JWT", "req_nope", "resp"];
        let of = |phase: Phase| names.map(|name| phase.has(name));
        assert_eq!(of(Phase::Request), [true, true, false, false, false, false]);
        assert_eq!(of(Phase::Response), [true, false, true, false, false, false]);
        assert_eq!(of(Phase::Token), [true, false, false, true, false, false]);
    }
}
