//! Expiry by whole seconds. A flow is put under the second it would expire at; when that second comes its owner
//! looks whether packets arrived since and puts it back under a later one. So a packet costs no timer work.

use crate::pieces::Pieces;
use std::collections::BTreeMap;
use std::ops::Bound;

/// Flows by the second at which to look at them next.
#[derive(Debug, Default)]
pub struct Timers {
    /// Number and generation of the flows of a second.
    due: BTreeMap<i64, Pieces<(u32, u32)>>,
    scheduled: usize,
    /// The second that is being tidied, and how many of its entries are still to be looked at.
    tidied: (i64, usize),
}

impl Timers {
    /// Looks at slot `slot` of generation `generation` at second `at`.
    pub fn schedule(&mut self, at: i64, slot: u32, generation: u32) {
        self.due.entry(at).or_default().push((slot, generation));
        self.scheduled += 1;
    }
    /// The first entry of the earliest second, if that is before `now`.
    #[inline]
    pub fn take_due(&mut self, now: i64) -> Option<(u32, u32)> {
        self.due.first_key_value().filter(|(at, _)| **at < now)?;
        self.take_first().map(|(_, entry)| entry)
    }
    /// The first entry of the earliest second, however late that is, and the second. The others stay where they are: in a
    /// flood a second has a hundred thousand, and one is taken for each packet.
    pub fn take_first(&mut self) -> Option<(i64, (u32, u32))> {
        let mut earliest = self.due.first_entry()?;
        let at = *earliest.key();
        let entry = earliest.get_mut().pop();
        if earliest.get().is_empty() {
            earliest.remove();
        }
        self.scheduled -= usize::from(entry.is_some());
        entry.map(|entry| (at, entry))
    }
    /// Looks at the next `most` entries, second by second and round by round, and takes out those that nobody needs.
    pub fn tidy(&mut self, most: usize, mut is_needed: impl FnMut(u32, u32) -> bool) {
        for _ in 0..most {
            if self.tidied.1 == 0 {
                let later = (Bound::Excluded(self.tidied.0), Bound::Unbounded);
                let next = self.due.range(later).next().or_else(|| self.due.first_key_value());
                let Some((second, entries)) = next else { return };
                self.tidied = (*second, entries.len());
            }
            self.tidied.1 -= 1;
            let Some(entries) = self.due.get_mut(&self.tidied.0) else {
                self.tidied.1 = 0;
                continue;
            };
            if let Some((slot, generation)) = entries.pop() {
                if is_needed(slot, generation) {
                    entries.push((slot, generation));
                } else {
                    self.scheduled -= 1;
                }
            }
            if entries.is_empty() {
                self.due.remove(&self.tidied.0);
                self.tidied.1 = 0;
            }
        }
    }
    /// Entries scheduled.
    pub fn len(&self) -> usize {
        self.scheduled
    }
    /// Whether nothing is scheduled.
    pub fn is_empty(&self) -> bool {
        self.scheduled == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_seconds_before_now_are_due() {
        let mut timers = Timers::default();
        timers.schedule(10, 1, 0);
        timers.schedule(12, 2, 0);
        assert_eq!(timers.take_due(10), None);
        assert_eq!(timers.take_due(11), Some((1, 0)));
        assert_eq!(timers.take_due(12), None);
        assert_eq!(timers.len(), 1);
    }

    #[test]
    fn entries_that_nobody_needs_are_found_in_any_second() {
        let mut timers = Timers::default();
        for second in 0..10 {
            (0..100).for_each(|slot| timers.schedule(second, slot, u32::from(slot % 10 == 0)));
        }
        timers.tidy(550, |_, generation| generation == 1);
        assert_eq!(timers.len(), 5 * 10 + (5 + 50) + 4 * 100);
        timers.take_due(1);
        timers.tidy(450, |_, generation| generation == 1);
        assert_eq!(timers.len(), 99);
        // Round by round: those that were needed are looked at again.
        timers.tidy(99, |slot, _| slot == 0);
        let left: Vec<_> = std::iter::from_fn(|| timers.take_first()).collect();
        assert_eq!(left, (1..10).map(|second| (second, (0, 1))).collect::<Vec<_>>());
        timers.tidy(3, |_, _| true);
        assert!(timers.is_empty());
    }

    #[test]
    fn one_at_a_time_leaves_the_others() {
        let mut timers = Timers::default();
        timers.schedule(12, 3, 0);
        timers.schedule(10, 1, 0);
        timers.schedule(10, 2, 0);
        assert_eq!(timers.take_first(), Some((10, (1, 0))));
        assert_eq!(timers.len(), 2);
        assert_eq!(timers.take_first(), Some((10, (2, 0))));
        assert_eq!(timers.take_first(), Some((12, (3, 0))));
        assert_eq!(timers.take_first(), None);
        assert!(timers.is_empty());
    }
}
