//! Whether a disk makes durable what is written to it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A disk that failed is tried again after this.
const TRIED_AGAIN: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    Well,
    /// It has been asked and has not answered.
    Waiting,
    Failed(Instant),
}

/// What those who make packets durable tell those who write them.
#[derive(Debug, Default)]
pub struct Lateness(Mutex<State>);

impl Lateness {
    /// Whether others should take what comes, if there are any.
    pub fn is_late(&self) -> bool {
        match *self.state() {
            State::Well => false,
            State::Waiting => true,
            State::Failed(when) => when.elapsed() < TRIED_AGAIN,
        }
    }

    /// It was given up.
    pub fn waits(&self) {
        *self.state() = State::Waiting;
    }

    /// It has answered.
    pub fn answered(&self, is_durable: bool) {
        *self.state() = if is_durable { State::Well } else { State::Failed(Instant::now()) };
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_that_failed_is_tried_again_after_a_while_and_one_that_waits_is_not() {
        let lateness = Lateness::default();
        assert!(!lateness.is_late());
        lateness.waits();
        assert!(lateness.is_late());
        lateness.answered(false);
        assert!(lateness.is_late());
        *lateness.state() = State::Failed(Instant::now().checked_sub(TRIED_AGAIN).expect("a time before"));
        assert!(!lateness.is_late());
        lateness.answered(true);
        assert!(!lateness.is_late());
    }
}
