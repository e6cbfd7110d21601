//! Sessions that differ by the interface at which they begin (`interfaceOps`), live and indexed again.

#![allow(clippy::panic, reason = "a test fails by panicking")]

mod live_support;
mod support;

use lookback_capture::{Batch, PacketSource, SourceError, SourceStatistics};
use lookback_engine::EngineSettings;
use lookback_engine::import::{ImportOptions, import};
use lookback_engine::live::{FlushRows, LiveEngine, LiveFlush, LiveOptions};
use lookback_engine::origins::{InterfaceFields, list_beside};
use lookback_engine::stream::StreamFile;
use lookback_segment::SegmentInfo;
use std::collections::VecDeque;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};
use support::{Scratch, frame, rows};

const START_S: i64 = 1_700_000_000;
const S: i64 = 1_000_000_000;
const PSH_ACK: u8 = 0x18;

/// An interface that gives its packets in batches of a few.
struct Given {
    interface: &'static str,
    packets: VecDeque<(i64, Vec<u8>)>,
}

impl PacketSource for Given {
    fn interface(&self) -> &str {
        self.interface
    }
    fn link_type(&self) -> u16 {
        1
    }
    fn read(&mut self, batch: &mut Batch, _wait: Duration) -> Result<(), SourceError> {
        for (time, frame) in self.packets.drain(..self.packets.len().min(3)) {
            assert!(batch.push(time, frame.len() as u32, 65_535, &[&frame]));
        }
        if batch.is_empty() {
            return Err(SourceError::Ended { name: self.interface.to_owned() });
        }
        Ok(())
    }
    fn statistics(&mut self) -> SourceStatistics {
        SourceStatistics::default()
    }
}

/// Conversations of an interface, two packets each, interleaved.
fn given(interface: &'static str, flows: std::ops::Range<u16>) -> Box<dyn PacketSource> {
    let packets = (0..2u32).flat_map(|round| {
        flows.clone().map(move |flow| {
            let bytes = frame(flow, true, 6, 1 + round * 4, PSH_ACK, b"some");
            ((START_S + i64::from(round)) * S + i64::from(flow), bytes)
        })
    });
    Box::new(Given { interface, packets: packets.collect() })
}

fn settings(workers: usize) -> EngineSettings {
    let interfaces = [("in0", "inside"), ("tap0", ""), ("out0", "outside")].map(|(interface, tag)| {
        let values = [("tags".to_owned(), tag.to_owned())];
        InterfaceFields::parse(interface, if tag.is_empty() { &[] } else { &values }).expect("values")
    });
    EngineSettings { workers, ..EngineSettings::default() }.with_interfaces(interfaces.into())
}

fn options(directory: &Path, settings: EngineSettings) -> LiveOptions {
    LiveOptions {
        max_file_bytes: 4_000,
        origins: vec![1, 2, 3],
        ..live_support::options(directory, settings)
    }
}

fn captured(directory: &Path, workers: usize) -> LiveFlush {
    let sources = vec![given("in0", 0..40), given("tap0", 40..60), given("out0", 60..100)];
    let mut engine = LiveEngine::open(options(directory, settings(workers)), sources).expect("threads");
    let late = Instant::now() + Duration::from_secs(30);
    while !engine.ledgers().iter().all(|ledger| ledger.ended) {
        assert!(Instant::now() < late, "the sources do not end");
        std::thread::yield_now();
    }
    engine.stop_sources();
    engine.flusher().flush(START_S * S, true, FlushRows::Closing).expect("the last flush")
}

fn all_rows(directory: &Path, segments: &[SegmentInfo]) -> Vec<String> {
    let mut all: Vec<String> =
        segments.iter().flat_map(|segment| rows(&directory.join(&segment.path))).collect();
    all.sort();
    all
}

/// Rows by the address of their client, which is the number of their conversation, and their tags.
fn tags_of(rows: &[String]) -> Vec<usize> {
    ["inside", "outside", "tags="].map(|word| rows.iter().filter(|row| row.contains(word)).count()).to_vec()
}

#[test]
fn sessions_tell_at_which_interface_they_began_and_do_so_when_indexed_again() {
    for workers in [1, 3] {
        let scratch = Scratch::new(&format!("live-origins-{workers}"));
        let flush = captured(&scratch.0, workers);
        let live = all_rows(&scratch.0.join("sessions"), &flush.segments);
        assert_eq!((live.len(), tags_of(&live)), (100, vec![40, 40, 80]));
        assert!(flush.files.len() > 3, "one file only");
        let again = |settings: EngineSettings, name: &str| {
            let again = ImportOptions {
                files: flush
                    .files
                    .iter()
                    .map(|file| StreamFile {
                        path: file.path.clone(),
                        file: file.file,
                        first_ordinal: file.first_ordinal,
                    })
                    .collect(),
                stream: [7; 16],
                segments: scratch.0.join(name),
                batch_rows: 1_000,
                losses: None,
                settings,
            };
            let imported = import(&again, &AtomicBool::new(false), &mut |_| {}).expect("an import");
            all_rows(&again.segments, &imported.segments)
        };
        assert_eq!(again(settings(1), "again"), live);
        assert_eq!(again(settings(2), "again-two"), live);
        // Without the settings there are no tags, and without the lists no interfaces.
        let plain = again(EngineSettings::default(), "plain");
        assert_eq!((plain.len(), tags_of(&plain)), (100, vec![0, 0, 0]));
        for file in &flush.files {
            std::fs::remove_file(list_beside(&file.path)).expect("a list");
        }
        assert_eq!(again(settings(1), "listless"), plain);
    }
}

#[test]
fn nothing_lies_beside_packets_where_no_interface_has_fields() {
    let scratch = Scratch::new("live-origins-none");
    let mut options = options(&scratch.0, EngineSettings::default());
    options.origins = Vec::new();
    let mut engine = LiveEngine::open(options, vec![given("in0", 0..40)]).expect("threads");
    while !engine.ledgers().iter().all(|ledger| ledger.ended) {
        std::thread::yield_now();
    }
    engine.stop_sources();
    let flush = engine.flusher().flush(START_S * S, true, FlushRows::Closing).expect("the last flush");
    assert!(!flush.files.is_empty());
    assert!(flush.files.iter().all(|file| !list_beside(&file.path).exists()));
}

#[test]
fn packets_are_not_stored_where_their_interface_cannot_be_noted() {
    let scratch = Scratch::new("live-origins-full");
    let options = options(&scratch.0, settings(1));
    // Something else has the names of the lists of the first file, and of the one that is tried in its place.
    for number in 1..3 {
        let name = format!("localhost-231114-{number:08}.interfaces");
        std::fs::create_dir_all(scratch.0.join("packets").join(name)).expect("a directory");
    }
    let mut engine = LiveEngine::open(options, vec![given("in0", 0..9)]).expect("threads");
    while !engine.ledgers().iter().all(|ledger| ledger.ended) {
        std::thread::yield_now();
    }
    engine.stop_sources();
    let flush = engine.flusher().flush(START_S * S, true, FlushRows::Closing).expect("the last flush");
    let ledger = &engine.ledgers()[0];
    assert_eq!((ledger.delivered, ledger.stored, ledger.lost_to_disk), (18, 0, 18));
    assert!(flush.write_failure.is_some_and(|reason| reason.contains("231114-00000002")), "no failure told");
}
