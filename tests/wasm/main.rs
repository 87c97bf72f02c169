//! Tests of the module's exports and of the crates, in the module itself on Node: `npm test -- wasm`. What crosses the border in
//! memory is tested from outside, on workerd.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod crates;

use fjord::edge::exports::{body, init, input, open};
use fjord::edge::tools::Config;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen(inline_js = "
    export const put = (memory, at, text) => new Uint8Array(memory.buffer, at).set(new TextEncoder().encode(text));
    export const place = (memory, batch) => new Uint32Array(memory.buffer, batch)[5];
")]
extern "C" {
    fn put(memory: &JsValue, at: u32, text: &str);
    /// The place that a batch names.
    fn place(memory: &JsValue, batch: u32) -> u32;
}

/// Serves a configuration as the script does, which writes it into the fresh body.
fn serve(config: &str) -> Option<String> {
    put(&wasm_bindgen::memory(), body(config.len()), config);
    init(b"{}", b"{}", 0.5)
}

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
    assert_eq!(
        serve(
            r#"{"version": 3, "endpoints": [{"endpoint": "/a", "backend": [{"host": ["http://h.test"], "url_pattern": "/"}]}]}"#
        ),
        None
    );
    let memory = wasm_bindgen::memory();
    let places = [(); 2].map(|()| {
        let (method, url) = ("GET", "http://gateway.test/a");
        put(&memory, input(method.len() + url.len()), &format!("{method}{url}"));
        let batch = open(method.len(), url.len(), 0, 0, false, 0.0);
        assert_ne!(batch, 0);
        place(&memory, batch)
    });
    assert_ne!(places[0], places[1]);
}

#[wasm_bindgen_test]
fn what_is_no_configuration_is_refused_with_the_reason() {
    for (text, reason) in
        [("{", "1:2: the file ends"), (r#"{"version": 2}"#, "unsupported version: 2 (want: 3)")]
    {
        let refused = serve(text).unwrap();
        assert!(refused.contains(reason), "{refused}");
    }
}

#[wasm_bindgen_test]
fn files_are_named_in_their_order() {
    assert_eq!(Config::new(CONFIG.as_bytes()).files(), r#"["lua/a.lua","lua/b.lua"]"#);
    assert_eq!(Config::new(b"\xff\x00").files(), "[]");
}

#[wasm_bindgen_test]
fn the_report_has_places() {
    let checked = Config::new(br#"{"version": 3, "endpoint": []}"#).check(r#"{"file": "a.json"}"#);
    let Ok(found) = checked else { panic!("it is refused") };
    assert!(
        found
            .starts_with(r#"{"file":"a.json","diagnostics":[{"severity":"warning","file":"a.json","code":""#),
        "{found}"
    );
    assert!(found.contains(r#""line":1,"column":16"#), "{found}");
    assert!(found.contains("did you mean"), "{found}");
}
