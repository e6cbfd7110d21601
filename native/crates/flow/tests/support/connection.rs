//! Packets of TCP connections, as frames of raw IPv4.

use lookback_flow::{FlowSettings, FlowTable, PacketFacts};
use lookback_session::{PacketPosition, Session};
use lookback_wire::{Decoded, decode, link_type};

pub const ACK: u8 = 16;
pub const SYN: u8 = 2;

/// A packet of connection `flow`, from its client or its server.
pub fn tcp(flow: u32, from_client: bool, sequence: u32, flags: u8, payload: &[u8]) -> Vec<u8> {
    let (client, server) = ([&[10][..], &flow.to_be_bytes()[1..]].concat(), vec![192, 0, 2, 1]);
    let ends = if from_client { [client, server] } else { [server, client] };
    let ports: [u16; 2] = if from_client { [40_000, 80] } else { [80, 40_000] };
    let mut frame = vec![0x45, 0];
    frame.extend((40 + payload.len() as u16).to_be_bytes());
    frame.extend([0, 0, 0x40, 0, 64, 6, 0, 0]);
    frame.extend(ends.concat());
    frame.extend(ports.iter().flat_map(|port| port.to_be_bytes()));
    frame.extend(sequence.to_be_bytes());
    frame.extend(0u32.to_be_bytes());
    frame.extend([0x50, flags, 4, 0, 0, 0, 0, 0]);
    frame.extend(payload);
    frame
}

/// The rows of all packets, with usual settings.
pub fn rows(frames: &[Vec<u8>]) -> Vec<Session> {
    let mut table = FlowTable::new(FlowSettings::default(), [7; 16]);
    for (ordinal, frame) in frames.iter().enumerate() {
        let (mut decoded, length) = (Decoded::default(), frame.len() as u32);
        decode(link_type::RAW, frame, length, &mut decoded).expect("a frame");
        table.packet(&PacketFacts {
            frame,
            decoded: &decoded,
            timestamp_ns: ordinal as i64,
            clock_s: 0,
            clock_before_s: 0,
            link_type: link_type::RAW,
            captured_length: length,
            original_length: length,
            truncated: false,
            ordinal: ordinal as u64,
            position: PacketPosition { file: 1, length: length + 16, offset: ordinal as u64 * 1000 },
            origin: 0,
            earlier: &[],
        });
    }
    for at in table.remaining() {
        table.close(at);
    }
    std::mem::take(table.saved())
}
