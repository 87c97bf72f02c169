//! libFuzzer runs the target `cel`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fjord_fuzz::targets::run("cel", input));
