//! What is known of the bytes that one end of a connection sends.

/// Bits of [`Side`]: which numbers are known, and what happened.
mod bit {
    pub const NEXT: u16 = 1;
    pub const ISN: u16 = 1 << 1;
    pub const ACKNOWLEDGED: u16 = 1 << 2;
    pub const DELIVERED: u16 = 1 << 3;
    pub const TAGGED_UNSEEN: u16 = 1 << 4;
    pub const TAGGED_OUT_OF_ORDER: u16 = 1 << 5;
    pub const FIN: u16 = 1 << 6;
    pub const FIN_ACKNOWLEDGED: u16 = 1 << 7;
    pub const FIN_SEEN: u16 = 1 << 8;
    pub const HOLE_SKIPPED: u16 = 1 << 9;
}

/// One end's stream. Each open connection holds two, so a number and whether it is known do not stand together: 16 bytes
/// instead of 32.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Side {
    next: u32,
    isn: u32,
    acknowledged: u32,
    bits: u16,
}

impl Side {
    fn has(&self, bit: u16) -> bool {
        self.bits & bit != 0
    }

    /// Sequence number of the next byte in order.
    pub fn next(&self) -> Option<u32> {
        self.has(bit::NEXT).then_some(self.next)
    }
    pub fn set_next(&mut self, next: u32) {
        self.next = next;
        self.bits |= bit::NEXT;
    }

    /// Whether a FIN was seen, whatever came since.
    pub fn has_seen_fin(&self) -> bool {
        self.has(bit::FIN_SEEN)
    }
    pub fn see_fin(&mut self) {
        self.bits |= bit::FIN_SEEN;
    }

    /// Whether a hole was skipped: what follows it is told with it.
    pub fn has_skipped_hole(&self) -> bool {
        self.has(bit::HOLE_SKIPPED)
    }
    pub fn skip_hole(&mut self) {
        self.bits |= bit::HOLE_SKIPPED;
    }

    /// Initial sequence number.
    pub fn isn(&self) -> Option<u32> {
        self.has(bit::ISN).then_some(self.isn)
    }
    pub fn set_isn(&mut self, isn: u32) {
        self.isn = isn;
        self.bits |= bit::ISN;
    }

    /// Highest number that the other end acknowledged, or this end's FIN told, beyond what was seen by then.
    pub fn acknowledged(&self) -> Option<u32> {
        self.has(bit::ACKNOWLEDGED).then_some(self.acknowledged)
    }
    pub fn set_acknowledged(&mut self, number: u32) {
        self.acknowledged = number;
        self.bits |= bit::ACKNOWLEDGED;
    }

    /// Whether bytes were handed on.
    pub fn delivered(&self) -> bool {
        self.has(bit::DELIVERED)
    }
    pub fn set_delivered(&mut self) {
        self.bits |= bit::DELIVERED;
    }

    /// Whether its FIN was seen, or what amounts to it.
    pub fn ended(&self) -> bool {
        self.has(bit::FIN)
    }
    /// Whether the other end acknowledged the FIN.
    pub fn end_acknowledged(&self) -> bool {
        self.has(bit::FIN_ACKNOWLEDGED)
    }
    /// A FIN, which has to be acknowledged even when one was before.
    pub fn end(&mut self) {
        self.bits = (self.bits | bit::FIN) & !bit::FIN_ACKNOWLEDGED;
    }
    pub fn acknowledge_end(&mut self) {
        self.bits |= bit::FIN | bit::FIN_ACKNOWLEDGED;
    }

    /// True once: the session gets a tag for bytes of the other end that this one acknowledged and nobody saw.
    pub fn tag_unseen(&mut self) -> bool {
        self.tag(bit::TAGGED_UNSEEN)
    }
    /// True once: the session gets a tag for segments out of order.
    pub fn tag_out_of_order(&mut self) -> bool {
        self.tag(bit::TAGGED_OUT_OF_ORDER)
    }
    fn tag(&mut self, bit: u16) -> bool {
        let is_new = !self.has(bit);
        self.bits |= bit;
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fin_is_acknowledged_each_time_it_comes() {
        let mut side = Side::default();
        assert_eq!((side.ended(), side.end_acknowledged()), (false, false));
        side.end();
        assert_eq!((side.ended(), side.end_acknowledged()), (true, false));
        side.acknowledge_end();
        assert!(side.end_acknowledged());
        side.end();
        assert_eq!((side.ended(), side.end_acknowledged()), (true, false));
    }

    #[test]
    fn a_number_is_known_once_it_is_set_and_a_tag_is_set_once() {
        let mut side = Side::default();
        assert_eq!((side.next(), side.isn(), side.acknowledged()), (None, None, None));
        side.set_next(0);
        side.set_isn(0);
        assert_eq!((side.next(), side.isn(), side.acknowledged()), (Some(0), Some(0), None));
        assert!(side.tag_unseen() && side.tag_out_of_order());
        assert!(!side.tag_unseen() && !side.tag_out_of_order() && !side.delivered());
    }
}
