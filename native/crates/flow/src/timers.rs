//! Expiry by whole seconds. A flow is put under the second it would expire at; when that second comes its owner
//! looks whether packets arrived since and puts it back under a later one. So a packet costs no timer work.

use std::collections::{BTreeMap, VecDeque};

/// Entries of one piece of a second's. A second of a flood has a hundred thousand: in one piece they would be moved, all at
/// once, whenever that is full.
const PIECE: usize = 1_024;

/// The flows of one second, first in, first out.
#[derive(Debug, Default)]
struct Second {
    /// None is empty, and none longer than [`PIECE`].
    pieces: VecDeque<VecDeque<(u32, u32)>>,
}

impl Second {
    fn push(&mut self, entry: (u32, u32)) {
        match self.pieces.back_mut() {
            Some(last) if last.len() < PIECE => last.push_back(entry),
            _ => self.pieces.push_back(VecDeque::from([entry])),
        }
    }
    fn pop(&mut self) -> Option<(u32, u32)> {
        let first = self.pieces.front_mut()?;
        let entry = first.pop_front();
        if first.is_empty() {
            self.pieces.pop_front();
        }
        entry
    }
    fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }
}

/// Flows by the second at which to look at them next.
#[derive(Debug, Default)]
pub struct Timers {
    due: BTreeMap<i64, Second>,
    scheduled: usize,
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
    fn a_second_with_many_gives_them_in_their_order() {
        let mut timers = Timers::default();
        let (mut next, mut taken) = (0, 0);
        for round in 0..5 {
            for _ in 0..PIECE + round {
                timers.schedule(10, next, 0);
                next += 1;
            }
            for _ in 0..PIECE / 2 {
                assert_eq!(timers.take_due(11), Some((taken, 0)));
                taken += 1;
            }
        }
        while let Some((slot, _)) = timers.take_due(11) {
            assert_eq!(slot, taken);
            taken += 1;
        }
        assert_eq!((taken, timers.len()), (next, 0));
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
