//! Flows with packets that no row holds, those that wait longest first.

use crate::pieces::Pieces;
use std::collections::VecDeque;

/// Where a flow is, and when the first of its packets came that no row holds. One whose row was written since is passed over.
#[derive(Clone, Copy, Debug)]
pub struct Unwritten {
    /// Number of the flow.
    pub at: u32,
    /// Its generation.
    pub generation: u32,
    /// The stream's clock then, in seconds.
    pub clock_s: i64,
    /// Time of the packet, microseconds since 1970.
    pub first_us: i64,
}

/// Such flows in the order in which they came. Those that closed leave their entry behind; [`UnwrittenFlows::tidy`] takes it out.
#[derive(Debug, Default)]
pub struct UnwrittenFlows {
    /// Those that were looked at in this round, before all others.
    looked_at: Pieces<Unwritten>,
    rest: Pieces<Unwritten>,
    /// By second of the clock, the earliest of the packets that came in it: packets of several interfaces do not come in the
    /// order of their times. At most [`MOST_SECONDS`].
    earliest: VecDeque<(i64, i64)>,
}

/// Seconds that are told apart; those before them are one.
const MOST_SECONDS: usize = 1_024;

impl UnwrittenFlows {
    /// Adds one that came now.
    pub fn push(&mut self, entry: Unwritten) {
        self.rest.push(entry);
        match self.earliest.back_mut() {
            Some((clock_s, first_us)) if *clock_s >= entry.clock_s => {
                *first_us = entry.first_us.min(*first_us)
            }
            _ => self.earliest.push_back((entry.clock_s, entry.first_us)),
        }
        if self.earliest.len() > MOST_SECONDS
            && let Some((_, before_us)) = self.earliest.pop_front()
            && let Some((_, first_us)) = self.earliest.front_mut()
        {
            *first_us = before_us.min(*first_us);
        }
    }
    /// A packet came of a flow that is among those already.
    #[inline]
    pub fn lower(&mut self, first_us: i64) {
        if let Some((_, earliest_us)) = self.earliest.back_mut() {
            *earliest_us = first_us.min(*earliest_us);
        }
    }
    /// Time of the earliest packet that came in the second of the one that waits longest, or after it; microseconds since 1970.
    pub fn since_us(&mut self) -> Option<i64> {
        let since_s = self.front()?.clock_s;
        while let [_, (next_s, _), ..] = self.earliest.make_contiguous()
            && *next_s <= since_s
        {
            self.earliest.pop_front();
        }
        self.earliest.iter().map(|(_, first_us)| *first_us).min()
    }
    /// The one that waits longest.
    pub fn front(&self) -> Option<Unwritten> {
        self.looked_at.front().or_else(|| self.rest.front()).copied()
    }
    /// Takes that out.
    pub fn pop(&mut self) -> Option<Unwritten> {
        self.looked_at.pop().or_else(|| self.rest.pop())
    }
    /// Entries, whether their flows are still there or not.
    pub fn len(&self) -> usize {
        self.looked_at.len() + self.rest.len()
    }

    /// Looks at the next `most` entries, round by round, and takes those out that wait no more. The order stays.
    pub fn tidy(&mut self, most: usize, mut waits: impl FnMut(Unwritten) -> bool) {
        for _ in 0..most {
            if self.rest.is_empty() {
                std::mem::swap(&mut self.rest, &mut self.looked_at);
            }
            let Some(entry) = self.rest.pop() else { return };
            if waits(entry) {
                self.looked_at.push(entry);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: u32) -> Unwritten {
        Unwritten { at: number, generation: 0, clock_s: i64::from(number), first_us: 0 }
    }

    #[test]
    fn the_earliest_packet_counts_in_whatever_order_they_came() {
        let mut flows = UnwrittenFlows::default();
        let came = |clock_s: i64, first_us: i64| Unwritten { at: 0, generation: 0, clock_s, first_us };
        assert_eq!(flows.since_us(), None);
        flows.push(came(10, 10_500_000));
        flows.push(came(10, 10_100_000));
        flows.push(came(11, 11_000_000));
        // Of an interface whose packets came late.
        flows.push(came(12, 10_900_000));
        assert_eq!(flows.since_us(), Some(10_100_000));
        flows.pop();
        assert_eq!(flows.since_us(), Some(10_100_000));
        flows.pop();
        assert_eq!(flows.since_us(), Some(10_900_000));
        flows.pop();
        flows.pop();
        assert_eq!(flows.since_us(), None);
        // Seconds that nobody asks for take no room, and are not forgotten.
        (0..5_000).for_each(|second| flows.push(came(second, second * 1_000_000)));
        assert!(flows.earliest.len() <= MOST_SECONDS);
        assert_eq!(flows.since_us(), Some(0));
    }

    #[test]
    fn those_that_wait_no_more_go_and_the_others_keep_their_order() {
        let mut flows = UnwrittenFlows::default();
        (0..100).for_each(|number| flows.push(entry(number)));
        flows.tidy(30, |entry| entry.at % 10 == 0);
        assert_eq!((flows.len(), flows.front().map(|entry| entry.at)), (3 + 70, Some(0)));
        (100..110).for_each(|number| flows.push(entry(number)));
        flows.tidy(80, |entry| entry.at % 10 == 0);
        assert_eq!(flows.len(), 11);
        // The next round begins with the first again.
        flows.tidy(5, |entry| entry.at != 0);
        assert_eq!(flows.front().map(|entry| entry.at), Some(10));
        flows.push(entry(200));
        let left: Vec<u32> = std::iter::from_fn(|| flows.pop()).map(|entry| entry.at).collect();
        assert_eq!(left, [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 200]);
        flows.tidy(3, |_| true);
        assert_eq!(flows.len(), 0);
    }
}
