//! Which packets go into packet files: all but those behind the first N of a session that a rule of `dontSaveBPFs` names.

use crate::rules::PacketRules;
use lookback_capture::Batch;
use lookback_capture::batch::records;
use lookback_pcapfile::RECORD_HEADER;
use lookback_wire::{Decoded, FlowKey, FlowKind, SessionIdTracking};
use std::collections::HashMap;
use std::sync::Arc;

/// Sessions whose packets are counted. When there are more, the idle ones are forgotten, then all: a session that was
/// forgotten has more of its packets saved, never fewer.
const MOST_SESSIONS: usize = 1 << 20;
/// Seconds without a packet after which a session is another one.
const IDLE: i64 = 600;

/// TCP flags (RFC 9293).
const SYN_ACK: u16 = 0x12;
const SYN: u16 = 0x02;

/// The packets of one session so far.
#[derive(Clone, Copy)]
struct Counted {
    packets: u32,
    /// Packets that are saved; none when no rule matched.
    most: Option<u32>,
    last_s: i64,
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
    tracking: SessionIdTracking,
    link_type: u16,
    sessions: HashMap<FlowKey, Counted, ahash::RandomState>,
    decoded: Decoded,
}

impl Saving {
    /// For a stream of one link type.
    pub fn new(rules: Arc<PacketRules>, tracking: SessionIdTracking, link_type: u16) -> Self {
        Self { rules, tracking, link_type, sessions: HashMap::default(), decoded: Decoded::default() }
    }

    /// Chooses what of a batch is saved; none when it is all of it.
    pub fn choose(&mut self, batch: &Batch) -> Option<Chosen> {
        let bytes = batch.records();
        let saved: Vec<bool> = records(bytes)
            .map(|record| {
                let frame = bytes.get(record.start as usize..record.end as usize).unwrap_or_default();
                self.is_saved(frame, record.original_length, record.timestamp_ns.div_euclid(1_000_000_000))
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
        let key = FlowKey::of(decoded, self.tracking);
        let begins = decoded.kind == FlowKind::Tcp && decoded.tcp.flags & SYN_ACK == SYN;
        let known = self.sessions.get_mut(&key).filter(|known| !begins && known.last_s + IDLE >= now_s);
        let Some(known) = known else {
            let most = self.rules.first_match(self.link_type, frame, original_length);
            self.make_room(now_s);
            self.sessions.insert(key, Counted { packets: 1, most, last_s: now_s });
            // A session is known by its first packet, so that one is always saved.
            return true;
        };
        known.packets = known.packets.saturating_add(1);
        known.last_s = now_s;
        known.most.is_none_or(|most| known.packets <= most)
    }

    fn make_room(&mut self, now_s: i64) {
        if self.sessions.len() < MOST_SESSIONS {
            return;
        }
        self.sessions.retain(|_, known| known.last_s + IDLE >= now_s);
        // Looking for idle ones again for each new session would take all the time.
        if self.sessions.len() > MOST_SESSIONS / 2 {
            self.sessions.clear();
        }
    }
}
