//! Templates of Go over hostile text and data: they end within their limits, twice in the same way, and what JSON they print of
//! a value is that value.
//!
//! The first line is the data, if it is JSON; the rest is the template.

use fjord_json::Value;
use fjord_template::{Limits, NoHost, Templates};

use crate::{Target, seeds};

pub const TARGET: Target = Target {
    name: "gotemplate",
    run,
    seeds: || {
        let cases = seeds::lines("crates/template/tests/data/go.jsonl");
        let data = r#"{"a":[1,2,{"b":null}],"s":"héllo","n":-1.50,"t":true,"m":{"x":{"y":"z"}}}"#;
        let mut all = seeds::texts(&cases, "template");
        for template in &mut all {
            let mut input = data.as_bytes().to_vec();
            input.push(b'\n');
            input.append(template);
            *template = input;
        }
        all
    },
    words: &[
        "{{",
        "}}",
        "{{- ",
        " -}}",
        "{{range ",
        "{{end}}",
        "{{else}}",
        "{{if ",
        "{{with ",
        "{{define \"a\"}}",
        "{{template \"a\" .}}",
        "{{block \"b\" .}}",
        "{{break}}",
        "$x := ",
        "$x",
        " | ",
        "(",
        ")",
        ".a",
        ".m.x.y",
        "list ",
        "dict ",
        "set . \"a\" .",
        "append ",
        "merge . .",
        "printf \"%v %5.2f\" ",
        "toJson ",
        "fromJson ",
        "regexReplaceAll ",
        "repeat 9999 ",
        "until 9999",
        "index ",
        "slice ",
        "substr ",
        "indent 999 ",
        "nil",
    ],
};

/// Smaller than those of a request, so that each input is quick.
const LIMITS: Limits = Limits { steps: 100_000, bytes: 1 << 20, output: 1 << 20 };

fn run(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let (first, template) = text.split_once('\n').unwrap_or(("null", &text));
    let data = Value::parse(first.as_bytes()).unwrap_or(Value::Null);
    let mut templates = Templates::default();
    if let Err(error) = templates.add("t", template, &[]) {
        assert!(error.offset <= template.len() && error.line >= 1, "{error}");
        return;
    }
    let render = || templates.render("t", &data, LIMITS, &mut NoHost);
    let done = render();
    assert_eq!(done, render());
    match done {
        Ok(out) => assert!(out.len() <= LIMITS.output),
        Err(error) => assert!(error.offset <= template.len(), "{error}"),
    }
    // Numbers that are no floats have their text.
    let mut printer = Templates::default();
    printer.add("t", "{{ toJson . }}", &[]).expect("it is a template");
    if let Ok(out) = printer.render("t", &data, Limits::TOOL, &mut NoHost) {
        assert_eq!(out.as_bytes(), data.to_json());
    }
}
