//! What a flow holds, in the two bytes that it has room for.

/// Bytes that it is counted in.
const UNIT: usize = 256;
/// Bits of the count; those above say by how many bits it is shifted.
const BITS: u32 = 12;
/// Most bits that it is shifted by.
const MAX_SHIFT: u32 = u16::MAX as u32 >> BITS;

/// A number of bytes, rounded up to [`UNIT`], or beyond a megabyte by less than a two-thousandth. What is above 34 GB counts as
/// that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Held(u16);

impl Held {
    #[inline]
    pub fn of(bytes: usize) -> Self {
        let units = bytes.div_ceil(UNIT);
        if units >> BITS == 0 { Self(units as u16) } else { Self::of_many(units) }
    }
    #[cold]
    fn of_many(units: usize) -> Self {
        let shift = usize::BITS - units.leading_zeros() - BITS;
        let rounded = units.div_ceil(1 << shift);
        // Rounded up it may take another bit, which is then its only one.
        let (rounded, shift) =
            if rounded >> BITS == 0 { (rounded, shift) } else { (rounded >> 1, shift + 1) };
        if shift > MAX_SHIFT {
            return Self(u16::MAX);
        }
        Self((shift << BITS) as u16 | rounded as u16)
    }

    #[inline]
    pub fn bytes(self) -> usize {
        let count = usize::from(self.0) & ((1 << BITS) - 1);
        (count << (self.0 >> BITS)) * UNIT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_rounded_up_and_by_little() {
        let powers = (0..35).map(|power| 1usize << power);
        for bytes in powers.flat_map(|power| [power - 1, power, power + 1, power / 3 * 4, power / 5 * 8 + 7])
        {
            let counted = Held::of(bytes).bytes();
            let most = bytes.next_multiple_of(UNIT).max(bytes + bytes / 2_000);
            assert!((bytes..=most).contains(&counted), "{bytes} {counted}");
        }
        assert_eq!(Held::of(0), Held::default());
        assert_eq!(Held::of(usize::MAX).bytes(), Held::of(1 << 40).bytes());
        assert!(Held::of(usize::MAX).bytes() > 34_000_000_000);
    }
}
