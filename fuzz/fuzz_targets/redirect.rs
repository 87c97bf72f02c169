//! libFuzzer runs the target `redirect`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fjord_fuzz::targets::run("redirect", input));
