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

/// A flow table that packets were fed to.
pub struct Fed {
    pub table: FlowTable,
    packets: u64,
}

impl Fed {
    pub fn new(settings: FlowSettings) -> Self {
        Self { table: FlowTable::new(settings, [7; 16]), packets: 0 }
    }
    pub fn frame(&mut self, frame: &[u8]) {
        let (mut decoded, length) = (Decoded::default(), frame.len() as u32);
        decode(link_type::RAW, frame, length, &mut decoded).expect("a frame");
        self.packets += 1;
        self.table.packet(&PacketFacts {
            frame,
            decoded: &decoded,
            timestamp_ns: self.packets as i64,
            clock_s: 0,
            clock_before_s: 0,
            link_type: link_type::RAW,
            captured_length: length,
            original_length: length,
            truncated: false,
            ordinal: self.packets,
            position: PacketPosition { file: 1, length: length + 16, offset: self.packets * 100_000 },
            origin: 0,
            earlier: &[],
        });
    }
    /// Rows so far.
    pub fn rows(&mut self) -> Vec<Session> {
        std::mem::take(self.table.saved())
    }
    /// The same once every connection has ended.
    pub fn all_rows(&mut self) -> Vec<Session> {
        for at in self.table.remaining() {
            self.table.close(at);
        }
        self.rows()
    }
}

/// The rows of all packets, with usual settings.
pub fn rows(frames: &[Vec<u8>]) -> Vec<Session> {
    let mut fed = Fed::new(FlowSettings::default());
    frames.iter().for_each(|frame| fed.frame(frame));
    fed.all_rows()
}
