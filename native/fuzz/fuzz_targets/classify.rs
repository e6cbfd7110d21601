//! Transport and port from the first bytes, so that every port's classifiers are met.
#![no_main]
mod conversation;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let &[transport, high, low, ref rest @ ..] = input else { return };
    conversation::play(if transport & 1 == 0 { 6 } else { 17 }, u16::from_be_bytes([high, low]), rest);
});
