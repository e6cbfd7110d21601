//! A live stream: rows of sessions that are open, how far it is complete, full disks, workers, replay.

#![allow(clippy::panic, reason = "a test fails by panicking")]

mod live_support;
mod support;

use lookback_engine::EngineSettings;
use lookback_engine::import::{ImportOptions, import};
use lookback_engine::live::packet_files::DirectoryChoice;
use lookback_engine::live::{FlushRows, LiveEngine, LiveFlush, LiveOptions};
use lookback_engine::stream::StreamFile;
use lookback_pcapfile::record_header;
use lookback_segment::SegmentInfo;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};
use support::{Scratch, frame, rows};

const START_S: i64 = 1_700_000_000;
const S: i64 = 1_000_000_000;
const PSH_ACK: u8 = 0x18;

fn settings(workers: usize) -> EngineSettings {
    let mut settings = EngineSettings { workers, ..EngineSettings::default() };
    settings.flow.open_rows_after = Some(10);
    settings
}

fn open(directory: &Path, workers: usize, max_file_bytes: u64) -> LiveEngine {
    open_with(directory, workers, max_file_bytes, |_| {})
}

fn open_with(
    directory: &Path,
    workers: usize,
    max_file_bytes: u64,
    change: impl FnOnce(&mut LiveOptions),
) -> LiveEngine {
    let mut options = LiveOptions { max_file_bytes, ..live_support::options(directory, settings(workers)) };
    change(&mut options);
    LiveEngine::open(options, Vec::new()).expect("threads")
}

/// A packet of a TCP conversation, `second` seconds after the start.
fn packet(second: i64, flow: u16, sequence: u32) -> Vec<u8> {
    let frame = frame(flow, true, 6, sequence, PSH_ACK, b"some bytes");
    let mut record = record_header((START_S + second) * S, frame.len() as u32, frame.len() as u32).to_vec();
    record.extend(frame);
    record
}

fn flush(engine: &LiveEngine, second: i64) -> LiveFlush {
    engine.flusher().flush((START_S + second) * S, true, FlushRows::Due).expect("a flush")
}

fn finish(engine: &LiveEngine) -> LiveFlush {
    engine.flusher().flush(START_S * S, true, FlushRows::Closing).expect("the last flush")
}

/// Rows, and how many of them are of open sessions.
fn count(flush: &LiveFlush) -> (u64, u64) {
    flush
        .segments
        .iter()
        .fold((0, 0), |(rows, open), segment| (rows + segment.rows, open + segment.open_rows))
}

#[test]
fn a_session_that_stays_open_gets_a_row_and_another_once_packets_came() {
    let scratch = Scratch::new("live-open");
    let mut engine = open(&scratch.0, 1, 1 << 30);
    assert_eq!(engine.push(&[packet(0, 1, 1), packet(4, 1, 11)].concat()), 2);
    let first = flush(&engine, 5);
    assert_eq!((count(&first), first.open_sessions), ((0, 0), 1));
    // What no row holds holds back how far the stream is complete.
    assert_eq!(first.complete_until_ns, Some(START_S * S));
    assert_eq!(count(&flush(&engine, 10)), (1, 1));
    assert_eq!(count(&flush(&engine, 30)), (0, 0));
    engine.push(&packet(31, 1, 21));
    let waiting = flush(&engine, 32);
    assert_eq!((count(&waiting), waiting.complete_until_ns), ((0, 0), Some((START_S + 31) * S)));
    assert_eq!(count(&flush(&engine, 41)), (1, 1));
    let last = finish(&engine);
    assert_eq!((count(&last), last.open_sessions), ((1, 0), 0));
}

#[test]
fn the_mark_names_the_open_sessions_by_their_first_packets() {
    let scratch = Scratch::new("live-mark");
    let mut engine = open(&scratch.0, 2, 1 << 30);
    for (second, flow) in [(0, 1), (0, 2), (1, 1), (2, 3)] {
        engine.push(&packet(second, flow, 1));
    }
    let mark = flush(&engine, 3).mark.expect("a mark");
    assert_eq!((mark.replay_from, mark.known_until, mark.open_ordinals), (0, 4, vec![0, 1, 3]));
    let unasked = engine.flusher().flush((START_S + 4) * S, false, FlushRows::Due).expect("a flush");
    assert_eq!(unasked.mark, None);
    assert_eq!(finish(&engine).mark.map(|mark| (mark.replay_from, mark.open_ordinals)), Some((4, vec![])));
}

#[test]
fn packets_that_cannot_be_written_are_counted_and_later_ones_are_stored() {
    let scratch = Scratch::new("live-disk");
    let mut engine = open(&scratch.0, 1, 1 << 30);
    let packets = scratch.0.join("packets");
    std::fs::remove_dir(&packets).expect("an empty directory");
    engine.push(&[packet(0, 1, 1), packet(0, 2, 1)].concat());
    let failed = flush(&engine, 1);
    assert!(failed.write_failure.is_some_and(|reason| reason.contains("packets")));
    assert_eq!((failed.next_ordinal, failed.open_sessions), (0, 0));
    std::fs::create_dir(&packets).expect("the directory again");
    engine.push(&packet(2, 1, 1));
    let stored = flush(&engine, 3);
    assert_eq!((stored.write_failure, stored.next_ordinal, stored.open_sessions), (None, 1, 1));
    let ledgers = engine.ledgers();
    let ledger = ledgers.first().expect("the pushed packets' account");
    assert_eq!((ledger.delivered, ledger.stored, ledger.lost_to_disk, ledger.lost_to_queue), (3, 1, 2, 0));
}

#[test]
fn a_directory_that_takes_nothing_is_passed_over_and_no_packet_is_lost() {
    for choice in
        [DirectoryChoice::RoundRobin, DirectoryChoice::MostBytesFree, DirectoryChoice::MostPercentFree]
    {
        let scratch = Scratch::new("live-gone");
        let [gone, there] = ["gone", "packets"].map(|name| scratch.0.join(name));
        std::fs::write(&gone, b"a file in its place").expect("a file");
        // Each batch closes the file of the one before it.
        let mut engine = open_with(&scratch.0, 1, 1, |options| {
            options.packets = vec![gone.clone(), there.clone()];
            options.directory_choice = choice;
        });
        for second in 0..6 {
            engine.push(&packet(second, 1, second as u32 * 10 + 1));
        }
        let flush = flush(&engine, 7);
        assert!(matches!(&*flush.refusals, [reason] if reason.contains("gone")), "{choice:?}");
        assert_eq!((flush.write_failure, flush.next_ordinal, flush.files.len()), (None, 6, 6));
        assert!(flush.files.iter().all(|file| file.path.starts_with(&there)));
        let ledgers = engine.ledgers();
        assert_eq!(ledgers.first().map(|ledger| (ledger.stored, ledger.lost_to_disk)), Some((6, 0)));
    }
}

#[test]
fn the_mark_does_not_go_beyond_a_fragment_that_waits_for_others() {
    for (workers, is_late) in [(1, true), (3, true), (1, false), (3, false)] {
        let scratch = Scratch::new(&format!("live-fragment-{workers}-{is_late}"));
        let mut engine = open(&scratch.0, workers, 1 << 30);
        let mut first = frame(1, true, 17, 0, 0, &[b'x'; 32]);
        first[20..22].copy_from_slice(&0x2000u16.to_be_bytes());
        let length = first.len() as u32;
        let record = record_header(START_S * S, length, length);
        engine.push(&[&record[..], &first].concat());
        engine.push(&packet(1, 2, 1));
        let mark = flush(&engine, 3).mark.expect("a mark");
        assert_eq!((mark.replay_from, mark.known_until, mark.open_ordinals), (0, 2, vec![1]));
        // One that waits for too long does not become whole, and none does after the end.
        if is_late {
            assert_eq!(flush(&engine, 2_000).mark.map(|mark| mark.replay_from), Some(2));
        }
        assert_eq!(finish(&engine).mark.map(|mark| mark.replay_from), Some(2));
    }
}

#[test]
fn rows_that_cannot_be_written_wait_and_the_mark_with_them() {
    let scratch = Scratch::new("live-index");
    // Each batch closes the file of the one before it.
    let mut engine = open(&scratch.0, 1, 1);
    engine.push(&packet(0, 1, 1));
    engine.push(&packet(0, 1, 11));
    let sessions = scratch.0.join("sessions");
    std::fs::remove_dir_all(&sessions).expect("the directory of segments");
    std::fs::write(&sessions, b"in the way").expect("a file in its place");
    assert!(engine.flusher().flush((START_S + 20) * S, true, FlushRows::Due).is_err());
    std::fs::remove_file(&sessions).expect("the file in the way");
    std::fs::create_dir(&sessions).expect("the directory again");
    let again = flush(&engine, 21);
    assert_eq!(count(&again), (1, 1));
    // The closed file, which the failed flush had drained already, is told as well.
    let files: Vec<_> = again.files.iter().map(|file| (file.file, file.packets, file.open)).collect();
    assert_eq!(files, [(1, 1, false), (2, 1, true)]);
}

#[test]
fn packets_of_workers_with_little_to_do_hold_no_buffers_until_a_flush() {
    let scratch = Scratch::new("live-few");
    let mut engine = open(&scratch.0, 2, 1 << 30);
    let end = Instant::now() + Duration::from_secs(60);
    // Each push takes a buffer of its own, of which there are fewer than these.
    for number in 0..200 {
        while engine.push(&packet(0, number % 20, 1 + u32::from(number) * 10)) == 0 {
            assert!(Instant::now() < end, "packet {number} finds no buffer");
            std::thread::yield_now();
        }
    }
    assert_eq!(finish(&engine).next_ordinal, 200);
}

/// Conversations of the stream below: no number of workers divides them, so that chance does not keep one with its worker.
const FLOWS: u16 = 203;

/// The rows of a stream of conversations that take turns, and of an import of its file.
fn sessions(workers: usize) -> [Vec<String>; 2] {
    let scratch = Scratch::new(&format!("live-workers-{workers}"));
    let mut engine = open(&scratch.0, workers, 1 << 30);
    for round in 0..4 {
        let batch: Vec<u8> =
            (0..FLOWS).flat_map(|flow| packet(round * 60, flow, 1 + round as u32 * 10)).collect();
        assert_eq!(engine.push(&batch), u64::from(FLOWS));
    }
    let flush = finish(&engine);
    assert_eq!(count(&flush), (u64::from(FLOWS), 0));
    let all = |directory: &Path, segments: &[SegmentInfo]| {
        let mut found: Vec<String> =
            segments.iter().flat_map(|segment| rows(&directory.join(&segment.path))).collect();
        found.sort();
        found
    };
    let file = flush.files.first().expect("a packet file");
    let again = ImportOptions {
        files: vec![StreamFile { path: file.path.clone(), file: file.file, first_ordinal: 0 }],
        stream: [7; 16],
        segments: scratch.0.join("again"),
        batch_rows: 1_000,
        losses: None,
        settings: settings(1),
    };
    let imported = import(&again, &AtomicBool::new(false), &mut |_| {}).expect("an import");
    assert_eq!(imported.packets, 4 * u64::from(FLOWS));
    [all(&scratch.0.join("sessions"), &flush.segments), all(&again.segments, &imported.segments)]
}

#[test]
fn any_number_of_workers_makes_the_sessions_that_an_import_of_the_file_makes() {
    let [one, imported] = sessions(1);
    assert_eq!(one, imported);
    for workers in [2, 8] {
        assert_eq!(sessions(workers), [one.clone(), one.clone()]);
    }
}
