//! What a replay saves when connections take each other's place.

use lookback_flow::replay::Replay;
use lookback_flow::{FlowSettings, FlowTable, PacketFacts};
use lookback_session::{PacketPosition, Session};
use lookback_wire::{Decoded, FlowKind};
use std::collections::HashSet;
use std::sync::Arc;

const ACK: u16 = 16;
const SYN: u16 = 2;

/// A packet of the one connection there is: number in the stream, second, TCP flags.
type Packet = (u64, i64, u16);

fn rows(replay: Option<Replay>, packets: &[Packet]) -> Vec<Session> {
    let settings = FlowSettings { replay: replay.map(Arc::new), ..FlowSettings::default() };
    let mut table = FlowTable::new(settings, [7; 16]);
    let mut before = 0;
    for (ordinal, second, flags) in packets {
        let mut decoded = Decoded { kind: FlowKind::Tcp, has_ip: true, ip_protocol: 6, ..Decoded::default() };
        (decoded.source[15], decoded.destination[15]) = (1, 2);
        (decoded.source_port, decoded.destination_port) = (5_000, 80);
        decoded.tcp.flags = *flags;
        decoded.tcp.sequence = *ordinal as u32 * 1_000;
        table.packet(&PacketFacts {
            frame: &[],
            decoded: &decoded,
            timestamp_ns: second * 1_000_000_000,
            clock_s: *second,
            clock_before_s: before,
            link_type: 1,
            captured_length: 60,
            original_length: 60,
            truncated: false,
            ordinal: *ordinal,
            position: PacketPosition { file: 1, length: 76, offset: ordinal * 76 },
            origin: 0,
            earlier: &[],
        });
        before = *second;
    }
    for at in table.remaining() {
        table.close(at);
    }
    std::mem::take(table.saved())
}

fn known(from: u64, known_until: u64, open: &[u64]) -> Option<Replay> {
    Some(Replay { from, known_until, open: HashSet::from_iter(open.iter().copied()) })
}

/// Number and packets of each row.
fn counts(rows: &[Session]) -> Vec<(u64, u64)> {
    rows.iter()
        .map(|row| (row.positions.first().map_or(0, |at| at.offset / 76), row.packets.iter().sum()))
        .collect()
}

#[test]
fn the_end_of_a_known_session_does_not_swallow_a_new_one() {
    // The replay sees the last packet of a session that has its row, and cannot see that it is the last.
    for flags in [ACK, SYN] {
        let packets = [(10, 100, ACK), (20, 160, flags), (21, 161, ACK)];
        let saved = rows(known(10, 20, &[]), &packets);
        assert_eq!(counts(&saved), [(20, 2)], "flags {flags}");
        assert_eq!(saved[0].first_packet_us, 160_000_000);
    }
}

#[test]
fn nor_one_that_was_open_already() {
    let packets = [(10, 100, ACK), (15, 160, ACK), (19, 161, ACK), (30, 162, ACK)];
    assert_eq!(counts(&rows(known(10, 20, &[15]), &packets)), [(15, 3)]);
}

#[test]
fn a_session_that_was_open_goes_on() {
    let packets = [(10, 100, ACK), (15, 160, ACK), (30, 162, ACK)];
    assert_eq!(counts(&rows(known(10, 20, &[10]), &packets)), [(10, 3)]);
    assert_eq!(counts(&rows(None, &packets)), [(10, 3)]);
}

#[test]
fn the_rows_of_a_replay_take_the_place_of_those_of_open_sessions() {
    let packets = [(0, 0, SYN), (1, 1, ACK)];
    let versions = |replay| rows(replay, &packets).iter().map(|row| row.row_version).collect::<Vec<_>>();
    assert_eq!(versions(None), [1]);
    let replay = Replay { from: 0, known_until: 2, open: HashSet::from([0]) };
    // A session that is open for a year and gets a row every ten seconds has three million; one segment of it has less
    // than a hundred.
    assert_eq!(versions(Some(replay)), [1_000_000]);
}
