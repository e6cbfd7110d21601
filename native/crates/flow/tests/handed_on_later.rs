//! Payload that waited behind a hole and is handed on with later packets: nothing of it is lost, whatever comes next.

mod support;

use lookback_flow::{FlowSettings, FlowTable, PacketFacts};
use lookback_session::{PacketPosition, Session};
use lookback_wire::{Decoded, decode, link_type};
use support::connection::{ACK, SYN, tcp};

const PIECE: usize = 60_000;
const PIECES: u32 = 20;
/// Bytes of a connection's server behind its hole, and those that fill it.
const HEAD: &[u8] = b"0123456789";
const ALL: u64 = HEAD.len() as u64 + PIECES as u64 * PIECE as u64;

struct Fed {
    table: FlowTable,
    packets: u64,
}

impl Fed {
    fn new(settings: FlowSettings) -> Self {
        Self { table: FlowTable::new(settings, [7; 16]), packets: 0 }
    }
    fn frame(&mut self, frame: &[u8]) {
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
    fn open(&mut self, flow: u32) {
        self.frame(&tcp(flow, true, 0, SYN, &[]));
        self.frame(&tcp(flow, false, 0, SYN | ACK, &[]));
    }
    /// A connection whose server's bytes wait, all but the first, until the last packet brings those.
    fn hole(&mut self, flow: u32) {
        self.open(flow);
        for number in 0..PIECES {
            let sequence = 1 + HEAD.len() as u32 + number * PIECE as u32;
            self.frame(&tcp(flow, false, sequence, ACK, &vec![b'x'; PIECE]));
        }
        self.frame(&tcp(flow, false, 1, ACK, HEAD));
    }
    fn rows(&mut self) -> Vec<Session> {
        std::mem::take(self.table.saved())
    }
}

#[test]
fn a_row_has_what_its_packets_brought_though_none_follows() {
    let packets = 2 + PIECES as usize + 1;
    let mut fed = Fed::new(FlowSettings { max_packets: packets, ..FlowSettings::default() });
    fed.hole(1);
    assert_eq!(fed.rows().iter().map(|row| row.data_bytes).collect::<Vec<_>>(), [[0, ALL]]);
}

#[test]
fn connections_that_end_together_hand_on_what_is_left_one_after_the_other() {
    let mut fed = Fed::new(FlowSettings::default());
    (1..=3).for_each(|flow| fed.hole(flow));
    for ended in 1..=3 {
        assert!(!fed.table.expire(100_000, 100));
        assert_eq!(fed.table.saved().len(), ended, "a packet waits for one of them");
    }
    assert!(fed.table.expire(100_000, 100));
    assert!(fed.rows().iter().all(|row| row.data_bytes == [0, ALL]));
}

#[test]
fn requests_that_waited_are_all_dissected_though_a_packet_has_not_the_work_for_them() {
    const REQUESTS: u32 = 240;
    let headers: String = (0..10).map(|number| format!("X-Header-{number}: value\r\n")).collect();
    let request = |number: u32| format!("GET /{number:04} HTTP/1.1\r\nHost: a\r\n{headers}\r\n");
    let length = request(0).len() as u32;
    let mut fed = Fed::new(FlowSettings::default());
    fed.open(1);
    for number in (1..REQUESTS).chain([0]) {
        fed.frame(&tcp(1, true, 1 + number * length, ACK, request(number).as_bytes()));
    }
    // The other side acknowledges; nothing of these packets is dissected.
    (0..10).for_each(|_| fed.frame(&tcp(1, false, 1, ACK, &[])));
    for at in fed.table.remaining() {
        fed.table.close(at);
    }
    assert_eq!(fed.table.counters().malformed, [].into());
    assert_eq!(fed.rows().iter().map(|row| row.data_bytes[0]).sum::<u64>(), u64::from(REQUESTS * length));
}
