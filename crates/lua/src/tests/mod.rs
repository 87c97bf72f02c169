//! Tests of scripts: the language as data, KrakenD's recorded cases, and hostile sources.

mod counted;
mod errors;
mod hostile;
mod krakend;
mod recorded;

use std::collections::BTreeMap;

use super::{Execution, Limits, LuaError, Options, PlainHost, Scope, Script, Step};

/// Options for a test of the language.
fn options() -> Options {
    Options {
        scope: Scope::Proxy,
        open_libs: true,
        limits: Limits { instructions: 2_000_000, memory: 4 << 20 },
    }
}

/// Runs a `pre` script; answers what it printed and how it ended.
fn run(text: &str) -> (Vec<String>, Result<(), LuaError>) {
    let mut host = PlainHost { now: 1_700_000_000.5, random: 0.5, ..PlainHost::default() };
    let result = match Script::compile(&[], text, "", options()) {
        Ok(script) => finish(script.start().pre(&mut host)),
        Err(error) => Err(error),
    };
    (host.printed, result)
}

/// The end of a script that makes no calls.
fn finish(step: Step) -> Result<(), LuaError> {
    match step {
        Step::Done(result) => result,
        Step::HttpCall(call) => panic!("unexpected call {call:?}"),
    }
}

/// Runs the rest of an execution, answering calls by `answer`.
fn drive(
    execution: &mut Execution,
    host: &mut PlainHost,
    mut step: Step,
    mut answer: impl FnMut(super::HttpCall) -> Result<super::HttpResponse, String>,
) -> Result<(), LuaError> {
    loop {
        match step {
            Step::Done(result) => return result,
            Step::HttpCall(call) => step = execution.resume(host, answer(call)),
        }
    }
}

/// Cases are separated by empty lines: code, then what it prints behind `-->` or the error behind `!!>`.
fn cases(text: &str) -> impl Iterator<Item = (String, Vec<String>)> {
    text.split("\n\n").filter(|case| !case.trim().is_empty()).map(|case| {
        let expected = |line: &&str| line.starts_with("-->") || line.starts_with("!!>");
        let code: Vec<&str> = case.lines().filter(|l| !expected(l)).collect();
        let results = case.lines().filter(expected).map(|l| l.trim_end().to_owned()).collect();
        (code.join("\n").trim_start_matches('\n').to_owned(), results)
    })
}

#[test]
fn speaks_lua_5_1() {
    let mut failures = Vec::new();
    let mut count = 0;
    for (code, expected) in cases(include_str!("language.txt")).chain(cases(include_str!("library.txt"))) {
        let (printed, result) = run(&code);
        let lines = printed.iter().flat_map(|text| text.split('\n'));
        let mut got: Vec<String> = lines.map(|l| format!("--> {l}").trim_end().to_owned()).collect();
        if let Err(error) = result {
            got.push(format!("!!> {error}"));
        }
        if got != expected {
            failures.push(format!("{code}\n  expected {expected:#?}\n  got {got:#?}"));
        }
        count += 1;
    }
    assert!(failures.is_empty(), "{} of {count} failed:\n{}", failures.len(), failures.join("\n\n"));
    assert!(count > 130, "only {count} cases were read");
}

/// A map of texts.
fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}
