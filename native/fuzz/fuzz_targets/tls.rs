//! TLS or DTLS, by the first byte.
#![no_main]
mod conversation;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Some((&transport, rest)) = input.split_first() else { return };
    conversation::play(if transport & 1 == 0 { 17 } else { 6 }, 443, rest);
});
