//! The stream's clock: the time that timeouts are measured in.

/// A backward step of more than this is a clock that was set, not packets out of order.
const STEP_NS: i64 = 60_000_000_000;

/// Follows packet timestamps forward. Packets slightly out of order leave it where it is; after a step back it goes on
/// from where it was, so that flows still time out.
#[derive(Clone, Copy, Debug, Default)]
pub struct StreamClock {
    started: bool,
    now_ns: i64,
    reference_ns: i64,
    /// Times the packets' clock was set back.
    pub steps_back: u64,
}

impl StreamClock {
    /// Takes the next packet's timestamp; returns the clock in whole seconds.
    pub fn advance(&mut self, timestamp_ns: i64) -> i64 {
        if !self.started {
            self.started = true;
            self.now_ns = timestamp_ns;
            self.reference_ns = timestamp_ns;
        } else if timestamp_ns >= self.reference_ns {
            self.now_ns = self.now_ns.saturating_add(timestamp_ns - self.reference_ns);
            self.reference_ns = timestamp_ns;
        } else if self.reference_ns.saturating_sub(timestamp_ns) > STEP_NS {
            self.reference_ns = timestamp_ns;
            self.steps_back += 1;
        }
        self.seconds()
    }
    /// The clock in whole seconds.
    pub fn seconds(&self) -> i64 {
        self.now_ns.div_euclid(1_000_000_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: i64 = 1_000_000_000;

    #[test]
    fn jitter_does_not_move_it_and_a_step_back_does_not_stop_it() {
        let mut clock = StreamClock::default();
        assert_eq!(clock.advance(1000 * S), 1000);
        assert_eq!(clock.advance(1010 * S), 1010);
        assert_eq!(clock.advance(1009 * S), 1010);
        assert_eq!(clock.advance(1011 * S), 1011);
        assert_eq!(clock.advance(500 * S), 1011);
        assert_eq!(clock.advance(505 * S), 1016);
        assert_eq!(clock.steps_back, 1);
    }
}
