//! Streams that several read, each at its own pace: who comes first to a block reads it for all.
//!
//! Workers of an import need the same bytes. Reading a file once for each costs a copy each, and decompressing it once
//! for each costs most of what they would gain.

use crate::chunk::{CHUNK_BYTES, Chunk};
use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Blocks that may wait for a reader that is behind: 64 MiB, what some tenths of a second bring. Writing a segment takes
/// less. Beside them each stream has its first block once it is opened.
const MAX_HELD: usize = 512;
/// Spare blocks that are looked at for one that nobody holds any more.
const MAX_LOOKS: usize = 4;
/// Looks at whether a block is there before a reader blocks. Reading one takes some ten microseconds, and waking
/// a thread longer.
const SPINS: u32 = 2_000;

/// What one reader gets of one stream.
pub struct Blocks {
    shared: Arc<Shared>,
    stream: usize,
    reader: usize,
    /// See [`Stream::read`].
    read: Arc<AtomicU64>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    streams: Vec<Stream>,
    /// Blocks that some reader has not taken, of all streams.
    held: usize,
    /// Blocks that all have taken, and that some may still hold.
    spare: VecDeque<Chunk>,
    /// Readers that are blocked: waking asks the system, which takes as long as handing on a block.
    waiting: usize,
}

struct Stream {
    /// None while somebody reads from it, and at the end.
    source: Option<Box<dyn Read + Send>>,
    /// Blocks that some reader has not taken; the number of the first is `first`.
    blocks: VecDeque<Chunk>,
    first: u64,
    /// Number of the block that each reader takes next; none when it is gone.
    next: Vec<Option<u64>>,
    /// Blocks that were read so far, for those who look without the lock.
    read: Arc<AtomicU64>,
    end: Option<End>,
}

/// How a stream ended: all readers are told the same.
enum End {
    Whole,
    Failed(io::Error),
}

/// Gives each of `readers` readers all of `sources`: one list for each reader, in the order of `sources`. Who reads takes the
/// streams one after the other, and drops each at its end; before that at most the first block of those to come. Any error
/// of a source, `WouldBlock` too, ends its stream.
pub fn share(sources: Vec<Box<dyn Read + Send>>, readers: usize) -> Vec<Vec<Blocks>> {
    let streams: Vec<Stream> = sources.into_iter().map(|source| Stream::new(source, readers)).collect();
    let read: Vec<Arc<AtomicU64>> = streams.iter().map(|stream| Arc::clone(&stream.read)).collect();
    let state = State { streams, held: 0, spare: VecDeque::new(), waiting: 0 };
    let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() });
    let of = |reader, (stream, read): (usize, &Arc<AtomicU64>)| Blocks {
        shared: Arc::clone(&shared),
        stream,
        reader,
        read: Arc::clone(read),
    };
    (0..readers).map(|reader| read.iter().enumerate().map(|each| of(reader, each)).collect()).collect()
}

impl Stream {
    fn new(source: Box<dyn Read + Send>, readers: usize) -> Self {
        Self {
            source: Some(source),
            blocks: VecDeque::new(),
            first: 0,
            next: vec![Some(0); readers],
            read: Arc::default(),
            end: None,
        }
    }
    /// Blocks that every reader has taken.
    fn taken_by_all(&self) -> u64 {
        self.next.iter().flatten().min().copied().unwrap_or(u64::MAX)
    }
}

impl State {
    /// Forgets the blocks of a stream that all have taken. Whether there were any.
    fn forget_taken(&mut self, stream: usize) -> bool {
        let Some(stream) = self.streams.get_mut(stream) else { return false };
        let (before, until) = (stream.first, stream.taken_by_all());
        while stream.first < until
            && let Some(block) = stream.blocks.pop_front()
        {
            stream.first += 1;
            self.held -= 1;
            if block.len() == CHUNK_BYTES && self.spare.len() < MAX_HELD {
                self.spare.push_back(block);
            }
        }
        stream.first > before
    }

    /// Room for a block.
    fn room(&mut self) -> Chunk {
        for _ in 0..MAX_LOOKS.min(self.spare.len()) {
            let Some(mut block) = self.spare.pop_front() else { break };
            if Arc::get_mut(&mut block).is_some() {
                return block;
            }
            self.spare.push_back(block);
        }
        Arc::new(vec![0; CHUNK_BYTES])
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing is done under the lock that can fail half way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
    fn wait<'a>(&self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        state.waiting += 1;
        let mut state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        state.waiting -= 1;
        state
    }
    fn wake(&self, state: &State) {
        if state.waiting > 0 {
            self.changed.notify_all();
        }
    }
}

impl Blocks {
    /// The next block; none at the end. Waits while too much is held for a reader that is behind this one.
    ///
    /// # Errors
    /// The source's error, the same for all readers.
    pub fn next_block(&mut self) -> io::Result<Option<Chunk>> {
        let mut state = self.shared.lock();
        loop {
            let is_full = state.held >= MAX_HELD;
            let Some(stream) = state.streams.get_mut(self.stream) else { return Ok(None) };
            let all = stream.taken_by_all();
            let Some(Some(next)) = stream.next.get_mut(self.reader) else { return Ok(None) };
            let number = *next;
            if let Some(block) = stream.blocks.get((number - stream.first) as usize) {
                let block = Arc::clone(block);
                *next += 1;
                if state.forget_taken(self.stream) {
                    self.shared.wake(&state);
                }
                return Ok(Some(block));
            }
            match &stream.end {
                Some(End::Whole) => return Ok(None),
                Some(End::Failed(error)) => return Err(copied(error)),
                None => {}
            }
            // Who is behind all others never waits for room: it is what makes some.
            state = if is_full && all < number {
                self.shared.wait(state)
            } else if let Some(source) = stream.source.take() {
                let room = state.room();
                drop(state);
                self.read_block(source, room)
            } else {
                drop(state);
                self.wait_for(number)
            };
        }
    }

    /// Waits until somebody, who is at it, has read the block of a number.
    fn wait_for(&self, number: u64) -> MutexGuard<'_, State> {
        for _ in 0..SPINS {
            if self.read.load(Ordering::Acquire) > number {
                return self.shared.lock();
            }
            std::hint::spin_loop();
        }
        let mut state = self.shared.lock();
        while state.streams.get(self.stream).is_some_and(|stream| {
            stream.source.is_none() && stream.end.is_none() && self.read.load(Ordering::Acquire) <= number
        }) {
            state = self.shared.wait(state);
        }
        state
    }

    /// Reads a block for all, and gives back the source.
    fn read_block(&self, mut source: Box<dyn Read + Send>, room: Chunk) -> MutexGuard<'_, State> {
        let mut reading = Reading { blocks: self, block: room, filled: 0, source: None, end: None };
        // Whoever has room has it alone.
        let bytes = Arc::make_mut(&mut reading.block);
        while reading.end.is_none()
            && let Some(rest) = bytes.get_mut(reading.filled..).filter(|rest| !rest.is_empty())
        {
            match source.read(rest) {
                Ok(0) => reading.end = Some(End::Whole),
                Ok(count) => reading.filled += count.min(rest.len()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => reading.end = Some(End::Failed(error)),
            }
        }
        reading.source = Some(source);
        drop(reading);
        self.shared.lock()
    }
}

/// A block that is being read. Dropped, it is there for all; if that is because reading panicked, the stream ends.
struct Reading<'a> {
    blocks: &'a Blocks,
    block: Chunk,
    filled: usize,
    source: Option<Box<dyn Read + Send>>,
    end: Option<End>,
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        let mut block = std::mem::take(&mut self.block);
        Arc::make_mut(&mut block).truncate(self.filled);
        let panicked = || End::Failed(io::Error::other("whoever read it panicked"));
        let end = self.end.take().or_else(|| self.source.is_none().then(panicked));
        let mut state = self.blocks.shared.lock();
        let State { streams, held, .. } = &mut *state;
        if let Some(stream) = streams.get_mut(self.blocks.stream) {
            if !block.is_empty() {
                stream.blocks.push_back(block);
                *held += 1;
            }
            let read = stream.first + stream.blocks.len() as u64;
            stream.read.store(read, Ordering::Release);
            // At the end it goes, with what it holds, and without the lock.
            stream.source = if end.is_none() { self.source.take() } else { None };
            stream.end = end;
        }
        self.blocks.shared.wake(&state);
    }
}

/// An error that says what another one says: they cannot be copied, and each reader is told.
fn copied(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(number) => io::Error::from_raw_os_error(number),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}

impl Drop for Blocks {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        let mut source = None;
        if let Some(stream) = state.streams.get_mut(self.stream) {
            if let Some(next) = stream.next.get_mut(self.reader) {
                *next = None;
            }
            // The last one takes it along, and drops it without the lock.
            source = stream.source.take_if(|_| stream.next.iter().all(Option::is_none));
        }
        state.forget_taken(self.stream);
        self.shared.wake(&state);
        drop(state);
        drop(source);
    }
}
