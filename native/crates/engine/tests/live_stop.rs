//! What a ring holds when all is to stop is read, or counted.

mod live_support;
mod support;

use lookback_capture::{Arrived, Batch, PacketSource, SourceError, SourceStatistics};
use lookback_engine::EngineSettings;
use lookback_engine::live::flusher::FlushRows;
use lookback_engine::live::{LiveEngine, SourceLedger};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use support::{Scratch, frame};

const START_NS: i64 = 1_700_000_000_000_000_000;
/// Packets in the ring when all is to stop.
const CAME: u64 = 20;

/// A ring whose packets come one by one, with nothing in between, as they do while the kernel keeps the last block.
struct Ring {
    arrived: Arrived,
    /// Whether it gives none once all is to stop: a disk so slow that nothing goes on.
    is_stuck: bool,
    is_asked: Arc<AtomicBool>,
    has_given: bool,
}

impl PacketSource for Ring {
    fn interface(&self) -> &str {
        "in0"
    }
    fn link_type(&self) -> u16 {
        1
    }
    fn read(&mut self, batch: &mut Batch, _wait: Duration) -> Result<(), SourceError> {
        let gives = self.is_asked.load(Ordering::Relaxed) && !self.is_stuck;
        self.has_given = gives && !self.has_given;
        if self.has_given {
            let frame = frame(self.arrived.read as u16, true, 17, 0, 0, b"some");
            assert!(batch.push(START_NS, frame.len() as u32, 65_535, &[&frame]));
            self.arrived.read += 1;
            // Others go on coming, and are for nobody.
            self.arrived.came += 1;
        }
        std::thread::yield_now();
        Ok(())
    }
    fn arrived(&mut self) -> Option<Arrived> {
        self.is_asked.store(true, Ordering::Relaxed);
        Some(self.arrived)
    }
    fn statistics(&mut self) -> SourceStatistics {
        SourceStatistics::default()
    }
}

fn stopped(name: &str, is_stuck: bool) -> SourceLedger {
    let scratch = Scratch::new(name);
    let options = live_support::options(&scratch.0, EngineSettings::default());
    let arrived = Arrived { came: CAME, read: 0 };
    let ring = Ring { arrived, is_stuck, is_asked: Arc::default(), has_given: false };
    let mut engine = LiveEngine::open(options, vec![Box::new(ring)]).expect("threads");
    engine.stop_sources();
    engine.flusher().flush(START_NS, false, FlushRows::Closing).expect("the last flush");
    engine.ledgers().remove(0)
}

#[test]
fn what_had_come_is_read_before_the_end() {
    let ledger = stopped("live-stop", false);
    assert_eq!((ledger.stored, ledger.lost_to_queue, ledger.failure), (CAME, 0, None));
}

#[test]
fn what_cannot_be_read_in_time_is_counted() {
    let ledger = stopped("live-stop-stuck", true);
    assert_eq!((ledger.stored, ledger.lost_to_queue, ledger.failure), (0, CAME, None));
}
