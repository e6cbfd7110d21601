//! Joins fragments and remembers where their records are, so that a session's packets can be exported whole.

use lookback_session::PacketPosition;
use lookback_wire::{Addition, Decoded, DefragmentLimits, Defragmenter, decode_reassembled};
use std::collections::{HashSet, VecDeque};

/// Most positions of waiting fragments that are remembered; older ones are forgotten.
const MAX_POSITIONS: usize = 65_536;
/// Most records of one joined frame: those of the pieces that a datagram may have (64 KiB in pieces of 8 bytes). Fragments of
/// fragments could have more, which one packet would bring all at once.
const MAX_RECORDS: usize = 8_192;
/// Most datagrams that one frame may complete, each inside the one before (RFC 4459): a fragment whose tunnel is in fragments.
const MAX_NESTED: usize = 4;

/// Fragments of one stream that wait for others.
pub struct Fragments {
    defragmenter: Defragmenter,
    /// By the frame that they came with, with how many it has; a fragment that was joined from fragments has those of all of them.
    records: VecDeque<(u64, u32, Record)>,
    /// Records of joined frames that were forgotten before.
    forgotten: u64,
}

/// Where a frame is stored, and which one it is in the stream.
#[derive(Clone, Copy)]
struct Record {
    ordinal: u64,
    position: PacketPosition,
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
        Self { defragmenter: Defragmenter::new(limits), records: VecDeque::new(), forgotten: 0 }
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
        let mut joined: Option<Vec<u8>> = None;
        let mut earlier = Vec::new();
        for nested in 0..MAX_NESTED {
            let bytes = joined.as_deref().unwrap_or(frame);
            match self.defragmenter.add(bytes, decoded, clock_s, ordinal) {
                Addition::Held => {
                    earlier.push(Record { ordinal, position });
                    let count = earlier.len() as u32;
                    earlier.into_iter().for_each(|record| self.remember(ordinal, count, record));
                    return Outcome::Held;
                }
                Addition::Refused => return Outcome::Refused("refused"),
                Addition::Complete(whole) => {
                    if let Err(malformed) = decode_reassembled(&whole.frame, &whole.fragment, decoded) {
                        return Outcome::Refused(malformed.reason);
                    }
                    whole.tokens.iter().for_each(|token| self.recall(*token, &mut earlier));
                    if earlier.len() > MAX_RECORDS {
                        return Outcome::Refused("nested");
                    }
                    if decoded.fragment.is_none() {
                        if nested > 0 {
                            earlier.sort_unstable_by_key(|record| record.ordinal);
                        }
                        let earlier = earlier.into_iter().map(|record| record.position).collect();
                        return Outcome::Complete(Joined { frame: whole.frame, earlier });
                    }
                    joined = Some(whole.frame);
                }
            }
        }
        Outcome::Refused("nested")
    }

    /// Number in the stream of the first packet that a datagram needs which waits for fragments at second `now_s`.
    pub fn oldest(&mut self, now_s: i64) -> Option<u64> {
        self.defragmenter.advance(now_s);
        let oldest = self.defragmenter.waiting_tokens().min()?;
        // A fragment that was joined from fragments came with the last of those.
        let joined = || self.records.iter().filter(|(_, count, _)| *count > 1);
        if joined().next().is_none() {
            return Some(oldest);
        }
        let waiting: HashSet<u64> = self.defragmenter.waiting_tokens().collect();
        let needed =
            joined().filter(|(token, ..)| waiting.contains(token)).map(|(.., record)| record.ordinal);
        needed.chain([oldest]).min()
    }

    fn remember(&mut self, token: u64, count: u32, record: Record) {
        if self.records.len() >= MAX_POSITIONS {
            self.records.pop_front();
        }
        self.records.push_back((token, count, record));
    }

    /// Adds the records of a fragment.
    fn recall(&mut self, token: u64, earlier: &mut Vec<Record>) {
        let first = self.records.partition_point(|(of, ..)| *of < token);
        let before = earlier.len();
        let of_fragment = self.records.iter().skip(first).take_while(|(of, ..)| *of == token);
        // Of one that has none left, it is known only that there was one.
        let count = of_fragment.clone().next().map_or(1, |(_, count, _)| *count as usize);
        earlier.extend(of_fragment.map(|(.., record)| *record));
        self.forgotten += count.saturating_sub(earlier.len() - before) as u64;
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
        add("fragments.recordsForgotten", self.forgotten);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lookback_wire::{FlowKind, decode, link_type};

    fn ipv4(protocol: u8, id: u16, offset: usize, more: bool, body: &[u8]) -> Vec<u8> {
        let mut packet = vec![0x45, 0];
        packet.extend(((20 + body.len()) as u16).to_be_bytes());
        packet.extend(id.to_be_bytes());
        packet.extend(((offset / 8) as u16 | u16::from(more) << 13).to_be_bytes());
        packet.extend([64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
        packet.extend(body);
        packet
    }

    /// The datagram in two fragments.
    fn halves(protocol: u8, id: u16, body: &[u8]) -> [Vec<u8>; 2] {
        let (head, tail) = body.split_at(body.len() / 16 * 8);
        [ipv4(protocol, id, 0, true, head), ipv4(protocol, id, head.len(), false, tail)]
    }

    /// Each packet in a tunnel (IP in IP) whose packets are in two fragments.
    fn tunnelled(packets: &[Vec<u8>]) -> Vec<Vec<u8>> {
        let numbered = packets.iter().zip(1u16..);
        numbered.flat_map(|(packet, id)| halves(4, (packet.len() as u16) << 4 | id, packet)).collect()
    }

    fn at(ordinal: u64) -> PacketPosition {
        PacketPosition { file: 1, length: 60, offset: ordinal * 60 }
    }

    fn add(fragments: &mut Fragments, decoded: &mut Decoded, frame: &[u8], ordinal: u64) -> Outcome {
        decode(link_type::RAW, frame, frame.len() as u32, decoded).expect("no frame is so large");
        fragments.add(frame, decoded, 0, ordinal, at(ordinal))
    }

    /// A datagram in fragments, inside so many tunnels whose packets are in fragments.
    fn nested(tunnels: usize) -> Vec<Vec<u8>> {
        let datagram = [&[4, 0, 8, 0, 0, 72, 0, 0][..], &[7; 64]].concat();
        (0..tunnels).fold(halves(17, 1, &datagram).to_vec(), |packets, _| tunnelled(&packets))
    }

    #[test]
    fn fragments_inside_fragments_are_joined_with_the_records_of_all() {
        for tunnels in 0..MAX_NESTED {
            let frames = nested(tunnels);
            let mut fragments = Fragments::new(100, 60);
            let mut decoded = Decoded::default();
            for (frame, ordinal) in frames.iter().zip(0..) {
                let outcome = add(&mut fragments, &mut decoded, frame, ordinal);
                if ordinal + 1 < frames.len() as u64 {
                    assert!(matches!(outcome, Outcome::Held), "{tunnels} {ordinal}");
                    continue;
                }
                let Outcome::Complete(joined) = outcome else { unreachable!("the last one came") };
                assert_eq!(
                    (decoded.kind, decoded.source_port, decoded.fragment),
                    (FlowKind::Udp, 1_024, None)
                );
                assert_eq!(decoded.payload(&joined.frame), [7; 64]);
                assert_eq!(joined.earlier, (0..ordinal).map(at).collect::<Vec<_>>());
            }
        }
        let mut fragments = Fragments::new(100, 60);
        let mut decoded = Decoded::default();
        let outcomes = nested(MAX_NESTED).into_iter().zip(0..).map(|(frame, ordinal)| {
            matches!(add(&mut fragments, &mut decoded, &frame, ordinal), Outcome::Refused("nested"))
        });
        assert_eq!(outcomes.filter(|is_refused| *is_refused).count(), 2);
    }

    #[test]
    fn the_oldest_packet_that_is_needed_is_known_through_all_layers_until_time_is_over() {
        let mut fragments = Fragments::new(100, 60);
        let mut decoded = Decoded::default();
        let mut add = |fragments: &mut Fragments, frame: &[u8], ordinal| {
            assert!(matches!(add(fragments, &mut decoded, frame, ordinal), Outcome::Held));
        };
        assert_eq!(fragments.oldest(0), None);
        // The first half of a tunnel's packet, which is the first half of a datagram.
        let frames = nested(1);
        let [one, two] = [&frames[0], &frames[1]];
        add(&mut fragments, one, 3);
        let [other, _] = halves(17, 99, &[7; 64]);
        add(&mut fragments, &other, 5);
        assert_eq!(fragments.oldest(0), Some(3));
        add(&mut fragments, two, 7);
        assert_eq!(fragments.oldest(0), Some(3));
        assert_eq!(fragments.oldest(60), Some(3));
        assert_eq!(fragments.oldest(61), None);
    }

    #[test]
    fn records_that_were_forgotten_are_counted() {
        let [head, tail] = halves(17, 1, &[7; 64]);
        let mut fragments = Fragments::new(100, 60);
        let mut decoded = Decoded::default();
        assert!(matches!(add(&mut fragments, &mut decoded, &head, 0), Outcome::Held));
        let record = Record { ordinal: 1, position: at(1) };
        (0..MAX_POSITIONS as u64).for_each(|_| fragments.remember(1, 1, record));
        let outcome = add(&mut fragments, &mut decoded, &tail, 2);
        assert!(matches!(outcome, Outcome::Complete(joined) if joined.earlier.is_empty()));
        let forgotten = |fragments: &Fragments| {
            let mut counters = crate::worker::Counters::new();
            fragments.count_into(&mut counters);
            counters.get("fragments.recordsForgotten").copied()
        };
        assert_eq!(forgotten(&fragments), Some(1));
        assert_eq!(fragments.records.len(), MAX_POSITIONS);
        // Of one that had three, one is left.
        (0..3).for_each(|_| fragments.remember(2, 3, record));
        (0..MAX_POSITIONS - 1).for_each(|_| fragments.remember(3, 1, record));
        let mut earlier = Vec::new();
        fragments.recall(2, &mut earlier);
        assert_eq!((earlier.len(), forgotten(&fragments)), (1, Some(1 + 2)));
    }

    #[test]
    fn a_frame_of_more_records_than_a_datagram_has_pieces_is_refused() {
        let [head, tail] = halves(17, 1, &[7; 64]);
        for (records, is_refused) in [(MAX_RECORDS, false), (MAX_RECORDS + 1, true)] {
            let mut fragments = Fragments::new(100, 60);
            let mut decoded = Decoded::default();
            assert!(matches!(add(&mut fragments, &mut decoded, &head, 0), Outcome::Held));
            fragments.records.clear();
            let record = Record { ordinal: 0, position: at(0) };
            (0..records).for_each(|_| fragments.remember(0, records as u32, record));
            let outcome = add(&mut fragments, &mut decoded, &tail, 1);
            assert_eq!(matches!(outcome, Outcome::Refused("nested")), is_refused);
        }
    }
}
