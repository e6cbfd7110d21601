//! Digests of many bodies at a time: bytes wait until there are enough bodies to hash side by side.

use super::lanes::{self, LANES};
use super::waiting::{FetchRoom, FreePieces, Waiting};
use super::{BLOCK, INITIAL, SINES, padding};
use lookback_session::FieldSpec;
use std::cmp::Reverse;
use std::sync::Arc;

/// Bytes that come between two turns of hashing. They should still lie in the processor's cache then.
const TURN_BYTES: usize = 256 << 10;
/// Bodies with bytes that wait between two turns at most: each has some room of its own.
const TURN_BODIES: usize = 4_096;
/// Bodies that are worth a turn, where those of one body do not wait for long. It takes as long for one as for sixteen, so with
/// fewer the rest waits for more.
const WANTED_LANES: usize = 8;
/// The same where they may: more than these hardly ever come together, and room for them costs more than they gain.
const MOST_WANTED_LANES: usize = 14;
/// Bytes that wait for each of these: of bodies of some megabytes, three of which come at a time, 4 MiB at most, and half of that on
/// average. With less room than that all that waits is hashed again and again, however few bodies it is of.
const WAITING_BYTES_OF_A_LANE: usize = 9 << 19;
/// With fewer bodies than this, one after the other is faster.
const MIN_LANES: usize = 3;
/// Bytes of one body that wait for more bodies at most, where packets must not wait: what one that ends the body waits for. More
/// would let more bodies be hashed side by side, and one packet wait for 40 ms.
pub const MAX_WAITING_BYTES_OF_A_BODY: usize = 64 << 10;
/// Bytes that wait for more bodies at most, where nothing else was asked for.
pub const MAX_WAITING_BYTES: usize = 32 << 20;
/// Streams at which it is looked for those that nobody waits for any more.
const FIRST_SWEEP: usize = 1_024;

/// A digest that is being made. Who drops it gives it up.
pub struct Ticket(Arc<u32>);

/// A digest that the row which was made last gets later.
pub struct Promise {
    /// The field that it is a value of.
    pub field: &'static FieldSpec,
    /// The digest.
    pub ticket: Ticket,
}

/// One body.
struct Stream {
    state: [u32; 4],
    /// Bytes taken so far.
    length: u64,
    /// The bytes of a block that is not whole yet, when nothing waits.
    tail: [u8; BLOCK],
    /// What waits, from the tail on.
    waiting: Waiting,
    /// Whether all bytes came.
    ended: bool,
    /// The same as the ticket's; none when the place is free.
    ticket: Option<Arc<u32>>,
}

/// The digests of a worker. At most `max_waiting` bytes wait in it, or those of one turn, and one piece as it is given: in room
/// that is less than twice as much, 2 KiB for each of [`TURN_BODIES`], and a mebibyte for use again.
pub struct Digests {
    streams: Vec<Stream>,
    free: Vec<u32>,
    /// Streams with bytes that wait.
    waiting: Vec<u32>,
    waiting_bytes: usize,
    pieces: FreePieces,
    max_waiting: usize,
    max_waiting_of_a_body: usize,
    /// Bodies that are worth a turn.
    wanted_lanes: usize,
    rows_wait: bool,
    promised: Vec<Promise>,
    /// Bytes that wait when the next turn comes.
    turn_at: usize,
    sweep_at: usize,
}

impl Default for Digests {
    fn default() -> Self {
        Self::new(MAX_WAITING_BYTES, MAX_WAITING_BYTES_OF_A_BODY)
    }
}

/// What waits of one body, while it is hashed.
struct Job {
    at: u32,
    is_wanted: bool,
    waiting: Waiting,
}

impl Digests {
    /// Digests for which at most `max_waiting` bytes wait until there are more bodies, and `max_waiting_of_a_body` of each body.
    pub fn new(max_waiting: usize, max_waiting_of_a_body: usize) -> Self {
        let wanted_lanes = if max_waiting_of_a_body < max_waiting {
            WANTED_LANES
        } else {
            (max_waiting / WAITING_BYTES_OF_A_LANE).clamp(MIN_LANES, MOST_WANTED_LANES)
        };
        Self {
            streams: Vec::new(),
            free: Vec::new(),
            waiting: Vec::new(),
            waiting_bytes: 0,
            pieces: FreePieces::new(|_| {}),
            max_waiting,
            max_waiting_of_a_body,
            wanted_lanes,
            rows_wait: false,
            promised: Vec::new(),
            turn_at: TURN_BYTES,
            sweep_at: FIRST_SWEEP,
        }
    }

    /// The same for rows that may wait for digests, so that bodies of many sessions are hashed side by side.
    #[must_use]
    pub fn with_rows_that_wait(self, rows_wait: bool) -> Self {
        Self { rows_wait, ..self }
    }

    /// The same where the processor is told ahead, by `fetch`, where what comes next of a body is put.
    #[must_use]
    pub fn with_room_fetched(self, fetch: FetchRoom) -> Self {
        Self { pieces: FreePieces::new(fetch), ..self }
    }

    /// Whether rows get their digests later, see [`Digests::promise`].
    pub fn rows_wait(&self) -> bool {
        self.rows_wait
    }

    /// The row that is being made gets a digest later.
    pub fn promise(&mut self, field: &'static FieldSpec, ticket: Ticket) {
        self.promised.push(Promise { field, ticket });
    }

    /// What was promised since this was asked last.
    pub fn promised(&mut self) -> std::vec::Drain<'_, Promise> {
        self.promised.drain(..)
    }

    /// Starts the MD5 digest of a body.
    pub fn begin(&mut self) -> Ticket {
        if self.free.is_empty() && self.streams.len() >= self.sweep_at {
            self.sweep();
        }
        let at = self.free.pop().unwrap_or(self.streams.len() as u32);
        let ticket = Arc::new(at);
        let stream = Stream {
            state: INITIAL,
            length: 0,
            tail: [0; BLOCK],
            waiting: Waiting::default(),
            ended: false,
            ticket: Some(Arc::clone(&ticket)),
        };
        match self.streams.get_mut(at as usize) {
            Some(place) => *place = stream,
            None => self.streams.push(stream),
        }
        Ticket(ticket)
    }

    /// Takes the next bytes of a body.
    pub fn update(&mut self, ticket: &Ticket, data: &[u8]) {
        let Some(stream) = self.streams.get_mut(*ticket.0 as usize) else { return };
        if data.is_empty() {
            return;
        }
        if stream.waiting.is_empty() {
            self.waiting.push(*ticket.0);
            let held = (stream.length % BLOCK as u64) as usize;
            stream.waiting.push(stream.tail.get(..held).unwrap_or_default(), data.len(), &mut self.pieces);
        }
        stream.waiting.push(data, 0, &mut self.pieces);
        stream.length = stream.length.wrapping_add(data.len() as u64);
        let waits = stream.waiting.len();
        self.waiting_bytes += data.len();
        if waits >= self.max_waiting_of_a_body {
            self.turn(self.wanted_lanes, |at, _| at == *ticket.0);
        }
        if self.waiting_bytes >= self.turn_at || self.waiting.len() >= TURN_BODIES {
            self.turn(self.wanted_lanes, |_, _| false);
            if self.waiting_bytes >= self.max_waiting {
                self.run();
            }
        }
    }

    /// All bytes of a body came.
    pub fn end(&mut self, ticket: &Ticket) {
        let Some(stream) = self.streams.get_mut(*ticket.0 as usize) else { return };
        let (padding, length) = padding(stream.length);
        stream.ended = true;
        self.update(ticket, padding.get(..length).unwrap_or_default());
    }

    /// The digest of a body that ended, if it is made already.
    pub fn take(&mut self, ticket: &Ticket) -> Option<[u8; 16]> {
        let stream = self.streams.get_mut(*ticket.0 as usize)?;
        if !stream.ended || !stream.waiting.is_empty() {
            return None;
        }
        let mut digest = [0; 16];
        for (place, byte) in digest.iter_mut().zip(stream.state.iter().flat_map(|word| word.to_le_bytes())) {
            *place = byte;
        }
        if stream.ticket.take().is_some() {
            self.free.push(*ticket.0);
        }
        Some(digest)
    }

    /// Hashes all that waits, so that [`Digests::take`] has the digest of every body that ended.
    pub fn run(&mut self) {
        self.turn(1, |_, _| false);
    }

    /// Hashes all that waits of bodies that ended, so that [`Digests::take`] has their digests, and of others what can be
    /// hashed beside them.
    pub fn run_ended(&mut self) {
        self.turn(self.wanted_lanes, |_, ended| ended);
    }

    /// Hashes all that waits of one body, so that [`Digests::take`] has its digest if it ended, and of others what can be
    /// hashed beside it.
    pub fn run_for(&mut self, ticket: &Ticket) {
        if self.streams.get(*ticket.0 as usize).is_some_and(|stream| !stream.waiting.is_empty()) {
            self.turn(self.wanted_lanes, |at, _| at == *ticket.0);
        }
    }

    /// Hashes what waits while there are `fewest` bodies to hash side by side, and all that waits of those that are wanted, by
    /// their place and whether they ended.
    fn turn(&mut self, fewest: usize, is_wanted: impl Fn(u32, bool) -> bool) {
        let mut jobs: Vec<Job> = Vec::with_capacity(self.waiting.len());
        for at in self.waiting.drain(..) {
            if let Some(stream) = self.streams.get_mut(at as usize) {
                jobs.push(Job {
                    at,
                    is_wanted: is_wanted(at, stream.ended),
                    waiting: std::mem::take(&mut stream.waiting),
                });
            }
        }
        // Long ones first, so that the lanes run out together.
        jobs.sort_unstable_by_key(|job| (!job.is_wanted, Reverse(job.waiting.len()), job.at));
        self.hash(&mut jobs, fewest);
        self.waiting_bytes = 0;
        for Job { at, mut waiting, .. } in jobs {
            let Some(stream) = self.streams.get_mut(at as usize) else { continue };
            if waiting.len() < BLOCK {
                for (place, byte) in stream.tail.iter_mut().zip(waiting.rest()) {
                    *place = *byte;
                }
                waiting.end(&mut self.pieces);
            } else {
                waiting.forget_taken(&mut self.pieces);
                self.waiting_bytes += waiting.len();
                self.waiting.push(at);
                stream.waiting = waiting;
            }
        }
        self.turn_at = (self.waiting_bytes + TURN_BYTES).min(self.max_waiting.max(TURN_BYTES));
    }

    fn hash(&mut self, jobs: &mut [Job], fewest: usize) {
        let mut more = jobs.iter_mut();
        let mut states = [[0; 4]; LANES];
        let mut owners: [Option<&mut Job>; LANES] = [const { None }; LANES];
        loop {
            for (owner, state) in owners.iter_mut().zip(&mut states) {
                while owner.as_ref().is_none_or(|job| job.waiting.blocks().is_empty()) {
                    self.put_back(owner.take(), *state);
                    let Some(job) = more.next() else { break };
                    *state = self.streams.get(job.at as usize).map_or(INITIAL, |stream| stream.state);
                    *owner = Some(job);
                }
            }
            let rest =
                owners.each_ref().map(|owner| owner.as_ref().map_or(&[][..], |job| job.waiting.blocks()));
            let busy = rest.iter().filter(|blocks| !blocks.is_empty());
            let (count, least) = (busy.clone().count(), busy.clone().map(|blocks| blocks.len()).min());
            let (Some(least), Some(any)) = (least, busy.clone().next().copied()) else { break };
            let is_awaited = owners.iter().flatten().any(|job| job.is_wanted);
            if count < fewest && !is_awaited {
                break;
            }
            let mut taken = [least; LANES];
            if count < MIN_LANES {
                for ((owner, taken), (state, blocks)) in
                    owners.iter().zip(&mut taken).zip(states.iter_mut().zip(rest))
                {
                    let is_due = !is_awaited || owner.as_ref().is_some_and(|job| job.is_wanted);
                    *taken = if is_due { blocks.len() } else { 0 };
                    super::compress(
                        state,
                        blocks.get(..*taken).unwrap_or_default(),
                        std::hint::black_box(&SINES),
                    );
                }
            } else {
                // A lane without work does that of another, and nobody looks at it.
                let input = rest.map(|blocks| if blocks.is_empty() { any } else { blocks });
                lanes::compress(&mut states, &input, least);
            }
            for (owner, taken) in owners.iter_mut().zip(taken) {
                if let Some(job) = owner {
                    job.waiting.take(taken);
                }
            }
        }
        for (owner, state) in owners.into_iter().zip(states) {
            self.put_back(owner, state);
        }
    }

    fn put_back(&mut self, owner: Option<&mut Job>, state: [u32; 4]) {
        if let Some(stream) = owner.and_then(|job| self.streams.get_mut(job.at as usize)) {
            stream.state = state;
        }
    }

    /// Frees the streams that nobody waits for any more: their flow was given up.
    fn sweep(&mut self) {
        self.run();
        for (at, stream) in (0..).zip(&mut self.streams) {
            if stream.ticket.as_ref().is_some_and(|ticket| Arc::strong_count(ticket) == 1) {
                stream.ticket = None;
                self.free.push(at);
            }
        }
        let held = self.streams.len() - self.free.len();
        self.sweep_at = (2 * held).max(FIRST_SWEEP);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Md5;

    /// Numbers below a bound, the same in each run.
    fn random() -> impl FnMut(usize) -> usize {
        let mut random = 88_172_645_463_325_252u64;
        move |bound| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            random as usize % bound
        }
    }

    fn data(length: u32) -> Vec<u8> {
        (0..length).map(|n| (n * 7 + n / 13) as u8).collect()
    }

    #[test]
    fn many_bodies_side_by_side_have_their_own_digests() {
        let data = data(400_000);
        let mut next = random();
        for (bodies, longest, max_waiting) in
            [(20, 30_000, MAX_WAITING_BYTES), (5, 300_000, 1 << 20), (2, 300_000, 0)]
        {
            let mut digests = Digests::new(max_waiting, usize::MAX);
            let mut open: Vec<(Ticket, usize, usize, usize)> = Vec::new();
            let mut ended = Vec::new();
            for round in 0..30_000 {
                if open.len() < bodies {
                    let start = next(1_000);
                    let length = if round % 3 == 0 { next(200) } else { next(longest) };
                    open.push((digests.begin(), start, start, start + length));
                }
                let at = next(open.len());
                let (ticket, _, from, to) = &mut open[at];
                let piece = next(1_500).min(*to - *from);
                digests.update(ticket, &data[*from..*from + piece]);
                *from += piece;
                if *from == *to {
                    let (ticket, start, _, to) = open.swap_remove(at);
                    digests.end(&ticket);
                    ended.push((ticket, start, to));
                }
                assert!(digests.waiting_bytes <= max_waiting.max(TURN_BYTES) + 1_500);
                if round % 700 == 0 && !ended.is_empty() {
                    let (ticket, start, to) = ended.swap_remove(next(ended.len()));
                    digests.run_for(&ticket);
                    assert_eq!(digests.take(&ticket), Some(Md5::digest(&data[start..to])), "{start}..{to}");
                }
            }
            assert!(ended.len() > 10, "{}", ended.len());
            digests.run();
            for (ticket, start, to) in ended {
                assert_eq!(digests.take(&ticket), Some(Md5::digest(&data[start..to])), "{start}..{to}");
            }
            for (ticket, start, from, _) in open {
                assert_eq!(digests.take(&ticket), None);
                digests.end(&ticket);
                digests.run();
                assert_eq!(digests.take(&ticket), Some(Md5::digest(&data[start..from])));
            }
            assert_eq!(digests.free.len(), digests.streams.len());
            assert_eq!(digests.waiting_bytes, 0);
        }
    }

    #[test]
    fn few_bodies_wait_for_more_and_many_do_not() {
        let body = data(60_000);
        let mut digests = Digests::default();
        let few: Vec<Ticket> = (1..WANTED_LANES).map(|_| digests.begin()).collect();
        for ticket in &few {
            digests.update(ticket, &body);
            digests.end(ticket);
        }
        assert!(few.iter().all(|ticket| digests.take(ticket).is_none()));
        // What the one that is awaited has beside it goes as far as it does.
        digests.run_for(&few[0]);
        assert_eq!(digests.take(&few[0]), Some(Md5::digest(&body)));
        let more: Vec<Ticket> = (0..LANES).map(|_| digests.begin()).collect();
        for ticket in &more {
            digests.update(ticket, &body);
            digests.end(ticket);
        }
        let taken = more.iter().filter_map(|ticket| digests.take(ticket)).collect::<Vec<_>>();
        assert!(taken.len() >= LANES - WANTED_LANES, "{}", taken.len());
        assert!(taken.iter().all(|digest| *digest == Md5::digest(&body)));
    }

    #[test]
    fn with_more_room_more_bodies_wait_for_each_other() {
        let body = data(40_000);
        for (room, of_a_body, wanted) in [
            (64 << 20, usize::MAX, MOST_WANTED_LANES),
            (32 << 20, usize::MAX, 7),
            (1 << 20, usize::MAX, MIN_LANES),
            (64 << 20, MAX_WAITING_BYTES_OF_A_BODY, WANTED_LANES),
        ] {
            // The last brings the turn, and with one fewer it brings nothing.
            for bodies in [wanted - 1, wanted] {
                let mut digests = Digests::new(room, of_a_body);
                digests.turn_at = bodies * body.len();
                let tickets: Vec<Ticket> = (0..bodies).map(|_| digests.begin()).collect();
                for ticket in &tickets {
                    digests.update(ticket, &body);
                }
                let are_hashed = digests.waiting_bytes < bodies * BLOCK;
                assert_eq!(are_hashed, bodies == wanted, "{bodies} bodies, room for {room} and {of_a_body}");
            }
        }
    }

    #[test]
    fn bodies_that_ended_are_hashed_and_others_beside_them_only() {
        let body = data(60_000);
        let mut digests = Digests::new(MAX_WAITING_BYTES, usize::MAX).with_rows_that_wait(true);
        let (ended, open): (Vec<Ticket>, Vec<Ticket>) =
            (0..3).map(|_| (digests.begin(), digests.begin())).unzip();
        for (ended, open) in ended.iter().zip(&open) {
            digests.update(ended, &body[..30_000]);
            digests.end(ended);
            digests.update(open, &body);
        }
        assert!(ended.iter().all(|ticket| digests.take(ticket).is_none()));
        digests.run_ended();
        assert!(ended.iter().all(|ticket| digests.take(ticket) == Some(Md5::digest(&body[..30_000]))));
        // The others went as far beside them, and wait for more bodies again.
        assert!((80_000..100_000).contains(&digests.waiting_bytes), "{}", digests.waiting_bytes);
    }

    #[test]
    fn no_body_waits_that_is_long() {
        let body = data(1_000_000);
        let mut digests = Digests::default();
        let bodies: Vec<Ticket> = (1..WANTED_LANES).map(|_| digests.begin()).collect();
        for piece in body.chunks(1_448) {
            for ticket in &bodies {
                digests.update(ticket, piece);
                assert!(digests.waiting_bytes < bodies.len() * (MAX_WAITING_BYTES_OF_A_BODY + 1_448));
            }
        }
        for ticket in &bodies {
            digests.end(ticket);
            digests.run_for(ticket);
            assert_eq!(digests.take(ticket), Some(Md5::digest(&body)));
        }
    }

    #[test]
    fn a_turn_comes_after_as_many_bytes_whatever_waited_before() {
        let body = data(1_000_000);
        let ends: [fn(&mut Digests, &Ticket); 2] =
            [|digests, _| digests.run(), |digests, ticket| digests.run_for(ticket)];
        for end in ends {
            let mut digests = Digests::default();
            let one = digests.begin();
            (0..8).for_each(|_| digests.update(&one, &body));
            end(&mut digests, &one);
            assert!(digests.waiting_bytes < BLOCK, "{}", digests.waiting_bytes);
            let more: Vec<Ticket> = (0..LANES).map(|_| digests.begin()).collect();
            for ticket in &more {
                digests.update(ticket, &body[..TURN_BYTES / LANES]);
            }
            assert!(digests.waiting_bytes < TURN_BYTES / 2, "{}", digests.waiting_bytes);
        }
    }

    #[test]
    fn bodies_of_a_byte_take_no_room_for_long() {
        let mut digests = Digests::default();
        let bodies: Vec<Ticket> = (0..3 * TURN_BODIES).map(|_| digests.begin()).collect();
        for ticket in &bodies {
            digests.update(ticket, b"x");
            assert!(digests.waiting.len() <= TURN_BODIES);
        }
    }

    #[test]
    fn what_nobody_waits_for_is_freed() {
        let mut digests = Digests::default();
        let kept = digests.begin();
        digests.update(&kept, b"abc");
        for _ in 0..10 * FIRST_SWEEP {
            let ticket = digests.begin();
            digests.update(&ticket, b"lost");
        }
        assert!(digests.streams.len() <= FIRST_SWEEP, "{}", digests.streams.len());
        digests.end(&kept);
        digests.run();
        assert_eq!(digests.take(&kept), Some(Md5::digest(b"abc")));
    }
}
