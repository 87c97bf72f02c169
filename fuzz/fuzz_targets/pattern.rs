//! libFuzzer runs the target `pattern`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fjord_fuzz::targets::run("pattern", input));
