//! Packets of a few sessions through decoding, reassembly, the table and the dissectors. Each is six bytes and a payload:
//! kind, session and direction; TCP flags; where the segment begins (two bytes, from the middle); seconds that pass; length
//! of the payload in fours.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lookback_flow::{FlowSettings, FlowTable, PacketFacts};
use lookback_session::{PacketPosition, Session};
use lookback_wire::{Decoded, decode, link_type};
use std::collections::HashSet;

/// Ports of the servers, by session.
const PORTS: [u16; 4] = [80, 443, 53, 1080];
/// Initial sequence number of every connection: the numbers wrap within some segments.
const INITIAL: u32 = 0xffff_ff00;
const MAX_FLOWS: usize = 3;
const MAX_HELD_BYTES: usize = 32 << 10;

/// An IPv4 packet.
fn packet(kind: u8, session: u8, from_client: bool, flags: u8, sequence: u32, payload: &[u8]) -> Vec<u8> {
    let server = PORTS[usize::from(session)];
    let ends = if from_client { [[10, 0, 0, 1], [192, 0, 2, 1]] } else { [[192, 0, 2, 1], [10, 0, 0, 1]] };
    let ports = if from_client { [40_000, server] } else { [server, 40_000] };
    let (protocol, header) = match kind {
        0 | 1 => (6, 20),
        2 => (17, 8),
        _ => (132, 12),
    };
    let mut frame = vec![0x45, 0];
    frame.extend((20 + header + payload.len() as u16).to_be_bytes());
    frame.extend([0, 0, 0x40, 0, 64, protocol, 0, 0]);
    frame.extend(ends.concat());
    frame.extend(ports.iter().flat_map(|port| port.to_be_bytes()));
    match kind {
        0 | 1 => {
            frame.extend(sequence.to_be_bytes());
            frame.extend(INITIAL.wrapping_add(u32::from(flags)).to_be_bytes());
            frame.extend([0x50, flags, 4, 0, 0, 0, 0, 0]);
        }
        2 => {
            frame.extend((8 + payload.len() as u16).to_be_bytes());
            frame.extend([0, 0]);
        }
        _ => frame.extend([0; 8]),
    }
    frame.extend(payload);
    frame
}

/// Adds the packets of its rows: those of final ones are counted, and every session has a row.
#[derive(Default)]
struct Rows {
    packets: u64,
    finals: u64,
    sessions: HashSet<[u8; 16]>,
}

impl Rows {
    fn take(&mut self, rows: &mut Vec<Session>) {
        for row in rows.drain(..) {
            self.sessions.insert(row.root_id);
            if row.is_final {
                self.finals += 1;
                self.packets += row.packets.iter().sum::<u64>();
            }
        }
    }
}

fuzz_target!(|data: &[u8]| {
    let settings = FlowSettings {
        max_flows: MAX_FLOWS,
        max_held_bytes: MAX_HELD_BYTES,
        max_out_of_order: 8,
        max_packets: 50,
        open_rows_after: Some(5),
        ..FlowSettings::default()
    };
    let mut table = FlowTable::new(settings, [7; 16]);
    let mut decoded = Decoded::default();
    let mut rows = Rows::default();
    let (mut rest, mut now_s, mut given) = (data, 1_000_000i64, 0u64);
    while let Some((&[what, flags, high, low, seconds, length], after)) = rest.split_first_chunk::<6>() {
        let (payload, after) = after.split_at((usize::from(length) * 4).min(after.len()));
        rest = after;
        let clock_before_s = now_s;
        // Most packets follow at once.
        now_s += i64::from(seconds.saturating_sub(200)) * 20;
        let sequence = INITIAL.wrapping_add(u32::from(u16::from_be_bytes([high, low]))).wrapping_sub(0x80);
        let frame = packet(what & 3, what >> 2 & 3, what & 16 == 0, flags, sequence, payload);
        let length = frame.len() as u32;
        if decode(link_type::RAW, &frame, length, &mut decoded).is_err() {
            continue;
        }
        given += 1;
        table.packet(&PacketFacts {
            frame: &frame,
            decoded: &decoded,
            timestamp_ns: now_s * 1_000_000_000,
            clock_s: now_s,
            clock_before_s,
            link_type: link_type::RAW,
            captured_length: length,
            original_length: length,
            truncated: false,
            ordinal: given,
            position: PacketPosition { file: 1, length, offset: given * 2_000 },
            origin: 0,
            earlier: &[],
        });
        assert!(table.open_flows() <= MAX_FLOWS && table.held_bytes() <= MAX_HELD_BYTES);
        if what & 32 != 0 {
            table.save_open(now_s, 1);
        }
        rows.take(table.saved());
    }
    for at in table.remaining() {
        table.close(at);
    }
    rows.take(table.saved());
    let counters = table.counters();
    assert_eq!((table.open_flows(), table.held_bytes()), (0, 0));
    assert_eq!((counters.dissector_failures, counters.packets), (0, given));
    assert_eq!((rows.finals, rows.packets), (counters.saved, given));
    assert_eq!(rows.sessions.len() as u64, counters.opened);
});
