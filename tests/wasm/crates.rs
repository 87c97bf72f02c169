//! The crates where they run: addresses of 32 bits, the scanner's SIMD, an allocator that counts.

use std::collections::BTreeMap;

use fjord_calendar::{civil, days, parse_duration};
use fjord_cel::{CelValue, Numbers, Program, Variables};
use fjord_document::{Document, Lines};
use fjord_encoding::{feed, xml, yaml};
use fjord_http::date::{format_date, parse_date};
use fjord_http::url::join;
use fjord_http::{Query, canonical};
use fjord_jmespath::Expression;
use fjord_jose::{Token, base64url};
use fjord_json::{Body, Data, Form, Map, Shape, Value, decode, write_data};
use fjord_lua::{Limits, Options, PlainHost, Scope, Script, Step};
use fjord_memory::{BODY, Excess, TREE, afford, afford_body, in_use};
use fjord_pattern::Pattern;
use fjord_router::{Options as Rules, Outcome, Route, Router};
use fjord_schema::{Schema, validate_body};
use fjord_sigv4::{Credentials, Signable, hash, sign, timestamp};
use fjord_template::{Limits as TemplateLimits, NoHost, Templates};
use serde_json::Value as Json;
use wasm_bindgen_test::wasm_bindgen_test;

fn map(text: &str) -> Map {
    match Value::parse(text.as_bytes()).unwrap() {
        Value::Object(map) => map,
        other => panic!("{other:?}"),
    }
}

#[wasm_bindgen_test]
fn memory_is_counted() {
    let before = in_use();
    let block = vec![1_u8; 1 << 20];
    assert!(in_use() >= before + block.len());
    drop(block);
    assert!(in_use() < before + (1 << 19));
    assert_eq!((afford(1 << 20), afford(usize::MAX)), (Ok(()), Err(Excess::Room)));
    assert_eq!(afford_body(BODY + 1), Err(Excess::Body));
}

#[wasm_bindgen_test]
fn what_a_body_becomes_is_bounded_before_it_is_there() {
    let before = in_use();
    // 6 MB of text, 96 MB as values.
    let body = [b"[".as_slice(), &b"{},".repeat(2 << 20), b"1]"].concat();
    let result = Value::parse(&body).map(drop);
    assert!(result.is_err());
    assert!(in_use() < before + body.len() + (TREE >> 3));
}

#[wasm_bindgen_test]
fn days_and_durations() {
    for (day, date) in [(0, (1970, 1, 1)), (11_016, (2000, 2, 29)), (-719_162, (1, 1, 1))] {
        assert_eq!((civil(day), days(date.0, date.1, date.2)), (date, day));
    }
    assert_eq!(parse_duration("0.830103483285477580700h"), Ok(2_988_372_539_827));
    assert_eq!(parse_duration("-9223372036854775808ns"), Ok(i64::MIN));
}

#[wasm_bindgen_test]
fn patterns_are_those_of_go() {
    for (pattern, text, expected) in [
        (r"(?i)bot|crawler\b", "SomeBOT/1.0", true),
        (r"^\p{Greek}+$", "αβγ", true),
        (r"^\d$", "٣", false),
        ("(a+)+$", &"a".repeat(5000), true),
        ("(a+)+$", &format!("{}b", "a".repeat(5000)), false),
    ] {
        assert_eq!(Pattern::new(pattern).unwrap().is_match(text), expected, "{pattern}");
    }
    assert!(Pattern::new("a{1001}").is_err());
}

#[wasm_bindgen_test]
fn the_scanner_finds_the_same_at_every_place_of_its_blocks() {
    let written = |data: &Data| {
        let mut out = Vec::new();
        write_data(data, &mut out);
        out
    };
    for blanks in 0..130 {
        for text in ["", "a", r#"\""#, r"\\", r#"\\\""#, "é", "]", "}"] {
            let body =
                format!("{{{}\"k{text}\":[\"{text}\",{{\"x\":\"{text}\"}}],\"z\":0}}", " ".repeat(blanks));
            let theirs: Json = serde_json::from_str(&body).unwrap();
            let ours = decode(Body::from(body.as_bytes()), Form::Json, &Shape::default()).unwrap();
            assert_eq!(serde_json::from_slice::<Json>(&written(&ours)).unwrap(), theirs, "{body}");
            let cut = &body[..body.len() - 1 - blanks % 7];
            assert!(decode(Body::from(cut.as_bytes()), Form::Json, &Shape::default()).is_err(), "{cut}");
        }
    }
}

#[wasm_bindgen_test]
fn a_configuration_is_read_with_its_places() {
    let text = "{\n  \"a\": 1,\n  \"é\": [tru]\n}";
    let reading = Document::read(text.as_bytes());
    let found = &reading.diagnostics[0];
    let position = Lines::new(text).position(found.span.start);
    assert_eq!((position.line, position.column, reading.diagnostics.len()), (3, 9, 1));
    assert!(matches!(Document::value(r#"{"a":[1]}"#), Ok(node) if node.get("a").is_some()));
}

#[wasm_bindgen_test]
fn the_vocabulary_of_http() {
    let text = "Fri, 31 Dec 9999 23:59:59 GMT";
    assert_eq!(format_date(u64::MAX), text);
    assert_eq!(parse_date(text, 0), Some(253_402_300_799));
    assert_eq!(canonical("x-FOO-bar"), "X-Foo-Bar");
    assert_eq!(Query::parse("b=2&a=%C3%A9+1&b=1").encode(), "a=%C3%A9+1&b=2&b=1");
    assert_eq!(join("http://a.test", "/b c", "d=e").unwrap(), "http://a.test/b%20c?d=e");
}

#[wasm_bindgen_test]
fn formats_of_bodies() {
    let data = xml::decode(b"<a b='1'><c>x</c><c>y</c></a>", false).unwrap();
    assert_eq!(Value::Object(data.clone()).to_json(), br#"{"a":{"-b":"1","c":["x","y"]}}"#);
    assert_eq!(xml::decode(&xml::render(&data).unwrap().unwrap(), false).unwrap(), data);
    let data = yaml::decode(b"a: &x [1, 1.5, ~]\nb: *x\n", false).unwrap();
    assert_eq!(Value::Object(data).to_json(), br#"{"a":[1,1.5,null],"b":[1,1.5,null]}"#);
    let rss = b"<rss version='2.0'><channel><item><pubDate>Sun, 06 Nov 1994 08:49:37 GMT</pubDate></item></channel></rss>";
    let feed = Value::Object(feed::decode(rss).unwrap()).to_json();
    assert!(String::from_utf8(feed).unwrap().contains("1994-11-06T08:49:37Z"));
}

#[wasm_bindgen_test]
fn endpoints_are_found() {
    let paths = ["/a/b", "/a/{x}", "/c/{x}/d"];
    let routes: Vec<_> = paths
        .iter()
        .enumerate()
        .map(|(id, path)| Route { method: "GET", path, id, builtin: false })
        .collect();
    let (router, conflicts) = Router::new(&routes, Rules::default());
    assert!(conflicts.is_empty());
    for (path, expected) in [("/a/b", Some(0)), ("/a/%C3%A9?q", Some(1)), ("/c/1/d", Some(2)), ("/c/1", None)]
    {
        let found = match router.find("GET", path) {
            Outcome::Found(found) => Some(found.route),
            _ => None,
        };
        assert_eq!(found, expected, "{path}");
    }
}

#[wasm_bindgen_test]
fn bodies_are_checked_against_schemas() {
    let source =
        r#"{"type":"object","required":["a"],"properties":{"a":{"multipleOf":0.01,"maximum":1e300}}}"#;
    let schema = Schema::compile(&Document::value(source).unwrap()).unwrap();
    let check = |body: &str| validate_body(&schema, &Body::from(body.as_bytes()));
    assert!(check(r#"{"a":0.07}"#).is_ok() && check(r#"{"a":12345678901234567890.25}"#).is_ok());
    assert!(check(r#"{"a":0.075}"#).is_err() && check(r#"{"a":1e301}"#).is_err());
    assert_eq!(check("{}").unwrap_err().to_string(), "- (root): a is required");
}

/// Variables of an expression.
struct Bound(Map);

impl Variables for Bound {
    fn get<'v>(&'v self, name: &str) -> Option<CelValue<'v>> {
        self.0.get(name).map(|value| CelValue::from_json(value, Numbers::Doubles))
    }
}

#[wasm_bindgen_test]
fn expressions_count_in_64_bits() {
    let bound = Bound(map(r#"{"JWT":{"scope":"a b","exp":1.7e9},"l":[1,2]}"#));
    for (source, expected) in [
        ("9223372036854775806 + 1 == 9223372036854775807", Some(true)),
        ("9223372036854775807 + 1 > 0", None),
        ("JWT.scope.matches('^a') && size(l) == 2", Some(true)),
        (
            "timestamp('2024-02-29T00:00:00Z') + duration('24h') == timestamp('2024-03-01T00:00:00Z')",
            Some(true),
        ),
        ("timestamp('2024-07-01T00:00:00Z').getHours('Europe/Madrid') == 2", Some(true)),
        ("l.all(x, x < 2.0)", Some(false)),
    ] {
        let program = Program::compile(source).unwrap();
        let value = match program.eval(&bound) {
            Ok(CelValue::Bool(value)) => Some(value),
            _ => None,
        };
        assert_eq!(value, expected, "{source}");
    }
}

#[wasm_bindgen_test]
fn scripts_run_and_end() {
    let limits = Limits { instructions: 100_000, memory: 1 << 20 };
    let options = Options { scope: Scope::Proxy, open_libs: true, limits };
    let run = |code: &str| {
        let script = Script::compile(&[], code, "", options).unwrap();
        let mut host = PlainHost::default();
        let Step::Done(result) = script.start().pre(&mut host) else { panic!("{code} calls") };
        (result.map_err(|error| error.message), host.printed)
    };
    let (result, printed) =
        run("print(0.1 + 0.2, 2^53, ('x'):rep(3), string.format('%5.2f|%d', 3.14159, -7))");
    assert_eq!(
        (result, printed),
        (Ok(()), vec!["0.30000000000000004\t9007199254740992\txxx\t 3.14|-7".to_owned()])
    );
    for endless in [
        "while true do end",
        "local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(i) end",
        "local function f() return 1 + f() end f()",
    ] {
        assert!(run(endless).0.is_err(), "{endless}");
    }
}

#[wasm_bindgen_test]
fn tokens_are_read() {
    let parts = [r#"{"alg":"ES256","kid":"k"}"#, r#"{"sub":"é"}"#, "signature"];
    let token = parts.map(|part| base64url::encode(part.as_bytes())).join(".");
    let read = Token::parse(&token).unwrap();
    assert_eq!((read.header.kid.as_str(), read.payload.as_slice()), ("k", parts[1].as_bytes()));
    assert_eq!(format!("{}.{}", read.signing_input, base64url::encode(b"signature")), token);
    assert!(Token::parse("a.b").is_err());
}

/// The first case of AWS's suite: <https://docs.aws.amazon.com/general/latest/gr/signature-version-4.html>.
#[wasm_bindgen_test]
fn requests_are_signed() {
    let credentials = Credentials {
        access_key_id: "AKIDEXAMPLE".to_owned(),
        secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned(),
        session_token: None,
    };
    let now = 1_440_938_160;
    let headers =
        [("host".to_owned(), "example.amazonaws.com".to_owned()), ("x-amz-date".to_owned(), timestamp(now))];
    let signable = Signable {
        method: "GET",
        path: "/",
        query: "",
        headers: &headers,
        body_hash: &hash(b""),
        normalize: true,
    };
    let header = sign(&signable, &credentials, "us-east-1", "service", now);
    assert!(header.ends_with("5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"), "{header}");
}

#[wasm_bindgen_test]
fn expressions_select() {
    let data = Value::parse(br#"{"items":[{"n":1.50},{"n":20}]}"#).unwrap();
    let search = |text: &str| Expression::compile(text).unwrap().search(&data).unwrap().to_json();
    assert_eq!(search("items[?n < `10`].n | [0]"), b"1.50");
    // As deep as an expression may be.
    assert_eq!(search(&format!("{}length(items){}", "(".repeat(245), ")".repeat(245))), b"2");
}

/// Numbers keep their text, integers have 64 bits, and the deepest call that is allowed leaves room in the stack.
#[wasm_bindgen_test]
fn templates_make_text() {
    let data = Value::parse(br#"{"price":12.50,"tags":["b","a"]}"#).unwrap();
    let render = |text: &str| {
        let mut templates = Templates::default();
        templates.add("t", text, &[]).unwrap();
        templates.render("t", &data, TemplateLimits::REQUEST, &mut NoHost)
    };
    let text =
        r#"{{ .price }} {{ .tags | sortAlpha | join "," }} {{ mul 4294967296 3 }} {{ printf "%.2f" 2.345 }}"#;
    assert_eq!(render(text).unwrap(), "12.50 a,b 12884901888 2.35");
    let endless = "{{ define `a` }}{{ if true }}{{ range 1 }}{{ template `a` (((($)))) }}{{ end }}{{ end }}{{ end }}{{ template `a` . }}";
    assert!(render(endless).unwrap_err().is_limit);
    let deep = "{{ $l := list }}{{ range 20000 }}{{ $l = list $l }}{{ end }}{{ toJson $l }}";
    assert!(render(deep).unwrap_err().is_limit);
}

#[wasm_bindgen_test]
fn every_crate_is_tried() {
    let manifest = include_str!("../../Cargo.toml");
    let own = include_str!("crates.rs");
    let names: BTreeMap<&str, bool> = manifest
        .lines()
        .filter_map(|line| line.strip_suffix(".workspace = true")?.strip_prefix("fjord-"))
        .map(|name| (name, own.contains(&format!("\nuse fjord_{name}::"))))
        .collect();
    assert!(names.len() >= 15 && names.values().all(|is_tried| *is_tried), "{names:?}");
}
