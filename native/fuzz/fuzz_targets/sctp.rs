//! The chunks of an SCTP packet: their user data lies in it, one behind the other.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lookback_flow::sctp::user_data;

fuzz_target!(|chunks: &[u8]| {
    let mut end = chunks.as_ptr();
    for user in user_data(chunks) {
        let range = user.data.as_ptr_range();
        assert!(end <= range.start && range.end <= chunks.as_ptr_range().end);
        end = range.end;
    }
});
