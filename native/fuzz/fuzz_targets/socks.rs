//! SOCKS 4, 4a and 5, with what is inside.
#![no_main]
mod conversation;

libfuzzer_sys::fuzz_target!(|input: &[u8]| conversation::play(6, 1080, input));
