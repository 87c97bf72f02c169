//! libFuzzer runs the target `xml`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fjord_fuzz::targets::run("xml", input));
