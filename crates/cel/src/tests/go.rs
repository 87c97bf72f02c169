//! What cel-go 0.20.0 says of expressions over KrakenD's variables: recorded by running it.

use super::*;
use crate::Numbers;
use crate::Type;

/// The expressions that are answered differently on purpose, and why.
const DIFFERENT: [(&str, &str); 18] = [
    ("double('0x1p4')", "hexadecimal floating-point numbers are Go's own"),
    ("double('1_000.5')", "underscores are Go's own"),
    ("timestamp(now).getHours('Nope/Nope')", REFUSED_EARLIER),
    ("timestamp(now).getHours('Local')", "the edge has no local time"),
    ("timestamp(now).getHours('+01')", REFUSED_EARLIER),
    ("timestamp(now).getHours('ab:cd')", REFUSED_EARLIER),
    ("timestamp(now).getHours('europe/madrid')", REFUSED_EARLIER),
    ("'\\ud800'", "half a character is a mistake, cel-go replaces it"),
    ("!-1", "refused as syntax, by cel-go as a type: refused"),
    ("req_method.matches('[')", REFUSED_EARLIER),
    ("[1,2,3].existsOne(x, x > 1)", NEWER),
    ("[1,2].all(i, v, v > i)", NEWER),
    ("{1:1, 1:2}", MAP_KEYS),
    ("{'a':1, 'a':2}", MAP_KEYS),
    ("{1:1, 1u:2}", MAP_KEYS),
    ("{1.5: 1}", MAP_KEYS),
    ("{null: 1}", MAP_KEYS),
    ("{[]: 1}", MAP_KEYS),
];

const REFUSED_EARLIER: &str = "what would fail on every request is an error of the configuration";
const NEWER: &str = "macros of newer versions of the language";
const MAP_KEYS: &str = "google/cel-spec wants an error, cel-go takes any key and the last of equal ones";

const DATA: &str = r#"{"a":1,"b":[1,2,3],"s":"text","n":null,"t":true,"f":1.5,"big":12345678901234567890,"neg":-7,"o":{"k":"v","x":{"y":"z"}},"l":["a","b","c"],"m":[{"id":"1"},{"id":"2"}],"e":{},"el":[],"date":"2025-01-31T10:20:30.5+02:00","num":"17","roles":["admin","user"]}"#;

fn document(json: &Json) -> fjord_json::Value {
    match json {
        Json::Null => fjord_json::Value::Null,
        Json::Bool(value) => fjord_json::Value::Bool(*value),
        Json::Number(number) => fjord_json::Value::Number(number.to_string().into()),
        Json::String(text) => fjord_json::Value::String(text.clone()),
        Json::Array(items) => fjord_json::Value::Array(items.iter().map(document).collect()),
        Json::Object(map) => {
            fjord_json::Value::Object(map.iter().map(|(k, v)| (k.clone(), document(v))).collect())
        }
    }
}

/// The types under which KrakenD declares the variables.
fn declared(variable: &str) -> Option<Type> {
    Some(match variable {
        "now" | "req_method" | "req_path" => Type::String,
        "req_params" => Type::map(Type::String, Type::String),
        "req_headers" | "req_querystring" | "resp_metadata_headers" => {
            Type::map(Type::String, Type::list(Type::String))
        }
        "resp_completed" => Type::Bool,
        "resp_metadata_status" => Type::Int,
        "resp_data" | "JWT" => Type::map(Type::String, Type::Dyn),
        _ => return None,
    })
}

/// The variables of all phases at once.
fn variables() -> Bindings {
    let json = document(&serde_json::from_str(DATA).unwrap());
    let json: &'static fjord_json::Value = Box::leak(Box::new(json));
    let headers = [("X-A", "12"), ("X-A", "b"), ("Content-Type", "application/json"), ("X-Empty", "")];
    let pairs = [
        ("now", CelValue::text("2026-03-14T15:09:26Z")),
        ("req_method", CelValue::text("POST")),
        ("req_path", CelValue::text("/g/7")),
        ("req_params", CelValue::map_of_texts([("Id", "42"), ("Name", "ana")])),
        ("req_headers", CelValue::map_of_lists(headers)),
        ("req_querystring", CelValue::map_of_lists([("q", "1"), ("c[]", "a"), ("c[]", "b")])),
        ("resp_completed", CelValue::Bool(true)),
        ("resp_metadata_status", CelValue::Int(200)),
        ("resp_metadata_headers", CelValue::map_of_lists([("Content-Type", "text/plain")])),
        ("resp_data", CelValue::from_json(json, Numbers::Strings)),
        ("JWT", CelValue::from_json(json, Numbers::Doubles)),
    ];
    Bindings(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

#[test]
fn answers_as_cel_go_does() {
    let variables = variables();
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in include_str!("../../tests/data/cel-go.jsonl").lines() {
        let case: Json = serde_json::from_str(line).unwrap();
        let source = case["expr"].as_str().unwrap();
        let fault = run(source, &case, &variables).err();
        let known = DIFFERENT.iter().any(|(different, _)| *different == source);
        match fault {
            Some(fault) if !known => wrong.push(format!("{source}   {fault}")),
            None if known => wrong.push(format!("{source}   is answered as cel-go does")),
            _ => {}
        }
        count += 1;
    }
    assert!(count > 1_000);
    assert!(wrong.is_empty(), "{} of {count} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn run(source: &str, case: &Json, variables: &Bindings) -> Result<(), String> {
    let program = match (Program::compile(source), case.get("parse")) {
        (Err(_), Some(_)) => return Ok(()),
        (Err(error), None) => return Err(format!("is refused: {error}")),
        (Ok(_), Some(_)) => return Err("is accepted".to_owned()),
        (Ok(program), None) => program,
    };
    match (program.check(&declared), case.get("check")) {
        (Err(error), None) => return Err(format!("is not checked: {error}")),
        (Ok(kind), Some(_)) => return Err(format!("is checked as {kind:?}")),
        _ => {}
    }
    match (program.eval(variables), case.get("value")) {
        (Err(_), None) => Ok(()),
        (Ok(found), Some(wanted)) if same(&found, &value(wanted)) => Ok(()),
        (found, wanted) => Err(format!("gives {found:?}, not {wanted:?}")),
    }
}
