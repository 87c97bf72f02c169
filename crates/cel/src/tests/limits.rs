//! Hostile expressions and hostile data: an error in bounded time and stack, never a panic.

use proptest::prelude::*;

use super::*;
use crate::Numbers;

/// Runs `work` on half of the stack that a worker has: half a megabyte there, eight times that for the frames of unoptimized code.
fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(4 << 20).spawn(work).unwrap().join().unwrap();
}

fn eval_error(source: &str) -> EvalError {
    Program::compile(source).unwrap().eval(&no_variables()).map(|value| value.type_name()).unwrap_err()
}

#[test]
fn deep_nesting_is_refused_or_evaluated_on_a_small_stack() {
    for (open, middle, close) in [
        ("(", "1", ")"),
        ("[", "1", "]"),
        ("{1:", "1", "}"),
        ("[1].map(x, ", "1", ")"),
        ("size(", "''", ")"),
        ("-(", "1", ")"),
        ("!", "true", ""),
        ("-", "1", ""),
        ("true ? ", "1", " : 2"),
        ("true ? 1 : ", "2", ""),
        ("a.b(", "1", ")"),
        ("1 + (2 * (3 - ", "1", "))"),
        ("true && (true || (1 < 2 && ", "true", "))"),
        ("x[", "0", "]"),
        ("1 + ", "1", ""),
        ("true && ", "true", ""),
        ("", "x", ".y"),
        ("", "x", "[0]"),
        ("", "x", ".f()"),
        ("has(", "x.y", ")"),
        ("'a' + ", "'b'", ""),
    ] {
        on_a_small_stack(move || {
            for times in [1, 30, 60, 90, 99, 100, 120, 200, 249, 250, 1_000, 5_000] {
                let source = format!("{}{middle}{}", open.repeat(times), close.repeat(times));
                if let Ok(program) = Program::compile(&source) {
                    // Everything that compiles is small enough to be checked, listed, evaluated and dropped.
                    let _ = program.check(&|_| None);
                    let _ = program.variables();
                    let _ = program.eval(&no_variables()).is_ok();
                } else {
                    assert!(times >= 30, "{source}");
                }
            }
        });
    }
    let source = "(".repeat(99_000);
    assert!(Program::compile(&source).unwrap_err().message.contains("too deep"));
    let source = " ".repeat(100_001);
    assert!(Program::compile(&source).unwrap_err().message.contains("longer"));
}

#[test]
fn long_chains_of_tests_are_one_node() {
    let source = vec!["'x' == 'y'"; 5_000].join(" || ");
    let program = Program::compile(&source).unwrap();
    assert!(same(&program.eval(&no_variables()).unwrap(), &CelValue::Bool(false)));
}

#[test]
fn work_that_grows_exponentially_stops() {
    let ten = "[0,1,2,3,4,5,6,7,8,9]";
    let mut source = "true".to_owned();
    for depth in 0..8 {
        source = format!("{ten}.all(x{depth}, {source})");
    }
    assert_eq!(eval_error(&source), EvalError::LimitExceeded);
    // An operand that would decide does not make up for it.
    assert_eq!(eval_error(&format!("{source} || true")), EvalError::LimitExceeded);
    assert_eq!(eval_error(&format!("[1].exists(x, {source}) || true")), EvalError::LimitExceeded);
}

#[test]
fn values_that_grow_exponentially_stop() {
    let mut text = "'0123456789abcdef'".to_owned();
    let mut list = "[1, 2, 3, 4]".to_owned();
    for depth in 0..30 {
        text = format!("[{text}].map(x{depth}, x{depth} + x{depth})[0]");
        list = format!("[{list}].map(x{depth}, x{depth} + x{depth})[0]");
    }
    assert_eq!(eval_error(&format!("size({text})")), EvalError::LimitExceeded);
    assert_eq!(eval_error(&format!("size({list})")), EvalError::LimitExceeded);
}

#[test]
fn deep_and_large_documents_stop() {
    let mut deep = fjord_json::Value::Null;
    for _ in 0..5_000 {
        deep = fjord_json::Value::Array(vec![deep]);
    }
    let wide = fjord_json::Value::Array(vec![fjord_json::Value::String("x".repeat(1_000)); 50_000]);
    let hostile = fjord_json::Value::String("abcx".repeat(100_000));
    let mut variables = no_variables();
    variables
        .0
        .insert("hostile".to_owned(), CelValue::from_json(Box::leak(Box::new(hostile)), Numbers::Strings));
    // Leaked: the bindings of a test own their values. The deep one must not be dropped by recursion either.
    variables.0.insert("deep".to_owned(), CelValue::from_json(Box::leak(Box::new(deep)), Numbers::Strings));
    variables.0.insert("wide".to_owned(), CelValue::from_json(Box::leak(Box::new(wide)), Numbers::Strings));
    let outcome = |source: &str| {
        let program = Program::compile(source).unwrap();
        program.eval(&variables).map(|value| value.type_name())
    };
    assert_eq!(outcome("deep == deep"), Err(EvalError::LimitExceeded));
    assert_eq!(outcome("wide == wide"), Err(EvalError::LimitExceeded));
    assert_eq!(outcome("wide.map(x, x + x)"), Err(EvalError::LimitExceeded));
    assert_eq!(outcome("wide.all(x, x.contains('xy') == false)"), Err(EvalError::LimitExceeded));
    assert_eq!(outcome("wide.exists(x, x.matches('(x+x+)+y'))"), Err(EvalError::LimitExceeded));
    assert_eq!(outcome("hostile.matches('(.{0,255}x){3}y')"), Err(EvalError::LimitExceeded));
    assert_eq!(outcome("hostile.matches('y') || hostile.matches('x$')"), Ok("bool"));
    assert_eq!(outcome("wide.all(x, x.matches(x))"), Err(EvalError::LimitExceeded));
    assert_eq!(outcome("size(wide) == 50000"), Ok("bool"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_text_is_an_expression_or_an_error(source in "\\PC{0,60}") {
        if let Ok(program) = Program::compile(&source) {
            let _ = program.check(&|_| None);
            let _ = program.eval(&no_variables()).is_ok();
        }
    }

    #[test]
    fn any_tokens_are_an_expression_or_an_error(tokens in prop::collection::vec(prop::sample::select(vec![
        "1", "-", "9223372036854775807", "0u", "1.5", "'a'", "b'\\xff'", "\"", "'''", "r'", "`x`", "null", "true", "x", "int",
        "(", ")", "[", "]", "{", "}", ":", ",", ".", "?", "&&", "||", "!", "+", "*", "/", "%", "<", "==", "in", ".all(x,",
        ".map(x,", "has(", "timestamp('2025-01-31T10:20:30Z')", "duration('1s')", ".getHours(", "size(", "string(", "\\",
    ]), 0..24)) {
        if let Ok(program) = Program::compile(&tokens.join(" ")) {
            let _ = program.check(&|_| None);
            let _ = program.variables();
            let _ = program.lookups();
            let _ = program.eval(&no_variables()).is_ok();
        }
    }
}
