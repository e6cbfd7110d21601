//! Joins fragments and remembers where their records are, so that a session's packets can be exported whole.

use lookback_session::PacketPosition;
use lookback_wire::{Addition, Decoded, DefragmentLimits, Defragmenter, decode_reassembled};
use std::collections::VecDeque;

/// Most positions of waiting fragments that are remembered; older ones are forgotten.
const MAX_POSITIONS: usize = 65_536;

/// Fragments of one stream that wait for others.
pub struct Fragments {
    defragmenter: Defragmenter,
    positions: VecDeque<(u64, PacketPosition)>,
}

/// A frame joined from fragments.
pub struct Joined {
    /// Link header to payload.
    pub frame: Vec<u8>,
    /// Records of the fragments before the completing one, in order of arrival.
    pub earlier: Vec<PacketPosition>,
}

/// What became of a fragment.
pub enum Outcome {
    /// It waits.
    Held,
    /// It completed a frame; the decoding is now that of the whole frame.
    Complete(Joined),
    /// It is of no use.
    Refused(&'static str),
}

impl Fragments {
    /// With these bounds: datagrams, and seconds that one may wait.
    pub fn new(datagrams: usize, timeout_s: i64) -> Self {
        let limits = DefragmentLimits { datagrams, timeout_s, ..DefragmentLimits::default() };
        Self { defragmenter: Defragmenter::new(limits), positions: VecDeque::new() }
    }

    /// Takes a fragment that `decoded` describes; replaces `decoded` when it completes a frame.
    pub fn add(
        &mut self,
        frame: &[u8],
        decoded: &mut Decoded,
        clock_s: i64,
        ordinal: u64,
        position: PacketPosition,
    ) -> Outcome {
        match self.defragmenter.add(frame, decoded, clock_s, ordinal) {
            Addition::Held => {
                if self.positions.len() >= MAX_POSITIONS {
                    self.positions.pop_front();
                }
                self.positions.push_back((ordinal, position));
                Outcome::Held
            }
            Addition::Refused => Outcome::Refused("refused"),
            Addition::Complete(whole) => {
                if let Err(malformed) = decode_reassembled(&whole.frame, &whole.fragment, decoded) {
                    return Outcome::Refused(malformed.reason);
                }
                let earlier = whole.tokens.iter().filter_map(|token| self.position_of(*token)).collect();
                Outcome::Complete(Joined { frame: whole.frame, earlier })
            }
        }
    }

    fn position_of(&self, ordinal: u64) -> Option<PacketPosition> {
        let at = self.positions.binary_search_by_key(&ordinal, |(ordinal, _)| *ordinal).ok()?;
        self.positions.get(at).map(|(_, position)| *position)
    }

    /// Adds its counts to `counters`.
    pub fn count_into(&self, counters: &mut crate::worker::Counters) {
        let counts = self.defragmenter.counters();
        let mut add = |name: &str, count: u64| *counters.entry(name.to_owned()).or_default() += count;
        add("fragments.received", counts.fragments);
        add("fragments.reassembled", counts.reassembled);
        add("fragments.timedOut", counts.timed_out);
        add("fragments.evicted", counts.evicted);
        add("fragments.overlaps", counts.overlaps);
        add("fragments.refused", counts.refused);
        add("fragments.lost", counts.lost_fragments);
    }
}
