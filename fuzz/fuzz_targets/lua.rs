//! libFuzzer runs the target `lua`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fjord_fuzz::targets::run("lua", input));
