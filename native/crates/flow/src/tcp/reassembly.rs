//! Payload of a connection in order: segments that come early wait, holes are told.

use super::waiting::{Early, Pending, Waiting};
use super::{LARGEST_WINDOW, TcpState, distance};
use lookback_session::record::Direction;
use lookback_session::{Fields, core_fields};

/// Most bytes that wait for an earlier segment, per direction of a flow.
const MAX_PENDING_BYTES: usize = 4 << 20;
/// Bytes of segments that waited which one packet hands on, or as many as begin before: more than any packet brings. The
/// rest is handed on with the packets that follow.
const HANDED_ON_WITH_A_PACKET: usize = 96 << 10;
/// Bytes that can be on their way before a window is scaled, RFC 9293 section 3.1.
const FIRST_WINDOW: u32 = 0xffff;

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
        self.skips_holes = true;
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
        let (early, side) = (&mut early[direction], &mut self.sides[direction]);
        let (mut taken, mut handed_on) = (0, 0);
        while handed_on < most
            && let (Some(held), Some(next)) = (early.segments.get(taken), side.next())
        {
            if is_before(next, held.sequence) {
                if !self.skips_holes {
                    break;
                }
                if let Some(missing) = hole(next, held.sequence) {
                    side.skip_hole();
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
                    if side.has_skipped_hole() { Piece::Uncounted(fresh) } else { Piece::Data(fresh) };
                if !deliver(flow, piece) {
                    handed_on = most;
                }
            }
            taken += 1;
        }
        early.segments.drain(..taken);
    }

    /// Sequence number of the next byte that has not come: behind what is in order and waits only to be handed on.
    pub(super) fn reached(&self, direction: Direction) -> Option<u32> {
        self.in_order(direction).map(|(next, _)| next)
    }

    /// The next byte that has not come, and the bytes of the segments before it that wait only to be handed on.
    fn in_order(&self, direction: Direction) -> Option<(u32, usize)> {
        let (mut next, mut bytes) = (self.sides[direction].next()?, 0);
        for held in self.early(direction).iter().flat_map(|early| early.segments.iter()) {
            if is_before(next, held.sequence) && !self.skips_holes {
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
        self.sides[direction].has_seen_fin() && self.unseen_of(direction) == 0
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
}
