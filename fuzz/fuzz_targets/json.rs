//! libFuzzer runs the target `json`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fjord_fuzz::targets::run("json", input));
