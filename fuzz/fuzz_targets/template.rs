//! libFuzzer runs the target `template`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fjord_fuzz::targets::run("template", input));
