//! Notices that the system's clock was set, which packets alone cannot tell from a link on which nothing happened.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A difference of more than this between the clock and the time that passed is a clock that was set; clocks that are
/// corrected run a little faster or slower meanwhile.
const STEP_NS: i64 = 1_000_000_000;

/// How often the clock was set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClockSteps {
    /// To a later time.
    pub forward: u64,
    /// To an earlier one.
    pub back: u64,
}

/// Compares the system's clock with one that nobody sets.
#[derive(Debug, Default)]
pub struct ClockWatch {
    before: Option<(i64, Instant)>,
    steps: ClockSteps,
}

impl ClockWatch {
    /// Looks at both clocks.
    pub fn look(&mut self) {
        let system = SystemTime::now().duration_since(UNIX_EPOCH);
        self.seen(
            system.map_or(0, |time| i64::try_from(time.as_nanos()).unwrap_or(i64::MAX)),
            Instant::now(),
        );
    }

    fn seen(&mut self, now_ns: i64, now: Instant) {
        if let Some((before_ns, before)) = self.before.replace((now_ns, now)) {
            self.passed(now_ns.saturating_sub(before_ns), now.duration_since(before));
        }
    }

    /// How often it was set since the first look.
    pub fn steps(&self) -> ClockSteps {
        self.steps
    }

    fn passed(&mut self, by_the_clock_ns: i64, really: Duration) {
        let really_ns = i64::try_from(really.as_nanos()).unwrap_or(i64::MAX);
        let step_ns = by_the_clock_ns.saturating_sub(really_ns);
        self.steps.forward += u64::from(step_ns > STEP_NS);
        self.steps.back += u64::from(step_ns < -STEP_NS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_is_told_from_time_that_passes() {
        const S: i64 = 1_000_000_000;
        let mut watch = ClockWatch::default();
        for (by_the_clock_ns, seconds) in [(S, 1), (S + S / 2, 1), (3600 * S, 3600), (S / 2, 1)] {
            watch.passed(by_the_clock_ns, Duration::from_secs(seconds));
        }
        assert_eq!(watch.steps(), ClockSteps::default());
        watch.passed(3600 * S, Duration::from_secs(1));
        watch.passed(-5 * S, Duration::from_secs(1));
        watch.passed(0, Duration::from_secs(3));
        assert_eq!(watch.steps(), ClockSteps { forward: 1, back: 2 });
    }

    #[test]
    fn the_first_look_is_no_step() {
        let mut watch = ClockWatch::default();
        let now = Instant::now();
        watch.seen(1_700_000_000_000_000_000, now);
        assert_eq!(watch.steps(), ClockSteps::default());
        watch.seen(1_700_000_100_000_000_000, now);
        assert_eq!(watch.steps(), ClockSteps { forward: 1, back: 0 });
        watch.look();
        watch.look();
        assert_eq!(watch.steps().back, 0);
    }
}
