//! What time it is in a stream while no packet comes.

/// A stream's clock goes on this far at most while no packet comes, seconds.
const LONGEST_QUIET: i64 = 86_400;

/// Moves a stream's clock on by the wall clock: only a quiet link needs it, a busy one is further already.
#[derive(Debug)]
pub(super) struct QuietClock {
    /// Packets have times that were given to them elsewhere, maybe years ago.
    times_are_given: bool,
    /// The stream's clock as it was last seen to move, and the wall clock then, in seconds.
    moved: Option<(i64, i64)>,
}

impl QuietClock {
    /// For a stream whose packets are stamped as they come, or not.
    pub fn new(times_are_given: bool) -> Self {
        Self { times_are_given, moved: None }
    }

    /// Second of a stream whose clock stands at `clock_s` (0 before the first packet), at `now_ns` of the wall clock.
    pub fn seconds(&mut self, clock_s: i64, now_ns: i64) -> i64 {
        if clock_s == 0 {
            return 0;
        }
        let now_s = now_ns.div_euclid(1_000_000_000);
        if !self.times_are_given {
            return clock_s.max(now_s.min(clock_s + LONGEST_QUIET));
        }
        let since_s = match self.moved {
            Some((clock, wall)) if clock == clock_s => wall,
            _ => {
                self.moved = Some((clock_s, now_s));
                now_s
            }
        };
        clock_s + (now_s - since_s).clamp(0, LONGEST_QUIET)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;

    #[test]
    fn a_live_link_follows_the_wall_clock_and_a_given_one_its_pace() {
        let mut live = QuietClock::new(false);
        assert_eq!((live.seconds(0, 50 * SECOND), live.seconds(40, 50 * SECOND)), (0, 50));
        assert_eq!(live.seconds(60, 50 * SECOND), 60);
        assert_eq!(live.seconds(40, i64::MAX), 40 + LONGEST_QUIET);
        // Packets of another year: what passes is counted from when they came.
        let mut given = QuietClock::new(true);
        assert_eq!((given.seconds(40, 1_000_000 * SECOND), given.seconds(40, 1_000_007 * SECOND)), (40, 47));
        assert_eq!(given.seconds(90, 1_000_009 * SECOND), 90);
        assert_eq!(given.seconds(90, 1_000_010 * SECOND), 91);
        assert_eq!(given.seconds(90, 5 * SECOND), 90);
    }
}
