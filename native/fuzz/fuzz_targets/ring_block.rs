#![no_main]
//! A block of a TPACKET_V3 ring, whatever it holds, leads to nothing outside of it.

use libfuzzer_sys::fuzz_target;
use lookback_capture::tpacket::block::{BlockHeader, packet_at};

fuzz_target!(|block: &[u8]| {
    let Some(header) = BlockHeader::read(block) else { return };
    let mut at = header.first as usize;
    for _ in 0..header.packets.min(4_096) {
        let Some((packet, next)) = packet_at(block, at) else { break };
        assert!(packet.frame.len() <= block.len());
        if next <= at {
            break;
        }
        at = next;
    }
});
