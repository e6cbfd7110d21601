//! Packet positions of a session in few bytes: the column `packetPos`.
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

use lookback_session::PacketPosition;

fn put_varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Packs `positions` at the end of `out`. None packs to nothing.
pub fn encode(positions: &[PacketPosition], out: &mut Vec<u8>) {
    for group in positions.chunk_by(|a, b| a.file == b.file) {
        put_varint(out, u64::from(group[0].file));
        put_varint(out, group.len() as u64);
        let mut before = 0u64;
        for position in group {
            let delta = position.offset.wrapping_sub(before) as i64;
            put_varint(out, ((delta << 1) ^ (delta >> 63)) as u64);
            put_varint(out, u64::from(position.length));
            before = position.offset;
        }
    }
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

/// Unpacks what [`encode`] packed; none when `bytes` is damaged. The result is at most as long as `bytes`.
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
        let mut bytes = Vec::new();
        encode(&[at(7, 24, 94), at(7, 118, 200), at(300, 24, 60), at(7, 24, 94)], &mut bytes);
        let group1 = [7, 2, 48, 94, 0xbc, 0x01, 0xc8, 0x01];
        let group2 = [0xac, 0x02, 1, 48, 60];
        let group3 = [7, 1, 48, 94];
        assert_eq!(bytes, [&group1[..], &group2, &group3].concat());
    }

    #[test]
    fn extremes_come_back() {
        let positions =
            [at(0, 0, 0), at(u32::MAX, u64::MAX, u32::MAX), at(u32::MAX, 0, 1), at(u32::MAX, 1 << 63, 9)];
        let mut bytes = Vec::new();
        encode(&positions, &mut bytes);
        assert_eq!(decode(&bytes).as_deref(), Some(&positions[..]));
    }

    #[test]
    fn damage_is_refused_and_bounded() {
        let mut bytes = Vec::new();
        encode(&[at(1, 24, 94), at(1, 118, 90), at(2, 24, 1)], &mut bytes);
        let mut state = 88_172_645_463_325_252u64;
        for _ in 0..50_000 {
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
