//! What one input costs, for tests that state bounds.
//!
//! Memory is counted by the allocator, thread by thread: the same in each run. Time is first that of a clock, which costs
//! little to read. What took too long by it is done again, by the thread's own time on a processor, some times over: a
//! loaded machine disturbs that too, and only what takes too long every time is an offence. [`hold`] needs work that can be
//! done again for that; [`Random`] makes what is random the same.

mod random;

pub use random::Random;
use rustix::time::{ClockId, clock_gettime};
use std::time::{Duration, Instant};

/// Times that work is done until it counts as slow.
const TRIES: usize = 6;

/// What one piece of work may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// Time.
    pub time: Duration,
    /// Bytes allocated above what was held before it, at their most.
    pub bytes: u64,
}

/// What work cost: the most of any piece.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Time, of pieces that kept to the limit.
    pub time: Duration,
    /// Bytes allocated above what was held before the piece, at their most.
    pub bytes: u64,
    /// Bytes that pieces held at their most, what earlier ones left included.
    pub held: u64,
}

impl Cost {
    /// The larger of both in everything.
    pub fn max(self, other: Self) -> Self {
        Self {
            time: self.time.max(other.time),
            bytes: self.bytes.max(other.bytes),
            held: self.held.max(other.held),
        }
    }
}

/// Measures the pieces of a round.
#[derive(Debug)]
pub struct Meter {
    limit: Limit,
    pieces: usize,
    cost: Cost,
    /// Bytes that the pieces so far left.
    left: i64,
    /// Whether the time on a processor is taken.
    is_strict: bool,
    /// Pieces that took too long: number and time.
    slow: Vec<(usize, Duration)>,
}

impl Meter {
    /// Does one piece of work.
    ///
    /// # Panics
    /// When it allocates more than the limit.
    #[track_caller]
    pub fn measure<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let (mut result, mut time) = (None, Duration::ZERO);
        let memory = allocation_counter::measure(|| {
            let begun = Instant::now();
            let before = self.is_strict.then(processor_time);
            result = Some(work());
            time = before.map_or_else(|| begun.elapsed(), |before| processor_time().saturating_sub(before));
        });
        let (bytes, most) = (memory.bytes_max, self.limit.bytes);
        assert!(bytes <= most, "piece {} allocates {bytes} bytes, which may be {most}", self.pieces);
        if time > self.limit.time {
            // What is noted is not the work's.
            allocation_counter::opt_out(|| self.slow.push((self.pieces, time)));
        } else {
            self.cost.time = self.cost.time.max(time);
        }
        self.cost.bytes = self.cost.bytes.max(bytes);
        self.cost.held = self.cost.held.max(self.left.saturating_add_unsigned(bytes).max(0).unsigned_abs());
        self.left += memory.bytes_current;
        self.pieces += 1;
        result.expect("the counter does the work that it is given")
    }

    /// Does work that is no piece, to begin or to end: what it leaves or gives back counts among what is held.
    pub fn beside<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let mut result = None;
        let memory = allocation_counter::measure(|| result = Some(work()));
        self.left += memory.bytes_current;
        result.expect("the counter does the work that it is given")
    }
}

/// Time of this thread on a processor.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
}

/// Plays a round of work whose pieces [`Meter::measure`] measures. One in which something is amiss is played again, so it
/// must be the same work each time. What it returns must hold no memory.
///
/// # Panics
/// When a piece allocates more than it may, or each time takes longer than it may; when each time something outlives the
/// round that was allocated in it. Once, it may: what is made at its first use stays.
#[track_caller]
pub fn hold<R>(limit: Limit, mut round: impl FnMut(&mut Meter) -> R) -> (R, Cost) {
    let mut slow: Option<Vec<(usize, Duration)>> = None;
    let mut left = 0;
    for attempt in 0..TRIES {
        let mut meter = Meter {
            limit,
            pieces: 0,
            cost: Cost::default(),
            left: 0,
            is_strict: attempt > 0,
            slow: Vec::new(),
        };
        let mut result = None;
        let memory = allocation_counter::measure(|| result = Some(round(&mut meter)));
        left = memory.bytes_current;
        let before = slow.get_or_insert_with(|| meter.slow.clone());
        before.retain_mut(|(piece, least)| {
            let again = meter.slow.iter().find(|(at, _)| at == piece);
            *least = again.map_or(*least, |(_, time)| (*least).min(*time));
            again.is_some()
        });
        if let Some(result) = result.filter(|_| before.is_empty() && left == 0) {
            return (result, meter.cost);
        }
    }
    let slow = slow.filter(|slow| !slow.is_empty());
    assert_eq!(slow, None, "pieces that take longer than {:?} each time", limit.time);
    assert_eq!(left, 0, "bytes outlive the round");
    unreachable!("a round with nothing amiss is the last");
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Limit = Limit { time: Duration::from_millis(2), bytes: 1_000 };

    fn work_for(time: Duration) {
        let before = processor_time();
        while processor_time() - before < time {}
    }

    #[test]
    fn what_is_slow_once_is_done_again_and_may_pass() {
        let mut rounds = 0;
        let (result, cost) = hold(LIMIT, |meter| {
            rounds += 1;
            meter.measure(|| ());
            meter.measure(|| work_for(LIMIT.time * if rounds < 3 { 2 } else { 0 }));
            rounds
        });
        assert_eq!(result, 3);
        assert!(cost.time <= LIMIT.time);
    }

    #[test]
    #[should_panic(expected = "each time")]
    fn what_is_always_slow_fails() {
        hold(LIMIT, |meter| meter.measure(|| work_for(LIMIT.time * 2)));
    }

    #[test]
    fn bytes_are_those_that_are_held_at_a_time() {
        let (_, cost) = hold(LIMIT, |meter| {
            let kept = meter.measure(|| vec![1u8; 900]);
            meter.measure(|| drop((vec![1u8; 300], vec![1u8; 200])));
            for _ in 0..10 {
                meter.measure(|| drop(vec![1u8; 600]));
            }
            meter.beside(|| drop(kept));
            meter.measure(|| drop(vec![1u8; 700]));
        });
        assert_eq!((cost.bytes, cost.held), (900, 1_500));
    }

    #[test]
    #[should_panic(expected = "piece 1 allocates 1001 bytes")]
    fn bytes_beyond_the_limit_fail() {
        hold(LIMIT, |meter| {
            meter.measure(|| ());
            meter.measure(|| drop(vec![1u8; 1_001]));
        });
    }

    #[test]
    #[should_panic(expected = "outlive")]
    fn what_is_not_given_back_fails() {
        hold(LIMIT, |meter| meter.measure(|| std::mem::forget(vec![1u8; 10])));
    }

    #[test]
    fn what_is_made_at_its_first_use_stays() {
        let mut first = None;
        hold(LIMIT, |meter| meter.measure(|| first.get_or_insert_with(|| vec![1u8; 10]).len()));
    }
}
