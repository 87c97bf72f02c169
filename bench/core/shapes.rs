//! Decoding, shaping, merging and writing bodies: from the bytes of the backends to the bytes of the answer.

use std::rc::Rc;

use fjord_json::{Body, Form, Shape, ShapeOptions, decode, write_data};

use crate::clock::alone;
use crate::documents::{Kind, document};
use crate::row;

fn bodies(count: usize, len: usize) -> Vec<Rc<Body>> {
    (0..count).map(|seed| Rc::new(Body::from(document(Kind::Api, len, seed).as_slice()))).collect()
}

fn shaped(bodies: &[Rc<Body>], shape: &Shape) -> Vec<u8> {
    let mut whole = decode(Rc::clone(&bodies[0]), Form::Json, shape).unwrap().unwrap();
    for body in &bodies[1..] {
        whole.merge(decode(Rc::clone(body), Form::Json, shape).unwrap().unwrap()).unwrap();
    }
    let mut out = Vec::new();
    write_data(&Some(whole), &mut out);
    out
}

pub fn run() {
    let plain = Shape::default();
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    for (count, krakend) in [(2, 6.7), (3, 10.2), (4, 10.3)] {
        for (size, krakend) in [(400, Some(krakend)), (4096, None), (70_000, None)] {
            let parts = bodies(count, size);
            row(&format!("merge of {count} × {size} bytes"), alone(|| shaped(&parts, &plain)), krakend);
        }
    }
    let options: [(&str, ShapeOptions, f64); 3] = [
        (
            "allow 5 fields",
            ShapeOptions {
                allow: list(&["id", "title", "status", "meta.page", "meta.owner.name"]),
                ..ShapeOptions::default()
            },
            0.6,
        ),
        ("deny 2 fields", ShapeOptions { deny: list(&["status", "meta"]), ..ShapeOptions::default() }, 0.3),
        ("group", ShapeOptions { group: "a".to_owned(), ..ShapeOptions::default() }, 0.3),
    ];
    for (name, options, krakend) in options {
        let shape = Shape::new(options);
        let parts = bodies(1, 400);
        row(&format!("{name}, 400 bytes with JSON"), alone(|| shaped(&parts, &shape)), Some(krakend));
        let data = decode(Rc::clone(&parts[0]), Form::Json, &plain).unwrap();
        row(
            &format!("{name}, on data (with a copy of it)"),
            alone(|| shape.apply(data.clone())),
            Some(krakend),
        );
    }
}
