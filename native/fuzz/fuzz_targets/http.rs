//! HTTP/1.
#![no_main]
mod conversation;

libfuzzer_sys::fuzz_target!(|input: &[u8]| conversation::play(6, 80, input));
