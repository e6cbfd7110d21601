//! Which packets go into packet files: all but those behind the first N of a session that a rule of `dontSaveBPFs` names.

use crate::clock::StreamClock;
use crate::rules::PacketRules;
use lookback_capture::Batch;
use lookback_capture::batch::records;
use lookback_flow::FlowSettings;
use lookback_pcapfile::RECORD_HEADER;
use lookback_wire::{Decoded, FlowKey, FlowKind};
use std::collections::HashMap;
use std::sync::Arc;

/// Tables that share the sessions, by their hash: no packet waits until all of them were looked at.
const SHARDS: usize = 256;
/// Above the bits that a table chooses its places by, and below those that it keeps of each entry.
const SHARD_SHIFT: u32 = 40;
/// Sessions of a table whose packets are counted, a million in all. When there are more, those that are over are forgotten, then
/// all: a session that was forgotten has more of its packets saved, never fewer.
const MOST_SESSIONS: usize = 4_096;

/// TCP flags (RFC 9293).
const SYN_ACK: u16 = 0x12;
const SYN: u16 = 0x02;
const FIN: u16 = 0x01;
const RST: u16 = 0x04;

/// The packets of one session so far.
#[derive(Clone, Copy)]
struct Counted {
    packets: u32,
    /// Packets that are saved; none when no rule matched.
    most: Option<u32>,
    /// The last second at which a packet is of the same session.
    until_s: i64,
    /// Which ends of a connection have sent their last byte.
    finished: [bool; 2],
    /// The last second of a connection that is closing.
    closing_s: i64,
}

impl Counted {
    fn of_first(most: Option<u32>) -> Self {
        Self { packets: 0, most, until_s: i64::MIN, finished: [false; 2], closing_s: i64::MAX }
    }

    /// Counts a packet.
    fn see(&mut self, decoded: &Decoded, key: &FlowKey, flow: &FlowSettings, now_s: i64) {
        self.packets = self.packets.saturating_add(1);
        if decoded.kind == FlowKind::Tcp {
            let flags = decoded.tcp.flags;
            self.finished[usize::from(key.reversed())] |= flags & FIN != 0;
            if flags & RST != 0 || self.finished == [true; 2] {
                self.closing_s = self.closing_s.min(now_s.saturating_add(flow.tcp_closing_timeout));
            }
        }
        let idle_s = now_s.saturating_add(flow.timeout(decoded.kind));
        self.until_s = self.until_s.max(idle_s).min(self.closing_s);
    }
}

/// A batch after the rules: what is saved of it.
pub struct Chosen {
    /// The records that are saved, in one piece.
    pub records: Vec<u8>,
    /// Of each packet of the batch, whether it is saved.
    pub saved: Vec<bool>,
}

/// Counts packets by session.
pub struct Saving {
    rules: Arc<PacketRules>,
    /// When sessions are over, as where they are indexed.
    flow: FlowSettings,
    link_type: u16,
    hasher: ahash::RandomState,
    sessions: Vec<HashMap<FlowKey, Counted, ahash::RandomState>>,
    decoded: Decoded,
    /// That of the stream, as where sessions are indexed.
    clock: StreamClock,
}

impl Saving {
    /// For a stream of one link type.
    pub fn new(rules: Arc<PacketRules>, flow: FlowSettings, link_type: u16) -> Self {
        let hasher = ahash::RandomState::new();
        let sessions = (0..SHARDS).map(|_| HashMap::with_hasher(hasher.clone())).collect();
        Self {
            rules,
            flow,
            link_type,
            hasher,
            sessions,
            decoded: Decoded::default(),
            clock: StreamClock::default(),
        }
    }

    /// Chooses what of a batch is saved; none when it is all of it.
    pub fn choose(&mut self, batch: &Batch) -> Option<Chosen> {
        let bytes = batch.records();
        let saved: Vec<bool> = records(bytes)
            .map(|record| {
                let frame = bytes.get(record.start as usize..record.end as usize).unwrap_or_default();
                let now_s = self.clock.advance(record.timestamp_ns);
                self.is_saved(frame, record.original_length, now_s)
            })
            .collect();
        if saved.iter().all(|saved| *saved) {
            return None;
        }
        let mut kept = Vec::with_capacity(bytes.len());
        for (record, saved) in records(bytes).zip(&saved) {
            if *saved {
                let start = (record.start as usize).saturating_sub(RECORD_HEADER);
                kept.extend_from_slice(bytes.get(start..record.end as usize).unwrap_or_default());
            }
        }
        Some(Chosen { records: kept, saved })
    }

    fn is_saved(&mut self, frame: &[u8], original_length: u32, now_s: i64) -> bool {
        let decoded = &mut self.decoded;
        // What cannot be decoded, and a fragment, whose session is not known, are always saved.
        if lookback_wire::decode(self.link_type, frame, original_length, decoded).is_err()
            || decoded.fragment.is_some()
        {
            return true;
        }
        let key = FlowKey::of(decoded, self.flow.tracking);
        let begins = decoded.kind == FlowKind::Tcp && decoded.tcp.flags & SYN_ACK == SYN;
        let shard = (self.hasher.hash_one(key) >> SHARD_SHIFT) as usize % SHARDS;
        let Some(sessions) = self.sessions.get_mut(shard) else { return true };
        let Some(known) = sessions.get_mut(&key).filter(|known| !begins && known.until_s >= now_s) else {
            let most = self.rules.first_match(self.link_type, frame, original_length);
            make_room(sessions, now_s);
            let mut first = Counted::of_first(most);
            first.see(decoded, &key, &self.flow, now_s);
            sessions.insert(key, first);
            // A session is known by its first packet, so that one is always saved.
            return true;
        };
        known.see(decoded, &key, &self.flow, now_s);
        known.most.is_none_or(|most| known.packets <= most)
    }
}

fn make_room(sessions: &mut HashMap<FlowKey, Counted, ahash::RandomState>, now_s: i64) {
    if sessions.len() < MOST_SESSIONS {
        return;
    }
    sessions.retain(|_, known| known.until_s >= now_s);
    // Looking for those that are over again for each new session would take all the time.
    if sessions.len() > MOST_SESSIONS / 2 {
        sessions.clear();
    }
}
