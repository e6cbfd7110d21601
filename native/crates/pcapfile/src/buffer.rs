//! Reads a stream in large pieces into chunks that packets are ranges of. A chunk that a worker still holds is left to
//! it and another one begun; otherwise it is used again.

use std::io::Read;
use std::sync::Arc;

/// Bytes that packets point into.
pub type Chunk = Arc<Vec<u8>>;

/// Size of a chunk; it grows when one record needs more (at most [`crate::MAX_RECORD_BYTES`] and a header).
const CHUNK_BYTES: usize = 1 << 20;

/// The stream, with a window of bytes at hand.
pub struct Buffer {
    source: Box<dyn Read + Send>,
    chunk: Chunk,
    at: usize,
    filled: usize,
    /// Offset in the stream of the byte at `at`.
    offset: u64,
    ended: bool,
}

impl Buffer {
    /// Reads from `source`.
    pub fn new(source: Box<dyn Read + Send>) -> Self {
        Self { source, chunk: Arc::new(vec![0; CHUNK_BYTES]), at: 0, filled: 0, offset: 0, ended: false }
    }
    /// Offset in the stream of the next byte.
    pub fn offset(&self) -> u64 {
        self.offset
    }
    /// Bytes at hand.
    pub fn available(&self) -> usize {
        self.filled - self.at
    }
    /// The bytes at hand.
    pub fn bytes(&self) -> &[u8] {
        self.chunk.get(self.at..self.filled).unwrap_or_default()
    }
    /// The chunk and the place in it of the next byte.
    pub fn place(&self) -> (&Chunk, usize) {
        (&self.chunk, self.at)
    }
    /// Gets at least `wanted` bytes to hand; false when the stream ends before.
    ///
    /// # Errors
    /// The source's error.
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

    fn fill(&mut self, wanted: usize) -> std::io::Result<bool> {
        let (at, filled) = (self.at, self.filled);
        let held = filled - at;
        let size = CHUNK_BYTES.max(wanted.next_multiple_of(CHUNK_BYTES));
        match Arc::get_mut(&mut self.chunk) {
            Some(chunk) => {
                chunk.copy_within(at..filled, 0);
                if chunk.len() < size {
                    chunk.resize(size, 0);
                }
            }
            None => {
                let mut chunk = vec![0; size];
                if let (Some(to), Some(from)) = (chunk.get_mut(..held), self.chunk.get(at..filled)) {
                    to.copy_from_slice(from);
                }
                self.chunk = Arc::new(chunk);
            }
        }
        self.at = 0;
        self.filled = held;
        while self.filled < wanted && !self.ended {
            let Some(room) = Arc::get_mut(&mut self.chunk).and_then(|chunk| chunk.get_mut(self.filled..)) else { break };
            match self.source.read(room) {
                Ok(0) => self.ended = true,
                Ok(count) => self.filled += count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.filled >= wanted)
    }
}
