//! The compliance suite, how numbers pass through, and what hostile expressions and data can do.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use fjord_jmespath::{EvalError, Expression};
use fjord_json::Value;
use serde_json::Value as Json;

fn search(expression: &str, data: &[u8]) -> Result<Vec<u8>, String> {
    let expression = Expression::compile(expression).map_err(|error| error.to_string())?;
    let found = expression.search(&Value::parse(data).unwrap()).map_err(|error| error.to_string())?;
    Ok(found.to_json())
}

/// Numbers are equal by what they count.
fn same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => a.as_f64() == b.as_f64(),
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        (a, b) => a == b,
    }
}

#[test]
fn the_suite_passes() {
    let suite: Json = serde_json::from_str(include_str!("data/jmespath.json")).unwrap();
    let cases = suite.as_array().or_else(|| suite["cases"].as_array()).unwrap();
    let mut faults = Vec::new();
    for case in cases {
        let found = search(case["expression"].as_str().unwrap(), case["given"].to_string().as_bytes());
        let is_right = match &found {
            Ok(json) => {
                case.get("error").is_none()
                    && same(&serde_json::from_slice::<Json>(json).unwrap(), &case["result"])
            }
            Err(_) => case.get("error").is_some(),
        };
        if !is_right {
            faults.push(format!(
                "{case}\n  {:?}",
                found.map(|json| String::from_utf8_lossy(&json).into_owned())
            ));
        }
    }
    assert!(
        cases.len() == 861 && faults.is_empty(),
        "{} of {}:\n{}",
        faults.len(),
        cases.len(),
        faults.join("\n")
    );
}

#[test]
fn numbers_keep_their_text() {
    let data = br#"{"a":12.50,"b":12345678901234567890123,"c":[1e2,-0.10],"d":2}"#;
    for (expression, want) in [
        ("[a, b]", "[12.50,12345678901234567890123]"),
        ("c[]", "[1e2,-0.10]"),
        ("max([a, d])", "12.50"),
        ("sort(c)", "[-0.10,1e2]"),
        ("abs(c[1])", "0.10"),
        ("to_string(@.a)", r#""12.50""#),
        ("to_number('1.50')", "1.50"),
        ("sum([a, d])", "14.5"),
        ("a == `12.5`", "true"),
        ("{x: a, y: `1.00`}", r#"{"x":12.50,"y":1.00}"#),
        ("length(c)", "2"),
    ] {
        assert_eq!(
            search(expression, data).map(|json| String::from_utf8(json).unwrap()).as_deref(),
            Ok(want),
            "{expression}"
        );
    }
}

#[test]
fn work_and_memory_are_bounded() {
    for text in ["(".repeat(100_000), "a.".repeat(100_000) + "a", "!".repeat(100_000), "[".repeat(100_000)] {
        assert!(Expression::compile(&text).is_err());
    }
    let deep = format!("{}a{}", "(".repeat(240), ")".repeat(240));
    assert_eq!(search(&deep, br#"{"a":1}"#).unwrap(), b"1");
    let data = Value::parse(format!("[{}0]", "0,".repeat(2000)).as_bytes()).unwrap();
    let run = |text: &str| Expression::compile(text).unwrap().search(&data);
    assert_eq!(run("map(&contains(`[]`, @), @) && length(@)").unwrap(), Value::number(2001));
    let doubled = format!("@{}", " | [@, @]".repeat(30));
    assert!(matches!(run(&doubled), Err(EvalError::Memory(_) | EvalError::Steps)));
    assert!(fjord_memory::with_room(1000, || run("[@, @]")).is_err());
}

/// Words in any order: what is an expression ends, twice in the same way.
#[test]
fn any_words_end() {
    const WORDS: &[&str] = &[
        "a",
        "\"b\"",
        "@",
        "*",
        "[*]",
        "[]",
        "[?",
        "]",
        "[",
        "(",
        ")",
        "{",
        "}",
        "a:",
        ",",
        ".",
        "|",
        "||",
        "&&",
        "!",
        "==",
        "<",
        "&",
        "[0]",
        "[-1]",
        "[::-1]",
        "[1:",
        "`1`",
        "'x'",
        "length(",
        "sort_by(",
        "map(&",
        "merge(",
        "not_null(",
        "max_by(",
        "to_string(",
        "sum(",
        "keys(",
        "join(",
        "reverse(",
        "contains(",
    ];
    let data = Value::parse(br#"{"a":[1,2.50,{"a":"x","b":[null]}],"b":{"a":[]},"x":"y"}"#).unwrap();
    let mut seed = 1_u64;
    let mut next = |most: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % most
    };
    let mut found = 0;
    for _ in 0..100_000 {
        let text: String = (0..1 + next(8)).map(|_| WORDS[next(WORDS.len())]).collect();
        if let Ok(expression) = Expression::compile(&text) {
            found += 1;
            assert_eq!(expression.search(&data), expression.search(&data), "{text}");
        }
    }
    assert!(found > 1000, "{found} of them are expressions");
}
