//! Prints nanoseconds per packet of reading a capture, and of reading and decoding it.
//!
//! `cargo run --release -p lookback-pcapfile --example read_speed [FILE]`; without a file, one of 300,000 packets is made
//! in the system's temporary folder.

use lookback_pcapfile::{CaptureError, Reader, Writer, record_header};
use lookback_wire::{Decoded, FlowKey, SessionIdTracking, decode};
use std::path::{Path, PathBuf};
use std::time::Instant;

const PACKETS: u32 = 300_000;
const ROUNDS: usize = 5;

fn make(path: &Path) -> std::io::Result<()> {
    let mut writer = Writer::create(path, 1, 65_535)?;
    let mut frame = vec![0u8; 1514];
    let mut records = Vec::new();
    for number in 0..PACKETS {
        let payload: u16 = if number % 3 == 0 { 0 } else { 1 + (number % 1400) as u16 };
        let length = usize::from(54 + payload);
        frame[12..14].copy_from_slice(&[0x08, 0x00]);
        frame[14] = 0x45;
        frame[16..18].copy_from_slice(&(40 + payload).to_be_bytes());
        frame[22..24].copy_from_slice(&[64, 6]);
        frame[26..34].copy_from_slice(&[10, 0, (number >> 8) as u8, number as u8, 10, 1, 0, 1]);
        frame[34..38].copy_from_slice(&[0x80, number as u8, 0, 80]);
        frame[46..48].copy_from_slice(&[0x50, 0x18]);
        let header = record_header(i64::from(number) * 1_000_000, length as u32, length as u32);
        records.extend_from_slice(&header);
        records.extend_from_slice(&frame[..length]);
    }
    writer.append(&records).map(|_| ())
}

fn best(name: &str, mut run: impl FnMut() -> Result<(u64, u64), CaptureError>) -> Result<(), CaptureError> {
    let mut fastest = f64::MAX;
    let mut total = (0, 0);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        total = run()?;
        fastest = fastest.min(start.elapsed().as_secs_f64());
    }
    let (packets, bytes) = total;
    let nanoseconds = fastest * 1e9 / packets.max(1) as f64;
    println!("{name}: {packets} packets, {nanoseconds:.1} ns each, {:.2} GB/s", bytes as f64 / fastest / 1e9);
    Ok(())
}

fn main() -> Result<(), CaptureError> {
    let given = std::env::args_os().nth(1).map(PathBuf::from);
    let made = std::env::temp_dir().join(format!("lookback-read-speed-{}.pcap", std::process::id()));
    let path = given.clone().unwrap_or_else(|| made.clone());
    if given.is_none() {
        make(&path)?;
    }
    let whole = std::fs::read(&path)?;
    best("copy of the bytes from memory", || Ok((1, std::hint::black_box(whole.clone()).len() as u64)))?;
    let from_memory = || Reader::from_read(Box::new(std::io::Cursor::new(whole.clone())));
    best("read from memory, one copy more", || {
        let mut reader = from_memory()?;
        let (mut packets, mut sum) = (0, 0u64);
        while let Some(packet) = reader.next_packet()? {
            packets += 1;
            sum = sum.wrapping_add(packet.timestamp_ns as u64 ^ packet.data.len() as u64);
        }
        std::hint::black_box(sum);
        Ok((packets, reader.bytes_read()))
    })?;
    for (name, with_decode) in [("read from file", false), ("read from file and decode", true)] {
        best(name, || {
            let mut reader = Reader::open(&path)?;
            let mut decoded = Decoded::default();
            let (mut packets, mut sum) = (0, 0u64);
            while let Some(packet) = reader.next_packet()? {
                packets += 1;
                if with_decode
                    && decode(packet.link_type, packet.data, packet.original_length, &mut decoded).is_ok()
                {
                    sum ^= FlowKey::of(&decoded, SessionIdTracking::None).stable_hash();
                }
            }
            std::hint::black_box(sum);
            Ok((packets, reader.bytes_read()))
        })?;
    }
    let mut frames = Vec::new();
    let mut reader = Reader::open(&path)?;
    while let (Some(packet), true) = (reader.next_packet()?, frames.len() < 2000) {
        frames.push((packet.link_type, packet.data.to_vec()));
    }
    let mut decoded = Decoded::default();
    best("decode alone, in the processor's cache", || {
        let mut bytes = 0;
        for _ in 0..100 {
            for (link_type, frame) in &frames {
                bytes += frame.len() as u64;
                let _ = std::hint::black_box(decode(*link_type, frame, frame.len() as u32, &mut decoded));
            }
        }
        Ok((frames.len() as u64 * 100, bytes))
    })?;
    best("key and hash", || {
        let mut sum = 0;
        for _ in 0..200_000 {
            sum ^= FlowKey::of(std::hint::black_box(&decoded), SessionIdTracking::Vlan).stable_hash();
        }
        std::hint::black_box(sum);
        Ok((200_000, 0))
    })?;
    if given.is_none() {
        std::fs::remove_file(&made)?;
    }
    Ok(())
}
