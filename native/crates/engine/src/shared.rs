//! What several threads need, each in order and at its own pace: who comes first to an item makes it for all.

use crate::error::EngineError;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Bytes of items that may wait for a taker that is behind: of batches what some hundredths of a second bring. Writing a
/// segment takes about as long, and what is not taken soon has left the processor's caches. Beside them one item of any size.
pub const MAX_HELD_BYTES: usize = 20 << 20;
/// Items that a taker makes before it takes the next, where nobody else is at it: while it handles them, another one
/// goes on making.
const LOOKAHEAD: u64 = 4;
/// Looks at whether an item is there before a taker blocks. Making one takes some ten microseconds, and waking a
/// thread longer.
const SPINS: u32 = 2_000;

/// Makes one item after the other; none at the end. After an error it is not asked again.
pub type Source<T> = Box<dyn FnMut() -> Result<Option<T>, EngineError> + Send>;

/// What one of those who share gets.
pub struct Taker<T> {
    shared: Arc<Shared<T>>,
    number: usize,
}

struct Shared<T> {
    bytes_of: fn(&T) -> usize,
    state: Mutex<State<T>>,
    changed: Condvar,
    /// Items that were made so far, for those who look without the lock; the greatest number at the end.
    made: AtomicU64,
}

struct State<T> {
    /// None while somebody makes an item, and at the end.
    source: Option<Source<T>>,
    /// Items that somebody has not taken; the number of the first is `first`.
    items: VecDeque<Arc<T>>,
    first: u64,
    /// Bytes of these items.
    held_bytes: usize,
    /// Number of the item that each takes next; none of one that is gone.
    next: Vec<Option<u64>>,
    end: Option<End>,
    /// Takers that are blocked: waking asks the system, which takes as long as making an item.
    waiting: usize,
}

#[derive(Clone, Copy)]
enum End {
    Whole,
    Failed,
}

/// Gives each of `takers` takers all that `source` makes; `bytes_of` says how many bytes an item holds.
pub fn share<T>(source: Source<T>, bytes_of: fn(&T) -> usize, takers: usize) -> Vec<Taker<T>> {
    let state = State {
        source: Some(source),
        items: VecDeque::new(),
        first: 0,
        held_bytes: 0,
        next: vec![Some(0); takers],
        end: None,
        waiting: 0,
    };
    let shared = Arc::new(Shared {
        bytes_of,
        state: Mutex::new(state),
        changed: Condvar::new(),
        made: AtomicU64::new(0),
    });
    (0..takers).map(|number| Taker { shared: Arc::clone(&shared), number }).collect()
}

impl<T> State<T> {
    /// Items that every taker has taken.
    fn taken_by_all(&self) -> u64 {
        self.next.iter().flatten().min().copied().unwrap_or(u64::MAX)
    }

    /// Forgets the items that all have taken. Whether there were any.
    fn forget_taken(&mut self, bytes_of: fn(&T) -> usize) -> bool {
        let gone = (self.taken_by_all() - self.first).min(self.items.len() as u64);
        self.held_bytes -= self.items.drain(..gone as usize).map(|item| bytes_of(&item)).sum::<usize>();
        self.first += gone;
        gone > 0
    }
}

impl<T> Shared<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // Nothing is done under the lock that can fail half way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
    fn wait<'a>(&self, mut state: MutexGuard<'a, State<T>>) -> MutexGuard<'a, State<T>> {
        state.waiting += 1;
        let mut state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        state.waiting -= 1;
        state
    }
    fn wake(&self, state: &State<T>) {
        if state.waiting > 0 {
            self.changed.notify_all();
        }
    }

    /// Waits until somebody, who is at it, has made the item of a number.
    fn wait_for(&self, number: u64) -> MutexGuard<'_, State<T>> {
        for _ in 0..SPINS {
            if self.made.load(Ordering::Acquire) > number {
                return self.lock();
            }
            std::hint::spin_loop();
        }
        let mut state = self.lock();
        while state.source.is_none() && self.made.load(Ordering::Acquire) <= number {
            state = self.wait(state);
        }
        state
    }

    /// Makes an item for all, and gives back the source.
    fn make(&self, mut source: Source<T>) -> Result<MutexGuard<'_, State<T>>, EngineError> {
        let mut making = Making { shared: self, made: Some(Err(End::Failed)) };
        let (made, failure) = match source() {
            Ok(Some(item)) => (Ok((Arc::new(item), source)), None),
            Ok(None) => (Err(End::Whole), None),
            Err(error) => (Err(End::Failed), Some(error)),
        };
        making.made = Some(made);
        drop(making);
        failure.map_or_else(|| Ok(self.lock()), Err)
    }
}

impl<T> Taker<T> {
    /// The next item; none at the end. Waits while too much is held for somebody who is behind.
    ///
    /// # Errors
    /// The source's error where this one had asked it; all others are told [`EngineError::Cancelled`].
    pub fn take_next(&mut self) -> Result<Option<Arc<T>>, EngineError> {
        let mut state = self.shared.lock();
        loop {
            let Some(number) = state.next.get(self.number).copied().flatten() else { return Ok(None) };
            let ahead = state.first + state.items.len() as u64 - number;
            // Who is behind all others never waits for room: it is what makes some.
            let has_room = state.held_bytes < MAX_HELD_BYTES || state.taken_by_all() == number;
            if ahead < LOOKAHEAD
                && has_room
                && let Some(source) = state.source.take()
            {
                drop(state);
                state = self.shared.make(source)?;
                continue;
            }
            if let Some(item) = state.items.get((number - state.first) as usize) {
                let item = Arc::clone(item);
                if let Some(next) = state.next.get_mut(self.number) {
                    *next = Some(number + 1);
                }
                if state.forget_taken(self.shared.bytes_of) {
                    self.shared.wake(&state);
                }
                return Ok(Some(item));
            }
            match state.end {
                Some(End::Whole) => return Ok(None),
                Some(End::Failed) => return Err(EngineError::Cancelled),
                None => {}
            }
            state = if has_room {
                drop(state);
                self.shared.wait_for(number)
            } else {
                self.shared.wait(state)
            };
        }
    }
}

/// An item that is being made. Dropped, it is there for all; if that is because making it panicked, nothing follows.
struct Making<'a, T> {
    shared: &'a Shared<T>,
    made: Option<Result<(Arc<T>, Source<T>), End>>,
}

impl<T> Drop for Making<'_, T> {
    fn drop(&mut self) {
        let Some(made) = self.made.take() else { return };
        let mut state = self.shared.lock();
        let count = match made {
            Ok((item, source)) => {
                state.held_bytes += (self.shared.bytes_of)(&item);
                state.items.push_back(item);
                state.source = Some(source);
                state.first + state.items.len() as u64
            }
            Err(end) => {
                state.end = Some(end);
                u64::MAX
            }
        };
        self.shared.made.store(count, Ordering::Release);
        self.shared.wake(&state);
    }
}

impl<T> Drop for Taker<T> {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        if let Some(next) = state.next.get_mut(self.number) {
            *next = None;
        }
        // The last one takes the source along, and drops it without the lock.
        let source = if state.next.iter().all(Option::is_none) { state.source.take() } else { None };
        state.forget_taken(self.shared.bytes_of);
        self.shared.wake(&state);
        drop(state);
        drop(source);
    }
}
