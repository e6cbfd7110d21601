//! Payload that waited behind a hole and is handed on with later packets: nothing of it is lost, whatever comes next.

mod support;

use lookback_flow::{FlowSettings, FlowTable, PacketFacts};
use lookback_session::{PacketPosition, Session};
use lookback_wire::{Decoded, decode, link_type};
use support::connection::{ACK, SYN, tcp};

const RST: u8 = 4;
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
    let mut fed = Fed::new(FlowSettings::default());
    fed.hole(1);
    for at in fed.table.remaining() {
        fed.table.close(at);
    }
    assert_eq!(fed.rows().iter().map(|row| row.data_bytes).collect::<Vec<_>>(), [[0, ALL]]);
}

#[test]
fn connections_that_end_together_hand_on_what_is_left_one_after_the_other() {
    let mut fed = Fed::new(FlowSettings::default());
    (1..=3).for_each(|flow| fed.hole(flow));
    let mut packets = 0;
    while !fed.table.expire(100_000, 100) {
        packets += 1;
        assert!(fed.table.saved().len() <= packets, "each packet waits for one of them");
    }
    // Each of them waited for several.
    assert!(packets >= 3 * 8, "{packets}");
    assert_eq!(fed.table.open_flows(), 0);
    assert!(fed.rows().iter().all(|row| row.data_bytes == [0, ALL]));
}

#[test]
fn one_that_ends_with_much_left_gets_its_row_with_packets_of_others() {
    type End = fn(&mut Fed);
    let ends: [(End, FlowSettings); 3] = [
        // Its ports are used again.
        (
            |fed| {
                fed.frame(&tcp(1, true, 1, RST, &[]));
                fed.frame(&tcp(1, true, 90_000_000, SYN, &[]));
            },
            FlowSettings::default(),
        ),
        // There is no room for another one.
        (|fed| fed.open(2), FlowSettings { max_flows: 1, ..FlowSettings::default() }),
        // Another one holds more than is left of what all may.
        (
            |fed| {
                fed.open(2);
                for number in 0..4 {
                    fed.frame(&tcp(2, true, 100 + number * PIECE as u32, ACK, &vec![b'x'; PIECE]));
                }
            },
            FlowSettings { max_held_bytes: 1_300_000, ..FlowSettings::default() },
        ),
    ];
    for (number, (end, settings)) in ends.into_iter().enumerate() {
        let mut fed = Fed::new(settings);
        fed.hole(1);
        end(&mut fed);
        assert!(fed.table.saved().is_empty(), "case {number}: no packet waits for all");
        let mut packets = 0;
        while fed.table.saved().is_empty() {
            packets += 1;
            assert!(packets < 100, "case {number}");
            fed.frame(&tcp(2, false, 1, ACK, &[]));
        }
        assert!(packets > 2, "case {number}");
        assert_eq!(fed.rows()[0].data_bytes, [0, ALL], "case {number}");
        assert_eq!(fed.table.counters().closed_early > 0, number > 0, "case {number}");
        // What is closed is not there any more.
        let left = fed.table.open_flows();
        assert_eq!(fed.table.remaining().len(), left, "case {number}");
    }
}

#[test]
fn a_row_that_is_due_waits_until_little_is_left() {
    let packets = 2 + PIECES as usize + 1;
    let mut fed = Fed::new(FlowSettings { max_packets: packets, ..FlowSettings::default() });
    fed.hole(1);
    assert!(fed.table.saved().is_empty(), "no packet waits for all");
    for more in 1.. {
        assert!(more < 100);
        fed.frame(&tcp(1, true, 1, ACK, &[]));
        if let [row] = fed.rows().as_slice() {
            assert_eq!((row.data_bytes, row.packets.iter().sum::<u64>()), ([0, ALL], packets as u64 + more));
            break;
        }
    }
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
