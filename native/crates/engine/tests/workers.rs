//! Any number of workers makes the same sessions, and an import leaves nothing behind when it fails.

#![allow(clippy::panic, reason = "a test fails by panicking")]

mod support;

use lookback_engine::error::EngineError;
use lookback_engine::import::{ImportOptions, import};
use lookback_engine::stream::StreamFile;
use lookback_engine::{EngineSettings, dissect};
use lookback_pcapfile::Writer;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use support::{Scratch, frame, rows};

/// Interleaved conversations with pauses longer than the UDP timeout, and a port that is used again.
fn capture(path: &Path) -> usize {
    let mut writer = Writer::create(path, 1, 65_535).expect("a new capture");
    let mut packets = 0;
    for round in 0..6u32 {
        for flow in 0..150u16 {
            let now = (1_700_000_000_i64 + i64::from(round) * 50 + i64::from(flow % 7) * 3) * 1_000_000_000
                + i64::from(flow) * 1000;
            let frame = if flow % 3 == 0 {
                frame(flow, round % 2 == 0, 17, 0, 0, b"some datagram")
            } else {
                match round {
                    0 => frame(flow, true, 6, 100, 2, b""),
                    1 => frame(flow, true, 6, 101, 0x18, b"GET / HTTP/1.1\r\nHost: www.example.com\r\n\r\n"),
                    2 => frame(flow, true, 6, 143, 0x11, b""),
                    3 => frame(flow, true, 6, 9_000, 2, b""),
                    _ => frame(flow, true, 6, 9_001, 0x10, b""),
                }
            };
            writer.write(now, frame.len() as u32, &frame).expect("a written packet");
            packets += 1;
        }
    }
    // What no session can hold, and a datagram in two fragments: all workers read them.
    let whole = frame(7, true, 17, 0, 0, &[b'x'; 64]);
    let fragment = |offset: u16, more: bool, payload: &[u8]| {
        let mut frame = whole.get(..34).expect("two headers").to_vec();
        frame[16..18].copy_from_slice(&(20 + payload.len() as u16).to_be_bytes());
        frame[20..22].copy_from_slice(&((offset / 8) | (u16::from(more) << 13)).to_be_bytes());
        frame.extend_from_slice(payload);
        frame
    };
    let datagram = whole.get(34..).expect("a datagram");
    let odd = [
        vec![1, 2, 3],
        fragment(0, true, &datagram[..24]),
        fragment(24, false, &datagram[24..]),
        // Beyond what a datagram may hold.
        fragment(65_528, false, &[b'x'; 64]),
    ];
    for frame in odd {
        writer.write(1_700_001_000_000_000_000, frame.len() as u32, &frame).expect("a written packet");
        packets += 1;
    }
    writer.sync().expect("a durable capture");
    packets
}

fn options(capture: &Path, segments: &Path, workers: usize) -> ImportOptions {
    ImportOptions {
        files: vec![StreamFile { path: capture.to_owned(), file: 1, first_ordinal: 0 }],
        stream: [9; 16],
        segments: segments.to_owned(),
        batch_rows: 64,
        losses: None,
        settings: EngineSettings { workers, ..EngineSettings::default() },
    }
}

#[test]
fn one_two_and_four_workers_make_the_same_sessions() {
    let scratch = Scratch::new("workers");
    let file = scratch.0.join("a.pcap");
    let packets = capture(&file);
    let mut all = Vec::new();
    let mut counters = Vec::new();
    for workers in [1, 2, 4] {
        let segments = scratch.0.join(format!("segments-{workers}"));
        let outcome = import(&options(&file, &segments, workers), &AtomicBool::new(false), &mut |_| {})
            .expect("an import");
        assert_eq!(outcome.packets, packets as u64);
        counters.push(outcome.counters);
        let mut ids: Vec<_> =
            outcome.segments.iter().flat_map(|segment| rows(&segments.join(&segment.path))).collect();
        ids.sort();
        assert_eq!(ids.len() as u64, outcome.sessions);
        all.push(ids);
    }
    assert!(all[0].len() >= 250);
    assert_eq!(all[0], all[1]);
    assert_eq!(all[0], all[2]);
    assert!(counters[0].iter().any(|(name, count)| name.starts_with("undecodable.") && *count == 1));
    assert_eq!(counters[0].get("undecodable.fragment.refused"), Some(&1));
    assert_eq!(counters[0], counters[1]);
    assert_eq!(counters[0], counters[2]);
}

#[test]
fn what_is_appended_meanwhile_is_not_read() {
    let scratch = Scratch::new("appended");
    let file = scratch.0.join("a.pcap");
    let packets = capture(&file);
    let before = StreamFile { path: file.clone(), file: 1, first_ordinal: 0 };
    let end = before.end();
    let bytes = std::fs::read(&file).expect("the capture");
    std::fs::write(&file, [&bytes[..], &bytes[24..]].concat()).expect("twice as long");
    let mut reader = before.open_until(end).expect("a capture").reader;
    let mut read = 0;
    while reader.next_packet().expect("a packet").is_some() {
        read += 1;
    }
    assert_eq!(read, packets);
}

#[test]
fn packets_that_lie_across_chunks_are_the_same_for_all_workers() {
    let scratch = Scratch::new("across");
    let file = scratch.0.join("a.pcap");
    let mut writer = Writer::create(&file, 1, 1 << 20).expect("a new capture");
    let mut random = 88_172_645_463_325_252u64;
    for number in 0..6_000i64 {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        // Most are short, some longer than a chunk or two.
        let length = if random.is_multiple_of(97) { 400_000 } else { 3_000 };
        let payload = vec![number as u8; (random >> 8) as usize % length];
        let frame = frame((number % 400) as u16, number % 3 == 0, 17, 0, 0, &payload);
        writer.write(number, frame.len() as u32, &frame).expect("a written packet");
    }
    writer.sync().expect("a durable capture");
    let whole = std::fs::read(&file).expect("the capture");
    // Whole, and cut off within a packet.
    for length in [whole.len(), whole.len() - 1_000, 100_000] {
        std::fs::write(&file, &whole[..length]).expect("a file");
        let of = |workers| {
            let segments = scratch.0.join(format!("segments-{length}-{workers}"));
            let outcome = import(&options(&file, &segments, workers), &AtomicBool::new(false), &mut |_| {})
                .expect("an import");
            let mut rows: Vec<String> =
                outcome.segments.iter().flat_map(|segment| rows(&segments.join(&segment.path))).collect();
            rows.sort();
            (
                rows,
                outcome.packets,
                outcome.file_bytes,
                outcome.captured_bytes,
                outcome.warnings,
                outcome.counters,
            )
        };
        let one = of(1);
        assert!(!one.0.is_empty());
        for workers in [2, 5] {
            assert!(one == of(workers), "{workers} workers, {length} bytes");
        }
    }
}

#[test]
fn workers_share_several_files_compressed_or_damaged() {
    let scratch = Scratch::new("shared-files");
    let whole = scratch.0.join("a.pcap");
    let packets = capture(&whole);
    let bytes = std::fs::read(&whole).expect("the capture");
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&bytes).expect("compressed");
    let compressed = encoder.finish().expect("compressed");
    let (gz, cut) = (scratch.0.join("b.pcap.gz"), scratch.0.join("c.pcap.gz"));
    std::fs::write(&gz, &compressed).expect("a file");
    std::fs::write(&cut, &compressed[..compressed.len() / 2]).expect("a file");
    let files = [whole, gz, cut];
    let of = |workers| {
        let segments = scratch.0.join(format!("segments-{workers}"));
        let file = |(path, file): (&PathBuf, u32)| {
            let first_ordinal = u64::from(file - 1) * packets as u64;
            StreamFile { path: path.clone(), file, first_ordinal }
        };
        let files = files.iter().zip(1..).map(file);
        let options = ImportOptions { files: files.collect(), ..options(&scratch.0, &segments, workers) };
        let outcome = import(&options, &AtomicBool::new(false), &mut |_| {}).expect("an import");
        let mut rows: Vec<String> =
            outcome.segments.iter().flat_map(|segment| rows(&segments.join(&segment.path))).collect();
        rows.sort();
        (rows, outcome.packets, outcome.warnings)
    };
    let one = of(1);
    assert!(one.2.iter().any(|warning| warning.name == "damaged-compression"), "{:?}", one.2);
    assert!(one == of(3));
}

#[test]
fn a_file_that_gives_fewer_packets_moves_no_numbers_of_those_behind_it() {
    let scratch = Scratch::new("damaged-before");
    let (whole, cut, next) = (scratch.0.join("a.pcap"), scratch.0.join("b.pcap"), scratch.0.join("c.pcap"));
    let packets = capture(&whole);
    let bytes = std::fs::read(&whole).expect("the capture");
    std::fs::write(&cut, &bytes[..bytes.len() / 2]).expect("half of it");
    let mut writer = Writer::create(&next, 1, 65_535).expect("a new capture");
    let frame = frame(999, true, 17, 0, 0, b"behind it");
    writer.write(1_700_002_000_000_000_000, frame.len() as u32, &frame).expect("a written packet");
    writer.sync().expect("a durable capture");
    let behind = |name: &str, first: &Path, workers| {
        let segments = scratch.0.join(format!("{name}-{workers}"));
        let files = vec![
            StreamFile { path: first.to_owned(), file: 1, first_ordinal: 0 },
            StreamFile { path: next.clone(), file: 2, first_ordinal: packets as u64 },
        ];
        let options = ImportOptions { files, ..options(&scratch.0, &segments, workers) };
        let outcome = import(&options, &AtomicBool::new(false), &mut |_| {}).expect("an import");
        let all = outcome.segments.iter().flat_map(|segment| rows(&segments.join(&segment.path)));
        all.filter(|row| row.contains("1700002000")).collect::<Vec<_>>()
    };
    let all: Vec<_> = [1, 3]
        .into_iter()
        .flat_map(|workers| [behind("whole", &whole, workers), behind("cut", &cut, workers)])
        .collect();
    assert_eq!(all[0].len(), 1);
    assert!(all.iter().all(|rows| *rows == all[0]), "{all:?}");
}

#[test]
fn the_error_of_the_worker_that_failed_is_told() {
    let scratch = Scratch::new("refused");
    let file = scratch.0.join("a.pcap");
    capture(&file);
    let segments = scratch.0.join("segments");
    std::fs::write(&segments, b"no directory").expect("a file");
    for workers in [1, 3] {
        let error = import(&options(&file, &segments, workers), &AtomicBool::new(false), &mut |_| {}).err();
        assert!(matches!(error, Some(EngineError::Io { .. })), "{error:?}");
    }
}

#[test]
fn the_last_progress_tells_of_all_packets_and_the_sessions_so_far() {
    let scratch = Scratch::new("progress");
    let file = scratch.0.join("a.pcap");
    capture(&file);
    let (mut last, mut sessions) = (0, 0);
    let outcome =
        import(&options(&file, &scratch.0.join("segments"), 1), &AtomicBool::new(false), &mut |now| {
            (last, sessions) = (now.packets, now.sessions);
        });
    let outcome = outcome.expect("an import");
    assert_eq!(last, outcome.packets);
    // Those that ended while it was read.
    assert!(sessions > 0 && sessions < outcome.sessions, "{sessions}");
}

#[test]
fn a_cancelled_import_leaves_no_segment() {
    let scratch = Scratch::new("cancelled");
    let file = scratch.0.join("a.pcap");
    let mut writer = Writer::create(&file, 1, 65_535).expect("a new capture");
    for number in 0..40_000u32 {
        let frame = frame((number % 60_000) as u16, true, 17, 0, 0, b"x");
        writer
            .write(i64::from(number) * 1_000_000_000, frame.len() as u32, &frame)
            .expect("a written packet");
    }
    writer.sync().expect("a durable capture");
    for workers in [1, 3] {
        let segments = scratch.0.join("segments");
        let cancelled = import(&options(&file, &segments, workers), &AtomicBool::new(true), &mut |_| {});
        assert!(matches!(cancelled, Err(EngineError::Cancelled)));
        let left: Vec<_> = std::fs::read_dir(&segments)
            .into_iter()
            .flatten()
            .flatten()
            .flat_map(|day| std::fs::read_dir(day.path()).into_iter().flatten().flatten())
            .map(|entry| entry.path())
            .collect();
        assert_eq!(left, Vec::<PathBuf>::new());
    }
}

#[test]
fn a_file_that_is_no_capture_is_named() {
    let scratch = Scratch::new("garbage");
    let file = scratch.0.join("a.pcap");
    std::fs::write(&file, b"hello, this is no capture at all").expect("a file");
    let error =
        import(&options(&file, &scratch.0.join("segments"), 1), &AtomicBool::new(false), &mut |_| {}).err();
    let Some(EngineError::Unreadable { path, first_bytes, .. }) = error else { panic!("{error:?}") };
    assert_eq!(path, file.display().to_string());
    assert!(first_bytes.starts_with("68 65 6c 6c 6f"));
}

#[test]
fn dissecting_gives_what_importing_counts() {
    let scratch = Scratch::new("dissect");
    let file = scratch.0.join("a.pcap");
    capture(&file);
    let source = StreamFile { path: file.clone(), file: 1, first_ordinal: 0 }.open().expect("a capture");
    let sessions = dissect::dissect(source, &EngineSettings::default(), [9; 16]).expect("sessions").sessions;
    let outcome =
        import(&options(&file, &scratch.0.join("segments"), 1), &AtomicBool::new(false), &mut |_| {})
            .expect("an import");
    assert_eq!(sessions.len() as u64, outcome.sessions);
}
