//! Packet positions of a session in few bytes, as they come: also the column `packetPos`.
//!
//! ```text
//! group*          in order of each group's first packet
//!   varint file       number of the packet file
//!   varint count      packets of the group
//!   count times:
//!     varint zigzag   offset of the record minus that of the record before it in the group (first: minus 0)
//!     varint length   bytes of the record with its header
//! ```
//!
//! A varint is LEB128: seven bits a byte, lowest first, top bit set on all but the last. A group ends where the
//! next packet lies in another file, so packets of a flow that alternate between files make several groups, and
//! the order of groups and of packets in them is the order of arrival.

use arrayvec::ArrayVec;
use smallvec::{SmallVec, smallvec};

/// Where one packet of the session is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PacketPosition {
    /// Number of the packet file in the catalogue.
    pub file: u32,
    /// Bytes of the record with its header (16 + captured length in classic pcap).
    pub length: u32,
    /// Byte offset of the record's header (pcap) or block (pcapng) in the file.
    pub offset: u64,
}

impl PacketPosition {
    /// Of a packet that is in no packet file, because a rule said so.
    pub const NOWHERE: Self = Self { file: 0, length: 0, offset: 0 };

    /// Whether the packet is in a packet file.
    pub fn is_stored(&self) -> bool {
        self.length > 0
    }
}

/// Where the packets of a session are stored, in order of arrival.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Positions {
    bytes: Vec<u8>,
    /// Offset of the last packet.
    offset: u64,
    /// File of the last packet.
    file: u32,
    /// Where the count of the last group stands.
    count_at: u32,
}

impl Positions {
    /// Adds a packet at the end.
    pub fn push(&mut self, position: PacketPosition) {
        if !self.bytes.is_empty() && self.file == position.file {
            self.count();
        } else {
            self.file = position.file;
            self.offset = 0;
            // What most sessions need at first, in one piece.
            if self.bytes.is_empty() {
                self.bytes.reserve_exact(FIRST_BYTES);
            }
            let mut file = ArrayVec::new();
            put_varint(&mut file, u64::from(position.file));
            self.bytes.extend_from_slice(&file);
            self.count_at = self.bytes.len() as u32;
            self.bytes.push(1);
        }
        let delta = position.offset.wrapping_sub(self.offset) as i64;
        let mut packed = ArrayVec::<u8, MOST_BYTES>::new();
        put_varint(&mut packed, ((delta << 1) ^ (delta >> 63)) as u64);
        put_varint(&mut packed, u64::from(position.length));
        let room = self.bytes.capacity();
        if room - self.bytes.len() < packed.len() {
            self.bytes.reserve_exact(SECOND_BYTES.max(2 * room) - self.bytes.len());
        }
        self.bytes.extend_from_slice(&packed);
        self.offset = position.offset;
    }
    /// Adds one to the count of the last group; once in 128 packets it needs a byte more.
    #[inline]
    fn count(&mut self) {
        let mut place = self.count_at as usize;
        // As in adding by hand: seven bits that are all set become zeros, and one is carried.
        while let Some(byte) = self.bytes.get_mut(place) {
            if *byte & 0x7f != 0x7f {
                *byte += 1;
                return;
            }
            if *byte == 0x7f {
                *byte = 0x80;
                self.bytes.insert(place + 1, 1);
                return;
            }
            *byte = 0x80;
            place += 1;
        }
    }
    /// Whether there is no packet.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
    /// The packed form.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
    /// The first packet.
    pub fn first(&self) -> Option<PacketPosition> {
        let mut bytes = self.bytes.as_slice();
        let file = u32::try_from(take_varint(&mut bytes)?).ok()?;
        take_varint(&mut bytes)?;
        let zigzag = take_varint(&mut bytes)?;
        let length = u32::try_from(take_varint(&mut bytes)?).ok()?;
        Some(PacketPosition { file, length, offset: (zigzag >> 1) ^ (zigzag & 1).wrapping_neg() })
    }
    /// Every packet, unpacked.
    pub fn to_vec(&self) -> Vec<PacketPosition> {
        decode(&self.bytes).unwrap_or_default()
    }
    /// The packet files, each once, in order of first use.
    pub fn files(&self) -> SmallVec<[u32; 4]> {
        if self.is_empty() {
            return SmallVec::new();
        }
        // The first group's count comes after the first number. One group means one file, and needs no look at its packets.
        let first_count = self.bytes.iter().position(|byte| byte & 0x80 == 0).map(|last| last + 1);
        if first_count == Some(self.count_at as usize) {
            return smallvec![self.file];
        }
        let mut files = SmallVec::new();
        for position in self.to_vec() {
            if files.last() != Some(&position.file) && !files.contains(&position.file) {
                files.push(position.file);
            }
        }
        files
    }
}

impl Extend<PacketPosition> for Positions {
    fn extend<I: IntoIterator<Item = PacketPosition>>(&mut self, positions: I) {
        positions.into_iter().for_each(|position| self.push(position));
    }
}

impl FromIterator<PacketPosition> for Positions {
    fn from_iter<I: IntoIterator<Item = PacketPosition>>(positions: I) -> Self {
        let mut packed = Self::default();
        packed.extend(positions);
        packed
    }
}

/// Room that is made at first: some six packets, and then some fifteen more.
const FIRST_BYTES: usize = 32;
const SECOND_BYTES: usize = 96;

/// Most bytes that an offset and a length take.
const MOST_BYTES: usize = 15;

fn put_varint(out: &mut ArrayVec<u8, MOST_BYTES>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn take_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        let bits = u64::from(byte & 0x7f);
        if shift == 63 && bits > 1 {
            return None;
        }
        number |= bits << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// Unpacks what [`Positions`] packed; none when `bytes` is damaged. The result is at most as long as `bytes`.
pub fn decode(mut bytes: &[u8]) -> Option<Vec<PacketPosition>> {
    let mut positions = Vec::new();
    while !bytes.is_empty() {
        let file = u32::try_from(take_varint(&mut bytes)?).ok()?;
        let count = take_varint(&mut bytes)?;
        let mut offset = 0u64;
        for _ in 0..count {
            let zigzag = take_varint(&mut bytes)?;
            offset = offset.wrapping_add((zigzag >> 1) ^ (zigzag & 1).wrapping_neg());
            let length = u32::try_from(take_varint(&mut bytes)?).ok()?;
            positions.push(PacketPosition { file, length, offset });
        }
    }
    Some(positions)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(file: u32, offset: u64, length: u32) -> PacketPosition {
        PacketPosition { file, length, offset }
    }

    #[test]
    fn groups_are_packed_as_documented() {
        let packets = [at(7, 24, 94), at(7, 118, 200), at(300, 24, 60), at(7, 24, 94)];
        let positions: Positions = packets.into_iter().collect();
        let group1 = [7, 2, 48, 94, 0xbc, 0x01, 0xc8, 0x01];
        let group2 = [0xac, 0x02, 1, 48, 60];
        let group3 = [7, 1, 48, 94];
        assert_eq!(positions.as_bytes(), [&group1[..], &group2, &group3].concat());
        assert_eq!((positions.to_vec(), positions.first()), (packets.to_vec(), Some(packets[0])));
        assert_eq!(positions.files().as_slice(), [7, 300]);
        let one: Positions = packets[2..3].iter().copied().collect();
        assert_eq!(one.files().as_slice(), [300]);
        assert!(Positions::default().files().is_empty());
    }

    #[test]
    fn extremes_come_back() {
        let positions =
            [at(0, 0, 0), at(u32::MAX, u64::MAX, u32::MAX), at(u32::MAX, 0, 1), at(u32::MAX, 1 << 63, 9)];
        let packed: Positions = positions.into_iter().collect();
        assert_eq!(packed.to_vec(), positions);
    }

    #[test]
    fn a_group_may_be_long() {
        let mut packed = Positions::default();
        let mut positions = Vec::new();
        for packet in 0..40_000u64 {
            // Now and then another file, so that groups of many lengths follow each other.
            let position = at(u32::from(packet % 19_000 == 9), packet * 100, 100);
            packed.push(position);
            positions.push(position);
            if packet < 300 || packet % 1_000 == 0 || (16_370..16_400).contains(&packet) {
                assert_eq!(packed.to_vec(), positions, "{packet}");
            }
        }
        assert_eq!(packed.to_vec(), positions);
        assert_eq!(packed.files().as_slice(), [0, 1]);
    }

    #[test]
    fn damage_is_refused_and_bounded() {
        let packed: Positions = [at(1, 24, 94), at(1, 118, 90), at(2, 24, 1)].into_iter().collect();
        let bytes = packed.as_bytes().to_vec();
        let mut state = 88_172_645_463_325_252u64;
        for _ in 0..200_000 {
            let mut damaged = bytes.clone();
            for _ in 0..3 {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                let at = state as usize % damaged.len();
                damaged[at] = (state >> 32) as u8;
            }
            damaged.truncate(1 + (state >> 40) as usize % damaged.len());
            if let Some(positions) = decode(&damaged) {
                assert!(positions.len() <= damaged.len());
            }
        }
        assert_eq!(decode(&[1, 1, 48]), None);
        assert_eq!(decode(&[0xff; 12]), None);
    }
}
