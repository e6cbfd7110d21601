//! Mutated capture files: no panic, no hang, bounded memory and time for each packet, and nothing handed out that is not in
//! the file.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use lookback_cost::{Cost, Limit, Meter, Random, hold};
use lookback_pcapfile::{CaptureError, Reader};
use std::io::Cursor;
use std::path::PathBuf;
use std::time::Duration;
use support::{Endian, NgFile, classic};

const CASES: usize = 200_000;
/// Cases that are played together, and again when one of them is slow.
const ROUND: usize = 100;
/// Of one packet, or of the beginning of a file.
const PACKET: Limit = Limit { time: Duration::from_millis(1), bytes: 1 << 20 };

fn mutate(random: &mut Random, bytes: &mut Vec<u8>) {
    for _ in 0..1 + random.below(6) {
        let at = random.below(bytes.len());
        match random.below(8) {
            0 => bytes.truncate(at),
            1 => {
                let end = (at + random.below(64)).min(bytes.len());
                bytes.extend_from_within(at..end);
            }
            2 => bytes.insert(at.min(bytes.len()), random.bits() as u8),
            3 => {
                // A whole word, where lengths are.
                let word = [0u32, 1, 0xffff_ffff, 0x7fff_ffff, 12, 0x0100_0000, 65_536][random.below(7)];
                for (slot, byte) in bytes.iter_mut().skip(at & !3).zip(word.to_le_bytes()) {
                    *slot = byte;
                }
            }
            4 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = random.bits() as u8;
                }
            }
        }
    }
}

/// Reads a file to its end; checks what must hold of any file.
fn read(meter: &mut Meter, file: &[u8], is_plain: bool) -> usize {
    let source = meter.beside(|| Box::new(Cursor::new(file.to_vec())));
    let mut reader = match meter.measure(|| Reader::from_read(source)) {
        Ok(reader) => reader,
        Err(CaptureError::Unreadable { first_bytes, .. }) => {
            assert!(first_bytes.len() <= 16);
            return 0;
        }
        Err(CaptureError::Compressed(error) | CaptureError::Io(error)) => {
            assert!(!is_plain, "{error}");
            return 0;
        }
    };
    let mut count = 0;
    let mut end = 0;
    loop {
        let packet = match meter.measure(|| reader.next_packet()) {
            Ok(Some(packet)) => packet,
            Ok(None) => break,
            Err(error) => {
                assert!(!is_plain, "{error}");
                break;
            }
        };
        assert!(packet.offset >= end, "records do not overlap");
        assert!(packet.data.len() < packet.record_length as usize);
        end = packet.offset + u64::from(packet.record_length);
        if is_plain {
            let record = file.get(packet.offset as usize..end as usize).unwrap();
            assert!(
                packet.data.is_empty()
                    || record.windows(packet.data.len()).any(|window| window == packet.data)
            );
        }
        count += 1;
        assert!(count <= file.len() || !is_plain);
    }
    if is_plain {
        assert!(reader.bytes_read() <= file.len() as u64);
    }
    assert!(reader.next_packet().unwrap().is_none(), "an end is an end");
    meter.beside(|| drop(reader));
    count
}

fn mutated(name: &str, seeds: &[Vec<u8>], seed: u64, cases: usize, is_plain: bool) {
    let mut packets = 0;
    let mut most = Cost::default();
    for first in (0..cases).step_by(ROUND) {
        let (read, cost) = hold(PACKET, |meter| {
            let mut random = Random(seed << 32 ^ first as u64);
            let read_changed = |case: usize| {
                let mut file = seeds[case % seeds.len()].clone();
                mutate(&mut random, &mut file);
                read(meter, &file, is_plain)
            };
            (first..first + ROUND).map(read_changed).sum::<usize>()
        });
        packets += read;
        most = most.max(cost);
    }
    println!("{name}: {packets} packets, {most:?}");
    // Mutation that leaves nothing readable would test nothing.
    assert!(packets > cases / 2, "{packets}");
}

fn corpus() -> Vec<Vec<u8>> {
    let folder = std::env::var_os("LOOKBACK_CONFORMANCE").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/conformance"),
        PathBuf::from,
    );
    let Ok(entries) = std::fs::read_dir(folder.join("pcap")) else {
        println!("without the conformance corpus, which is not here");
        return Vec::new();
    };
    let files = entries.filter_map(|entry| std::fs::read(entry.ok()?.path()).ok());
    files.filter(|file| file.len() < 2_000).collect()
}

fn classic_seeds() -> Vec<Vec<u8>> {
    let packets = [(1_000_000_000, vec![1; 40]), (2_000_000_000, vec![2; 3]), (3_000_000_000, vec![3; 100])];
    let mut seeds = corpus();
    for endian in [Endian::Little, Endian::Big] {
        for magic in [0xa1b2_c3d4, 0xa1b2_3c4d, 0xa1b2_cd34] {
            seeds.push(classic(endian, magic, 1, &packets));
        }
    }
    seeds
}

fn ng_seeds() -> Vec<Vec<u8>> {
    [Endian::Little, Endian::Big]
        .into_iter()
        .map(|endian| {
            let mut file = NgFile::new(endian);
            file.interface(1, 0, &[(9, vec![9]), (14, vec![0; 8]), (0, vec![])]);
            file.interface(101, 64, &[(2, b"lo".to_vec())]);
            file.enhanced(0, 1_000_000_000, 20, &[1; 20]);
            file.enhanced(1, 2_000_000, 30, &[2; 21]);
            file.block(0xbad, &[1; 9]);
            file.obsolete(0, 3_000_000_000, 10, &[3; 10]);
            file.simple(5, &[4; 5]);
            file.section(if matches!(endian, Endian::Big) { Endian::Little } else { Endian::Big });
            file.interface(113, 0, &[]);
            file.enhanced(0, 5, 8, &[5; 8]);
            file.bytes
        })
        .collect()
}

#[test]
fn mutated_classic_files() {
    mutated("classic", &classic_seeds(), 1, CASES, true);
}

#[test]
fn mutated_pcapng_files() {
    mutated("pcapng", &ng_seeds(), 2, CASES, true);
}

#[test]
fn mutated_compressed_files() {
    use std::io::Write;
    let mut seeds = Vec::new();
    for file in classic_seeds().into_iter().rev().take(6).chain(ng_seeds()) {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
        gzip.write_all(&file).unwrap();
        seeds.push(gzip.finish().unwrap());
        let mut lz4 = lz4_flex::frame::FrameEncoder::new(Vec::new());
        lz4.write_all(&file).unwrap();
        seeds.push(lz4.finish().unwrap());
        seeds.push(zstd::encode_all(file.as_slice(), 1).unwrap());
    }
    mutated("compressed", &seeds, 3, 5_000, false);
}
