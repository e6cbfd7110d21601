//! What a flow table counts beside its sessions.

use std::collections::BTreeMap;

/// Named counts; every one is monotonic over the life of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlowCounters {
    /// Packets that became part of a session.
    pub packets: u64,
    /// Packets left out on purpose (ESP without `trackESP`).
    pub packets_by_rule: u64,
    /// Sessions opened.
    pub opened: u64,
    /// Final session rows saved.
    pub saved: u64,
    /// Final session rows left out because of `minPacketsSaveBPFs`.
    pub rows_by_rule: u64,
    /// Sessions closed early because the table was full, or held more bytes than it may.
    pub closed_early: u64,
    /// Of those, sessions that were closed for the bytes.
    pub closed_for_memory: u64,
    /// TCP flows whose out-of-order buffer overflowed.
    pub out_of_order_overflow: u64,
    /// Payload bytes skipped as never seen.
    pub gap_bytes: u64,
    /// Dissectors dropped because they failed; the session goes on without them.
    pub dissector_failures: u64,
    /// Values refused because a field was full.
    pub values_dropped: u64,
    /// Malformed messages by `protocol/reason`.
    pub malformed: BTreeMap<(&'static str, &'static str), u64>,
}

impl FlowCounters {
    /// Adds another table's counts.
    pub fn merge(&mut self, other: &Self) {
        self.packets += other.packets;
        self.packets_by_rule += other.packets_by_rule;
        self.opened += other.opened;
        self.saved += other.saved;
        self.rows_by_rule += other.rows_by_rule;
        self.closed_early += other.closed_early;
        self.closed_for_memory += other.closed_for_memory;
        self.out_of_order_overflow += other.out_of_order_overflow;
        self.gap_bytes += other.gap_bytes;
        self.dissector_failures += other.dissector_failures;
        self.values_dropped += other.values_dropped;
        for (key, count) in &other.malformed {
            *self.malformed.entry(*key).or_default() += count;
        }
    }
}
