//! libFuzzer runs the target `headers`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fjord_fuzz::targets::run("headers", input));
