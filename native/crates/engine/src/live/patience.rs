//! How long disks are waited for.

use std::time::{Duration, Instant};

/// A disk that is well answers within this, whatever others took.
pub const LEAST_WAIT: Duration = Duration::from_millis(100);

/// How long one batch waits for disks: each may take its time, all together twice that, and the last ones still get a moment.
pub struct Patience {
    /// Longest wait for one disk.
    pub each: Duration,
    /// When no disk is waited for any more, but for a moment.
    pub all_until: Instant,
}

impl Patience {
    /// Until when a disk that is asked now is waited for.
    pub fn deadline(&self) -> Instant {
        let now = Instant::now();
        (now + self.each).min(self.all_until).max(now + LEAST_WAIT.min(self.each))
    }
}
