//! What a replay of a stream must not write again.

use std::collections::HashSet;

/// Where a stream stood when its rows were last written. A replay takes packets from [`Replay::from`] on and saves only
/// sessions that had no final row then.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replay {
    /// Packets before this number in the stream are skipped: no session that was open has one.
    pub from: u64,
    /// Packets before this number had been taken.
    pub known_until: u64,
    /// Numbers of the first packets of the sessions that were open.
    pub open: HashSet<u64>,
}

impl Replay {
    /// Whether a session that a replay opens at packet `ordinal` is to be saved. One that begins in the known part but
    /// was not open there has its rows already; what the replay sees may be only its end.
    pub fn saves(&self, ordinal: u64) -> bool {
        ordinal >= self.known_until || self.open.contains(&ordinal)
    }
    /// Whether packet `ordinal` belongs to another session than the one that a replay opened at packet `first`, whatever
    /// their addresses and ports say: it began a session that was open, or it is new and the other had ended.
    pub fn separates(&self, first: u64, ordinal: u64) -> bool {
        self.open.contains(&ordinal) || (ordinal >= self.known_until && !self.saves(first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saves_what_was_open_and_what_is_new() {
        let replay = Replay { from: 10, known_until: 20, open: HashSet::from([10, 15]) };
        assert_eq!(
            [10, 12, 15, 19, 20, 99].map(|ordinal| replay.saves(ordinal)),
            [true, false, true, false, true, true]
        );
    }
}
