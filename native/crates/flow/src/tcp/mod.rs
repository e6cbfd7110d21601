//! TCP state of one flow and payload in order (RFC 9293 sequence arithmetic; session rules as in Arkime).
//!
//! Payload is reassembled only after a SYN or SYN-ACK was seen, as Arkime does: without one, where a stream starts is
//! unknown. Segments that come early wait in a buffer of bounded count and bytes.

mod reassembly;
mod side;
mod waiting;

use arrayvec::ArrayVec;
use lookback_session::record::{DESTINATION, Direction, SOURCE};
use lookback_session::{Fields, TcpFlagCounts, core_fields};
use lookback_wire::Tcp;
use side::Side;
use waiting::Waiting;

pub use reassembly::{Piece, Segment};

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

/// Bytes that can be on their way at once, RFC 7323 section 2.3.
const LARGEST_WINDOW: i32 = 1 << 30;
/// Most initial sequence numbers remembered of one source.
const MAX_ISNS: usize = 16;

/// No time yet.
const NEVER_US: i64 = i64::MIN;

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

/// TCP state of one flow: 128 bytes, of which there may be millions.
#[derive(Debug)]
pub struct TcpState {
    /// Packets of the present segment by flag.
    counts: TcpFlagCounts,
    sides: [Side; 2],
    /// Sequence and acknowledgement number of the first SYN-ACK, once `has_syn_ack`.
    syn_ack: (u32, u32),
    syn_us: i64,
    ack_us: i64,
    waiting: Option<Box<Waiting>>,
    /// Initial sequence numbers of the source beside that of its side.
    more_isns: Option<Box<ArrayVec<u32, { MAX_ISNS - 1 }>>>,
    /// All flags seen so far, or-ed.
    flags_seen: u16,
    handshake: bool,
    has_syn_ack: bool,
    syn_ack_acknowledged: bool,
    /// The source's initial sequence number is that of a SYN.
    isn_of_syn: bool,
    overflowed: bool,
    /// Whether holes are skipped: nothing follows that could fill them.
    skips_holes: bool,
}

impl Default for TcpState {
    fn default() -> Self {
        Self {
            counts: TcpFlagCounts::default(),
            sides: [Side::default(); 2],
            syn_ack: (0, 0),
            syn_us: NEVER_US,
            ack_us: NEVER_US,
            waiting: None,
            more_isns: None,
            flags_seen: 0,
            handshake: false,
            has_syn_ack: false,
            syn_ack_acknowledged: false,
            isn_of_syn: false,
            overflowed: false,
            skips_holes: false,
        }
    }
}

/// Distance from `from` to `to` on the sequence circle; negative when `to` is earlier.
fn distance(from: u32, to: u32) -> i32 {
    to.wrapping_sub(from) as i32
}

impl TcpState {
    /// Whether a SYN or SYN-ACK was seen.
    pub fn handshake(&self) -> bool {
        self.handshake
    }
    /// Whether the out-of-order buffer overflowed once.
    pub fn overflowed(&self) -> bool {
        self.overflowed
    }
    /// Packets of the present segment by flag.
    pub fn counts(&self) -> &TcpFlagCounts {
        &self.counts
    }
    /// Counts from zero: another segment of the flow begins.
    pub fn begin_segment(&mut self) {
        self.counts = TcpFlagCounts::default();
    }

    /// Whether a SYN with this sequence number starts another connection on the same ports.
    pub fn is_port_reuse(&self, tcp: &Tcp) -> bool {
        self.flags_seen & (flag::FIN | flag::RST) != 0
            && tcp.flags & (flag::SYN | flag::ACK) == flag::SYN
            && self.source_isns().all(|isn| isn != tcp.sequence)
            // The connection's own SYN may come late.
            && self.syn_ack().is_none_or(|(_, acknowledged)| acknowledged != tcp.sequence.wrapping_add(1))
    }

    fn syn_ack(&self) -> Option<(u32, u32)> {
        self.has_syn_ack.then_some(self.syn_ack)
    }

    fn source_isns(&self) -> impl Iterator<Item = u32> {
        let first = self.sides[SOURCE].isn().filter(|_| self.isn_of_syn);
        first.into_iter().chain(self.more_isns.iter().flat_map(|isns| isns.iter().copied()))
    }

    /// Counts flags and follows the connection's state.
    pub fn header(
        &mut self,
        tcp: &Tcp,
        direction: Direction,
        payload_length: usize,
        now_us: i64,
        fields: &mut Fields,
    ) -> Outcome {
        let flags = tcp.flags;
        let other = 1 - direction;
        self.flags_seen |= flags;
        if flags & (flag::ACK | flag::RST) == flag::ACK {
            self.note_sent(other, tcp.acknowledgement);
        }
        let counts = &mut self.counts;
        count(flag::URG, flags, &mut counts.urg);
        count(flag::ECE, flags, &mut counts.ece);
        count(flag::CWR, flags, &mut counts.cwr);
        count(flag::AE, flags, &mut counts.ae);
        if tcp.window == 0 && flags & flag::RST == 0 {
            counts.zero_window[direction] += 1;
        }
        if flags & flag::SYN != 0 {
            self.synchronize(tcp, direction, now_us);
            return Outcome::Done;
        }
        if flags & flag::ACK != 0
            && direction == SOURCE
            && !self.syn_ack_acknowledged
            && self.syn_ack().is_some_and(|(sequence, _)| tcp.acknowledgement == sequence.wrapping_add(1))
        {
            self.syn_ack_acknowledged = true;
        }
        if flags & flag::RST != 0 {
            self.counts.rst += 1;
            match self.reached(direction).map(|next| distance(next, tcp.sequence)) {
                Some(0) => return Outcome::Closing,
                Some(ahead) if ahead > 0 => self.sides[direction].acknowledge_end(),
                // A closed port refuses a SYN with number 0 and the number that the SYN awaits (RFC 9293 section 3.5.2).
                None if flags & flag::ACK != 0 && self.reached(other) == Some(tcp.acknowledgement) => {
                    return Outcome::Closing;
                }
                _ => return Outcome::Done,
            }
        }
        if flags & flag::FIN != 0 {
            self.counts.fin += 1;
            self.sides[direction].end();
            self.sides[direction].see_fin();
            // Bytes before it may come later, or never.
            self.note_sent(direction, tcp.sequence.wrapping_add(payload_length as u32).wrapping_add(1));
        }
        if flags & (flag::FIN | flag::RST | flag::PSH | flag::SYN | flag::ACK) == flag::ACK {
            self.counts.ack += 1;
            if self.ack_us == NEVER_US {
                self.ack_us = now_us;
            }
        }
        count(flag::PSH, flags, &mut self.counts.psh);
        if self.handshake && self.sides[direction].next().is_none() {
            fields.add_text(&core_fields::TAGS, "no-syn-ack");
            self.sides[direction].set_next(tcp.sequence);
        }
        if flags & flag::ACK != 0 {
            if let Some(next) = self.reached(other)
                && self.handshake
                && distance(next, tcp.acknowledgement) > 1
                && self.sides[direction].tag_unseen()
            {
                fields.add_text(
                    &core_fields::TAGS,
                    ["acked-unseen-segment-src", "acked-unseen-segment-dst"][direction],
                );
            }
            if self.sides[other].ended() && !self.sides[other].end_acknowledged() {
                self.sides[other].acknowledge_end();
                if self.sides[direction].end_acknowledged() {
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

    /// A direction sent what is before `number`: only what goes beyond the bytes seen so far, and no further than a window
    /// reaches, as that would be a lie.
    fn note_sent(&mut self, direction: Direction, number: u32) {
        let side = &mut self.sides[direction];
        if let Some(next) = side.next()
            && (1..LARGEST_WINDOW).contains(&distance(next, number))
            && side.acknowledged().is_none_or(|before| distance(before, number) > 0)
        {
            side.set_acknowledged(number);
        }
    }

    fn synchronize(&mut self, tcp: &Tcp, direction: Direction, now_us: i64) {
        let other = 1 - direction;
        if tcp.flags & flag::ACK != 0 {
            self.counts.syn_ack += 1;
            if !self.handshake {
                // The SYN may still come; its data starts where the SYN-ACK says.
                self.sides[other].set_next(tcp.acknowledgement);
                self.sides[direction].set_isn(tcp.sequence);
            }
            if !self.has_syn_ack {
                self.has_syn_ack = true;
                self.syn_ack = (tcp.sequence, tcp.acknowledgement);
            }
        } else {
            self.counts.syn += 1;
            if !self.has_syn_ack && self.syn_us == NEVER_US {
                self.syn_us = now_us;
                self.ack_us = NEVER_US;
            }
            if direction == SOURCE {
                self.note_source_isn(tcp.sequence);
            }
        }
        self.handshake = true;
        // A repeated SYN must not wind back a direction whose payload was already delivered.
        if !self.sides[direction].delivered() {
            self.sides[direction].set_next(tcp.sequence.wrapping_add(1));
        }
    }

    fn note_source_isn(&mut self, isn: u32) {
        if self.sides[SOURCE].isn().is_none() {
            self.sides[SOURCE].set_isn(isn);
            self.isn_of_syn = true;
        } else if self.source_isns().all(|known| known != isn) {
            // Those beyond the bound are not told apart.
            let _ = self.more_isns.get_or_insert_default().try_push(isn);
        }
    }

    /// Half of the time from SYN to the first pure ACK, in milliseconds. Seconds and microseconds are subtracted apart and
    /// the latter cut to milliseconds before they are put together, as existing rows of this field have it.
    pub fn initial_rtt_ms(&self) -> Option<u32> {
        let (ack, syn) = (self.ack_us, self.syn_us);
        if ack == NEVER_US || syn == NEVER_US {
            return None;
        }
        let seconds = ack.div_euclid(1_000_000) - syn.div_euclid(1_000_000);
        let microseconds = ack.rem_euclid(1_000_000) - syn.rem_euclid(1_000_000);
        u32::try_from((seconds * 1000 + microseconds / 1000).max(0) / 2).ok()
    }
    /// Initial sequence numbers as documents show them: the destination's is 0 once a SYN of the source was seen
    /// before its SYN-ACK.
    pub fn sequences(&self) -> [Option<u32>; 2] {
        let destination = self.syn_ack().map(|_| self.sides[DESTINATION].isn().unwrap_or(0));
        [self.sides[SOURCE].isn(), destination]
    }
    /// Whether SYN, and SYN-ACK, were acknowledged.
    pub fn validated(&self) -> (bool, bool) {
        let syn = self.syn_ack().is_some_and(|(_, acknowledged)| {
            self.source_isns().any(|isn| isn.wrapping_add(1) == acknowledged)
        });
        (syn, self.syn_ack_acknowledged)
    }
    /// Different initial sequence numbers of the source.
    pub fn source_isn_count(&self) -> u32 {
        self.source_isns().count() as u32
    }
}

fn count(bit: u16, flags: u16, counter: &mut u32) {
    if flags & bit != 0 {
        *counter += 1;
    }
}
