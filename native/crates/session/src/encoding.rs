//! How values lie in a buffer, one after the other: the layout is described in [`crate::value`].

/// Types of values in the buffer.
pub(crate) mod kind {
    pub const TEXT: u16 = 0;
    pub const INTEGER: u16 = 1 << 12;
    pub const IP: u16 = 2 << 12;
    pub const FLOAT: u16 = 3 << 12;
    pub const BOOLEAN: u16 = 4 << 12;
    pub const OBJECT: u16 = 5 << 12;
}
/// The bits of a field's number.
pub(crate) const NUMBER: u16 = 0xfff;
/// Bytes before each value, and before one with a long length.
pub(crate) const HEADER: usize = 4;
pub(crate) const LONG_HEADER: usize = 8;
/// In place of a length that has 32 bits.
const LONG: u16 = u16::MAX;
/// The values of a buffer: where each begins, its head and its bytes.
#[derive(Clone)]
pub(crate) struct Raw<'a> {
    pub bytes: &'a [u8],
    pub at: usize,
}

impl<'a> Iterator for Raw<'a> {
    type Item = (usize, u16, &'a [u8]);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let at = self.at;
        let rest = self.bytes.get(at..)?;
        let (&[head_low, head_high, length_low, length_high], mut rest) =
            rest.split_first_chunk::<HEADER>()?;
        let mut length = usize::from(u16::from_le_bytes([length_low, length_high]));
        let mut start = at + HEADER;
        if length == usize::from(LONG) {
            let (long, after) = rest.split_first_chunk::<4>()?;
            (length, rest, start) = (u32::from_le_bytes(*long) as usize, after, at + LONG_HEADER);
        }
        let value = rest.get(..length)?;
        self.at = start + length;
        Some((at, u16::from_le_bytes([head_low, head_high]), value))
    }
}

/// What stands before a value of `length` bytes, and how much of it.
#[inline]
pub(crate) fn header(head: u16, length: usize) -> ([u8; LONG_HEADER], usize) {
    let [head_low, head_high] = head.to_le_bytes();
    // What holds it is bounded in bytes; each length fits.
    let [a, b, c, d] = (length as u32).to_le_bytes();
    if length < usize::from(LONG) {
        ([head_low, head_high, a, b, 0, 0, 0, 0], HEADER)
    } else {
        ([head_low, head_high, 0xff, 0xff, a, b, c, d], LONG_HEADER)
    }
}

/// Bytes that tell a whole number: those above repeat the sign, and 0 has one.
#[inline]
pub(crate) fn integer_length(number: i64) -> usize {
    // Its bits without those that repeat the sign, and the sign.
    let bits = 65 - (number ^ (number >> 63)).leading_zeros() as usize;
    bits.div_ceil(8)
}

#[inline]
pub(crate) fn integer(value: &[u8]) -> i64 {
    let sign = if value.last().is_some_and(|high| high & 0x80 != 0) { 0xff } else { 0 };
    let mut number = [sign; 8];
    for (place, byte) in number.iter_mut().zip(value) {
        *place = *byte;
    }
    i64::from_le_bytes(number)
}
