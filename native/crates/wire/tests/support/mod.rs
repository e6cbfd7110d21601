//! What the tests of this crate share: the corpus, and a reader of the classic pcap files in it.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use lookback_cost::Random;
use std::path::PathBuf;

/// The corpus, if it is here: `LOOKBACK_CONFORMANCE`, or beside the project.
pub fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("LOOKBACK_CONFORMANCE").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/conformance"),
        PathBuf::from,
    );
    folder.join("pcap").is_dir().then_some(folder)
}

/// One record of a classic pcap file.
pub struct Record {
    pub offset: u64,
    pub seconds: i64,
    pub original_length: u32,
    pub link_type: u16,
    pub frame: Vec<u8>,
}

/// All whole records of a classic pcap file.
pub fn records(file: &[u8]) -> Vec<Record> {
    let little = file.first() != Some(&0xa1);
    let word = |at: usize| -> Option<u32> {
        let word = file.get(at..)?.first_chunk::<4>()?;
        Some(if little { u32::from_le_bytes(*word) } else { u32::from_be_bytes(*word) })
    };
    let mut all = Vec::new();
    let Some(link_type) = word(20) else { return all };
    let mut at = 24;
    while let (Some(seconds), Some(length), Some(original_length)) = (word(at), word(at + 8), word(at + 12)) {
        let Some(frame) = file.get(at + 16..at + 16 + length as usize) else { break };
        all.push(Record {
            offset: at as u64,
            seconds: i64::from(seconds),
            original_length,
            link_type: link_type as u16,
            frame: frame.to_vec(),
        });
        at += 16 + length as usize;
    }
    all
}

/// Changes a few bytes, and now and then the length.
pub fn mutate(random: &mut Random, bytes: &mut Vec<u8>) {
    for _ in 0..1 + random.below(4) {
        let at = random.below(bytes.len());
        match random.below(7) {
            0 => bytes.truncate(at),
            1 => bytes.extend_from_within(at..),
            2 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = [0, 1, 0x7f, 0x80, 0xff, 0xfe][random.below(6)];
                }
            }
            3 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
            4 => bytes.insert(at.min(bytes.len()), random.bits() as u8),
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = random.bits() as u8;
                }
            }
        }
        bytes.truncate(1 << 17);
    }
}
