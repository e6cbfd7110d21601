//! Flows with packets that no row holds, those that wait longest first.

use crate::pieces::Pieces;

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
}

impl UnwrittenFlows {
    /// Adds one that came now.
    pub fn push(&mut self, entry: Unwritten) {
        self.rest.push(entry);
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
