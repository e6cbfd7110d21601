//! Reads a stream in large pieces into chunks that packets are ranges of. Bytes that were handed out never change: a
//! chunk that a worker still holds is left to it, and used again once nobody holds it.

use crate::MAX_RECORD_BYTES;
use crate::chunk::{CHUNK_BYTES, Chunk};
use std::io::Read;
use std::sync::Arc;

/// Most chunks kept for use again. More may be in flight; the last holder frees those.
const MAX_POOLED: usize = 256;

/// The stream, with a window of bytes at hand. Invariant: `at <= filled <= chunk.len()`.
pub struct Buffer {
    source: Box<dyn Read + Send>,
    chunk: Chunk,
    at: usize,
    filled: usize,
    /// Offset in the stream of the byte at `at`.
    offset: u64,
    ended: bool,
    /// Why the source ended, when nobody was told yet.
    failure: Option<std::io::Error>,
    /// Chunks given up for another while packets in them were held.
    pool: Vec<Chunk>,
    /// Bytes still to be moved past before the next is at hand: a source had none for now.
    owed: u64,
    /// Whether what is not at hand counts as not there for now.
    is_held: bool,
}

impl Buffer {
    /// Reads from `source`.
    pub fn new(source: Box<dyn Read + Send>) -> Self {
        Self {
            source,
            chunk: Arc::new(vec![0; CHUNK_BYTES]),
            at: 0,
            filled: 0,
            offset: 0,
            ended: false,
            failure: None,
            pool: Vec::new(),
            owed: 0,
            is_held: false,
        }
    }
    /// Whether from now on the source is as if it had nothing (`WouldBlock`): only what is at hand is there.
    pub fn hold(&mut self, is_held: bool) {
        self.is_held = is_held;
    }
    /// Offset in the stream of the next byte.
    #[inline]
    pub fn offset(&self) -> u64 {
        self.offset
    }
    /// Bytes at hand.
    #[inline]
    pub fn available(&self) -> usize {
        self.filled - self.at
    }
    /// The bytes at hand.
    #[inline]
    pub fn bytes(&self) -> &[u8] {
        self.chunk.get(self.at..self.filled).unwrap_or_default()
    }
    /// The chunk and the place in it of the next byte.
    #[inline]
    pub fn place(&self) -> (&Chunk, usize) {
        (&self.chunk, self.at)
    }
    /// Gets at least `wanted` bytes to hand, in one piece; false when the stream ends before, or `wanted` is more than a
    /// record may be.
    ///
    /// # Errors
    /// The source's error; the stream then counts as ended, unless the source has none for now (`WouldBlock`): then the
    /// same may be asked again.
    #[inline]
    pub fn ensure(&mut self, wanted: usize) -> std::io::Result<bool> {
        if self.available() >= wanted { Ok(true) } else { self.fill(wanted) }
    }
    /// Moves past `count` bytes at hand.
    #[inline]
    pub fn consume(&mut self, count: usize) {
        let count = count.min(self.available());
        self.at += count;
        self.offset += count as u64;
    }
    /// Moves past `count` bytes without having them at hand; false when the stream ends before.
    ///
    /// # Errors
    /// The source's error. Where it has none for now, what is left is moved past before anything else is at hand.
    pub fn discard(&mut self, count: u64) -> std::io::Result<bool> {
        self.owed += count;
        self.settle()
    }

    /// Whether bytes are still to be moved past, see [`Buffer::discard`].
    pub fn owes(&self) -> bool {
        self.owed > 0
    }

    /// Moves past what is owed; false when the stream ends before.
    fn settle(&mut self) -> std::io::Result<bool> {
        loop {
            let here = self.owed.min(self.available() as u64);
            self.consume(here as usize);
            self.owed -= here;
            if self.owed == 0 {
                return Ok(true);
            }
            if !self.read(1)? {
                return Ok(false);
            }
        }
    }

    #[cold]
    fn fill(&mut self, wanted: usize) -> std::io::Result<bool> {
        if self.owed > 0 && !self.settle()? {
            return Ok(false);
        }
        if self.available() >= wanted { Ok(true) } else { self.read(wanted) }
    }

    fn read(&mut self, wanted: usize) -> std::io::Result<bool> {
        if self.is_held {
            return Err(std::io::ErrorKind::WouldBlock.into());
        }
        if let Some(error) = self.failure.take() {
            return Err(error);
        }
        if self.ended || wanted > MAX_RECORD_BYTES as usize + CHUNK_BYTES {
            return Ok(false);
        }
        self.make_room(wanted);
        // Decompressors and pipes give little at a time; a chunk that packets will hold should not be mostly empty.
        let worthwhile = (self.at + wanted).max(CHUNK_BYTES / 2);
        while self.filled < worthwhile && !self.ended {
            let Some(room) = Arc::get_mut(&mut self.chunk).and_then(|chunk| chunk.get_mut(self.filled..))
            else {
                break;
            };
            match self.source.read(room) {
                Ok(0) => self.ended = true,
                Ok(count) => self.filled += count.min(room.len()),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                    return if self.filled - self.at >= wanted { Ok(true) } else { Err(error) };
                }
                Err(error) => {
                    self.ended = true;
                    if self.filled - self.at < wanted {
                        return Err(error);
                    }
                    // What was asked for is here; the error is reported when more is.
                    self.failure = Some(error);
                }
            }
        }
        Ok(self.available() >= wanted)
    }

    /// Moves the bytes at hand to the front of a chunk that nobody else holds and that has room for `wanted`: one is larger than
    /// others when a record needs more, at most [`MAX_RECORD_BYTES`] and a header.
    fn make_room(&mut self, wanted: usize) {
        let (at, filled) = (self.at, self.filled);
        let held = filled - at;
        let is_large = self.chunk.len() >= wanted;
        if let (true, Some(chunk)) = (is_large, Arc::get_mut(&mut self.chunk)) {
            chunk.copy_within(at..filled, 0);
        } else {
            let mut next = self.free_chunk(wanted);
            if let (Some(to), Some(from)) =
                (Arc::get_mut(&mut next).and_then(|c| c.get_mut(..held)), self.chunk.get(at..filled))
            {
                to.copy_from_slice(from);
            }
            let last = std::mem::replace(&mut self.chunk, next);
            if last.len() == CHUNK_BYTES && self.pool.len() < MAX_POOLED {
                self.pool.push(last);
            }
        }
        self.at = 0;
        self.filled = held;
    }

    fn free_chunk(&mut self, wanted: usize) -> Chunk {
        if wanted <= CHUNK_BYTES
            // One that was given up lately is likely still in the processor's cache.
            && let Some(free) = self.pool.iter_mut().rposition(|chunk| Arc::get_mut(chunk).is_some())
        {
            return self.pool.remove(free);
        }
        Arc::new(vec![0; CHUNK_BYTES.max(wanted)])
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod test {
    use super::*;
    use std::io::Cursor;

    /// Gives a few bytes at a time, as a pipe does.
    struct Drip(Cursor<Vec<u8>>, usize);

    impl Read for Drip {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let count = buffer.len().min(self.1);
            self.0.read(&mut buffer[..count])
        }
    }

    #[test]
    fn bytes_that_are_held_never_change() {
        let stream: Vec<u8> = (0..4_000_000u32).flat_map(u32::to_le_bytes).collect();
        let mut buffer = Buffer::new(Box::new(Drip(Cursor::new(stream.clone()), 70_000)));
        let mut held = std::collections::VecDeque::new();
        let mut at = 0usize;
        while buffer.ensure(1000).unwrap() {
            let (chunk, start) = buffer.place();
            held.push_back((Arc::clone(chunk), start, at));
            buffer.consume(1000);
            at += 1000;
            if held.len() > 3000 {
                let (chunk, start, at) = held.pop_front().unwrap();
                assert_eq!(chunk[start..start + 1000], stream[at..at + 1000]);
            }
        }
        for (chunk, start, at) in held {
            assert_eq!(chunk[start..start + 1000], stream[at..at + 1000]);
        }
        assert_eq!(at, 16_000_000);
        // Three million bytes were held at any time, in chunks that are half full or more.
        assert!(buffer.pool.len() * CHUNK_BYTES <= 8_000_000, "{}", buffer.pool.len());
    }

    #[test]
    fn a_record_larger_than_a_chunk_is_at_hand_in_one_piece() {
        let mut buffer = Buffer::new(Box::new(Cursor::new(vec![7; 3 << 20])));
        assert!(buffer.ensure(10).unwrap());
        buffer.consume(10);
        assert!(buffer.ensure(2 << 20).unwrap());
        assert_eq!(buffer.bytes()[..2 << 20], vec![7; 2 << 20]);
        assert!(!buffer.ensure(4 << 20).unwrap());
        assert!(buffer.discard((3 << 20) - 10).unwrap());
        assert!(!buffer.discard(1).unwrap());
    }
}
