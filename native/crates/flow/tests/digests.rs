//! Rows that wait for the digests of their bodies are the rows that do not.

mod support;

use lookback_flow::{FlowSettings, FlowTable, PacketFacts};
use lookback_session::{PacketPosition, Session};
use lookback_traffic::mix::Mix;
use lookback_wire::{Decoded, decode, link_type};
use std::collections::VecDeque;
use support::{Conversation, Packet, generated};

/// Conversations that are on their way at a time.
const AT_A_TIME: usize = 9;

/// What a row says, by its id and version.
fn told(row: &Session) -> String {
    let fields = row.fields.values();
    let mut values: Vec<String> =
        fields.iter().map(|(field, value)| format!("{}={value:?}", field.expression)).collect();
    values.sort();
    format!("{:?} {} {:?} {}", row.id, row.row_version, row.packets, values.join(" "))
}

/// The rows of conversations that take turns, taken when there are so many, and how many values had no room.
fn rows(talks: &[Conversation], settings: FlowSettings, taken_at: usize) -> (Vec<String>, u64) {
    let mut table = FlowTable::new(settings, [7; 16]);
    let mut waiting: VecDeque<_> = talks.iter().cloned().map(Vec::into_iter).collect();
    let mut talking = VecDeque::new();
    let (mut all, mut decoded, mut ordinal) = (Vec::new(), Decoded::default(), 0);
    loop {
        while talking.len() < AT_A_TIME
            && let Some(next) = waiting.pop_front()
        {
            talking.push_back(next);
        }
        let Some(mut talk) = talking.pop_front() else { break };
        let Some(Packet { frame, .. }) = talk.next() else { continue };
        talking.push_back(talk);
        let length = frame.len() as u32;
        decode(link_type::ETHERNET, &frame, length, &mut decoded).expect("a frame");
        ordinal += 1;
        let second = ordinal as i64 / 500;
        table.packet(&PacketFacts {
            frame: &frame,
            decoded: &decoded,
            timestamp_ns: second * 1_000_000_000,
            clock_s: second,
            clock_before_s: second,
            link_type: link_type::ETHERNET,
            captured_length: length,
            original_length: length,
            truncated: false,
            ordinal,
            position: PacketPosition { file: 1, length: length + 16, offset: ordinal * 100_000 },
            origin: 0,
            earlier: &[],
        });
        if table.rows_saved() >= taken_at {
            all.extend(std::mem::take(table.saved()).iter().map(told));
        }
    }
    for at in table.remaining() {
        table.close(at);
    }
    all.extend(std::mem::take(table.saved()).iter().map(told));
    all.sort();
    (all, table.counters().values_dropped)
}

#[test]
fn of_pages_and_downloads_in_rows_of_many_and_of_few_packets() {
    let talks = [generated(Mix::Flow, 1_000_000), generated(Mix::Bulk, 12_000_000)].concat();
    for max_packets in [10_000, 23] {
        let settings = |rows_wait_for_digests| FlowSettings {
            rows_wait_for_digests,
            max_packets,
            max_waiting_bytes_of_a_body: if rows_wait_for_digests { usize::MAX } else { 64 << 10 },
            ..FlowSettings::default()
        };
        let at_once = rows(&talks, settings(false), 1);
        assert!(at_once.0.iter().filter(|row| row.contains("http.md5")).count() > 50);
        for taken_at in [1, 37, usize::MAX] {
            let later = rows(&talks, settings(true), taken_at);
            assert!(later == at_once, "taken at {taken_at}");
        }
    }
}
