//! Traffic that is meant to exhaust a flow table, and a dissector that fails.

use lookback_flow::settings::FlowSettings;
use lookback_flow::{FlowTable, PacketFacts};
use lookback_session::PacketPosition;
use lookback_wire::{Decoded, FlowKind};

const SYN: u16 = 2;
const RST: u16 = 4;
const ACK: u16 = 16;

fn packet(table: &mut FlowTable, decoded: &Decoded, ordinal: u64, second: i64) {
    table.packet(&PacketFacts {
        frame: &[],
        decoded,
        timestamp_ns: second * 1_000_000_000,
        clock_s: second,
        clock_before_s: second,
        link_type: 1,
        captured_length: 60,
        original_length: 60,
        truncated: false,
        ordinal,
        position: PacketPosition { file: 1, length: 76, offset: ordinal * 76 },
        origin: 0,
        earlier: &[],
    });
}

/// A connection attempt from one of 16 million addresses.
fn attempt(number: u32) -> Decoded {
    let mut decoded = Decoded { kind: FlowKind::Tcp, has_ip: true, ip_protocol: 6, ..Decoded::default() };
    decoded.source[12..16].copy_from_slice(&(0x0a00_0000 | number).to_be_bytes());
    decoded.destination[15] = 1;
    (decoded.source_port, decoded.destination_port) = (1024 + (number % 60_000) as u16, 443);
    decoded.tcp.flags = SYN;
    decoded.tcp.sequence = number.wrapping_mul(2_654_435_761);
    decoded
}

#[test]
fn a_million_half_open_connections_stay_within_the_bound() {
    const BOUND: usize = 100_000;
    const SENT: u32 = 1_000_000;
    let mut table = FlowTable::new(FlowSettings { max_flows: BOUND, ..FlowSettings::default() }, [7; 16]);
    let mut rows = 0;
    let mut most_rows = 0;
    for number in 0..SENT {
        // A million in ten seconds.
        packet(&mut table, &attempt(number), u64::from(number), i64::from(number / 100_000));
        assert!(table.open_flows() <= BOUND);
        most_rows = most_rows.max(table.saved().len());
        if table.saved().len() >= 10_000 {
            rows += table.saved().len();
            table.saved().clear();
        }
    }
    // One closes for each that comes, never many at once: no packet waits for a clean-up.
    assert_eq!(table.counters().closed_early, u64::from(SENT) - BOUND as u64);
    assert_eq!(most_rows, 10_000);
    for at in table.remaining() {
        table.close(at);
    }
    assert_eq!(rows + table.saved().len(), SENT as usize);
    assert_eq!(table.counters().saved, u64::from(SENT));
}

#[test]
fn a_scan_of_one_host_is_bounded_the_same_way() {
    let mut table = FlowTable::new(FlowSettings { max_flows: 1_000, ..FlowSettings::default() }, [7; 16]);
    for number in 0..200_000u32 {
        let mut decoded = attempt(7);
        decoded.source_port = (number / 65_536) as u16 + 1;
        decoded.destination_port = (number % 65_536) as u16;
        packet(&mut table, &decoded, u64::from(number), 0);
        table.saved().clear();
    }
    assert_eq!(table.open_flows(), 1_000);
    assert_eq!(table.counters().opened, 200_000);
}

#[test]
fn attempts_at_closed_ports_do_not_stay_open() {
    const FLOWS: u32 = 1_000;
    let settings = FlowSettings::default();
    let soon = settings.tcp_closing_timeout + 1;
    let mut table = FlowTable::new(settings, [7; 16]);
    for number in 0..FLOWS {
        let attempt = attempt(number);
        packet(&mut table, &attempt, u64::from(number) * 2, 0);
        let mut refusal = Decoded {
            source: attempt.destination,
            destination: attempt.source,
            source_port: attempt.destination_port,
            destination_port: attempt.source_port,
            ..attempt
        };
        refusal.tcp.flags = RST | ACK;
        (refusal.tcp.sequence, refusal.tcp.acknowledgement) = (0, attempt.tcp.sequence.wrapping_add(1));
        packet(&mut table, &refusal, u64::from(number) * 2 + 1, 0);
    }
    assert_eq!(table.open_flows(), FLOWS as usize);
    assert!(table.expire(soon, usize::MAX));
    assert_eq!((table.open_flows(), table.saved().len()), (0, FLOWS as usize));
    assert!(table.saved().iter().all(|row| row.packets == [1, 1]));
}

#[test]
fn flows_that_end_at_the_same_time_are_closed_a_few_with_each_packet() {
    const FLOWS: u32 = 10_000;
    let mut table = FlowTable::new(FlowSettings::default(), [7; 16]);
    (0..FLOWS).for_each(|number| packet(&mut table, &attempt(number), u64::from(number), 0));
    // All are over: none of their rows was to come before, and not all at once now.
    packet(&mut table, &attempt(FLOWS), u64::from(FLOWS), 100_000);
    let with_a_packet = table.saved().len();
    assert!((1..=64).contains(&with_a_packet), "{with_a_packet}");
    // One that is still here is over all the same: its packet begins another session.
    packet(&mut table, &attempt(FLOWS - 1), u64::from(FLOWS) + 1, 100_000);
    assert_eq!(table.counters().opened, u64::from(FLOWS) + 2);
    assert!(table.saved().iter().all(|row| row.packets == [1, 0]));
    // Two looks cannot reach the rest, which many can.
    let before = table.saved().len();
    assert!(!table.expire(100_000, 2));
    assert_eq!(table.saved().len(), before + 2);
    assert!(table.expire(100_000, usize::MAX));
    assert_eq!((table.saved().len(), table.open_flows()), (FLOWS as usize, 2));
    assert_eq!(table.counters().closed_early, 0);
}

/// Segments of open connections, each of which leaves a hole.
#[test]
fn payload_that_waits_in_many_flows_is_bounded_in_all() {
    const BOUND: usize = 1 << 20;
    let settings = FlowSettings { max_held_bytes: BOUND, ..FlowSettings::default() };
    let mut table = FlowTable::new(settings, [7; 16]);
    let payload = [b'x'; 1_400];
    let mut ordinal = 0;
    let mut send = |table: &mut FlowTable, decoded: &Decoded, data: &[u8]| {
        ordinal += 1;
        table.packet(&PacketFacts {
            frame: data,
            decoded,
            timestamp_ns: 0,
            clock_s: 0,
            clock_before_s: 0,
            link_type: 1,
            captured_length: data.len() as u32,
            original_length: data.len() as u32,
            truncated: false,
            ordinal,
            position: PacketPosition { file: 1, length: 1_416, offset: ordinal * 1_416 },
            origin: 0,
            earlier: &[],
        });
    };
    const FLOWS: u32 = 5_000;
    for number in 0..FLOWS {
        let mut decoded = attempt(number);
        send(&mut table, &decoded, &[]);
        decoded.tcp.flags = 0x18;
        decoded.tcp.sequence = decoded.tcp.sequence.wrapping_add(10_000);
        decoded.payload_end = payload.len() as u32;
        send(&mut table, &decoded, &payload);
        assert!(table.held_bytes() <= BOUND, "{}", table.held_bytes());
    }
    let open = table.open_flows();
    assert!((500..800).contains(&open), "{open}");
    assert_eq!(table.counters().closed_for_memory, u64::from(FLOWS) - open as u64);
    assert_eq!(table.saved().len() as u64, table.counters().closed_early);
    for at in table.remaining() {
        table.close(at);
    }
    assert_eq!((table.held_bytes(), table.saved().len()), (0, FLOWS as usize));
}

#[test]
fn room_is_made_after_a_look_at_some_when_all_flows_got_packets_since() {
    const FLOWS: u32 = 5_000;
    let settings = FlowSettings { max_flows: FLOWS as usize, ..FlowSettings::default() };
    let mut table = FlowTable::new(settings, [7; 16]);
    let mut ordinal = 0;
    let mut send = |table: &mut FlowTable, number: u32, second: i64| {
        packet(table, &attempt(number), ordinal, second);
        ordinal += 1;
    };
    (0..FLOWS).for_each(|number| send(&mut table, number, 0));
    // The last ones first: they would expire first now, and are looked at last.
    (0..FLOWS).rev().for_each(|number| send(&mut table, number, 100 - i64::from(number / 50)));
    send(&mut table, FLOWS, 101);
    assert_eq!(table.saved().len(), 1);
    let row = &table.saved()[0];
    let source = row.ends.map(|ends| ends.address[0]).unwrap_or_default();
    let number = u32::from_be_bytes([source[12], source[13], source[14], source[15]]) & 0xff_ffff;
    assert!(number < 256, "of those that were looked at the one that would expire first: {number}");
    assert_eq!((table.open_flows(), table.counters().closed_early), (FLOWS as usize, 1));
}
