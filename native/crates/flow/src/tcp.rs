//! TCP state of one flow and payload in order (RFC 9293 sequence arithmetic; session rules as in Arkime).
//!
//! Payload is reassembled only after a SYN or SYN-ACK was seen, as Arkime does: without one, where a stream starts is
//! unknown. Segments that come early wait in a buffer of bounded count and bytes.

use lookback_session::{Fields, TcpFlagCounts, core_fields, record::Direction};
use lookback_wire::Tcp;
use smallvec::SmallVec;

/// TCP flag bits as in [`Tcp::flags`].
pub mod flag {
    #![allow(missing_docs, reason = "named after the flags of RFC 9293 and RFC 3168")]
    pub const FIN: u16 = 1;
    pub const SYN: u16 = 2;
    pub const RST: u16 = 4;
    pub const PSH: u16 = 8;
    pub const ACK: u16 = 16;
    pub const URG: u16 = 32;
    pub const ECE: u16 = 64;
    pub const CWR: u16 = 128;
    pub const AE: u16 = 256;
}

/// Most bytes that wait for an earlier segment, per direction of a flow.
const MAX_PENDING_BYTES: usize = 4 << 20;
/// Bytes that can be on their way at once, RFC 7323 section 2.3.
const LARGEST_WINDOW: i32 = 1 << 30;
/// Most initial sequence numbers remembered of one source.
const MAX_ISNS: usize = 16;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum EndState {
    #[default]
    Open,
    Fin,
    FinAcknowledged,
}

#[derive(Debug)]
struct Pending {
    sequence: u32,
    data: Vec<u8>,
}

/// Segments of one direction that wait for an earlier one, the latest first.
#[derive(Debug, Default)]
struct Early {
    segments: Vec<Pending>,
    bytes: usize,
}

/// What the flow must do after a packet's header was handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing more.
    Done,
    /// The connection has ended: save it after the closing timeout.
    Closing,
    /// Its payload goes to [`TcpState::accept`].
    Payload,
}

/// TCP state of one flow.
#[derive(Debug, Default)]
pub struct TcpState {
    /// Whether a SYN or SYN-ACK was seen.
    pub handshake: bool,
    next: [Option<u32>; 2],
    delivered: [bool; 2],
    end: [EndState; 2],
    /// What came early, by direction; most flows never need it.
    early: Option<Box<[Early; 2]>>,
    tagged_unseen: [bool; 2],
    tagged_out_of_order: [bool; 2],
    /// All flags seen so far, or-ed.
    pub flags_seen: u16,
    source_isns: SmallVec<[u32; 2]>,
    isn: [Option<u32>; 2],
    syn_ack: Option<(u32, u32)>,
    syn_us: Option<i64>,
    ack_us: Option<i64>,
    syn_ack_acknowledged: bool,
    /// Highest sequence number that the other side acknowledged beyond what was seen then, by direction.
    acknowledged: [Option<u32>; 2],
    /// Set when the out-of-order buffer overflowed once.
    pub overflowed: bool,
}

/// Distance from `from` to `to` on the sequence circle; negative when `to` is earlier.
fn distance(from: u32, to: u32) -> i32 {
    to.wrapping_sub(from) as i32
}

impl TcpState {
    /// Whether a SYN with this sequence number starts another connection on the same ports.
    pub fn is_port_reuse(&self, tcp: &Tcp) -> bool {
        self.flags_seen & (flag::FIN | flag::RST) != 0
            && tcp.flags & (flag::SYN | flag::ACK) == flag::SYN
            && !self.source_isns.contains(&tcp.sequence)
            // The connection's own SYN may come late.
            && self.syn_ack.is_none_or(|(_, acknowledged)| acknowledged != tcp.sequence.wrapping_add(1))
    }

    /// Counts flags and follows the connection's state.
    pub fn header(
        &mut self,
        tcp: &Tcp,
        direction: Direction,
        payload_length: usize,
        now_us: i64,
        counts: &mut TcpFlagCounts,
        fields: &mut Fields,
    ) -> Outcome {
        let flags = tcp.flags;
        let other = 1 - direction;
        self.flags_seen |= flags;
        // Only what goes beyond the bytes seen so far, and no further than a window reaches: that would be a lie.
        if flags & (flag::ACK | flag::RST) == flag::ACK
            && let Some(next) = self.next[other]
            && (1..LARGEST_WINDOW).contains(&distance(next, tcp.acknowledgement))
            && self.acknowledged[other].is_none_or(|before| distance(before, tcp.acknowledgement) > 0)
        {
            self.acknowledged[other] = Some(tcp.acknowledgement);
        }
        count(flag::URG, flags, &mut counts.urg);
        count(flag::ECE, flags, &mut counts.ece);
        count(flag::CWR, flags, &mut counts.cwr);
        count(flag::AE, flags, &mut counts.ae);
        if tcp.window == 0 && flags & flag::RST == 0 {
            counts.zero_window[direction] += 1;
        }
        if flags & flag::SYN != 0 {
            self.synchronize(tcp, direction, now_us, counts);
            return Outcome::Done;
        }
        if flags & flag::ACK != 0
            && direction == 0
            && !self.syn_ack_acknowledged
            && self.syn_ack.is_some_and(|(sequence, _)| tcp.acknowledgement == sequence.wrapping_add(1))
        {
            self.syn_ack_acknowledged = true;
        }
        if flags & flag::RST != 0 {
            counts.rst += 1;
            match self.next[direction].map(|next| distance(next, tcp.sequence)) {
                Some(0) => return Outcome::Closing,
                Some(ahead) if ahead > 0 => self.end[direction] = EndState::FinAcknowledged,
                _ => return Outcome::Done,
            }
        }
        if flags & flag::FIN != 0 {
            counts.fin += 1;
            self.end[direction] = EndState::Fin;
        }
        if flags & (flag::FIN | flag::RST | flag::PSH | flag::SYN | flag::ACK) == flag::ACK {
            counts.ack += 1;
            self.ack_us.get_or_insert(now_us);
        }
        count(flag::PSH, flags, &mut counts.psh);
        if self.handshake && self.next[direction].is_none() {
            fields.add_text(&core_fields::TAGS, "no-syn-ack");
            self.next[direction] = Some(tcp.sequence);
        }
        if flags & flag::ACK != 0 {
            if let Some(next) = self.next[other]
                && self.handshake
                && !self.tagged_unseen[direction]
                && distance(next, tcp.acknowledgement) > 1
            {
                self.tagged_unseen[direction] = true;
                fields.add_text(
                    &core_fields::TAGS,
                    ["acked-unseen-segment-src", "acked-unseen-segment-dst"][direction],
                );
            }
            if self.end[other] == EndState::Fin {
                self.end[other] = EndState::FinAcknowledged;
                if self.end[direction] == EndState::FinAcknowledged {
                    return Outcome::Closing;
                }
            }
        }
        if payload_length == 0 || flags & flag::RST != 0 || !self.handshake {
            Outcome::Done
        } else {
            Outcome::Payload
        }
    }

    fn synchronize(&mut self, tcp: &Tcp, direction: Direction, now_us: i64, counts: &mut TcpFlagCounts) {
        let other = 1 - direction;
        if tcp.flags & flag::ACK != 0 {
            counts.syn_ack += 1;
            if !self.handshake {
                // The SYN may still come; its data starts where the SYN-ACK says.
                self.next[other] = Some(tcp.acknowledgement);
                self.isn[direction] = Some(tcp.sequence);
            }
            self.syn_ack.get_or_insert((tcp.sequence, tcp.acknowledgement));
        } else {
            counts.syn += 1;
            if self.syn_ack.is_none() && self.syn_us.is_none() {
                self.syn_us = Some(now_us);
                self.ack_us = None;
            }
            if direction == 0 {
                self.isn[0].get_or_insert(tcp.sequence);
                if !self.source_isns.contains(&tcp.sequence) && self.source_isns.len() < MAX_ISNS {
                    self.source_isns.push(tcp.sequence);
                }
            }
        }
        self.handshake = true;
        // A repeated SYN must not wind back a direction whose payload was already delivered.
        if !self.delivered[direction] {
            self.next[direction] = Some(tcp.sequence.wrapping_add(1));
        }
    }

    /// Takes the payload of one packet: `deliver` gets what is next in order, in pieces; `gap` bytes that were skipped
    /// because the buffer for later segments was full (`limit` segments, 4 MiB).
    pub fn accept(
        &mut self,
        sequence: u32,
        data: &[u8],
        direction: Direction,
        limit: usize,
        fields: &mut Fields,
        mut deliver: impl FnMut(&mut Fields, Piece<'_>),
    ) {
        let Some(next) = self.next[direction] else { return };
        let end = sequence.wrapping_add(data.len() as u32);
        if distance(next, end) <= 0 {
            return;
        }
        let skip = distance(sequence, next);
        if skip >= 0 {
            // In order, maybe with a part that was seen before.
            if let Some(fresh) = data.get(skip as usize..) {
                let waits = self.early.as_ref().is_some_and(|early| !early[direction].segments.is_empty());
                if waits {
                    self.note_out_of_order(direction, fields);
                }
                self.next[direction] = Some(end);
                self.delivered[direction] = true;
                deliver(fields, Piece::Data(fresh));
                if waits {
                    self.drain(direction, fields, &mut deliver);
                }
            }
            return;
        }
        self.keep(sequence, data, direction, fields);
        let Some(early) = self.early.as_ref().map(|early| &early[direction]) else { return };
        if early.segments.len() > limit || early.bytes > MAX_PENDING_BYTES {
            self.overflowed = true;
            fields.add_text(&core_fields::TAGS, "incomplete-tcp");
            if let Some(first) = early.segments.first() {
                let missing = distance(next, first.sequence).max(0);
                self.next[direction] = Some(first.sequence);
                deliver(fields, Piece::Gap(missing as u64));
                self.drain(direction, fields, &mut deliver);
            }
        }
    }

    fn note_out_of_order(&mut self, direction: Direction, fields: &mut Fields) {
        if !self.tagged_out_of_order[direction] {
            self.tagged_out_of_order[direction] = true;
            fields.add_text(&core_fields::TAGS, ["out-of-order-src", "out-of-order-dst"][direction]);
        }
    }

    fn keep(&mut self, sequence: u32, data: &[u8], direction: Direction, fields: &mut Fields) {
        let early = &mut self.early.get_or_insert_default()[direction];
        let at = early.segments.partition_point(|held| distance(held.sequence, sequence) > 0);
        let is_late = at < early.segments.len();
        if let Some(held) = early.segments.get_mut(at)
            && held.sequence == sequence
        {
            if data.len() > held.data.len() {
                early.bytes += data.len() - held.data.len();
                held.data = data.to_vec();
            }
            return;
        }
        early.bytes += data.len();
        early.segments.insert(at, Pending { sequence, data: data.to_vec() });
        if is_late {
            self.note_out_of_order(direction, fields);
        }
    }

    fn drain(
        &mut self,
        direction: Direction,
        fields: &mut Fields,
        deliver: &mut impl FnMut(&mut Fields, Piece<'_>),
    ) {
        let Some(early) = self.early.as_mut().map(|early| &mut early[direction]) else { return };
        let mut taken = 0;
        while let (Some(held), Some(next)) = (early.segments.get(taken), self.next[direction]) {
            let skip = distance(held.sequence, next);
            if skip < 0 {
                break;
            }
            early.bytes -= held.data.len();
            if let Some(fresh) = held.data.get(skip as usize..)
                && !fresh.is_empty()
            {
                self.next[direction] = Some(held.sequence.wrapping_add(held.data.len() as u32));
                deliver(fields, Piece::Data(fresh));
            }
            taken += 1;
        }
        early.segments.drain(..taken);
    }

    /// Bytes that were sent and never seen, as far as they were not skipped already: holes before segments that wait, and
    /// what the other side acknowledged beyond the last one.
    pub fn unseen(&self) -> u64 {
        (0..2).map(|direction| self.unseen_of(direction)).sum()
    }

    fn unseen_of(&self, direction: Direction) -> u64 {
        let Some(mut end) = self.next[direction].filter(|_| self.handshake) else { return 0 };
        let mut missing = 0;
        for held in self.early.iter().flat_map(|early| early[direction].segments.iter()) {
            missing += distance(end, held.sequence).max(0) as u64;
            let held_end = held.sequence.wrapping_add(held.data.len() as u32);
            if distance(end, held_end) > 0 {
                end = held_end;
            }
        }
        let beyond =
            self.acknowledged[direction].map_or(0, |acknowledged| distance(end, acknowledged)).max(0) as u64;
        // A FIN takes one number. One that was not seen cannot be told from a byte when it is all that is missing.
        let fin = self.end[direction] != EndState::Open || beyond == 1;
        missing + beyond.saturating_sub(u64::from(fin))
    }

    /// Segments that wait for an earlier one.
    pub fn waiting(&self) -> usize {
        self.early.iter().flat_map(|early| early.iter()).map(|early| early.segments.len()).sum()
    }

    /// Half of the time from SYN to the first pure ACK, in milliseconds. Seconds and microseconds are subtracted apart and
    /// the latter cut to milliseconds before they are put together, as existing rows of this field have it.
    pub fn initial_rtt_ms(&self) -> Option<u32> {
        let (ack, syn) = (self.ack_us?, self.syn_us?);
        let seconds = ack.div_euclid(1_000_000) - syn.div_euclid(1_000_000);
        let microseconds = ack.rem_euclid(1_000_000) - syn.rem_euclid(1_000_000);
        u32::try_from((seconds * 1000 + microseconds / 1000).max(0) / 2).ok()
    }
    /// Initial sequence numbers as documents show them: the destination's is 0 once a SYN of the source was seen
    /// before its SYN-ACK.
    pub fn sequences(&self) -> [Option<u32>; 2] {
        let destination = self.syn_ack.map(|_| self.isn[1].unwrap_or(0));
        [self.isn[0], destination]
    }
    /// Whether SYN, and SYN-ACK, were acknowledged.
    pub fn validated(&self) -> (bool, bool) {
        let syn = self.syn_ack.is_some_and(|(_, acknowledged)| {
            self.source_isns.iter().any(|isn| isn.wrapping_add(1) == acknowledged)
        });
        (syn, self.syn_ack_acknowledged)
    }
    /// Different initial sequence numbers of the source.
    pub fn source_isn_count(&self) -> u32 {
        self.source_isns.len() as u32
    }
}

fn count(bit: u16, flags: u16, counter: &mut u32) {
    if flags & bit != 0 {
        *counter += 1;
    }
}

/// The next bytes of one direction, or a hole in them.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Bytes in order.
    Data(&'a [u8]),
    /// This many bytes were never seen.
    Gap(u64),
}
