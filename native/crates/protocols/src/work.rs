//! What dissectors may make of one packet.

/// Work for one packet, in units of about a nanosecond. A packet carries 64 KiB, in which thousands of messages or parts of
/// one can lie, each of which is looked up among what there is already: made for it, one packet would take tens of
/// milliseconds. Ordinary ones need a small part of this.
const FOR_A_PACKET: usize = 250_000;

/// Work for the end of a session: several may end with one packet.
const FOR_AN_END: usize = FOR_A_PACKET / 4;

/// What is left of the work for one packet. A dissector takes what the next step costs before it does it; when that is not
/// left it counts the message as malformed ([`TOO_MUCH`]) and ends.
#[derive(Debug)]
pub struct Work {
    left: usize,
    /// A step did not fit.
    is_used_up: bool,
    is_told: bool,
}

/// Why a dissector ended whose work was used up, as malformed messages are counted.
pub const TOO_MUCH: &str = "too much for one packet";

impl Default for Work {
    fn default() -> Self {
        Self { left: FOR_A_PACKET, is_used_up: false, is_told: false }
    }
}

impl Work {
    /// Work for what is dissected only as its session ends.
    pub fn for_an_end() -> Self {
        Self { left: FOR_AN_END, ..Self::default() }
    }
    /// Whether sessions that ended took as much of theirs, together, as one may: `used` units, to which this one's are added.
    pub fn is_enough(&self, used: &mut usize) -> bool {
        *used += FOR_AN_END.saturating_sub(self.left);
        *used >= FOR_AN_END
    }
    /// Takes what a step costs. Whether it was there; if not, nothing is left.
    #[inline]
    pub fn take(&mut self, units: usize) -> bool {
        let left = self.left.checked_sub(units);
        self.left = left.unwrap_or(0);
        self.is_used_up |= left.is_none();
        left.is_some()
    }
    /// Whether a step did not fit.
    pub fn is_used_up(&self) -> bool {
        self.is_used_up
    }
    /// Whether so little is left that what need not be done with this packet is better done with the next.
    pub fn is_low(&self) -> bool {
        self.left < FOR_A_PACKET / 2
    }
    /// Whether a step did not fit, the first time that this is asked since.
    pub fn tell(&mut self) -> bool {
        self.is_used_up && !std::mem::replace(&mut self.is_told, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_takes_all_and_is_told_once() {
        let mut work = Work::default();
        assert!(work.take(FOR_A_PACKET / 2) && !work.is_low());
        // All of it is not too much.
        assert!(work.take(FOR_A_PACKET / 2) && work.is_low() && !work.is_used_up() && !work.tell());
        assert!(!work.take(1) && work.is_used_up());
        assert!(!work.take(1) && work.tell() && !work.tell());
    }
}
