//! What a live stream leaves out or misses, and that every packet and session is accounted for.

#![allow(clippy::panic, reason = "a test fails by panicking")]

mod live_support;
mod support;

use lookback_capture::{Batch, PacketSource, SourceError, SourceStatistics};
use lookback_engine::EngineSettings;
use lookback_engine::import::{ImportOptions, import};
use lookback_engine::live::{FlushRows, LiveEngine, LiveFlush, LiveOptions};
use lookback_engine::rules::PacketRules;
use lookback_engine::stream::StreamFile;
use lookback_flow::settings::LeastPackets;
use lookback_pcapfile::record_header;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use support::{Scratch, frame, rows};

const START_S: i64 = 1_700_000_000;
const S: i64 = 1_000_000_000;
const SYN: u8 = 0x02;
const RST: u8 = 0x04;
const ACK: u8 = 0x10;
const PSH_ACK: u8 = 0x18;

fn record(second: i64, frame: &[u8]) -> Vec<u8> {
    let length = frame.len() as u32;
    let mut record = record_header((START_S + second) * S, length, length).to_vec();
    record.extend_from_slice(frame);
    record
}

fn open(directory: &Path, workers: usize, change: impl FnOnce(&mut LiveOptions)) -> LiveEngine {
    let settings = EngineSettings { workers, ..EngineSettings::default() };
    let mut options = live_support::options(directory, settings);
    change(&mut options);
    LiveEngine::open(options, Vec::new()).expect("threads")
}

fn finish(engine: &LiveEngine) -> LiveFlush {
    engine.flusher().flush(START_S * S, true, FlushRows::Closing).expect("the last flush")
}

fn all_rows(directory: &Path, flush: &LiveFlush) -> Vec<String> {
    let mut all: Vec<String> = flush
        .segments
        .iter()
        .flat_map(|segment| rows(&directory.join("sessions").join(&segment.path)))
        .collect();
    all.sort();
    all
}

/// None where libpcap, which compiles filters, is not installed.
fn rules(rules: &[(&str, u32)]) -> Option<Arc<PacketRules>> {
    let rules: Vec<(String, u32)> =
        rules.iter().map(|(filter, number)| ((*filter).to_owned(), *number)).collect();
    match PacketRules::new(&rules) {
        Ok(rules) => rules,
        Err(SourceError::NoFilterCompiler) => {
            eprintln!("skipped: libpcap is not installed");
            None
        }
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn of_a_session_that_a_rule_names_only_the_first_packets_are_saved() {
    for workers in [1, 3] {
        let scratch = Scratch::new(&format!("live-dont-save-{workers}"));
        let Some(rules) = rules(&[("udp port 80", 2), ("host 10.0.0.9", 1)]) else { return };
        let mut engine = open(&scratch.0, workers, |options| options.dont_save = Some(rules));
        for round in 0..5 {
            let batch: Vec<u8> = [
                record(round, &frame(1, round % 2 == 0, 17, 0, 0, b"by the first rule")),
                record(round, &frame(2, true, 6, 1 + round as u32 * 5, ACK, b"whole")),
                record(round, &frame(9, true, 6, 1 + round as u32 * 5, ACK, b"by the second rule")),
            ]
            .concat();
            assert_eq!(engine.push(&batch), 3);
        }
        let flush = finish(&engine);
        let ledger = engine.ledgers().remove(0);
        assert_eq!((ledger.delivered, ledger.stored, ledger.by_rule), (15, 2 + 5 + 1, 3 + 4));
        assert_eq!(flush.files.iter().map(|file| file.packets).sum::<u64>(), 8);
        assert_eq!(flush.next_ordinal, 8);
        // Sessions tell of all their packets, whether they were saved or not.
        let rows = all_rows(&scratch.0, &flush);
        assert_eq!(rows.len(), 3);
        for row in &rows {
            assert!(row.contains("network.packets=5"), "{row}");
            assert_eq!(row.contains("truncated-pcap"), !row.contains("40002"), "{row}");
        }
        // The file holds the saved packets where the rows say, one after the other.
        let file = std::fs::read(&flush.files[0].path).expect("the packet file");
        let mut reader =
            lookback_pcapfile::Reader::from_read(Box::new(std::io::Cursor::new(file))).expect("a capture");
        let mut packets = 0;
        while let Some(packet) = reader.next_packet().expect("a record") {
            assert!(packet.data.len() > 40);
            packets += 1;
        }
        assert_eq!(packets, 8);
    }
}

#[test]
fn a_session_that_comes_after_one_is_over_is_saved_from_its_first_packet_on() {
    let scratch = Scratch::new("live-dont-save-again");
    let Some(rules) = rules(&[("udp port 80", 1)]) else { return };
    let mut engine = open(&scratch.0, 1, |options| options.dont_save = Some(rules));
    // Two packets of a session, and after its time the next session of the same ends.
    for session in 0..5 {
        // Another one's packet shows that time has passed.
        engine.push(&record(session * 200, &frame(2, true, 6, 1 + session as u32, ACK, b"x")));
        for second in [0, 50] {
            engine.push(&record(session * 200 + second, &frame(1, true, 17, 0, 0, b"of five sessions")));
        }
    }
    let flush = finish(&engine);
    let ledger = engine.ledgers().remove(0);
    assert_eq!((ledger.delivered, ledger.stored, ledger.by_rule), (15, 5 + 5, 5));
    assert_eq!(all_rows(&scratch.0, &flush).iter().filter(|row| row.contains("40001")).count(), 5);
}

#[test]
fn what_comes_after_a_connection_was_reset_is_another_session_and_saved() {
    let scratch = Scratch::new("live-dont-save-reset");
    let Some(rules) = rules(&[("tcp port 80", 1)]) else { return };
    let mut engine = open(&scratch.0, 1, |options| options.dont_save = Some(rules));
    let segment = |second, sequence, flags| record(second, &frame(1, true, 6, sequence, flags, b""));
    let other = |second| record(second, &frame(3, true, 17, 0, 0, b"shows that time has passed"));
    engine.push(&[segment(0, 1, SYN), segment(1, 2, RST), segment(2, 2, ACK), other(10)].concat());
    engine.push(&[segment(11, 2, ACK), segment(12, 2, ACK)].concat());
    let flush = finish(&engine);
    let ledger = engine.ledgers().remove(0);
    assert_eq!((ledger.delivered, ledger.stored, ledger.by_rule), (6, 3, 3));
    assert_eq!(all_rows(&scratch.0, &flush).len(), 3);
}

#[test]
fn without_packet_files_everything_is_indexed() {
    let scratch = Scratch::new("live-null");
    let mut engine = open(&scratch.0, 1, |options| options.keep_packets = false);
    for round in 0..3 {
        engine.push(&record(round, &frame(1, true, 17, 0, 0, b"not kept")));
    }
    let flush = finish(&engine);
    let ledger = engine.ledgers().remove(0);
    assert_eq!((ledger.delivered, ledger.stored, ledger.by_rule), (3, 0, 3));
    assert!(flush.files.is_empty());
    assert_eq!(std::fs::read_dir(scratch.0.join("packets")).expect("the directory").count(), 0);
    let rows = all_rows(&scratch.0, &flush);
    assert!(rows.len() == 1 && rows[0].contains("network.packets=3"), "{rows:?}");
    // Numbers go on, so that the next session's id is another one's.
    assert_eq!(flush.next_ordinal, 3);
}

#[test]
fn sessions_with_too_few_packets_get_no_row_and_are_counted() {
    let scratch = Scratch::new("live-least");
    let Some(rules) = rules(&[("udp", 3), ("tcp", 2)]) else { return };
    let mut engine = open(&scratch.0, 2, |options| {
        options.settings.flow.open_rows_after = Some(1);
        options.settings.flow.least_packets = Some(rules as Arc<dyn LeastPackets>);
    });
    for (flow, protocol, packets) in [(1, 17, 1), (2, 17, 2), (3, 17, 3), (4, 6, 1), (5, 6, 2)] {
        for number in 0..packets {
            engine.push(&record(0, &frame(flow, true, protocol, number, ACK, b"some")));
        }
    }
    // Nor do they get one while they are open.
    let open_rows = engine.flusher().flush((START_S + 9) * S, false, FlushRows::Due).expect("a flush");
    assert_eq!(open_rows.segments.iter().map(|segment| segment.open_rows).sum::<u64>(), 2);
    let flush = finish(&engine);
    let rows = all_rows(&scratch.0, &flush);
    assert_eq!(rows.len(), 2, "{rows:?}");
    let count = |name: &str| flush.counters.get(name).copied().unwrap_or(0);
    assert_eq!((count("sessions.saved"), count("sessions.indexed"), count("sessions.byRule")), (5, 2, 3));
    assert_eq!(count("sessions.indexLost"), 0);
}

#[test]
fn damaged_packets_are_stored_and_counted_for_their_interface() {
    for workers in [1, 2] {
        let scratch = Scratch::new(&format!("live-malformed-{workers}"));
        let mut engine = open(&scratch.0, workers, |_| {});
        let mut damaged = frame(1, true, 17, 0, 0, b"damaged");
        // An IPv4 header that is shorter than it can be.
        damaged[14] = 0x41;
        engine.push(&[record(0, &damaged), record(0, &frame(1, true, 17, 0, 0, b"whole"))].concat());
        let flush = finish(&engine);
        let ledger = engine.ledgers().remove(0);
        assert_eq!((ledger.delivered, ledger.stored, ledger.malformed), (2, 2, 1));
        assert_eq!(all_rows(&scratch.0, &flush).len(), 1);
    }
}

/// A connection in which the client's bytes 6 to 15 never come, and the server acknowledges them.
fn with_a_hole(second: i64, flow: u16) -> Vec<u8> {
    let mut syn_ack = frame(flow, false, 6, 500, SYN | ACK, b"");
    acknowledge(&mut syn_ack, 101);
    let mut acknowledges = frame(flow, false, 6, 501, ACK, b"");
    acknowledge(&mut acknowledges, 121);
    [
        record(second, &frame(flow, true, 6, 100, SYN, b"")),
        record(second, &syn_ack),
        record(second, &frame(flow, true, 6, 101, PSH_ACK, b"first")),
        record(second, &frame(flow, true, 6, 116, PSH_ACK, b"after")),
        record(second + 1, &acknowledges),
    ]
    .concat()
}

fn acknowledge(frame: &mut [u8], number: u32) {
    frame[42..46].copy_from_slice(&number.to_be_bytes());
}

#[test]
fn bytes_that_never_came_are_told_from_those_that_were_lost_here() {
    let rows_of = |lost: bool| {
        let scratch = Scratch::new(&format!("live-missed-{lost}"));
        let mut engine = open(&scratch.0, 1, |_| {});
        if lost {
            std::fs::remove_dir(scratch.0.join("packets")).expect("an empty directory");
            engine.push(&record(0, &frame(8, true, 17, 0, 0, b"lost")));
            engine.flusher().flush(START_S * S, false, FlushRows::Due).expect("a flush that tells");
            std::fs::create_dir(scratch.0.join("packets")).expect("the directory again");
        }
        engine.push(&with_a_hole(0, 1));
        let flush = finish(&engine);
        let ledger = engine.ledgers().remove(0);
        assert_eq!(ledger.delivered, ledger.stored + ledger.lost_to_disk);
        all_rows(&scratch.0, &flush)
    };
    // The same of rows that are made again from the packet files.
    let again_of = |losses: Option<Vec<(i64, i64)>>| {
        let scratch = Scratch::new("live-missed-again");
        let mut engine = open(&scratch.0, 1, |_| {});
        engine.push(&with_a_hole(0, 1));
        let file = finish(&engine).files.remove(0);
        let segments = scratch.0.join("again");
        let options = ImportOptions {
            files: vec![StreamFile { path: file.path, file: file.file, first_ordinal: 0 }],
            stream: [7; 16],
            segments: segments.clone(),
            batch_rows: 1_000,
            losses,
            settings: EngineSettings::default(),
        };
        let made = import(&options, &AtomicBool::new(false), &mut |_| {}).expect("an import");
        made.segments.iter().flat_map(|segment| rows(&segments.join(&segment.path))).collect::<Vec<_>>()
    };
    let span = |second: i64| vec![((START_S + second) * 1_000_000, (START_S + second + 1) * 1_000_000)];
    assert!(again_of(Some(span(0)))[0].contains("missedBytesLost=10"));
    assert!(again_of(Some(span(100)))[0].contains("missedBytesLost=0"));
    assert!(!again_of(None)[0].contains("missedBytesLost"));
    for (lost, ours) in [(false, 0), (true, 10)] {
        let rows = rows_of(lost);
        assert_eq!(rows.len(), 1);
        assert!(rows[0].contains("missedBytes=10"), "{rows:?}");
        assert!(rows[0].contains(&format!("missedBytesLost={ours}")), "{rows:?}");
    }
}

#[test]
fn the_account_balances_with_and_without_a_loss() {
    // 84 MB at once are more than the queue holds, unless the worker drains it meanwhile: then
    // they come again. 280 KB are never more.
    for (burst, rounds, loses) in [(200u32, 20u32, false), (60_000, 100, true)] {
        let scratch = Scratch::new(&format!("live-balance-{loses}"));
        let mut engine = open(&scratch.0, 1, |_| {});
        let large = vec![7u8; 1_400];
        let mut sent = 0;
        for round in 0..rounds {
            let batch: Vec<u8> = (0..burst)
                .flat_map(|at| record(i64::from(round), &frame(at as u16, true, 17, 0, 0, &large)))
                .collect();
            let taken = engine.push(&batch);
            engine.flusher().flush(START_S * S, false, FlushRows::Due).expect("a flush");
            sent += u64::from(burst);
            if taken < u64::from(burst) {
                break;
            }
        }
        let flush = finish(&engine);
        let ledger = engine.ledgers().remove(0);
        assert_eq!(ledger.delivered, sent);
        assert_eq!(ledger.stored + ledger.lost_to_queue + ledger.lost_to_disk, sent, "{ledger:?}");
        assert_eq!(ledger.lost_to_queue > 0, loses, "{ledger:?}");
        assert_eq!(flush.counters.get("packets.inSessions").copied(), Some(ledger.stored));
        let rows: u64 = flush.segments.iter().map(|segment| segment.rows).sum();
        assert_eq!(flush.counters.get("sessions.saved").copied(), Some(rows));
        assert_eq!(flush.counters.get("sessions.indexed").copied(), Some(rows));
    }
}

#[test]
fn a_quiet_link_of_pushed_packets_is_complete_up_to_now() {
    let scratch = Scratch::new("live-quiet");
    let mut engine = open(&scratch.0, 1, |options| options.settings.flow.open_rows_after = Some(10));
    let until = |engine: &LiveEngine, second: i64| {
        let flush = engine.flusher().flush((START_S + second) * S, false, FlushRows::Due).expect("a flush");
        flush.complete_until_ns.map(|until| until / S - START_S)
    };
    engine.push(&record(0, &frame(1, true, 17, 0, 0, b"the only one")));
    // What is in no row yet holds it back, and nothing does afterwards.
    assert_eq!(until(&engine, 5), Some(0));
    assert_eq!(until(&engine, 20), Some(18));
    assert_eq!(until(&engine, 300), Some(298));
}

#[test]
fn a_quiet_link_closes_a_file_that_is_old_enough() {
    let scratch = Scratch::new("live-old-file");
    let mut engine = open(&scratch.0, 1, |options| options.max_file_seconds = 60);
    engine.push(&record(0, &frame(1, true, 17, 0, 0, b"the only one")));
    let files = |engine: &LiveEngine, second: i64| {
        let flush = engine.flusher().flush((START_S + second) * S, false, FlushRows::Due).expect("a flush");
        flush.files.iter().map(|file| (file.packets, file.open)).collect::<Vec<_>>()
    };
    assert_eq!(files(&engine, 5), [(1, true)]);
    assert_eq!(files(&engine, 59), [(1, true)]);
    assert_eq!(files(&engine, 61), [(1, false)]);
    assert_eq!(files(&engine, 200), []);
    finish(&engine);
}

#[test]
fn what_others_captured_earlier_makes_no_file_old() {
    let scratch = Scratch::new("live-given-file");
    let mut options = live_support::options(&scratch.0, EngineSettings::default());
    options.max_file_seconds = 60;
    let engine =
        LiveEngine::open(options, vec![Box::new(One { is_given: false, panics: false })]).expect("threads");
    while engine.ledgers().iter().any(|ledger| ledger.stored == 0) {
        std::thread::yield_now();
    }
    for second in [5, 1_000] {
        let flush = engine.flusher().flush((START_S + second) * S, false, FlushRows::Due).expect("a flush");
        assert!(flush.files.iter().all(|file| file.open), "{second}");
    }
    drop(engine);
}

#[test]
fn a_clock_that_is_set_back_is_counted_and_costs_no_session() {
    for workers in [1, 2] {
        let scratch = Scratch::new("live-clock");
        let mut engine = open(&scratch.0, workers, |_| {});
        let say = |engine: &mut LiveEngine, second| {
            engine.push(&record(second, &frame(1, true, 17, 0, 0, b"what time is it")));
        };
        say(&mut engine, 5_000);
        // An hour back, as when a clock is corrected; then on.
        say(&mut engine, 1_400);
        say(&mut engine, 1_401);
        let flush = finish(&engine);
        assert_eq!(flush.counters.get("clock.setBack"), Some(&1));
        let rows = all_rows(&scratch.0, &flush);
        assert!(rows.len() == 1 && rows[0].contains("network.packets=3"), "{rows:?}");
        assert_eq!(engine.ledgers().first().map(|ledger| ledger.stored), Some(3));
    }
}

#[test]
fn rows_of_sessions_that_just_began_are_written_when_they_are_wanted() {
    for workers in [1, 2] {
        let scratch = Scratch::new("live-wanted");
        let mut engine =
            open(&scratch.0, workers, |options| options.settings.flow.open_rows_after = Some(10));
        let flush = |engine: &LiveEngine, rows| {
            let flush = engine.flusher().flush((START_S + 3) * S, false, rows).expect("a flush");
            let open: u64 = flush.segments.iter().map(|segment| segment.open_rows).sum();
            (open, flush.complete_until_ns.map(|until| until / S - START_S))
        };
        for flow in 1..=20 {
            engine.push(&record(0, &frame(flow, true, 17, 0, 0, b"began")));
        }
        assert_eq!(flush(&engine, FlushRows::Due), (0, Some(0)));
        assert_eq!(flush(&engine, FlushRows::Open), (20, Some(1)));
        // Once: nothing new has come.
        assert_eq!(flush(&engine, FlushRows::Open), (0, Some(1)));
        let last = finish(&engine);
        assert_eq!(all_rows(&scratch.0, &last).len(), 20);
    }
}

#[test]
fn the_digest_of_a_body_does_not_wait_for_the_end_of_its_session() {
    let scratch = Scratch::new("live-digest");
    let mut engine = open(&scratch.0, 1, |options| options.settings.flow.open_rows_after = Some(10));
    let send = |engine: &mut LiveEngine, from_client, sequence, flags, payload: &[u8]| {
        engine.push(&record(0, &frame(1, from_client, 6, sequence, flags, payload)));
    };
    send(&mut engine, true, 0, SYN, b"");
    send(&mut engine, false, 0, SYN | ACK, b"");
    send(&mut engine, true, 1, PSH_ACK, b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
    send(&mut engine, false, 1, PSH_ACK, b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    let flush = engine.flusher().flush((START_S + 20) * S, false, FlushRows::Due).expect("a flush");
    let rows = all_rows(&scratch.0, &flush);
    // MD5 of "hello".
    assert!(rows.len() == 1 && rows[0].contains("5d41402abc4b2a76b9719d911017c592"), "{rows:?}");
}

#[test]
fn a_session_that_begins_with_a_packet_that_is_not_saved_is_not_taken_for_another_one() {
    let scratch = Scratch::new("live-unsaved-first");
    let Some(rules) = rules(&[("port 40001", 1)]) else { return };
    let mut engine = open(&scratch.0, 1, |options| {
        options.dont_save = Some(rules);
        options.settings.flow.max_flows = 64;
    });
    let one = |flow: u16| record(0, &frame(flow, true, 17, 0, 0, b"a datagram"));
    engine.push(&one(1));
    // So many that the first session ends early, and its next packet, which is not saved, begins another.
    engine.push(&(100..164).flat_map(one).collect::<Vec<u8>>());
    engine.push(&[one(1), one(200)].concat());
    let flush = engine.flusher().flush((START_S + 1) * S, true, FlushRows::Due).expect("a flush");
    let ledger = engine.ledgers().remove(0);
    assert_eq!((ledger.stored, ledger.by_rule), (1 + 64 + 1, 1));
    let open = flush.mark.expect("a mark").open_ordinals;
    assert_eq!((open.len(), open.last()), (63, Some(&65)), "{open:?}");
    assert!(open.is_sorted_by(|one, next| one < next), "{open:?}");
}

#[test]
fn a_session_ends_for_the_rules_by_the_clock_of_the_stream_when_the_hosts_is_set_back() {
    let scratch = Scratch::new("live-set-back");
    let Some(rules) = rules(&[("port 40001", 1)]) else { return };
    let mut engine = open(&scratch.0, 1, |options| options.dont_save = Some(rules));
    for (second, flow) in [(0, 1), (-3_600, 1), (-3_400, 2), (-3_400, 1)] {
        engine.push(&record(second, &frame(flow, true, 17, 0, 0, b"a datagram")));
    }
    let flush = finish(&engine);
    let ledger = engine.ledgers().remove(0);
    // The last one comes after the time that a session may be idle: it begins another one, and is saved.
    assert_eq!((ledger.stored, ledger.by_rule), (3, 1));
    assert_eq!(all_rows(&scratch.0, &flush).len(), 3);
}

/// A source that gives one packet, and whose reading then fails in a way that nobody thought of, or gives no more.
struct One {
    is_given: bool,
    panics: bool,
}

impl PacketSource for One {
    fn interface(&self) -> &str {
        "in0"
    }
    fn link_type(&self) -> u16 {
        1
    }
    fn times_are_given(&self) -> bool {
        !self.panics
    }
    fn read(&mut self, batch: &mut Batch, _wait: Duration) -> Result<(), SourceError> {
        if std::mem::replace(&mut self.is_given, true) {
            assert!(!self.panics, "a bug");
            std::thread::yield_now();
            return Ok(());
        }
        let frame = frame(1, true, 17, 0, 0, b"the only one");
        assert!(batch.push(START_S * S, frame.len() as u32, 65_535, &[&frame]));
        Ok(())
    }
    fn statistics(&mut self) -> SourceStatistics {
        SourceStatistics::default()
    }
}

#[test]
fn an_interface_whose_reader_panicked_is_told_of_and_costs_nothing_that_came_before() {
    let scratch = Scratch::new("live-panic");
    let options = live_support::options(&scratch.0, EngineSettings::default());
    let mut engine =
        LiveEngine::open(options, vec![Box::new(One { is_given: false, panics: true })]).expect("threads");
    while engine.ledgers().iter().any(|ledger| ledger.failure.is_none()) {
        std::thread::yield_now();
    }
    engine.stop_sources();
    // What came after that packet nobody knows: its session is not over, whatever the time is.
    let later = engine.flusher().flush((START_S + 1_000) * S, false, FlushRows::Due).expect("a flush");
    assert_eq!((later.open_sessions, later.segments.len()), (1, 0));
    let flush = finish(&engine);
    let ledger = engine.ledgers().remove(0);
    assert_eq!((ledger.failure.as_deref(), ledger.stored), (Some("its reader panicked"), 1));
    assert_eq!(all_rows(&scratch.0, &flush).len(), 1);
}

#[test]
fn a_stream_ends_although_somebody_still_holds_a_flusher() {
    let scratch = Scratch::new("live-flusher");
    let mut engine = open(&scratch.0, 2, |_| {});
    engine.push(&record(0, &frame(1, true, 17, 0, 0, b"one")));
    let flusher = engine.flusher();
    assert_eq!(finish(&engine).next_ordinal, 1);
    drop(engine);
    assert!(flusher.flush(START_S * S, false, FlushRows::Due).is_err());
}
