//! libFuzzer runs the target `shape`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fjord_fuzz::targets::run("shape", input));
