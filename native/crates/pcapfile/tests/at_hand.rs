//! Packets that are asked for only where they are at hand are the same packets, wherever chunks end.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use lookback_pcapfile::{PacketRef, Reader, Warning};
use support::{Endian, NgFile, classic, reader};

type Read = (u64, u32, i64, u32, Vec<u8>);

fn of(packet: &PacketRef<'_>) -> Read {
    (packet.offset, packet.record_length, packet.timestamp_ns, packet.interface, packet.data.to_vec())
}

fn rest(reader: &Reader, all: Vec<Read>) -> (Vec<Read>, u64, Vec<Warning>) {
    (all, reader.bytes_read(), reader.warnings().to_vec())
}

fn one_by_one(file: &[u8]) -> (Vec<Read>, u64, Vec<Warning>) {
    let mut reader = reader(file).unwrap();
    let mut all = Vec::new();
    while let Some(packet) = reader.next_packet().unwrap() {
        all.push(of(&packet));
    }
    rest(&reader, all)
}

/// The same with as many as are at hand after each, at most so many; how many times there were none.
fn at_hand(file: &[u8], most: usize) -> ((Vec<Read>, u64, Vec<Warning>), usize) {
    let mut reader = reader(file).unwrap();
    let (mut all, mut turns) = (Vec::new(), 0);
    while let Some(packet) = reader.next_packet().unwrap() {
        turns += 1;
        all.push(of(&packet));
        let chunk = packet.chunk.as_ptr();
        let before = all.len();
        reader.packets_at_hand(most, |packet| {
            assert_eq!(packet.chunk.as_ptr(), chunk, "it is in the same chunk");
            all.push(of(&packet));
        });
        assert!(all.len() - before <= most);
    }
    (rest(&reader, all), turns)
}

fn check(file: &[u8], chunks: usize) {
    let (all, count, warnings) = one_by_one(file);
    let mut turns = 0;
    for most in [0, 1, 7, usize::MAX] {
        let (read, turns_of_these) = at_hand(file, most);
        assert_eq!((read.1, &read.2), (count, &warnings), "{most}");
        let differs = read.0.iter().zip(&all).position(|(a, b)| a != b);
        assert_eq!((differs, read.0.len()), (None, all.len()), "{most}");
        turns = turns_of_these;
    }
    assert!((chunks..4 * chunks.max(1) + 4).contains(&turns), "{turns} turns, {chunks} chunks");
}

/// Some are longer than a chunk.
fn data(number: usize) -> Vec<u8> {
    let length = if number % 401 == 400 { 300_000 } else { number * 7_919 % 1_500 };
    vec![number as u8; length]
}

#[test]
fn of_pcap() {
    let packets: Vec<(i64, Vec<u8>)> =
        (0..2_000).map(|number| (1_000_000_000 + number as i64 * 1_000_000, data(number))).collect();
    let file = classic(Endian::Little, 0xa1b2_3c4d, 1, &packets);
    for length in [file.len(), file.len() - 1, file.len() - 1_000, 24] {
        check(&file[..length], if length > 24 { length >> 18 } else { 0 });
    }
    // What ends the file is told once.
    check(&[&file[..], &[0; 400]].concat(), file.len() >> 18);
}

#[test]
fn of_pcapng_with_blocks_that_hold_no_packet() {
    let mut file = NgFile::new(Endian::Big);
    file.interface(1, 0, &[]);
    for number in 0..2_000 {
        if number % 500 == 499 {
            // Another section, whose interfaces are others.
            file.section(if number % 1_000 == 499 { Endian::Little } else { Endian::Big });
            file.interface(1, 0, &[]);
        }
        if number % 3 == 0 {
            file.block(5, &vec![7; number * 31 % 5_000]);
        }
        file.enhanced(0, number as u64, data(number).len() as u32, &data(number));
        if number % 700 == 0 {
            // Longer than several chunks, and passed over.
            file.block(0x0bad, &vec![7; 600_000]);
        }
    }
    for length in [file.bytes.len(), file.bytes.len() - 3, file.bytes.len() - 1_000_001] {
        check(&file.bytes[..length], length >> 19);
    }
}
