//! libFuzzer runs the target `schema`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fjord_fuzz::targets::run("schema", input));
