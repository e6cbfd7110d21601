//! What is kept of the first packets: payload bytes, and how many bytes they came to.

use arrayvec::ArrayVec;
use lookback_session::record::ByteList;

/// The first payload bytes of one direction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Payload8 {
    bytes: [u8; 8],
    /// Of them; `NO_PAYLOAD` before any payload came.
    length: u8,
}

const NO_PAYLOAD: u8 = u8::MAX;

impl Payload8 {
    pub const NONE: Self = Self { bytes: [0; 8], length: NO_PAYLOAD };

    /// The bytes and how many of them there are; none before any payload came.
    pub fn get(self) -> Option<([u8; 8], u8)> {
        (self.length != NO_PAYLOAD).then_some((self.bytes, self.length))
    }
    /// Takes payload; `fill` goes on filling from later pieces (a stream), else the first decides.
    pub fn note(&mut self, data: &[u8], fill: bool) {
        if self.length == NO_PAYLOAD {
            self.length = 0;
        } else if !fill || self.length == 8 {
            return;
        }
        for (place, byte) in self.bytes[usize::from(self.length).min(8)..].iter_mut().zip(data) {
            *place = *byte;
            self.length += 1;
        }
    }
}

/// Captured bytes after 1, 2, 4, 8, ... packets of a segment. Those of few packets are 32-bit numbers and lie here, where
/// most segments have all.
#[derive(Debug, Default)]
pub(crate) struct ByteMarks {
    first: [u32; FIRST_MARKS],
    more: Option<Box<ArrayVec<u64, { 32 - FIRST_MARKS }>>>,
}

const FIRST_MARKS: usize = 4;

impl ByteMarks {
    /// Takes note of the bytes that `packets` packets came to.
    #[inline]
    pub fn note(&mut self, packets: u64, bytes: u64) {
        if packets.is_power_of_two() {
            match self.first.get_mut(packets.ilog2() as usize) {
                Some(mark) => *mark = u32::try_from(bytes).unwrap_or(u32::MAX),
                // A segment has fewer than 2^32 packets.
                None => drop(self.more.get_or_insert_default().try_push(bytes)),
            }
        }
    }

    /// The marks of a segment of `packets` packets, and its `bytes` at the end unless they are the last mark.
    pub fn list(&self, packets: u64, bytes: u64) -> ByteList {
        let marks = packets.checked_ilog2().map_or(0, |step| step as usize + 1);
        let first = self.first.iter().take(marks).map(|&mark| u64::from(mark));
        let mut list: ByteList =
            first.chain(self.more.iter().flat_map(|more| more.iter().copied())).collect();
        if list.last() != Some(&bytes) {
            list.push(bytes);
        }
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_marked_at_powers_of_two_and_at_the_end() {
        let mut marks = ByteMarks::default();
        assert_eq!(marks.list(0, 0).as_slice(), [0]);
        for packets in 1..=40u64 {
            marks.note(packets, packets * 100);
        }
        assert_eq!(marks.list(40, 4_000).as_slice(), [100, 200, 400, 800, 1_600, 3_200, 4_000]);
        let mut two = ByteMarks::default();
        two.note(1, 60);
        two.note(2, u64::from(u32::MAX) + 9);
        assert_eq!(two.list(2, u64::from(u32::MAX)).as_slice(), [60, u64::from(u32::MAX)]);
    }

    #[test]
    fn the_first_payload_bytes_are_those_of_a_stream_or_of_one_datagram() {
        let mut stream = Payload8::NONE;
        assert_eq!(stream.get(), None);
        for piece in [&b"GET"[..], b" /", b"index.html", b"more"] {
            stream.note(piece, true);
        }
        assert_eq!(stream.get(), Some((*b"GET /ind", 8)));
        let mut datagrams = Payload8::NONE;
        datagrams.note(b"one", false);
        datagrams.note(b"two", false);
        assert_eq!(datagrams.get(), Some((*b"one\0\0\0\0\0", 3)));
    }
}
