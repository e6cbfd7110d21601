//! A capture file of any format, compressed or not.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lookback_pcapfile::Reader;
use std::io::Cursor;

/// Packets read of one input: compressed ones can hold very many.
const MAX_PACKETS: usize = 10_000;

fuzz_target!(|data: &[u8]| {
    let Ok(mut reader) = Reader::from_read(Box::new(Cursor::new(data.to_vec()))) else { return };
    let mut end = 0;
    for _ in 0..MAX_PACKETS {
        let Ok(Some(packet)) = reader.next_packet() else { break };
        assert!(packet.offset >= end && packet.data.len() < packet.record_length as usize);
        end = packet.offset + u64::from(packet.record_length);
    }
});
