//! Row ids (see [`SessionId`]).

use lookback_session::SessionId;
use sha2::{Digest, Sha256};

/// Identity of a stream: a function of its content only (see `lookback-pcapfile`).
pub type StreamIdentity = [u8; 16];

/// What a flow's ids are computed over; fixed at its first packet.
#[derive(Clone, Copy, Debug)]
pub struct FlowIdentity {
    /// Digest over stream, key, and time and position of the first packet.
    digest: [u8; 32],
}

impl FlowIdentity {
    /// `key` is the direction-independent session key; `ordinal` the packet's number in the stream.
    pub fn new(stream: &StreamIdentity, key: &[u8], first_packet_ns: i64, ordinal: u64) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"lookback session 1");
        hash.update(stream);
        hash.update([key.len() as u8]);
        hash.update(key);
        hash.update(first_packet_ns.to_le_bytes());
        hash.update(ordinal.to_le_bytes());
        Self { digest: hash.finalize().into() }
    }
    /// The id of segment `number` (from 1) whose first packet is at `segment_first_us`.
    pub fn segment(&self, number: u32, segment_first_us: i64) -> SessionId {
        let mut id = [0u8; 16];
        let milliseconds = segment_first_us.div_euclid(1000).clamp(0, (1 << 48) - 1) as u64;
        id[..6].copy_from_slice(&milliseconds.to_be_bytes()[2..]);
        if number == 1 {
            id[6..].copy_from_slice(&self.digest[..10]);
        } else {
            let mut hash = Sha256::new();
            hash.update(self.digest);
            hash.update(number.to_le_bytes());
            id[6..].copy_from_slice(&hash.finalize()[..10]);
        }
        id[6] = 0x80 | (id[6] & 0x0f);
        id[8] = 0x80 | (id[8] & 0x3f);
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_differ_and_sort_by_time() {
        let flow = FlowIdentity::new(&[7; 16], b"key", 1_000_000_000, 3);
        let first = flow.segment(1, 1_000_000);
        let second = flow.segment(2, 5_000_000);
        assert!(first < second);
        assert_eq!((first[6] >> 4, first[8] >> 6), (8, 2));
        assert_eq!(first, FlowIdentity::new(&[7; 16], b"key", 1_000_000_000, 3).segment(1, 1_000_000));
        assert_ne!(
            first[6..],
            FlowIdentity::new(&[7; 16], b"key", 1_000_000_000, 4).segment(1, 1_000_000)[6..]
        );
    }
}
