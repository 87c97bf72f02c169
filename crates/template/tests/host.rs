//! What an execution gets from its host, and what it tells it.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use fjord_json::Value as Json;
use fjord_template::{Host, Limits, NoHost, Output, Span, Templates, Value, left_out, names};

/// A host with `env` and `twice`.
struct Shell;

impl Host for Shell {
    fn call<'a>(&mut self, name: &str, args: &[Value<'a>]) -> Result<Value<'a>, String> {
        match (name, args) {
            ("env", [Value::String(name)]) if &**name == "HOME" => Ok(Value::text("/root")),
            ("env", [Value::String(_)]) => Err("no such variable".to_owned()),
            ("twice", [value]) => Ok(Value::list(vec![value.clone(), value.clone()])),
            _ => Err("one argument is wanted".to_owned()),
        }
    }
}

/// Keeps each piece with its place.
#[derive(Default)]
struct Pieces(Vec<(String, Span)>);

impl Output for Pieces {
    fn write(&mut self, text: &str, span: Span) {
        self.0.push((text.to_owned(), span));
    }
}

#[test]
fn a_host_has_functions_of_its_own() {
    let data = Json::parse(br#"{"a":1.50}"#).unwrap();
    let mut templates = Templates::default();
    for (text, want) in [
        (r#"{{ env "HOME" | upper }}"#, Ok("/ROOT")),
        ("{{ twice .a | toJson }}", Ok("[1.50,1.50]")),
        (
            r#"x{{ env "NONE" }}"#,
            Err(r#"template: t:1:4: executing "t" at <env "NONE">: error calling env: no such variable"#),
        ),
        (
            "{{ env }}",
            Err(r#"template: t:1:3: executing "t" at <env>: error calling env: one argument is wanted"#),
        ),
    ] {
        templates.add("t", text, &["env", "twice"]).unwrap();
        let found =
            templates.render("t", &data, Limits::REQUEST, &mut Shell).map_err(|error| error.to_string());
        assert_eq!(found.as_deref().map_err(String::as_str), want, "{text}");
    }
    let error = templates.add("t", "{{ env `HOME` }}", &[]).unwrap_err().to_string();
    assert!(
        error.starts_with(r#"template: t:1: function "env" not defined: Sprig's is left out, because "#),
        "{error}"
    );
}

#[test]
fn what_is_written_has_its_place() {
    let main = "a{{ template \"other\" 5 }}b{{- /* c */ -}} {{ 1 }}";
    let other = "<{{ . }}>";
    let mut templates = Templates::default();
    templates.add("main", main, &[]).unwrap();
    templates.add("other", other, &[]).unwrap();
    let mut pieces = Pieces::default();
    templates.execute("main", &Json::Null, Limits::TOOL, &mut NoHost, &mut pieces).unwrap();
    let places: Vec<_> = pieces
        .0
        .iter()
        .map(|(text, span)| (text.as_str(), &[main, other][span.source][span.start..span.end]))
        .collect();
    assert_eq!(places, [("a", "a"), ("<", "<"), ("5", "{{ . }}"), (">", ">"), ("b", "b"), ("1", "{{ 1 }}")]);
}

#[test]
fn a_later_template_replaces_another_one_unless_it_is_empty() {
    let mut templates = Templates::default();
    let render = |templates: &Templates| {
        templates.render("a", &Json::Null, Limits::REQUEST, &mut NoHost).map_err(|error| error.to_string())
    };
    assert!(render(&templates).unwrap_err().ends_with("no template \"a\""));
    templates.add("a", "one", &[]).unwrap();
    templates.add("a", " {{/* nothing */}} ", &[]).unwrap();
    assert_eq!(render(&templates).unwrap(), "one");
    templates.add("b", "{{ define `a` }}two{{ end }}", &[]).unwrap();
    assert_eq!(render(&templates).unwrap(), "two");
    let error = templates.add("c", "line\n{{ define }}", &[]).unwrap_err();
    assert_eq!((error.line, error.offset, &*error.source), (2, 15, "c"));
}

#[test]
fn data_are_changed_for_the_execution_only() {
    let data = Json::parse(br#"{"a":{"n":1.0},"l":[{}]}"#).unwrap();
    let mut templates = Templates::default();
    let text = "{{ $_ := set .a `x` 2 }}{{ $_ := set (index .l 0) `y` 3 }}{{ toJson . }}";
    templates.add("t", text, &[]).unwrap();
    for _ in 0..2 {
        let out = templates.render("t", &data, Limits::REQUEST, &mut NoHost).unwrap();
        assert_eq!(out, r#"{"a":{"n":1.0,"x":2},"l":[{"y":3}]}"#);
    }
    assert_eq!(data.to_json(), br#"{"a":{"n":1.0},"l":[{}]}"#);
}

#[test]
fn functions_exist_once() {
    let mut all: Vec<_> = names().collect();
    all.sort_unstable();
    let count = all.len();
    all.dedup();
    assert_eq!(all.len(), count);
    assert!(all.iter().all(|name| left_out(name).is_none()));
    assert_eq!(left_out("uuidv4"), Some("it would give another text each time"));
    assert_eq!(left_out("nothing"), None);
}

/// Every function of Sprig is here, or left out for a reason.
#[test]
fn sprig_is_complete() {
    let here: Vec<_> = names().collect();
    for name in include_str!("data/sprig.txt").lines() {
        assert!(here.contains(&name) || left_out(name).is_some(), "{name}");
    }
}

/// Every function is called in a recorded case.
#[test]
fn every_function_is_recorded() {
    let cases = include_str!("oracle/cases.txt");
    let words: Vec<_> = cases.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let missing: Vec<_> = names().filter(|name| !words.contains(name)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}
