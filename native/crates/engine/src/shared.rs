//! What several threads need, each in order and at its own pace: who comes first to an item makes it for all.
//!
//! An item is made in two steps: it is begun by one thread at a time, in order, and finished by whoever began it while others go on
//! beginning. What is done in the first step holds up all.

use crate::error::EngineError;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Bytes of items that may wait for a taker that is behind: of batches what some hundredths of a second bring. Writing a
/// segment takes about as long, and what is not taken soon has left the processor's caches. Beside them one item of any size for each
/// taker.
pub const MAX_HELD_BYTES: usize = 20 << 20;
/// Items that a taker makes before it takes the next, where nobody else is at it: while it handles them, another one
/// goes on making.
const LOOKAHEAD: u64 = 4;
/// Looks at whether an item is there before a taker blocks. Making one takes some ten microseconds, and waking a
/// thread longer.
const SPINS: u32 = 2_000;

/// Begins one item after the other; none at the end. After an error it is not asked again.
pub type Source<B> = Box<dyn FnMut() -> Result<Option<B>, EngineError> + Send>;

/// Makes an item of what was begun.
pub type Finish<B, T> = Box<dyn Fn(B) -> T + Send + Sync>;

/// What one of those who share gets.
pub struct Taker<B, T> {
    shared: Arc<Shared<B, T>>,
    number: usize,
}

struct Shared<B, T> {
    finish: Finish<B, T>,
    bytes_of: fn(&T) -> usize,
    state: Mutex<State<B, T>>,
    changed: Condvar,
    /// For those who look without the lock: the number of the first item that is still to come, the greatest number at the end; and
    /// whether an item can be begun.
    made: AtomicU64,
    can_begin: AtomicBool,
}

struct State<B, T> {
    /// None while somebody begins an item, and at the end.
    source: Option<Source<B>>,
    /// Items that somebody has not taken; the number of the first is `first`.
    items: VecDeque<Slot<T>>,
    first: u64,
    /// Bytes of these items.
    held_bytes: usize,
    /// Number of the item that each takes next; none of one that is gone.
    next: Vec<Option<u64>>,
    end: Option<End>,
    /// Takers that are blocked: waking asks the system, which takes as long as making an item.
    waiting: usize,
}

enum Slot<T> {
    /// Begun.
    Coming,
    There(Arc<T>),
    /// Finishing it panicked.
    Lost,
}

#[derive(Clone, Copy)]
enum End {
    Whole,
    Failed,
}

/// Gives each of `takers` takers all that `source` begins and `finish` makes of it; `bytes_of` says how many bytes an item holds.
pub fn share<B, T>(
    source: Source<B>,
    finish: Finish<B, T>,
    bytes_of: fn(&T) -> usize,
    takers: usize,
) -> Vec<Taker<B, T>> {
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
        finish,
        bytes_of,
        state: Mutex::new(state),
        changed: Condvar::new(),
        made: AtomicU64::new(0),
        can_begin: AtomicBool::new(true),
    });
    (0..takers).map(|number| Taker { shared: Arc::clone(&shared), number }).collect()
}

impl<B, T> State<B, T> {
    /// Items that every taker has taken.
    fn taken_by_all(&self) -> u64 {
        self.next.iter().flatten().min().copied().unwrap_or(u64::MAX)
    }

    /// Forgets the items that all have taken. Whether there were any.
    fn forget_taken(&mut self, bytes_of: fn(&T) -> usize) -> bool {
        let gone = (self.taken_by_all() - self.first).min(self.items.len() as u64);
        for slot in self.items.drain(..gone as usize) {
            if let Slot::There(item) = slot {
                self.held_bytes -= bytes_of(&item);
            }
        }
        self.first += gone;
        gone > 0
    }

    fn slot(&mut self, number: u64) -> Option<&mut Slot<T>> {
        self.items.get_mut(number.checked_sub(self.first)? as usize)
    }

    /// The number of the first item that is still to come.
    fn made(&self) -> u64 {
        let there = self.items.iter().take_while(|slot| !matches!(slot, Slot::Coming)).count();
        if there == self.items.len() && self.end.is_some() { u64::MAX } else { self.first + there as u64 }
    }
}

impl<B, T> Shared<B, T> {
    fn lock(&self) -> MutexGuard<'_, State<B, T>> {
        // Nothing is done under the lock that can fail half way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
    fn wait<'a>(&self, mut state: MutexGuard<'a, State<B, T>>) -> MutexGuard<'a, State<B, T>> {
        state.waiting += 1;
        let mut state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        state.waiting -= 1;
        state
    }
    /// Tells those who look without the lock, and those who are blocked.
    fn tell(&self, state: &State<B, T>) {
        self.made.store(state.made(), Ordering::Release);
        self.can_begin.store(state.source.is_some(), Ordering::Release);
        if state.waiting > 0 {
            self.changed.notify_all();
        }
    }

    /// Waits until the item of a number is there, or, for one who `may_begin`, until an item can be begun.
    fn wait_for(&self, number: u64, may_begin: bool) -> MutexGuard<'_, State<B, T>> {
        let is_due = || {
            self.made.load(Ordering::Acquire) > number
                || (may_begin && self.can_begin.load(Ordering::Acquire))
        };
        for _ in 0..SPINS {
            if is_due() {
                return self.lock();
            }
            std::hint::spin_loop();
        }
        let state = self.lock();
        if is_due() { state } else { self.wait(state) }
    }

    /// Makes an item for all.
    fn make(&self, mut source: Source<B>) -> Result<(), EngineError> {
        let mut beginning = Beginning { shared: self, outcome: Some(Err(End::Failed)) };
        let (outcome, begun) = match source() {
            Ok(Some(begun)) => (Ok(source), Ok(Some(begun))),
            Ok(None) => (Err(End::Whole), Ok(None)),
            Err(error) => (Err(End::Failed), Err(error)),
        };
        beginning.outcome = Some(outcome);
        let number = beginning.end();
        let (Some(begun), Some(number)) = (begun?, number) else { return Ok(()) };
        let mut finishing = Finishing { shared: self, number, slot: Slot::Lost };
        finishing.slot = Slot::There(Arc::new((self.finish)(begun)));
        Ok(())
    }
}

impl<B, T> Taker<B, T> {
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
            let may_begin = ahead < LOOKAHEAD && has_room;
            if may_begin && let Some(source) = state.source.take() {
                self.shared.can_begin.store(false, Ordering::Release);
                drop(state);
                self.shared.make(source)?;
                state = self.shared.lock();
                continue;
            }
            let is_coming = match state.slot(number) {
                Some(Slot::There(item)) => {
                    let item = Arc::clone(item);
                    if let Some(next) = state.next.get_mut(self.number) {
                        *next = Some(number + 1);
                    }
                    if state.forget_taken(self.shared.bytes_of) {
                        self.shared.tell(&state);
                    }
                    return Ok(Some(item));
                }
                Some(Slot::Lost) => return Err(EngineError::Cancelled),
                Some(Slot::Coming) => true,
                None => false,
            };
            match state.end {
                Some(End::Whole) if !is_coming => return Ok(None),
                Some(End::Failed) if !is_coming => return Err(EngineError::Cancelled),
                _ => {}
            }
            state = if has_room || is_coming {
                drop(state);
                self.shared.wait_for(number, may_begin)
            } else {
                self.shared.wait(state)
            };
        }
    }
}

/// An item that is being begun. Dropped, others can begin the next; if that is because beginning it panicked, nothing follows.
struct Beginning<'a, B, T> {
    shared: &'a Shared<B, T>,
    outcome: Option<Result<Source<B>, End>>,
}

impl<B, T> Beginning<'_, B, T> {
    /// Gives back the source. The item's number; none at the end.
    fn end(&mut self) -> Option<u64> {
        let mut state = self.shared.lock();
        let number = match self.outcome.take()? {
            Ok(source) => {
                state.items.push_back(Slot::Coming);
                state.source = Some(source);
                Some(state.first + state.items.len() as u64 - 1)
            }
            Err(end) => {
                state.end = Some(end);
                None
            }
        };
        self.shared.tell(&state);
        number
    }
}

impl<B, T> Drop for Beginning<'_, B, T> {
    fn drop(&mut self) {
        self.end();
    }
}

/// An item that is being finished. Dropped, it is there for all, or lost if finishing it panicked.
struct Finishing<'a, B, T> {
    shared: &'a Shared<B, T>,
    number: u64,
    slot: Slot<T>,
}

impl<B, T> Drop for Finishing<'_, B, T> {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        let made = std::mem::replace(&mut self.slot, Slot::Lost);
        let bytes = if let Slot::There(item) = &made { (self.shared.bytes_of)(item) } else { 0 };
        // Where all takers are gone, so is its place.
        if let Some(slot) = state.slot(self.number) {
            *slot = made;
            state.held_bytes += bytes;
        }
        self.shared.tell(&state);
    }
}

impl<B, T> Drop for Taker<B, T> {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        if let Some(next) = state.next.get_mut(self.number) {
            *next = None;
        }
        // The last one takes the source along, and drops it without the lock.
        let source = if state.next.iter().all(Option::is_none) { state.source.take() } else { None };
        state.forget_taken(self.shared.bytes_of);
        self.shared.tell(&state);
        drop(state);
        drop(source);
    }
}
