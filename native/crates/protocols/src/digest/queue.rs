//! Digests of many bodies at a time: bytes wait until there are enough to hash several bodies side by side.

use super::lanes::{self, LANES};
use super::{BLOCK, INITIAL, SINES, padding};
use std::sync::Arc;

/// Bytes that wait before they are hashed. They should still lie in the processor's cache then.
const WAITING_BYTES: usize = 256 << 10;
/// With fewer bodies left than this, one after the other is faster.
const MIN_LANES: usize = 3;
/// Most bytes of buffers that are kept for use again. A buffer that grows anew for each part of a large body costs more
/// than its digest.
const MAX_SPARE_BYTES: usize = 4 << 20;
/// Room for what waits of one body, at first.
const FIRST_BYTES: usize = 4 << 10;
/// Streams at which it is looked for those that nobody waits for any more.
const FIRST_SWEEP: usize = 1_024;

/// A digest that is being made. Who drops it gives it up.
pub struct Ticket(Arc<u32>);

/// One body.
struct Stream {
    state: [u32; 4],
    /// Bytes taken so far.
    length: u64,
    /// The bytes of a block that is not whole yet.
    tail: [u8; BLOCK],
    /// What waits, from the tail on; empty when nothing does.
    waiting: Vec<u8>,
    /// Whether all bytes came.
    ended: bool,
    /// The same as the ticket's; none when the place is free.
    ticket: Option<Arc<u32>>,
}

/// The digests of a worker.
pub struct Digests {
    streams: Vec<Stream>,
    free: Vec<u32>,
    /// Streams with bytes that wait.
    waiting: Vec<u32>,
    waiting_bytes: usize,
    spare: Vec<Vec<u8>>,
    /// Room of all spare buffers.
    spare_bytes: usize,
    sweep_at: usize,
}

impl Default for Digests {
    fn default() -> Self {
        Self {
            streams: Vec::new(),
            free: Vec::new(),
            waiting: Vec::new(),
            waiting_bytes: 0,
            spare: Vec::new(),
            spare_bytes: 0,
            sweep_at: FIRST_SWEEP,
        }
    }
}

impl Digests {
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
            waiting: Vec::new(),
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
            if stream.waiting.capacity() == 0 {
                stream.waiting = match self.spare.pop() {
                    Some(spare) => {
                        self.spare_bytes -= spare.capacity();
                        spare
                    }
                    None => Vec::with_capacity(FIRST_BYTES),
                };
            }
            let held = (stream.length % BLOCK as u64) as usize;
            stream.waiting.extend_from_slice(stream.tail.get(..held).unwrap_or_default());
        }
        stream.waiting.extend_from_slice(data);
        stream.length = stream.length.wrapping_add(data.len() as u64);
        self.waiting_bytes += data.len();
        if self.waiting_bytes >= WAITING_BYTES {
            self.run();
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
        let mut jobs: Vec<(u32, Vec<u8>)> = Vec::with_capacity(self.waiting.len());
        for at in self.waiting.drain(..) {
            if let Some(stream) = self.streams.get_mut(at as usize) {
                jobs.push((at, std::mem::take(&mut stream.waiting)));
            }
        }
        self.waiting_bytes = 0;
        // Long ones first, so that the lanes run out together.
        jobs.sort_unstable_by_key(|(at, data)| (std::cmp::Reverse(data.len()), *at));
        self.hash(&jobs);
        for (at, data) in jobs {
            if let Some(stream) = self.streams.get_mut(at as usize) {
                for (place, byte) in stream.tail.iter_mut().zip(data.as_chunks::<BLOCK>().1) {
                    *place = *byte;
                }
            }
            self.keep(data);
        }
    }

    /// Keeps a buffer for use again, if there is room.
    fn keep(&mut self, mut buffer: Vec<u8>) {
        if self.spare_bytes + buffer.capacity() <= MAX_SPARE_BYTES {
            buffer.clear();
            self.spare_bytes += buffer.capacity();
            self.spare.push(buffer);
        }
    }

    fn hash(&mut self, jobs: &[(u32, Vec<u8>)]) {
        let mut next = jobs.iter();
        let mut states = [[0; 4]; LANES];
        let mut owners: [Option<u32>; LANES] = [None; LANES];
        let mut rest: [&[[u8; BLOCK]]; LANES] = [&[]; LANES];
        loop {
            for lane in 0..LANES {
                while rest[lane].is_empty() {
                    self.put_back(owners[lane].take(), states[lane]);
                    let Some((at, data)) = next.next() else { break };
                    owners[lane] = Some(*at);
                    rest[lane] = data.as_chunks::<BLOCK>().0;
                    states[lane] = self.streams.get(*at as usize).map_or(INITIAL, |stream| stream.state);
                }
            }
            let busy = rest.iter().filter(|blocks| !blocks.is_empty());
            let (count, least) = (busy.clone().count(), busy.clone().map(|blocks| blocks.len()).min());
            let (Some(least), Some(any)) = (least, busy.clone().next().copied()) else { break };
            if count < MIN_LANES {
                for lane in 0..LANES {
                    super::compress(&mut states[lane], rest[lane], std::hint::black_box(&SINES));
                    rest[lane] = &[];
                }
                continue;
            }
            // A lane without work does that of another, and nobody looks at it.
            let input = rest.map(|blocks| if blocks.is_empty() { any } else { blocks });
            lanes::compress(&mut states, &input, least);
            for blocks in &mut rest {
                *blocks = blocks.get(least..).unwrap_or_default();
            }
        }
    }

    fn put_back(&mut self, owner: Option<u32>, state: [u32; 4]) {
        if let Some(stream) = owner.and_then(|at| self.streams.get_mut(at as usize)) {
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

    #[test]
    fn many_bodies_side_by_side_have_their_own_digests() {
        let data: Vec<u8> = (0..40_000u32).map(|n| (n * 7 + n / 13) as u8).collect();
        let mut digests = Digests::default();
        let mut random = 88_172_645_463_325_252u64;
        let mut next = move |bound: usize| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            random as usize % bound
        };
        let mut open: Vec<(Ticket, usize, usize, usize)> = Vec::new();
        let mut ended = Vec::new();
        for round in 0..30_000 {
            if open.len() < 20 {
                let start = next(1_000);
                let length = if round % 3 == 0 { next(200) } else { next(30_000) };
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
        }
        assert!(ended.len() > 500, "{}", ended.len());
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
    }

    #[test]
    fn buffers_are_kept_up_to_a_bound() {
        let mut digests = Digests::default();
        let body = vec![1; WAITING_BYTES - 1];
        for _ in 0..2 * MAX_SPARE_BYTES / WAITING_BYTES {
            let tickets = [digests.begin(), digests.begin()];
            for ticket in &tickets {
                digests.update(ticket, &body);
                digests.end(ticket);
            }
        }
        let kept: usize = digests.spare.iter().map(Vec::capacity).sum();
        assert_eq!(digests.spare_bytes, kept);
        assert!(kept > WAITING_BYTES && kept <= MAX_SPARE_BYTES, "{kept}");
        let buffers: Vec<Vec<u8>> = (0..2 * MAX_SPARE_BYTES / body.len()).map(|_| body.clone()).collect();
        for buffer in buffers {
            digests.keep(buffer);
        }
        assert!(digests.spare_bytes > MAX_SPARE_BYTES / 2 && digests.spare_bytes <= MAX_SPARE_BYTES);
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
