//! Validating a body and finding its root members.

use std::collections::BTreeMap;
use std::rc::Rc;

use fjord_json::{Body, Form, Shape, decode};
use jiter::Jiter;
use serde_json::value::RawValue;

use crate::clock::{Work, together};
use crate::documents::{KINDS, document};

pub fn run() {
    println!("GB/s; serde_json as a map of RawValue; jiter only skips; serde_json as values\n");
    println!("{:<20} {:>8} {:>10} {:>8} {:>8}", "", "Fjord", "RawValue", "jiter", "values");
    for len in [400, 4096, 70_000, 1_000_000] {
        for kind in KINDS {
            let text = document(kind, len, 0);
            let body = Rc::new(Body::from(text.as_slice()));
            let shape = Shape::default();
            let gigabytes = together([
                Work::new(|| decode(Rc::clone(&body), Form::Json, &shape).unwrap()),
                Work::new(|| serde_json::from_slice::<BTreeMap<String, &RawValue>>(&text).unwrap()),
                Work::new(|| Jiter::new(&text).next_skip().unwrap()),
                Work::new(|| serde_json::from_slice::<serde_json::Value>(&text).unwrap()),
            ])
            .map(|ns| text.len() as f64 / ns);
            let [own, raw, skip, values] = gigabytes;
            let name = format!("{kind:?} {len}");
            println!("{name:<20} {own:>8.2} {raw:>10.2} {skip:>8.2} {values:>8.2}");
        }
    }
}
