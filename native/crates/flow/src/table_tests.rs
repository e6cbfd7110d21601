//! What connections that end at once leave behind in a table, and what one flow holds, however much it is.

use super::*;
use lookback_protocols::{Context, Dissector, Verdict};
use lookback_session::PacketPosition;
use lookback_session::record::Direction;
use lookback_wire::Decoded;

/// A table, and the number of the next packet.
struct Fed {
    table: FlowTable,
    second: i64,
    /// Seconds that the times of packets are behind.
    behind: i64,
    ordinal: u64,
}

impl Fed {
    fn new(max_flows: usize) -> Self {
        let settings = FlowSettings { max_flows, open_rows_after: Some(10), ..FlowSettings::default() };
        Self { table: FlowTable::new(settings, [7; 16]), second: 0, behind: 0, ordinal: 0 }
    }

    /// A segment of a client, which is its number.
    fn segment(&mut self, client: u32, flags: u16, sequence: u32) {
        let mut decoded = Decoded { kind: FlowKind::Tcp, has_ip: true, ip_protocol: 6, ..Decoded::default() };
        decoded.source[12..].copy_from_slice(&client.to_be_bytes());
        decoded.destination[12..].copy_from_slice(&[192, 0, 2, 1]);
        (decoded.source_port, decoded.destination_port) = (40_000, 443);
        (decoded.tcp.flags, decoded.tcp.sequence) = (flags, sequence);
        self.table.packet(&PacketFacts {
            frame: &[],
            decoded: &decoded,
            timestamp_ns: (self.second - self.behind) * 1_000_000_000,
            clock_s: self.second,
            clock_before_s: self.second,
            link_type: 1,
            captured_length: 60,
            original_length: 60,
            truncated: false,
            ordinal: self.ordinal,
            position: PacketPosition { file: 1, length: 76, offset: self.ordinal * 76 },
            origin: 0,
            earlier: &[],
        });
        self.ordinal += 1;
        self.table.saved().clear();
    }
}

#[test]
fn connections_that_end_at_once_leave_a_bounded_number_of_entries() {
    const MOST: usize = 100;
    for clients in [1, 20_000] {
        let mut fed = Fed::new(MOST);
        for number in 0..20_000 {
            fed.segment(number % clients, flag::SYN, number * 1_000);
            fed.segment(number % clients, flag::RST, number * 1_000 + 1);
            // Until those of all flows that are open were looked at, a few more come.
            let bound = (MOST_ENTRIES_EACH + 1) * MOST;
            let (timers, unwritten) = (fed.table.timers.len(), fed.table.unwritten.len());
            assert!(timers <= bound && unwritten <= bound, "{timers} and {unwritten} after {number}");
        }
        assert!(fed.table.open_flows() <= MOST);
    }
}

#[test]
fn entries_of_what_waits_the_longest_come_first_though_others_are_taken_out() {
    let mut fed = Fed::new(100);
    fed.segment(1_000_000, flag::SYN, 0);
    for number in 1..2_000 {
        fed.second = i64::from(number) / 500;
        fed.segment(1_000_000, flag::ACK, 1);
        fed.segment(7, flag::SYN, number * 1_000);
        fed.segment(7, flag::RST, number * 1_000 + 1);
    }
    assert_eq!(fed.table.unwritten_since_us(), Some(0));
}

#[test]
fn an_earlier_packet_of_another_interface_counts_though_its_flow_waits_already() {
    let mut fed = Fed::new(100);
    fed.second = 10;
    fed.segment(1, flag::SYN, 0);
    assert_eq!(fed.table.unwritten_since_us(), Some(10_000_000));
    fed.behind = 3;
    fed.segment(1, flag::ACK, 1);
    assert_eq!(fed.table.unwritten_since_us(), Some(7_000_000));
}

#[test]
fn no_packet_looks_at_all_entries_that_closed_connections_left() {
    const MOST: u32 = 20_000;
    const ENDED: u32 = 60_000;
    let mut fed = Fed::new(MOST as usize);
    for number in 0..ENDED {
        fed.second = i64::from(number / 2_000);
        fed.segment(number, flag::SYN, 0);
        fed.segment(number, flag::RST, 1);
    }
    fed.second = 300;
    for number in 0..MOST {
        fed.segment(1_000_000 + number, flag::SYN, 0);
    }
    let stale = fed.table.timers.len() - MOST as usize;
    assert!(stale > ENDED as usize / 2, "{stale}");
    let most = TRIES_FOR_ROOM * LOOKED_AT_FOR_ROOM + EXPIRED_WITH_A_PACKET;
    for number in 0..1_000 {
        let before = fed.table.timers.len();
        fed.segment(2_000_000 + number, flag::SYN, 0);
        let after = fed.table.timers.len();
        assert!(before <= after + most, "{before} {after}");
        assert!(fed.table.open_flows() <= MOST as usize + stale / (TRIES_FOR_ROOM * LOOKED_AT_FOR_ROOM) + 1);
    }
    assert!(fed.table.open_flows() <= MOST as usize, "there is room for all in the end");
}

/// Says that it keeps much.
struct Hoarder(usize);

impl Dissector for Hoarder {
    fn name(&self) -> &'static str {
        "hoarder"
    }
    fn held_bytes(&self) -> usize {
        self.0
    }
    fn payload(&mut self, _: &mut Context<'_>, _: Direction, _: &[u8]) -> Verdict {
        Verdict::More
    }
}

#[test]
fn a_flow_that_holds_much_counts_in_full() {
    const MUCH: usize = 100 << 20;
    let mut table = FlowTable::new(FlowSettings { max_held_bytes: MUCH, ..FlowSettings::default() }, [7; 16]);
    let decoded = Decoded { kind: FlowKind::Udp, has_ip: true, ip_protocol: 17, ..Decoded::default() };
    let facts = |decoded| PacketFacts {
        frame: &[],
        decoded,
        timestamp_ns: 0,
        clock_s: 0,
        clock_before_s: 0,
        link_type: 1,
        captured_length: 60,
        original_length: 60,
        truncated: false,
        ordinal: 0,
        position: PacketPosition { file: 1, length: 76, offset: 24 },
        origin: 0,
        earlier: &[],
    };
    table.packet(&facts(&decoded));
    let (at, _) = table.flows.iter().next().expect("it is open");
    let flow = table.flows.get_mut(at).expect("it is open");
    flow.dissectors.get_or_insert_default().push(Box::new(Hoarder(MUCH / 2)));
    table.packet(&facts(&decoded));
    assert!((MUCH / 2..MUCH * 3 / 5).contains(&table.held_bytes()), "{}", table.held_bytes());
    assert_eq!((table.open_flows(), table.counters().closed_for_memory), (1, 0));

    let flow = table.flows.get_mut(at).expect("it is open");
    flow.dissectors.get_or_insert_default().push(Box::new(Hoarder(MUCH / 2)));
    table.packet(&facts(&decoded));
    assert_eq!((table.open_flows(), table.counters().closed_for_memory, table.held_bytes()), (0, 1, 0));
}
