//! The formatter, decoder and sequence rows of the recorded unit cases.

use serde_json::Value as Json;

use super::{fitting, shape, text, through};
use crate::{Body, Data, Flatmap, Form, Map, Object, Piece, Shape, Value, decode};

const CASES: &str = include_str!("../../../../tests/data/unit_cases.json");

fn rows(kind: &str) -> Vec<Json> {
    let all: Vec<Json> = serde_json::from_str(CASES).expect("the cases are JSON");
    all.into_iter().filter(|row| row["kind"] == kind).collect()
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    let shape = Shape::new(crate::ShapeOptions::default());
    for (body, form, want) in [
        (&b"\xEF\xBB\xBF{\"a\":1}"[..], Form::Json, Ok(r#"{"a":1}"#)),
        (b"\xEF\xBB\xBF [1]", Form::Collection, Ok(r#"{"collection":[1]}"#)),
        (b"\xEF\xBB\xBF7", Form::Safe, Ok(r#"{"content":7}"#)),
        (b"\xEF\xBB\xBF{\"a\":\"\xFF\"}", Form::Json, Ok("{\"a\":\"\u{fffd}\"}")),
        (b"\xEF\xBB\xBF", Form::Json, Err("EOF")),
        (
            b"\xEF\xBB\xBF{,",
            Form::Json,
            Err("invalid character ',' looking for beginning of object key string"),
        ),
        (
            b"\xEF\xBB\xBF\xEF\xBB\xBF{}",
            Form::Json,
            Err("invalid character '\u{ef}' looking for beginning of value"),
        ),
        (b" \xEF\xBB\xBF{}", Form::Json, Err("invalid character '\u{ef}' looking for beginning of value")),
        (b"\xEF\xBB{}", Form::Json, Err("invalid character '\u{ef}' looking for beginning of value")),
    ] {
        let have = through(body, form, &shape);
        assert_eq!(have.as_deref().map_err(String::as_str), want, "{body:?}");
    }
}

#[test]
fn formatter_rows_while_reading_and_on_data() {
    let rows = rows("formatter");
    assert_eq!(rows.len(), 64);
    for row in rows {
        let shape = shape(&row["options"]);
        let body = row["in"].to_string();
        let want = &row["out"];
        let check = |got: &str| {
            let got: Json = serde_json::from_str(got).expect("what is written is JSON");
            assert_eq!(&got, want, "{} {}", row["id"], row["name"]);
        };
        check(&through(body.as_bytes(), Form::Json, &shape).expect("the input is JSON"));
        let spans =
            decode(Body::from(body.as_bytes()), Form::Json, &Shape::default()).expect("the input is JSON");
        check(&fitting(shape.apply(spans)));
        let Ok(Value::Object(map)) = Value::parse(body.as_bytes()) else { panic!("the input is an object") };
        check(&fitting(shape.apply(Some(Object::from_map(map)))));
    }
}

#[test]
fn decoder_rows() {
    let forms = [("json", Form::Json), ("json collection", Form::Collection), ("safejson", Form::Safe)];
    let mut seen = 0;
    for row in rows("G") {
        let Some((_, form)) = forms.into_iter().find(|(name, _)| row["codec"] == *name) else { continue };
        seen += 1;
        let input = row["input"].as_str().filter(|text| *text != "(empty)").unwrap_or_default();
        let got = through(input.as_bytes(), form, &Shape::default());
        // `{…} (remark)`, `error`, `error EOF`, `nil data, complete`
        let want = row["output"].as_str().and_then(|text| text.split(" (").next()).unwrap_or_default();
        match want.strip_prefix("error") {
            Some(message) => assert!(got.expect_err("it must fail").contains(message.trim()), "{row}"),
            None if want == "nil data, complete" => assert_eq!(got.as_deref(), Ok("null"), "{row}"),
            None => assert_eq!(got.map(|text| text.replace(' ', "")), Ok(want.replace(' ', "")), "{row}"),
        }
    }
    assert_eq!(seen, 7);
}

const FIRST: &str = r#"{"int":42,"string":"some","bool":true,
    "struct":{"foo":"bar","struct":{"foo":"bar","struct":{"foo":"bar"}}},"array":["1","2"],"propagated":"everywhere"}"#;

/// Row, response 0, path, and a text where the row's own says more than the text.
const LOOKUPS: [(&str, &str, &str, Option<&str>); 18] = [
    ("Q01", FIRST, "array", None),
    ("Q02", FIRST, "int", None),
    ("Q03", FIRST, "string", None),
    ("Q04", FIRST, "bool", None),
    ("Q06", r#"{"float":3.14}"#, "float", Some("3.14")),
    ("Q07", FIRST, "struct.foo", None),
    ("Q08", FIRST, "struct.struct.struct.foo", None),
    ("Q09", FIRST, "propagated", Some("everywhere")),
    ("Q13", r#"{"b":"root"}"#, "a.b", Some("root")),
    ("Q14", r#"{"a":"x","b":"root"}"#, "a.b", Some("root")),
    ("Q16", r#"{"list":[]}"#, "list", Some("")),
    ("Q17", r#"{"list":[1,null,{"a":1}]}"#, "list", None),
    ("Q18", r#"{"n":null}"#, "n", None),
    ("Q19", r#"{"o":{"a":1,"b":"x"}}"#, "o", None),
    ("Q20", r#"{"big":12345678901234567890}"#, "big", None),
    ("Q24", r#"{"foo":42}"#, "foo", Some("42")),
    // The walk stops at the first step that is missing; it does not skip it.
    ("", r#"{"b":{"c":1},"c":2}"#, "a.b.c", Some("2")),
    ("", r#"{"a":{"b":{"x":0},"c":1}}"#, "a.b.y.z.x", Some("0")),
];

#[test]
fn sequence_rows() {
    let rows = rows("Q");
    for (id, first, path, want) in LOOKUPS {
        let row = rows.iter().find(|row| row["id"] == id);
        let want = want.or_else(|| row.and_then(|row| row["value seen by the next backend"].as_str()));
        let path: Vec<&str> = path.split('.').collect();
        let spans = decode(Body::from(first.as_bytes()), Form::Json, &Shape::default()).expect("it is JSON");
        let built = spans.as_ref().map(|object| Object::from_map(object.to_map().expect("it is flat")));
        for data in [spans, built] {
            assert_eq!(data.and_then(|data| data.lookup_text(&path)).as_deref(), want, "{id} {path:?}");
        }
    }
    // Q05: a float of a script or of static data.
    let mut object = Object::from_map(Map::from([("float".to_owned(), Value::Float(314.0 / 100.0))]));
    assert_eq!(object.lookup_text(&["float"]).as_deref(), Some("3.14E+00"));
    // Q12: no such member.
    assert_eq!(object.lookup_text(&["tupu"]), None);
    assert_eq!(object.lookup_text::<&str>(&[]), None);
    object.insert("list", Piece::Array(vec![Piece::text("a"), Value::Float(2e6).into()]));
    assert_eq!(object.lookup_text(&["list"]).as_deref(), Some("a,2e+06"));
}

#[test]
fn wrong_roots_fail_in_the_words_of_go() {
    let map = "Go value of type map[string]interface {}";
    for (body, form, want) in [
        ("[1]", Form::Json, format!("json: cannot unmarshal array into {map}")),
        (r#""x""#, Form::Json, format!("json: cannot unmarshal string into {map}")),
        ("1 x", Form::Json, format!("json: cannot unmarshal number into {map}")),
        ("true", Form::Json, format!("json: cannot unmarshal bool into {map}")),
        (
            "{}",
            Form::Collection,
            "json: cannot unmarshal object into Go value of type []interface {}".to_owned(),
        ),
        ("[1", Form::Json, "unexpected EOF".to_owned()),
        ("<p>", Form::Safe, "invalid character '<' looking for beginning of value".to_owned()),
        (" ", Form::Safe, "EOF".to_owned()),
    ] {
        assert_eq!(through(body.as_bytes(), form, &Shape::default()), Err(want), "{body}");
    }
}

#[test]
fn roots_and_repairs() {
    for (body, form, want) in [
        (&b"null"[..], Form::Json, "null"),
        (b"null", Form::Collection, r#"{"collection":null}"#),
        (b"null", Form::Safe, r#"{"content":null}"#),
        (b" { \"a\" : [ 1 , 2 ] , \"b\":{ } } trailing", Form::Json, r#"{"a":[ 1 , 2 ],"b":{ }}"#),
        (b"{\"a\":1,\"b\":2,\"a\":3}", Form::Json, r#"{"b":2,"a":3}"#),
        (b"{\"\\u0061\":1,\"a\":2}", Form::Json, r#"{"a":2}"#),
        (b"{\"a\\n\":4.20}", Form::Json, r#"{"a\n":4.20}"#),
        (b"{\"a\":\"\\ud800\"}", Form::Json, r#"{"a":"\ufffd"}"#),
        (b"{\"\\ud800\":1,\"\xff\":2}", Form::Json, "{\"\u{fffd}\":2}"),
        (b"{\"a\":1}\xff\xff", Form::Json, r#"{"a":1}"#),
    ] {
        assert_eq!(through(body, form, &Shape::default()).as_deref(), Ok(want));
    }
}

#[test]
fn nesting_is_limited_as_in_go_and_costs_no_stack() {
    let nested = |levels: usize| format!("{{\"a\":{}{}}}", "[".repeat(levels - 1), "]".repeat(levels - 1));
    let allow = shape(&serde_json::json!({"allow": ["a.b.c", "a.x"]}));
    for shape in [&Shape::default(), &allow] {
        assert!(through(nested(10_000).as_bytes(), Form::Json, shape).is_ok());
        let error = through(nested(10_001).as_bytes(), Form::Json, shape);
        assert_eq!(error, Err("invalid character '[' exceeded max depth".to_owned()));
        assert!(through("{\"a\":".repeat(200_000).as_bytes(), Form::Json, shape).is_err());
    }
    // What builds values refuses what would not be safe to walk; flatmap builds none.
    let data =
        decode(Body::from(nested(10_000).into_bytes()), Form::Json, &Shape::default()).expect("it is valid");
    let object = data.expect("it is an object");
    assert!(object.to_map().is_err());
    assert_eq!(object.lookup_text(&["a"]), None);
    let flatmap = shape(&serde_json::json!({"flatmap_filter": [{"type": "move", "args": ["a.0", "b"]}]}));
    assert!(fitting(flatmap.apply(Some(object))).starts_with("{\"a\":null,\"b\":[[["));
}

#[test]
fn duplicates_on_a_configured_path() {
    for (options, body, want) in [
        (r#"{"allow":["a.b"]}"#, r#"{"a":{"b":1},"a":5}"#, "{}"),
        (r#"{"allow":["a.b"]}"#, r#"{"a":5,"a":{"b":1}}"#, r#"{"a":{"b":1}}"#),
        (r#"{"allow":["a.b"]}"#, r#"{"a":{"b":1},"a":{"c":1}}"#, "{}"),
        (r#"{"deny":["a.b"]}"#, r#"{"a":{"b":1},"a":5}"#, r#"{"a":5}"#),
        (r#"{"target":"a"}"#, r#"{"a":{"b":1},"a":{"c":2}}"#, r#"{"c":2}"#),
        (r#"{"target":"a"}"#, r#"{"a":{"b":1},"a":5}"#, "{}"),
        (r#"{"target":"a.b"}"#, r#"{"a":{"b":{"c":1}},"a":{}}"#, "{}"),
    ] {
        let shape = shape(&serde_json::from_str(options).expect("it is JSON"));
        assert_eq!(through(body.as_bytes(), Form::Json, &shape).as_deref(), Ok(want), "{options} {body}");
    }
}

#[test]
fn nil_data() {
    for (options, want) in [
        (r#"{"group":"g"}"#, r#"{"g":null}"#),
        (r#"{"target":"a"}"#, "{}"),
        (r#"{"allow":["a"]}"#, "null"),
        (r#"{"flatmap_filter":[{"type":"del","args":["a"]}],"group":"g"}"#, r#"{"g":null}"#),
    ] {
        let shape = shape(&serde_json::from_str(options).expect("it is JSON"));
        assert_eq!(through(b"null", Form::Json, &shape).as_deref(), Ok(want), "{options}");
    }
}

#[test]
fn merging_is_shallow_and_later_wins() {
    let data = |body: &str| -> Data {
        decode(Body::from(body.as_bytes()), Form::Json, &Shape::default()).expect("it is JSON")
    };
    // Row M12.
    let mut first = data(r#"{"a":1,"x":{"p":1}}"#).expect("it is an object");
    first.merge(data(r#"{"a":2,"x":{"q":2}}"#).expect("it is an object")).expect("there is room");
    assert_eq!(text(&Some(first.clone())), r#"{"a":2,"x":{"q":2}}"#);
    first
        .overlay(&Object::from_map(Map::from([("x".to_owned(), Value::Float(1e21))])))
        .expect("there is room");
    first.insert("a", Piece::text("<"));
    assert_eq!(text(&Some(first)), r#"{"a":"\u003c","x":1e+21}"#);
}

#[test]
fn flatmap_entries_that_count() {
    let flatmap = |list: &str| Flatmap::from_config(&Value::parse(list.as_bytes()).expect("it is JSON"));
    for (list, is_empty, want) in [
        // No map, no type, a type that isn't a string: skipped.
        (r#"[1, {}, {"type": 1, "args": ["a"]}]"#, true, r#"{"a":1}"#),
        // Unknown types and operations without their arguments do nothing, but are there.
        (r#"[{"type": "x"}]"#, false, r#"{"a":1}"#),
        (
            r#"[{"type": "move", "args": ["a"]}, {"type": "append", "args": [1, 2]}, {"type": "del"}]"#,
            false,
            r#"{"a":1}"#,
        ),
        (r#"[{"type": "move", "args": ["a", "b", "c"]}]"#, false, r#"{"b":1}"#),
        (r#"[{"type": "del", "args": [7, "b", "a"]}, {"type": "move", "args": ["b", "c"]}]"#, false, "null"),
        ("{}", true, r#"{"a":1}"#),
    ] {
        let flatmap = flatmap(list);
        assert_eq!(flatmap.is_empty(), is_empty, "{list}");
        assert_eq!(
            fitting(flatmap.apply(Some(Object::from_map(Map::from([("a".to_owned(), Value::number(1))]))))),
            want
        );
    }
}

#[test]
fn flatmap_on_odd_trees() {
    for (ops, body, want) in [
        // The root loses all.
        (r#"[["del","*"]]"#, r#"{"a":1,"b":2}"#, "null"),
        // A wildcard in the destination takes the label matched at its place.
        (
            r#"[["move","a.*.b.c","a.*.c"]]"#,
            r#"{"a":{"x":{"b":{"c":1}},"y":{"b":{"c":2,"d":3}}}}"#,
            r#"{"a":{"x":{"b":null,"c":1},"y":{"b":{"d":3},"c":2}}}"#,
        ),
        // Four levels of wildcards: each goes to its own parent (upstream sends all to the last).
        (
            r#"[["move","*.*.*.*.v","*.*.*.*"]]"#,
            r#"{"a":{"b":{"c":{"d":{"v":1}},"k":{"d":{"v":2}}}}}"#,
            r#"{"a":{"b":{"c":{"d":null,"*":1},"k":{"d":null,"*":2}}}}"#,
        ),
        // What moves wins over what has its new name, whichever comes first.
        (
            r#"[["move","a.*.c","a.*.d"]]"#,
            r#"{"a":[{"c":1,"d":2},{"d":2,"c":1}]}"#,
            r#"{"a":[{"d":1},{"d":1}]}"#,
        ),
        // A scalar on the way becomes an object.
        (r#"[["move","a","b.c"]]"#, r#"{"a":1,"b":2}"#, r#"{"b":{"c":1}}"#),
        (r#"[["move","a.x","a.b.c"]]"#, r#"{"a":{"x":1,"b":2}}"#, r#"{"a":{"b":{"c":1}}}"#),
        // Items of a wildcard without the member are null.
        (
            r#"[["append","a.*.x","b"]]"#,
            r#"{"a":[{"x":1},{"y":2},3],"b":[]}"#,
            r#"{"a":[null,{"y":2},3],"b":[1,null,null]}"#,
        ),
        (r#"[["append","a","a"]]"#, r#"{"a":[1]}"#, "null"),
        (r#"[["append","a","b"]]"#, r#"{"a":[1]}"#, r#"{"a":[1]}"#),
        // Labels are those the array had when it was entered.
        (r#"[["del","a.0"],["del","a.1"]]"#, r#"{"a":[1,2,3]}"#, r#"{"a":[3]}"#),
        (r#"[["del","a.01"]]"#, r#"{"a":[1,2,3]}"#, r#"{"a":[1,2,3]}"#),
        (r#"[["unknown","a"]]"#, r#"{"a":1}"#, r#"{"a":1}"#),
    ] {
        let ops: Vec<Vec<String>> = serde_json::from_str(ops).expect("it is JSON");
        let entries: Vec<Json> =
            ops.iter().map(|op| serde_json::json!({"type": op[0], "args": op[1..]})).collect();
        let shape = shape(&serde_json::json!({"flatmap_filter": entries}));
        let got = through(body.as_bytes(), Form::Json, &shape).expect("it is JSON");
        let json = |text: &str| serde_json::from_str::<Json>(text).expect("it is JSON");
        assert_eq!(json(&got), json(want), "{ops:?} {body}");
    }
}
