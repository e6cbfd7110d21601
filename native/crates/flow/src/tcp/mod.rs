//! TCP state of one flow and payload in order (RFC 9293 sequence arithmetic; session rules as in Arkime).
//!
//! Payload is reassembled only after a SYN or SYN-ACK was seen, as Arkime does: without one, where a stream starts is
//! unknown. Segments that come early wait in a buffer of bounded count and bytes.

mod side;
mod waiting;

use arrayvec::ArrayVec;
use lookback_session::record::{DESTINATION, Direction, SOURCE};
use lookback_session::{Fields, TcpFlagCounts, core_fields};
use lookback_wire::Tcp;
use side::Side;
use waiting::{Early, Pending, Waiting};

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
/// Bytes of segments that waited which one packet hands on, or as many as begin before: more than any packet brings. The
/// rest is handed on with the packets that follow.
const HANDED_ON_WITH_A_PACKET: usize = 96 << 10;
/// Bytes that can be on their way at once, RFC 7323 section 2.3.
const LARGEST_WINDOW: i32 = 1 << 30;
/// Bytes that can be on their way before a window is scaled, RFC 9293 section 3.1.
const FIRST_WINDOW: u32 = 0xffff;
/// Most initial sequence numbers remembered of one source.
const MAX_ISNS: usize = 16;

/// What is done with holes once nothing follows that could fill them.
#[derive(Clone, Copy, Debug, Default)]
struct Holes {
    are_skipped: bool,
    skipped: [bool; 2],
}

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
    /// Whether holes are skipped, and whether one was in each direction.
    holes: Holes,
    /// Whether a FIN of each side was seen.
    fins: [bool; 2],
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
            holes: Holes::default(),
            fins: [false; 2],
        }
    }
}

/// Distance from `from` to `to` on the sequence circle; negative when `to` is earlier.
fn distance(from: u32, to: u32) -> i32 {
    to.wrapping_sub(from) as i32
}

/// Whether bytes are missing between `next`, the one that is awaited, and a segment that begins at `sequence`.
fn is_before(next: u32, sequence: u32) -> bool {
    // Of two numbers half of all apart each is before the other: everybody who asks must get the same answer.
    distance(sequence, next) < 0
}

/// Bytes of the hole between `next` and a segment that begins at `sequence`, 0 where there is none; no number where no window reaches
/// over it: such a segment says nothing of the bytes before it.
fn hole(next: u32, sequence: u32) -> Option<u64> {
    let bytes = if is_before(next, sequence) { sequence.wrapping_sub(next) } else { 0 };
    (bytes < LARGEST_WINDOW as u32).then_some(u64::from(bytes))
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
            self.fins[direction] = true;
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

    /// Keeps the payload of a flow's only packet so far.
    pub(crate) fn keep_alone(&mut self, direction: Direction, sequence: u32, payload: &[u8]) {
        self.waiting = Some(Box::new(Waiting::Alone(direction, Pending { sequence, data: payload.into() })));
    }
    /// Takes the payload of a flow's only packet.
    pub(crate) fn take_alone(&mut self) -> Option<(Direction, Vec<u8>)> {
        match self.waiting.take().map(|waiting| *waiting) {
            Some(Waiting::Alone(direction, Pending { data, .. })) => Some((direction, data)),
            early => {
                self.waiting = early.map(Box::new);
                None
            }
        }
    }
    /// A second packet came. Where it is of the handshake that the first one's payload follows, that is an early segment.
    pub(crate) fn no_longer_alone(&mut self) {
        if let Some(Waiting::Alone(direction, alone)) = self.waiting.as_deref_mut() {
            let direction = *direction;
            let follows = self.handshake
                && self.sides[direction]
                    .next()
                    .is_some_and(|next| alone.sequence.wrapping_sub(next) <= FIRST_WINDOW);
            let alone = std::mem::take(alone);
            self.waiting = follows.then(|| Box::new(Waiting::Early(Early::first(direction, alone))));
        }
    }

    /// Bytes of payload that wait for an earlier segment, or for a second packet.
    #[inline]
    pub fn held_bytes(&self) -> usize {
        self.waiting.as_ref().map_or(0, |waiting| waiting.held_bytes())
    }

    fn early(&self, direction: Direction) -> Option<&Early> {
        match self.waiting.as_deref() {
            Some(Waiting::Early(early)) => early.get(direction),
            _ => None,
        }
    }
    fn early_mut(&mut self, direction: Direction) -> Option<&mut Early> {
        match self.waiting.as_deref_mut() {
            Some(Waiting::Early(early)) => early.get_mut(direction),
            _ => None,
        }
    }

    /// Takes the payload of one packet: `deliver` gets what is next in order, in pieces; `gap` bytes that were skipped
    /// because the buffer for later segments was full (`limit` segments, 4 MiB). It says whether there may be more of what
    /// waited already; if not, that comes with a later packet.
    ///
    /// `flow` is whose connection this is; it has the session's fields. Of the segment `missing` bytes more were not captured.
    pub fn accept<F: AsMut<Fields>>(
        &mut self,
        Segment { sequence, data, missing }: Segment<'_>,
        direction: Direction,
        limit: usize,
        flow: &mut F,
        mut deliver: impl FnMut(&mut F, Piece<'_>) -> bool,
    ) {
        self.place(sequence, data, direction, limit, flow, &mut deliver);
        let end = sequence.wrapping_add(data.len() as u32);
        let side = &mut self.sides[direction];
        if missing > 0 && side.next() == Some(end) {
            side.set_next(end.wrapping_add(missing));
            side.set_delivered();
            let _ = deliver(flow, Piece::Gap(u64::from(missing)));
        }
        self.drain(direction, HANDED_ON_WITH_A_PACKET, flow, &mut deliver);
    }

    fn place<F: AsMut<Fields>>(
        &mut self,
        sequence: u32,
        data: &[u8],
        direction: Direction,
        limit: usize,
        flow: &mut F,
        deliver: &mut impl FnMut(&mut F, Piece<'_>) -> bool,
    ) {
        let Some(next) = self.sides[direction].next() else { return };
        let end = sequence.wrapping_add(data.len() as u32);
        if distance(next, end) <= 0 {
            return;
        }
        let skip = distance(sequence, next);
        if skip >= 0 {
            // In order, maybe with a part that was seen before.
            if let Some(fresh) = data.get(skip as usize..) {
                let waits = self.early(direction).is_some_and(|early| !early.segments.is_empty());
                if waits {
                    self.note_out_of_order(direction, flow.as_mut());
                }
                self.sides[direction].set_next(end);
                self.sides[direction].set_delivered();
                let _ = deliver(flow, Piece::Data(fresh));
            }
            return;
        }
        self.keep(sequence, data, direction, flow.as_mut());
        let Some(early) = self.early(direction) else { return };
        if early.segments.len() > limit || early.bytes > MAX_PENDING_BYTES {
            // Segments without a hole before them are on their way out.
            let first = early.segments.first().map(|first| first.sequence);
            if let Some(first) = first.filter(|first| distance(next, *first) > 0) {
                self.overflowed = true;
                flow.as_mut().add_text(&core_fields::TAGS, "incomplete-tcp");
                self.sides[direction].set_next(first);
                let _ = deliver(flow, Piece::Gap(hole(next, first).unwrap_or(0)));
            }
        }
    }

    fn note_out_of_order(&mut self, direction: Direction, fields: &mut Fields) {
        if self.sides[direction].tag_out_of_order() {
            fields.add_text(&core_fields::TAGS, ["out-of-order-src", "out-of-order-dst"][direction]);
        }
    }

    fn keep(&mut self, sequence: u32, data: &[u8], direction: Direction, fields: &mut Fields) {
        if self.early(direction).is_none() {
            self.waiting = Some(Box::new(Waiting::Early(Default::default())));
        }
        if self.early_mut(direction).is_some_and(|early| early.keep(sequence, data)) {
            self.note_out_of_order(direction, fields);
        }
    }

    /// Hands on of a direction what waits and is in order: as much as one packet hands on.
    pub fn hand_on<F>(
        &mut self,
        direction: Direction,
        flow: &mut F,
        mut deliver: impl FnMut(&mut F, Piece<'_>) -> bool,
    ) {
        self.drain(direction, HANDED_ON_WITH_A_PACKET, flow, &mut deliver);
    }

    /// Hands on what waits and is in order, to its end.
    pub fn hand_on_rest<F>(
        &mut self,
        direction: Direction,
        flow: &mut F,
        mut deliver: impl FnMut(&mut F, Piece<'_>),
    ) {
        let mut deliver = |flow: &mut F, piece: Piece<'_>| {
            deliver(flow, piece);
            true
        };
        self.drain(direction, usize::MAX, flow, &mut deliver);
    }

    /// Nothing follows that could fill holes: what is behind them is handed on as if it were in order.
    pub fn skip_holes(&mut self) {
        self.holes.are_skipped = true;
    }

    /// Hands on what waits and is in order, about `most` bytes of it.
    fn drain<F>(
        &mut self,
        direction: Direction,
        most: usize,
        flow: &mut F,
        deliver: &mut impl FnMut(&mut F, Piece<'_>) -> bool,
    ) {
        let Some(Waiting::Early(early)) = self.waiting.as_deref_mut() else { return };
        let (early, side, holes) = (&mut early[direction], &mut self.sides[direction], &mut self.holes);
        let (mut taken, mut handed_on) = (0, 0);
        while handed_on < most
            && let (Some(held), Some(next)) = (early.segments.get(taken), side.next())
        {
            if is_before(next, held.sequence) {
                if !holes.are_skipped {
                    break;
                }
                if let Some(missing) = hole(next, held.sequence) {
                    holes.skipped[direction] = true;
                    side.set_next(held.sequence);
                    let _ = deliver(flow, Piece::Gap(missing));
                } else {
                    early.bytes -= held.data.len();
                    taken += 1;
                }
                continue;
            }
            let skip = distance(held.sequence, next);
            early.bytes -= held.data.len();
            handed_on += held.data.len();
            if let Some(fresh) = held.data.get(skip as usize..)
                && !fresh.is_empty()
            {
                side.set_next(held.sequence.wrapping_add(held.data.len() as u32));
                let piece =
                    if holes.skipped[direction] { Piece::Uncounted(fresh) } else { Piece::Data(fresh) };
                if !deliver(flow, piece) {
                    handed_on = most;
                }
            }
            taken += 1;
        }
        early.segments.drain(..taken);
    }

    /// Sequence number of the next byte that has not come: behind what is in order and waits only to be handed on.
    fn reached(&self, direction: Direction) -> Option<u32> {
        self.in_order(direction).map(|(next, _)| next)
    }

    /// The next byte that has not come, and the bytes of the segments before it that wait only to be handed on.
    fn in_order(&self, direction: Direction) -> Option<(u32, usize)> {
        let (mut next, mut bytes) = (self.sides[direction].next()?, 0);
        for held in self.early(direction).iter().flat_map(|early| early.segments.iter()) {
            if is_before(next, held.sequence) && !self.holes.are_skipped {
                break;
            }
            bytes += held.data.len();
            let end = held.sequence.wrapping_add(held.data.len() as u32);
            if distance(next, end) > 0 {
                next = end;
            }
        }
        Some((next, bytes))
    }

    /// Bytes that were sent and never seen, as far as they were not skipped already: holes before segments that wait, and
    /// what the other side acknowledged beyond the last one.
    pub fn unseen(&self) -> u64 {
        (0..2).map(|direction| self.unseen_of(direction)).sum()
    }

    /// Whether the FIN of a direction was seen, and no byte is missing between what was handed on first and there but for
    /// gaps that were told. A flow's only packet may be both.
    pub fn ended_whole(&self, direction: Direction) -> bool {
        self.fins[direction] && self.unseen_of(direction) == 0
    }

    fn unseen_of(&self, direction: Direction) -> u64 {
        let side = &self.sides[direction];
        let Some(mut end) = side.next().filter(|_| self.handshake) else { return 0 };
        let mut missing = 0;
        for held in self.early(direction).iter().flat_map(|early| early.segments.iter()) {
            let Some(bytes) = hole(end, held.sequence) else { continue };
            missing += bytes;
            let held_end = held.sequence.wrapping_add(held.data.len() as u32);
            if distance(end, held_end) > 0 {
                end = held_end;
            }
        }
        let beyond = side.acknowledged().map_or(0, |acknowledged| distance(end, acknowledged)).max(0) as u64;
        // A FIN takes one number. One that was not seen cannot be told from a byte when it is all that is missing.
        let fin = side.ended() || beyond == 1;
        missing + beyond.saturating_sub(u64::from(fin))
    }

    /// Segments that wait, for an earlier one or to be handed on.
    pub fn waiting(&self) -> usize {
        (0..2).filter_map(|direction| self.early(direction)).map(|early| early.segments.len()).sum()
    }

    /// Whether more waits only to be handed on, in one direction, than one packet hands on.
    pub fn has_much_left(&self) -> bool {
        let is_much = |bytes: usize| bytes > HANDED_ON_WITH_A_PACKET;
        (0..2).any(|direction| {
            self.early(direction).is_some_and(|early| is_much(early.bytes))
                && self.in_order(direction).is_some_and(|(_, bytes)| is_much(bytes))
        })
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

/// What a packet brings of one direction.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a> {
    /// Number of the first byte.
    pub sequence: u32,
    /// The bytes that were captured.
    pub data: &'a [u8],
    /// Bytes behind them that were not.
    pub missing: u32,
}

/// The next bytes of one direction, or a hole in them.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Bytes in order.
    Data(&'a [u8]),
    /// Bytes behind a hole that was there when the connection ended. They are dissected, and in no count of bytes and no
    /// `payload8`: Arkime has those without them.
    Uncounted(&'a [u8]),
    /// This many bytes were never seen; 0 where nobody knows how many.
    Gap(u64),
}
