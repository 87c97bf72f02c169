//! Options in the first line, a body below: the shape on spans gives what the model gives on values.
//!
//! The line has five fields: `target;allow,allow;deny,deny;from>to,from>to;group`.

#[path = "../../../crates/json/src/tests/model.rs"]
mod model;

use fjord_json::{Body, Form, Object, Shape, ShapeOptions, decode, write_data};
use model::{Options, shaped};
use serde_json::Value;

use crate::{Target, seeds};

pub const TARGET: Target = Target {
    name: "shape",
    run,
    seeds: || {
        seeds::of(&[
            "data;;;;\n{\"data\":{\"a\":1}}",
            ";a.b,c;;;g\n{\"a\":{\"b\":[1],\"x\":2},\"c\":null,\"d\":3}",
            ";;a.b,c;;\n{\"a\":{\"b\":[1],\"x\":2},\"c\":null,\"d\":3}",
            "a.b;;;c>d,e>c;\n{\"a\":{\"b\":{\"c\":{\"x\":1},\"e\":\"\\u00e9\"}}}",
            ";a;b;a>b;a\n{\"a\":1,\"b\":2,\"a\":{\"a\":3}}",
        ])
    },
    words: &["a", "b.c", ",", ";", ">", "\"a\":", "{\"b\":1}", "null", "*"],
};

fn list(field: &str) -> Vec<String> {
    field.split(',').filter(|path| !path.is_empty()).map(str::to_owned).collect()
}

fn options(line: &str) -> Option<Options> {
    let mut fields = line.split(';');
    let mut next = || fields.next().unwrap_or_default();
    let (target, allow, deny) = (next().to_owned(), list(next()), list(next()));
    let rename = |pair: String| pair.split_once('>').map(|(from, to)| (from.to_owned(), to.to_owned()));
    let mapping = list(next()).into_iter().filter_map(rename).collect();
    Some(Options { target, allow, deny, mapping, group: next().to_owned() })
}

fn run(input: &[u8]) {
    let Ok(input) = std::str::from_utf8(input) else { return };
    let Some((line, body)) = input.split_once('\n') else { return };
    let Some(options) = options(line) else { return };
    // What the model can read: no lone surrogates, no huge numbers, not deep.
    let Some(Ok(value)) = serde_json::Deserializer::from_str(body).into_iter::<Value>().next() else {
        return;
    };
    if !value.is_object() {
        return;
    }
    let want = shaped(value, &options);
    let shape = Shape::new(ShapeOptions {
        target: options.target,
        allow: options.allow,
        deny: options.deny,
        mapping: options.mapping,
        group: options.group,
        ..ShapeOptions::default()
    });
    let check = |data| {
        let mut out = Vec::new();
        write_data(&data, &mut out);
        assert_eq!(serde_json::from_slice::<Value>(&out).expect("what is written is JSON"), want);
    };
    let read = |shape| decode(Body::from(body.as_bytes()), Form::Json, shape).expect("serde_json accepts it");
    check(read(&shape));
    let spans = read(&Shape::default());
    let built = spans.as_ref().map(|object| Object::from_map(object.to_map().expect("it is not deep")));
    check(shape.apply(spans).expect("it is small"));
    check(shape.apply(built).expect("it is small"));
}
