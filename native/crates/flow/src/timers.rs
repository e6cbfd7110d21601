//! Expiry by whole seconds. A flow is put under the second it would expire at; when that second comes its owner
//! looks whether packets arrived since and puts it back under a later one. So a packet costs no timer work.

use std::collections::BTreeMap;

/// Flows by the second at which to look at them next.
#[derive(Debug, Default)]
pub struct Timers {
    due: BTreeMap<i64, Vec<(u32, u32)>>,
    scheduled: usize,
}

impl Timers {
    /// Looks at slot `slot` of generation `generation` at second `at`.
    pub fn schedule(&mut self, at: i64, slot: u32, generation: u32) {
        self.due.entry(at).or_default().push((slot, generation));
        self.scheduled += 1;
    }
    /// The entries of the earliest second before `now`, and that second.
    pub fn take_due(&mut self, now: i64) -> Option<(i64, Vec<(u32, u32)>)> {
        let (&at, _) = self.due.first_key_value()?;
        if at >= now {
            return None;
        }
        self.take_earliest()
    }
    /// The entries of the earliest second, however late it is.
    pub fn take_earliest(&mut self) -> Option<(i64, Vec<(u32, u32)>)> {
        let (at, entries) = self.due.pop_first()?;
        self.scheduled -= entries.len();
        Some((at, entries))
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
        assert_eq!(timers.take_due(11), Some((10, vec![(1, 0)])));
        assert_eq!(timers.take_due(12), None);
        assert_eq!(timers.len(), 1);
    }
}
