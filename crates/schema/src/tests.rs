use super::*;
use fjord_document::document::Document;

/// A text as a schema, which may be a boolean too.
fn node(text: &str) -> Node {
    let document = Document::parse(&format!("{{\"it\":{text}}}")).unwrap_or_else(|e| panic!("{text}: {e:?}"));
    document.root.get("it").unwrap().clone()
}

fn schema(text: &str) -> Schema {
    Schema::compile(&node(text)).unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn answer(schema: &Schema, body: &str) -> String {
    validate_body(schema, &body.as_bytes().into())
        .map_or_else(|rejection| rejection.to_string(), |()| "valid".to_owned())
}

mod suite {
    use super::*;
    use fjord_document::node::Kind;

    const SUITE: &str = include_str!("../tests/data/json-schema.json");

    fn text(node: &Node) -> &str {
        &SUITE[node.span.start as usize..node.span.end as usize]
    }

    #[test]
    fn all_required_tests_of_the_public_suite_pass() {
        let suite = Document::parse(SUITE).unwrap().root;
        let remotes: Vec<(&str, &Node)> =
            suite.get("remotes").unwrap().members().iter().map(|m| (&*m.key, &m.value)).collect();
        let mut tests = 0;
        let mut failures = Vec::new();
        for (name, draft) in [("draft4", Draft::Four), ("draft6", Draft::Six), ("draft7", Draft::Seven)] {
            for file in suite.get("drafts").unwrap().get(name).unwrap().members() {
                for case in file.value.items() {
                    let about =
                        format!("{name} {} {:?}", file.key, case.get("description").unwrap().as_str());
                    let schema = case.get("schema").unwrap();
                    let schema = Schema::compile_as(draft, schema, &remotes);
                    for test in case.get("tests").unwrap().items() {
                        tests += 1;
                        let valid = test.get("valid").unwrap().as_bool().unwrap();
                        let data = Value::parse(text(test.get("data").unwrap()).as_bytes()).unwrap();
                        match &schema {
                            Ok(schema) if schema.validate(&data).is_ok() == valid => {}
                            Ok(_) => failures
                                .push(format!("{about} {:?}", test.get("description").unwrap().as_str())),
                            Err(error) => failures.push(format!("{about} {error}")),
                        }
                    }
                }
            }
        }
        assert_eq!((tests, failures), (2384, Vec::new()));
    }

    #[test]
    fn a_schema_without_documents_says_what_it_misses() {
        let suite = Document::parse(SUITE).unwrap().root;
        let mut refused = 0;
        for draft in suite.get("drafts").unwrap().members() {
            for case in draft.value.get("refRemote").unwrap().items() {
                let schema = case.get("schema").unwrap();
                if matches!(schema.kind, Kind::Object(_)) {
                    let message = Schema::compile(schema).unwrap_err().message;
                    assert!(
                        message.starts_with("remote schemas can't be fetched: http://localhost:1234/"),
                        "{message}"
                    );
                    refused += 1;
                }
            }
        }
        assert_eq!(refused, 30);
    }
}

#[test]
fn bodies_are_answered_as_recorded() {
    // schema, body, answer; those with a known answer of KrakenD first.
    let minimum = r##"{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{"k":{"const":"v"},"o":{"oneOf":[{"type":"string"},{"type":"number"}]}},"minProperties":1}"##;
    let email = r#"{"type":"object","properties":{"email":{"type":"string","format":"email"},"tag":{"type":"string","pattern":"^[a-z]+$"}}}"#;
    let condition = r#"{"type":"object","if":{"properties":{"t":{"const":"x"}}},"then":{"required":["x"]},"not":{"required":["bad"]}}"#;
    let number = r#"{"type":"number","multipleOf":5,"exclusiveMinimum":0}"#;
    let reference = r##"{"definitions":{"id":{"type":"integer"}},"type":"object","properties":{"a":{"$ref":"#/definitions/id"},"sub":{"type":"object","required":["x"],"properties":{"x":{"type":"boolean"}}}}}"##;
    let names = r#"{"type":"object","dependencies":{"a":["b"]},"propertyNames":{"pattern":"^[a-z]$"},"maxProperties":2}"#;
    let address = r#"{"type":"object","properties":{"number":{"type":"number"},"street_name":{"type":"string"},"street_type":{"type":"string","enum":["Street","Avenue"]}},"required":["number","street_name","street_type"]}"#;
    let cases = [
        (minimum, r#"{"k":"v"}"#, "valid"),
        (minimum, "{}", "- (root): Must have at least 1 properties"),
        (minimum, r#"{"k":"w"}"#, r#"- k: k does not match: "v""#),
        (
            minimum,
            r#"{"o":true}"#,
            "- o: Must validate one and only one schema (oneOf)\n- o: Invalid type. Expected: string, given: boolean",
        ),
        (email, r#"{"email":"a@b.co"}"#, "valid"),
        (email, r#"{"email":"nope"}"#, "- email: Does not match format 'email'"),
        (email, r#"{"tag":"A"}"#, "- tag: Does not match pattern '^[a-z]+$'"),
        (condition, r#"{"t":"y","bad":1}"#, "- (root): Must not validate the schema (not)"),
        (condition, r#"{"t":"x","x":1}"#, "valid"),
        (
            condition,
            r#"{"t":"x"}"#,
            "- (root): Must validate \"then\" as \"if\" was valid\n- (root): x is required",
        ),
        (number, "10", "valid"),
        (number, "7", "- (root): Must be a multiple of 5"),
        (number, "-5", "- (root): Must be greater than 0"),
        (reference, r#"{"a":1}"#, "valid"),
        (
            reference,
            r#"{"a":1.5,"sub":{"x":1}}"#,
            "- a: Invalid type. Expected: integer, given: number\n- sub.x: Invalid type. Expected: boolean, given: integer",
        ),
        (reference, r#"{"sub":{}}"#, "- sub: x is required"),
        (reference, "", "could not validate an empty body"),
        (
            names,
            r#"{"B":1}"#,
            "- (root): Property name of \"B\" does not match\n- (root): Does not match pattern '^[a-z]$'",
        ),
        (names, r#"{"a":1}"#, "- (root): Has a dependency on b"),
        (
            address,
            r#"{"invalid":true}"#,
            "- (root): number is required\n- (root): street_name is required\n- (root): street_type is required",
        ),
        (
            address,
            r#"{"number":1,"street_name":"x","street_type":"Lane"}"#,
            "- street_type: street_type must be one of the following: \"Street\", \"Avenue\"",
        ),
        (r#"{"type":"number"}"#, r#"{"foo":42}"#, "- (root): Invalid type. Expected: number, given: object"),
        // The first value counts, as for KrakenD, and other texts are its parser's.
        (number, "10 }", "valid"),
        (number, "{", "unexpected EOF"),
        (number, " ", "EOF"),
        (number, "x", "invalid character 'x' looking for beginning of value"),
        // Kinds of messages that no recorded answer shows.
        ("false", "1", "- (root): False always fails validation"),
        (
            r#"{"type":["string","null"]}"#,
            "1",
            "- (root): Invalid type. Expected: [string,null], given: integer",
        ),
        (
            r#"{"anyOf":[{"type":"string"},{"minimum":2}]}"#,
            "1",
            "- (root): Must validate at least one schema (anyOf)\n- (root): Must be greater than or equal to 2",
        ),
        (
            r#"{"allOf":[{"maximum":0},{"type":"string"}]}"#,
            "1",
            "- (root): Must be less than or equal to 0\n- (root): Invalid type. Expected: string, given: integer\n- (root): Must validate all the schemas (allOf)",
        ),
        (r#"{"oneOf":[{},{}]}"#, "1", "- (root): Must validate one and only one schema (oneOf)"),
        (
            r#"{"if":{"minimum":5},"else":{"multipleOf":0.5}}"#,
            "0.3",
            "- (root): Must validate \"else\" as \"if\" was not valid\n- (root): Must be a multiple of 0.5",
        ),
        (r#"{"exclusiveMaximum":10}"#, "10", "- (root): Must be less than 10"),
        (r#"{"maximum":10,"exclusiveMaximum":true}"#, "10", "- (root): Must be less than 10"),
        (r#"{"minLength":2}"#, r#""é""#, "- (root): String length must be greater than or equal to 2"),
        (r#"{"maxLength":2}"#, r#""abc""#, "- (root): String length must be less than or equal to 2"),
        (r#"{"minItems":1}"#, "[]", "- (root): Array must have at least 1 items"),
        (r#"{"maxItems":1}"#, "[1,2]", "- (root): Array must have at most 1 items"),
        (r#"{"maxProperties":0}"#, r#"{"a":1}"#, "- (root): Must have at most 0 properties"),
        (
            r#"{"uniqueItems":true}"#,
            "[1,{\"a\":1},1.0,1e0,{\"a\":10e-1}]",
            "- (root): array items[0,2] must be unique\n- (root): array items[2,3] must be unique\n- (root): array items[1,4] must be unique",
        ),
        (
            r#"{"items":[{}],"additionalItems":false}"#,
            "[1,2]",
            "- (root): No additional items allowed on array",
        ),
        (
            r#"{"contains":{"type":"string"}}"#,
            "[1]",
            "- (root): At least one of the items must match\n- 0: Invalid type. Expected: string, given: integer",
        ),
        (
            r#"{"items":{"properties":{"a":{"items":{"type":"null"}}}}}"#,
            r#"[{"a":[null]},{"a":[null,0]}]"#,
            "- 1.a.1: Invalid type. Expected: null, given: integer",
        ),
        (
            r#"{"properties":{"a":{}},"patternProperties":{"^x":{"type":"string"}},"additionalProperties":false}"#,
            r#"{"a":1,"b":2,"c":3,"x1":4}"#,
            "- (root): Additional property b is not allowed\n- (root): Additional property c is not allowed\n- x1: Invalid type. Expected: string, given: integer",
        ),
        (
            r#"{"additionalProperties":{"type":"string"}}"#,
            r#"{"b":2}"#,
            "- b: Invalid type. Expected: string, given: integer",
        ),
        (
            r#"{"enum":[1.50,"<a>",{"b":null}]}"#,
            "2",
            "- (root): (root) must be one of the following: 1.5, \"\\u003ca\\u003e\", {\"b\":null}",
        ),
        // Numbers of any size are exact.
        (
            r#"{"maximum":9007199254740992}"#,
            "9007199254740993",
            "- (root): Must be less than or equal to 9.007199255e+15",
        ),
        (
            r#"{"enum":[9007199254740992]}"#,
            "9007199254740993",
            "- (root): (root) must be one of the following: 9007199254740992",
        ),
        (r#"{"type":"integer"}"#, "1e1000000000", "valid"),
        (r#"{"multipleOf":0.01}"#, "19.99", "valid"),
        (r#"{"const":1e400}"#, "10e399", "valid"),
    ];
    for (text, body, expected) in cases {
        assert_eq!(answer(&schema(text), body), expected, "{text} on {body}");
    }
}

#[test]
fn the_closest_schema_is_explained() {
    // The object has the most in common with the second.
    let shapes = schema(
        r#"{"anyOf":[{"type":"array"},{"required":["kind","size"],"properties":{"size":{"type":"integer"}}},{"required":["x","y","z"]}]}"#,
    );
    assert_eq!(
        answer(&shapes, r#"{"kind":"box","size":"big"}"#),
        "- (root): Must validate at least one schema (anyOf)\n- size: Invalid type. Expected: integer, given: string"
    );
}

#[test]
fn faulty_schemas_are_refused_with_their_place() {
    let cases = [
        ("1", "", "Invalid type. Expected: valid schema"),
        (r#"{"type":"strin"}"#, "/type", "has a primitive type that is NOT VALID -- given: /strin/"),
        (r#"{"type":["null","null"]}"#, "/type/1", "null type is duplicated"),
        (r#"{"type":1}"#, "/type", "Invalid type. Expected: string/array of strings, given: type"),
        (
            r#"{"properties":{"a":{"pattern":"(?=x)"}}}"#,
            "/properties/a",
            "Invalid regex pattern '(?=x)': error parsing regexp: invalid or unsupported Perl syntax: `(?=` (RE2 has no lookahead)",
        ),
        (
            r#"{"patternProperties":{"(":{}}}"#,
            "/patternProperties/(",
            "Invalid regex pattern '(': error parsing regexp: missing closing ): `(`",
        ),
        (
            r#"{"definitions":{"unused":{"minLength":-1}}}"#,
            "/definitions/unused/minLength",
            "minLength must be greater than or equal to 0",
        ),
        (r#"{"maxItems":1.5}"#, "/maxItems", "maxItems must be of an integer"),
        (r#"{"minLength":2,"maxLength":1}"#, "", "minLength cannot be greater than maxLength"),
        (r#"{"minimum":2,"maximum":1}"#, "", "minimum cannot be greater than maximum"),
        (r#"{"minimum":"2"}"#, "/minimum", "minimum must be of a number"),
        (r#"{"multipleOf":0}"#, "/multipleOf", "multipleOf must be strictly greater than 0"),
        (
            r#"{"multipleOf":1234567890123456789}"#,
            "/multipleOf",
            "multipleOf has more than 18 significant digits",
        ),
        (
            r#"{"exclusiveMinimum":true}"#,
            "/exclusiveMinimum",
            "exclusiveMinimum cannot be used without minimum",
        ),
        (
            r#"{"exclusiveMinimum":"1"}"#,
            "/exclusiveMinimum",
            "Invalid type. Expected: boolean/number, given: exclusiveMinimum",
        ),
        (r#"{"required":["a","a"]}"#, "", "required items must be unique"),
        (r#"{"required":true}"#, "/required", "required must be of an array"),
        (r#"{"required":[1]}"#, "/required/0", "required items must be string"),
        (r#"{"enum":[1,1.0]}"#, "/enum", "enum items must be unique"),
        (r#"{"enum":1}"#, "/enum", "enum must be of an array"),
        (r#"{"uniqueItems":1}"#, "/uniqueItems", "uniqueItems must be of a boolean"),
        (r#"{"properties":[]}"#, "/properties", "properties must be of type object"),
        (r#"{"anyOf":{}}"#, "/anyOf", "anyOf must be of an array"),
        (r#"{"not":3}"#, "/not", "Invalid type. Expected: valid schema"),
        (r#"{"$ref":3}"#, "/$ref", "$ref must be of type string"),
        (r##"{"$ref":"#/definitions/a"}"##, "/$ref", "the schema has no #/definitions/a"),
        (r##"{"$ref":"#a"}"##, "/$ref", "the schema has no #a"),
        (
            r#"{"$ref":"https://example.com/s.json#/a"}"#,
            "/$ref",
            "remote schemas can't be fetched: https://example.com/s.json",
        ),
        (r##"{"$ref":"#"}"##, "", "the schema refers to itself for the same value"),
        (
            r##"{"definitions":{"a":{"allOf":[{"$ref":"#/definitions/a"}]}}}"##,
            "/definitions/a",
            "the schema refers to itself for the same value",
        ),
        (r##"{"not":{"if":{"$ref":"#"}}}"##, "", "the schema refers to itself for the same value"),
    ];
    for (text, pointer, message) in cases {
        let error = Schema::compile(&node(text)).expect_err(text);
        assert_eq!((&*error.pointer, &*error.message), (pointer, message), "{text}");
    }
    let draft = r#"{"$schema":"http://json-schema.org/draft-04/schema#","not":true}"#;
    assert_eq!(Schema::compile(&node(draft)).unwrap_err().pointer, "/not");
    assert_eq!(
        Schema::compile(&node(r#"{"minLength":"x"}"#)).unwrap_err().to_string(),
        "/minLength: minLength must be of an integer"
    );
}

#[test]
fn drafts_know_their_own_keywords() {
    for (uri, rules) in
        [("04", [true, true, true]), ("06", [false, false, true]), ("07", [false, false, false])]
    {
        let keywords = [r#""const":1"#, r#""contains":{"const":1}"#, r#""if":{},"then":false"#];
        for (keyword, valid) in keywords.iter().zip(rules) {
            let text = format!(r#"{{"$schema":"http://json-schema.org/draft-{uri}/schema#",{keyword}}}"#);
            // Draft 6 knows no `if`; its `false` is not even looked at.
            assert_eq!(schema(&text).validate(&Value::Array(vec![])).is_ok(), valid, "{text}");
        }
    }
}

#[test]
fn hostile_bodies_end_in_an_answer() {
    let nested = |open: &str, close: &str, depth: usize| {
        Value::parse(format!("{}1{}", open.repeat(depth), close.repeat(depth)).as_bytes()).unwrap()
    };
    // Every level is tried twice, each of these twice …
    let doubling = schema(
        r##"{"anyOf":[{"properties":{"a":{"$ref":"#"}},"required":["b"]},{"properties":{"a":{"$ref":"#"}},"required":["c"]}]}"##,
    );
    let started = std::time::Instant::now();
    let violations = doubling.validate(&nested("{\"a\":", "}", 500)).unwrap_err();
    assert_eq!(violations[0].to_string(), "(root): Too complex to be validated");
    assert!(started.elapsed().as_secs() < 5);
    // … and as deep as a body can be, on the stack of a worker: a megabyte there, eight for the frames of unoptimized code.
    let deep = std::thread::Builder::new().stack_size(8 << 20).spawn(move || {
        let tree = schema(r##"{"anyOf":[{"type":"integer"},{"items":{"$ref":"#"},"type":"array"}]}"##);
        assert_eq!(tree.validate(&nested("[", "]", 500)), Ok(()));
        let tree = schema(r##"{"allOf":[{"allOf":[{"allOf":[{"items":{"$ref":"#"}}]}]}]}"##);
        let too_deep = tree.validate(&nested("[", "]", 500)).unwrap_err();
        assert_eq!(too_deep[0].description, "Too complex to be validated");
    });
    deep.unwrap().join().unwrap();
    // Texts that blow up the automaton of a pattern: each byte visits each of its states.
    let blowing_up =
        schema(r#"{"items":{"pattern":"(.{0,255}x){3}y"},"patternProperties":{"(.{0,255}x){3}z":{}}}"#);
    let text = "abcx".repeat(10_000);
    for body in [format!(r#"["{text}","{text}"]"#), format!(r#"{{"{text}":1}}"#)] {
        let violations = blowing_up.validate(&Value::parse(body.as_bytes()).unwrap()).unwrap_err();
        assert_eq!(violations[0].description, "Too complex to be validated", "{body:.20}");
    }
    assert_eq!(answer(&blowing_up, r#"["abcxabcxxy"]"#), "valid");
    // A thousand violations are enough, and a long name is not repeated without end.
    let numbers = schema(r#"{"additionalProperties":{"items":{"type":"string"}}}"#);
    let many = format!(r#"{{"a":[{}]}}"#, vec!["1"; 20_000].join(","));
    assert_eq!(numbers.validate(&Value::parse(many.as_bytes()).unwrap()).unwrap_err().len(), 1000);
    let long = format!(r#"{{"{}":[{}]}}"#, "k".repeat(100_000), vec!["1"; 20_000].join(","));
    assert!(answer(&numbers, &long).len() < 500_000);
}
