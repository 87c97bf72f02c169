//! libFuzzer runs the target `gotemplate`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fjord_fuzz::targets::run("gotemplate", input));
