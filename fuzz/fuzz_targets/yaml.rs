//! libFuzzer runs the target `yaml`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fjord_fuzz::targets::run("yaml", input));
