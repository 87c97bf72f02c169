//! Tests of the module's exports, in the module itself on Node: `npm test -- wasm`. What crosses the border in memory is
//! tested from outside, on workerd.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use fjord::edge::exports::{init, open};
use fjord::edge::tools::{named_files, report};
use wasm_bindgen_test::wasm_bindgen_test;

const CONFIG: &str = r#"{
  "version": 3,
  "endpoints": [{
    "endpoint": "/a",
    "input_headers": ["X-One"],
    "backend": [{ "host": ["https://example.com"], "url_pattern": "/", "extra_config": {
      "modifier/lua-backend": { "sources": ["lua/a.lua", "lua/b.lua"], "pre": "f()" }
    } }]
  }]
}"#;

#[wasm_bindgen_test]
fn requests_in_flight_have_places_of_their_own() {
    assert_eq!(init(r#"{"version": 3, "endpoints": []}"#, "{}", "{}", 0.5), None);
    let places = [open(0, 0) >> 8, open(0, 0) >> 8];
    assert_ne!(places[0], places[1]);
}

#[wasm_bindgen_test]
fn what_is_no_configuration_is_refused_with_the_reason() {
    for (text, reason) in
        [("{", "1:2: the file ends"), (r#"{"version": 2}"#, "unsupported version: 2 (want: 3)")]
    {
        let refused = init(text, "{}", "{}", 0.5).unwrap();
        assert!(refused.contains(reason), "{refused}");
    }
}

#[wasm_bindgen_test]
fn files_are_named_in_their_order() {
    assert_eq!(named_files(CONFIG.as_bytes()), r#"["lua/a.lua","lua/b.lua"]"#);
    assert_eq!(named_files(b"\xff\x00"), "[]");
}

#[wasm_bindgen_test]
fn the_report_has_places() {
    let found = report(br#"{"version": 3, "endpoint": []}"#, r#"{"file": "a.json"}"#);
    assert!(
        found.starts_with(r#"{"file":"a.json","diagnostics":[{"severity":"error","file":"a.json","code":""#),
        "{found}"
    );
    assert!(found.contains(r#""line":1,"column":16"#), "{found}");
    assert!(found.contains("did you mean"), "{found}");
}
