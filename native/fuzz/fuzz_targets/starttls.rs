//! Mail that changes to TLS.
#![no_main]
mod conversation;

libfuzzer_sys::fuzz_target!(|input: &[u8]| conversation::play(6, 25, input));
