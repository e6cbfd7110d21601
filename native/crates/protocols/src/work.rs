//! What dissectors may make of one packet.

/// Work for one packet, in units of about a nanosecond. A packet carries 64 KiB, in which thousands of messages or parts of
/// one can lie, each of which is looked up among what there is already: made for it, one packet would take tens of
/// milliseconds. Ordinary ones need a small part of this.
const FOR_A_PACKET: usize = 250_000;

/// Work for the end of a session: several may end with one packet.
const FOR_AN_END: usize = FOR_A_PACKET / 4;

/// What is left of the work for one packet. A dissector takes what the next step costs before it does it; when nothing is
/// left it counts the message as malformed ([`TOO_MUCH`]) and ends.
#[derive(Debug)]
pub struct Work(usize);

/// Why a dissector ended whose work was used up, as malformed messages are counted.
pub const TOO_MUCH: &str = "too much for one packet";

impl Default for Work {
    fn default() -> Self {
        Self(FOR_A_PACKET)
    }
}

impl Work {
    /// Work for what is dissected only as its session ends.
    pub fn for_an_end() -> Self {
        Self(FOR_AN_END)
    }
    /// Whether sessions that ended took as much of theirs, together, as one may: `used` units, to which this one's are added.
    pub fn is_enough(&self, used: &mut usize) -> bool {
        *used += FOR_AN_END.saturating_sub(self.0);
        *used >= FOR_AN_END
    }
    /// Takes what a step costs. Whether it was there; if not, nothing is left.
    #[inline]
    pub fn take(&mut self, units: usize) -> bool {
        let left = self.0.checked_sub(units);
        self.0 = left.unwrap_or(0);
        left.is_some()
    }
    /// Whether nothing is left.
    pub fn is_used_up(&self) -> bool {
        self.0 == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_takes_all() {
        let mut work = Work::default();
        assert!(work.take(FOR_A_PACKET - 1) && !work.is_used_up());
        assert!(!work.take(2) && work.is_used_up());
        assert!(!work.take(1));
    }
}
