//! Functions that those who evaluate bring along.

use super::super::{CelValue, EvalError, Program, Signature, Type, Variables};

/// `first(a, b)` is `b` where `a` has no value.
struct First;

impl Variables for First {
    fn get<'v>(&'v self, name: &str) -> Option<CelValue<'v>> {
        (name == "map").then(|| CelValue::map_of_texts([("a", "x")]))
    }

    fn call<'v>(
        &'v self,
        name: &str,
        arguments: &[Result<CelValue<'v>, EvalError>],
    ) -> Option<Result<CelValue<'v>, EvalError>> {
        match (name, arguments) {
            ("first", [first, second]) => Some(first.clone().or_else(|_| second.clone())),
            ("first", _) => Some(Err(EvalError::no_overload("first"))),
            _ => None,
        }
    }
}

fn signature(name: &str, types: &[Type]) -> Signature {
    match (name, types) {
        ("first", [_, second]) => Signature::Returns(second.clone()),
        ("first", _) => Signature::Mismatch,
        _ => Signature::Unknown,
    }
}

fn declared(name: &str) -> Option<Type> {
    (name == "map").then(|| Type::map(Type::String, Type::String))
}

#[test]
fn a_function_sees_which_arguments_have_no_value() {
    for (source, want) in [
        ("first(map.a, 'y') == 'x'", Ok(true)),
        ("first(map.b, 'y') == 'y'", Ok(true)),
        ("map.b.first('y') == 'y'", Ok(true)),
        ("['b'].exists(key, first(map[key], key) == 'b')", Ok(true)),
        ("first(map.b, map.c) == 'y'", Err(EvalError::no_key("c"))),
        ("first(map.b)", Err(EvalError::no_overload("first"))),
        ("last(map.a)", Err(EvalError::no_overload("last"))),
    ] {
        let program = Program::compile(source).unwrap();
        let value = program.eval(&First).map(|value| matches!(value, CelValue::Bool(true)));
        assert_eq!(value, want, "{source}");
    }
}

#[test]
fn names_and_types_are_checked_before_any_request() {
    let check = |source| {
        Program::compile(source).unwrap().check_with(&declared, &signature).map_err(|error| error.message)
    };
    assert_eq!(check("first(map.a, 1)"), Ok(Type::Int));
    assert_eq!(check("first(map.a)"), Err("no matching overload for 'first' applied to (string)".to_owned()));
    assert_eq!(check("last(map.a)"), Err("undeclared reference to 'last'".to_owned()));
    assert_eq!(check("first(nope, 1)"), Err("undeclared reference to 'nope'".to_owned()));
    let program = Program::compile("first(map.a, 1)").unwrap();
    assert!(program.check(&declared).is_err());
}

#[test]
fn no_argument_makes_up_for_a_budget() {
    let walks = "[1,2,3,4,5,6,7,8,9].all(a, ".repeat(7) + "true" + &")".repeat(7);
    let program = Program::compile(&format!("first({walks}, true)")).unwrap();
    assert_eq!(program.eval(&First).err(), Some(EvalError::LimitExceeded));
}
