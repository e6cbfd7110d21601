//! When a capture lost packets itself: tells bytes that a session misses because of us from those that never came.

use lookback_session::{Session, Value, core_fields};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// Spans that are remembered; the oldest is joined with the one after it beyond. Spans of a lasting loss are one.
const MOST_SPANS: usize = 1_024;
/// Losses closer than this are one span, microseconds: what the kernel dropped is known five times a second.
const JOINED_US: i64 = 500_000;

/// Spans of time in which packets were lost, in the order in which that became known.
#[derive(Debug, Default)]
pub struct LossLog {
    spans: Mutex<VecDeque<(i64, i64)>>,
}

impl LossLog {
    /// Losses that are known already, as [`LossLog::note`] takes them.
    pub fn of(spans: &[(i64, i64)]) -> Self {
        let log = Self::default();
        spans.iter().for_each(|(from_us, until_us)| log.note(*from_us, *until_us));
        log
    }
    /// Notes that packets of this span were lost, microseconds since 1970, both ends included.
    pub fn note(&self, from_us: i64, until_us: i64) {
        let mut spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = spans.back_mut()
            && from_us <= last.1 + JOINED_US
            && until_us >= last.0 - JOINED_US
        {
            *last = (last.0.min(from_us), last.1.max(until_us));
            return;
        }
        spans.push_back((from_us, until_us));
        if spans.len() > MOST_SPANS
            && let (Some(first), Some(second)) = (spans.pop_front(), spans.front_mut())
        {
            *second = (first.0.min(second.0), first.1.max(second.1));
        }
    }

    /// Whether anything was lost between two times, microseconds since 1970.
    pub fn touches(&self, from_us: i64, until_us: i64) -> bool {
        let spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        spans.iter().any(|(from, until)| *from <= until_us && *until >= from_us)
    }

    /// Fills in which of the missed bytes may be ours.
    pub fn fill(&self, row: &mut Session) {
        let Some(Value::Integer(missed)) = row.fields.get(&core_fields::MISSED_BYTES) else { return };
        let ours = if self.touches(row.segment_first_us, row.last_packet_us) { missed } else { 0 };
        row.fields.add_integer(&core_fields::MISSED_BYTES_LOST, ours);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_that_are_close_are_one_and_far_ones_are_told_apart() {
        let log = LossLog::default();
        assert!(!log.touches(0, i64::MAX));
        log.note(1_000_000, 1_200_000);
        log.note(1_300_000, 1_400_000);
        log.note(9_000_000, 9_100_000);
        assert!(log.touches(1_250_000, 1_260_000));
        assert!(!log.touches(2_000_000, 8_000_000));
        assert!(log.touches(9_100_000, 9_500_000));
        for second in 100..100 + 2 * MOST_SPANS as i64 {
            log.note(second * 1_000_000, second * 1_000_000);
        }
        // What was joined for want of room still counts.
        assert!(log.touches(0, 1_000_000));
    }
}
