//! The format as a JSON schema (draft-07): editors complete, explain and check with it.

use fjord_json::{Map, Value};

use crate::features::namespaces;
use crate::options::{Kind, Namespace, Opt, Rule, Scope, Support, core};

/// Durations in Go's syntax.
const DURATION: &str = "^\\+?(0|(([0-9]+\\.?[0-9]*|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)$";
/// Keys for notes, in every object.
const NOTES: &str = "^[@$_#]";

/// The schema of a whole configuration.
pub fn schema() -> Value {
    let mut root = part(Scope::Service);
    root.insert("$schema".into(), text("http://json-schema.org/draft-07/schema#"));
    root.insert("title".into(), text("Configuration of Fjord, in the format of KrakenD 2.11"));
    let mut definitions = Map::new();
    for scope in Scope::ALL {
        definitions.insert(part_name(scope), Value::Object(part(scope)));
        definitions.insert(extra_config_name(scope), extra_config(scope));
    }
    for namespace in namespaces() {
        let mut schema = match namespace.value {
            Kind::Same(inner) => of(inner),
            other => of(&other),
        };
        if !matches!(namespace.value, Kind::Any) {
            describe(&mut schema, namespace.doc, namespace.support);
        }
        definitions.insert(name_of(namespace), Value::Object(schema));
    }
    root.insert("definitions".into(), Value::Object(definitions));
    Value::Object(root)
}

fn part(scope: Scope) -> Map {
    object(core::options(scope))
}

/// The namespaces that a scope has, under their names and those of old.
fn extra_config(scope: Scope) -> Value {
    let mut properties = Map::new();
    for namespace in namespaces().iter().filter(|namespace| namespace.scopes.contain(scope)) {
        let target = reference(&name_of(namespace));
        for alias in namespace.aliases {
            let mut old = Map::new();
            old.insert("allOf".into(), Value::Array(vec![Value::Object(target.clone())]));
            old.insert("deprecated".into(), Value::Bool(true));
            old.insert("description".into(), text(&format!("The old name of {}.", namespace.name)));
            properties.insert((*alias).into(), Value::Object(old));
        }
        properties.insert(namespace.name.into(), Value::Object(target));
    }
    Value::Object(closed(properties, Map::new()))
}

fn object(options: &[Opt]) -> Map {
    let mut properties = Map::new();
    let mut patterns = Map::new();
    let mut required = Vec::new();
    for option in options {
        let mut schema = of(&option.kind);
        if !option.required && matches!(option.kind, Kind::With(..)) {
            or_null(&mut schema);
        }
        if !schema.contains_key("$ref") {
            describe(&mut schema, option.doc, option.support);
            if let Some(default) = option.default.and_then(|json| Value::parse(json.as_bytes()).ok()) {
                schema.insert("default".into(), default);
            }
            if option.deprecated.is_some() {
                schema.insert("deprecated".into(), Value::Bool(true));
            }
        }
        // A name that is a pattern stands for any key that fits it.
        if option.name.contains(['[', '*']) {
            patterns.insert(format!("^{}$", option.name), Value::Object(schema));
            continue;
        }
        properties.insert(option.name.into(), Value::Object(schema));
        if option.required {
            required.push(text(option.name));
        }
    }
    let mut schema = closed(properties, patterns);
    if !required.is_empty() {
        schema.insert("required".into(), Value::Array(required));
    }
    schema
}

/// An object with these members, notes, and no others.
fn closed(properties: Map, mut patterns: Map) -> Map {
    patterns.insert(NOTES.into(), Value::Bool(true));
    let mut schema = typed("object");
    schema.insert("properties".into(), Value::Object(properties));
    schema.insert("patternProperties".into(), Value::Object(patterns));
    schema.insert("additionalProperties".into(), Value::Bool(false));
    schema
}

fn of(kind: &Kind) -> Map {
    match kind {
        Kind::Any => Map::new(),
        Kind::Bool => typed("boolean"),
        Kind::Int { min, max } => {
            let mut schema = typed("integer");
            bound(&mut schema, "minimum", *min != i64::MIN, min);
            bound(&mut schema, "maximum", *max != i64::MAX, max);
            schema
        }
        Kind::Number { min, max } => {
            let mut schema = typed("number");
            bound(&mut schema, "minimum", *min > f64::MIN, min);
            bound(&mut schema, "maximum", *max < f64::MAX, max);
            schema
        }
        Kind::IntEnum(numbers) => {
            one("enum", Value::Array(numbers.iter().map(|n| Value::Number(n.to_string().into())).collect()))
        }
        Kind::Enum(texts) => one("enum", texts_of(texts)),
        Kind::Str
        | Kind::File
        | Kind::Folder
        | Kind::Pem(_)
        | Kind::Secret(_)
        | Kind::Binding
        | Kind::Reader => typed("string"),
        Kind::Duration => pattern(DURATION),
        Kind::Format(format) => pattern(format.pattern),
        Kind::List(item) => {
            let mut schema = typed("array");
            schema.insert("items".into(), Value::Object(of(item)));
            schema
        }
        Kind::Object(options) => object(options),
        Kind::Map(item) => {
            let mut schema = typed("object");
            let mut notes = Map::new();
            notes.insert(NOTES.into(), Value::Bool(true));
            schema.insert("patternProperties".into(), Value::Object(notes));
            schema.insert("additionalProperties".into(), Value::Object(of(item)));
            schema
        }
        Kind::OneOf(kinds) => {
            one("anyOf", Value::Array(kinds.iter().map(|kind| Value::Object(of(kind))).collect()))
        }
        Kind::With(inner, rules) => {
            let mut schema = of(inner);
            rules.iter().for_each(|rule| add_rule(&mut schema, rule));
            schema
        }
        Kind::Same(inner) => {
            let is_it =
                |n: &&&Namespace| matches!(n.value, Kind::Same(shared) if std::ptr::eq(shared, *inner));
            // A table that no namespace shares is written out.
            namespaces().iter().find(is_it).map_or_else(|| of(inner), |n| reference(&name_of(n)))
        }
        Kind::Part(scope) => reference(&part_name(*scope)),
        Kind::ExtraConfig(scope) => reference(&extra_config_name(*scope)),
    }
}

fn add_rule(schema: &mut Map, rule: &Rule) {
    let is_list = schema.get("type").and_then(Value::as_str) == Some("array");
    let (least, most) = if is_list { ("minItems", "maxItems") } else { ("minProperties", "maxProperties") };
    let sets = |sets: &[&[&str]]| {
        Value::Array(sets.iter().map(|set| Value::Object(one("required", texts_of(set)))).collect())
    };
    match rule {
        Rule::AtLeast(count) => bound(schema, least, true, count),
        Rule::AtMost(count) => bound(schema, most, true, count),
        Rule::Unique => {
            schema.insert("uniqueItems".into(), Value::Bool(true));
        }
        Rule::Only(texts) => {
            schema.insert("items".into(), Value::Object(one("enum", texts_of(texts))));
        }
        Rule::OneOf(list) => {
            schema.insert("oneOf".into(), sets(list));
        }
        Rule::AnyOf(list) => {
            schema.insert("anyOf".into(), sets(list));
        }
        Rule::Open | Rule::Free => {
            schema.remove("additionalProperties");
        }
        // A schema knows nothing of the worker.
        Rule::Secrets(_) => {}
    }
}

/// Lets null stand for a value that isn't there.
fn or_null(schema: &mut Map) {
    if let Some(is) = schema.remove("type") {
        schema.insert("type".into(), Value::Array(vec![is, text("null")]));
    }
}

/// What an editor shows.
fn describe(schema: &mut Map, doc: &str, support: Support) {
    let words = match support {
        Support::Implemented => doc.to_owned(),
        Support::NoEffect(reason) => format!("{doc} Without effect: {reason}."),
        Support::Refused(reason) => format!("{doc} Refused: {reason}."),
    };
    schema.insert("description".into(), Value::String(words));
    if support != Support::Implemented {
        schema.insert("deprecated".into(), Value::Bool(true));
    }
}

/// A definition's name. Some namespaces have two shapes.
fn name_of(namespace: &Namespace) -> String {
    let name = namespace.name.replace('/', "-");
    match namespaces().iter().filter(|other| other.name == namespace.name).count() {
        1 => name,
        _ => format!("{name}@{}", namespace.scopes.iter().next().map_or("", Scope::name)),
    }
}

/// There is a namespace `workflow`, too.
fn part_name(scope: Scope) -> String {
    format!("part@{}", scope.name())
}

fn extra_config_name(scope: Scope) -> String {
    format!("extra_config@{}", scope.name())
}

fn reference(name: &str) -> Map {
    one("$ref", Value::String(format!("#/definitions/{name}")))
}

fn pattern(pattern: &str) -> Map {
    let mut schema = typed("string");
    schema.insert("pattern".into(), text(pattern));
    schema
}

fn typed(name: &str) -> Map {
    one("type", text(name))
}

fn one(key: &str, value: Value) -> Map {
    Map::from([(key.to_owned(), value)])
}

fn bound(schema: &mut Map, key: &str, given: bool, number: &impl ToString) {
    if given {
        schema.insert(key.into(), Value::Number(number.to_string().into()));
    }
}

fn text(text: &str) -> Value {
    Value::String(text.into())
}

fn texts_of(texts: &[&str]) -> Value {
    Value::Array(texts.iter().map(|t| text(t)).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::Value as Json;

    use super::*;
    use fjord_document::Document;
    use fjord_schema::Schema;

    fn compiled() -> Schema {
        let text = String::from_utf8(schema().to_json()).unwrap();
        Schema::compile(&Document::parse(&text).unwrap().root).unwrap()
    }

    /// Wrong configurations that a schema can't tell from right ones: what is wrong is the meaning.
    #[test]
    fn agrees_with_the_cases_of_the_checker() {
        let schema = compiled();
        let (mut right, mut wrong, mut faults) = (0, 0, Vec::new());
        for line in include_str!("../../tests/data/check_cases.jsonl").lines() {
            let case: Json = serde_json::from_str(line).unwrap();
            let Some(text) = case["text"].as_str() else { continue };
            let Ok(value) = Value::parse(text.as_bytes()) else { continue };
            match (case["expect"].as_str(), schema.validate(&value)) {
                (Some("ok"), Ok(())) => right += 1,
                (Some("ok"), Err(violations)) => faults.push(format!("{}: {violations:?}", case["id"])),
                (_, Err(_)) => wrong += 1,
                _ => {}
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        assert!(right >= 80 && wrong >= 80, "{right} right, {wrong} wrong");
    }

    #[test]
    fn refuses_what_is_no_configuration() {
        let schema = compiled();
        let endpoint = |text: &str| {
            format!(
                "{{\"version\": 3, \"endpoints\": [{{\"endpoint\": \"/a\", \"backend\": [{{\"url_pattern\": \"/\", {text}}}]}}]}}"
            )
        };
        let backend = |namespace: &str| endpoint(&format!("\"extra_config\": {{{namespace}}}"));
        let cases = [
            ("{\"version\": 3, \"$schema\": \"x\", \"@note\": {}}".to_owned(), true),
            ("{\"version\": 3, \"@fjord\": {\"hosts\": {\"*.internal\": \"NET\"}}}".to_owned(), true),
            ("{\"version\": 3, \"@fjord\": {\"host\": {}}}".to_owned(), false),
            ("{\"version\": 3, \"@fjord\": {\"hosts\": {\"a\": \"service://A\"}}}".to_owned(), false),
            ("{\"version\": 2}".to_owned(), false),
            ("{}".to_owned(), false),
            ("{\"version\": 3, \"prot\": 80}".to_owned(), false),
            ("{\"version\": 3, \"timeout\": \"1h30m\"}".to_owned(), true),
            ("{\"version\": 3, \"timeout\": \"2 seconds\"}".to_owned(), false),
            ("{\"version\": 3, \"timeout\": 2}".to_owned(), false),
            ("{\"version\": 3, \"tls\": null}".to_owned(), true),
            (endpoint("\"encoding\": \"xml\""), true),
            (endpoint("\"encoding\": \"jsn\""), false),
            (endpoint("\"allow\": [\"a\", \"a\"]"), false),
            (backend("\"qos/http-cache\": {\"max_items\": 1}"), true),
            (backend("\"qos/http-cache\": {\"max_items\": 0}"), false),
            (backend("\"github.com/devopsfaith/krakend-httpcache\": {\"max_items\": 1}"), true),
            (backend("\"qos/ratelimit/router\": {\"max_rate\": 1}"), false),
            (
                backend(
                    "\"modifier/martian\": {\"fifo.Group\": {\"scope\": [\"request\"], \"modifiers\": [{\"header.Modifier\": {\"scope\": [\"request\"], \"name\": \"a\", \"value\": \"b\"}}]}}",
                ),
                true,
            ),
            (
                backend(
                    "\"modifier/martian\": {\"fifo.Group\": {\"scope\": [\"request\"], \"modifiers\": [{\"header.Modifier\": {\"scope\": [\"reqest\"], \"name\": \"a\"}}]}}",
                ),
                false,
            ),
        ];
        for (text, is_right) in cases {
            let result = schema.validate(&Value::parse(text.as_bytes()).unwrap());
            assert_eq!(result.is_ok(), is_right, "{text}: {result:?}");
        }
    }
}
