//! libFuzzer runs the target `jose`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fjord_fuzz::targets::run("jose", input));
