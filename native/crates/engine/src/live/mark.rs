//! Where a replay of a stream must start, and which sessions were open there.

/// A replay mark.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// Number of the packet in the stream from which a replay must start.
    pub replay_from: u64,
    /// Number of the next packet: those before it had been taken.
    pub known_until: u64,
    /// Numbers of the first packets of the sessions that were open, ascending.
    pub open_ordinals: Vec<u64>,
}

impl Mark {
    /// The open sessions as bytes: each number less the one before, as a LEB128 varint; a million take about a megabyte.
    pub fn encode_open(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.open_ordinals.len() * 2);
        let mut before = 0;
        for ordinal in &self.open_ordinals {
            let mut rest = ordinal.wrapping_sub(before);
            before = *ordinal;
            while rest >= 0x80 {
                bytes.push(rest as u8 | 0x80);
                rest >>= 7;
            }
            bytes.push(rest as u8);
        }
        bytes
    }
}

/// Reads what [`Mark::encode_open`] wrote; ends at the first number that is not whole.
pub fn decode_open(bytes: &[u8]) -> Vec<u64> {
    let mut ordinals = Vec::new();
    let (mut before, mut value, mut shift) = (0u64, 0u64, 0u32);
    for byte in bytes {
        value |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
        if byte & 0x80 != 0 {
            shift += 7;
            continue;
        }
        before = before.wrapping_add(value);
        ordinals.push(before);
        (value, shift) = (0, 0);
    }
    ordinals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_sessions_survive_being_written_down() {
        let open_ordinals = vec![0, 1, 127, 128, 300, 1 << 40, u64::MAX];
        let mark = Mark { open_ordinals: open_ordinals.clone(), ..Mark::default() };
        let bytes = mark.encode_open();
        assert_eq!(decode_open(&bytes), open_ordinals);
        assert_eq!(decode_open(&bytes[..bytes.len() - 1]), open_ordinals[..6]);
        assert!(decode_open(&[0x80; 40]).is_empty());
    }
}
