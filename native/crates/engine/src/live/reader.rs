//! Source threads: each reads one source into batches and passes them on.

use super::Message;
use super::losses::LossLog;
use crossbeam_channel::{SendTimeoutError, Sender};
use lookback_capture::{Arrived, Batch, BatchPool, PacketSource, SourceError, SourceStatistics};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Longest wait for packets; also how soon a reader hears that it is to stop.
const WAIT: Duration = Duration::from_millis(100);
/// Time between two looks at the source's own counts.
const COUNT_EVERY: Duration = Duration::from_millis(200);
/// Packets that the kernel has stamped are read within this time when a source says that it has none: the time it may
/// keep a block that is not full, twice, and the wait.
const DELIVERY: Duration = Duration::from_millis(400);
/// The same after the stop.
const WAIT_AT_STOP: Duration = Duration::from_millis(10);
/// Longest time that is spent after the stop on what the ring still holds.
const DRAIN: Duration = Duration::from_millis(500);
/// Waits for a stream that takes nothing after the stop: it is stuck, and whoever stops must not be.
const MOST_WAITS_AT_STOP: u32 = 50;
/// Batches of one source that may be on their way at once; when all are, the kernel's ring takes the packets.
const BATCHES_IN_FLIGHT: usize = 48;

/// What one source did, as seen from other threads.
#[derive(Debug, Default)]
pub struct SourceAccount {
    /// Name of its interface.
    pub interface: String,
    /// Packets and bytes passed on.
    pub packets: AtomicU64,
    /// Captured bytes of them.
    pub bytes: AtomicU64,
    /// Packets shorter here than on the wire.
    pub cut: AtomicU64,
    /// Times it had to wait because every batch was in use.
    pub waits: AtomicU64,
    /// Packets that the stream did not take any more when all was to stop.
    pub lost: AtomicU64,
    /// Whether it has given all there is.
    pub ended: AtomicBool,
    kernel: Mutex<SourceStatistics>,
    failure: Mutex<Option<String>>,
}

impl SourceAccount {
    /// The source's own counts.
    pub fn kernel(&self) -> SourceStatistics {
        *self.kernel.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// Why it ended, if it did.
    pub fn failure(&self) -> Option<String> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
    /// Takes over the source's counts; returns whether it lost packets since the last time.
    fn count(&self, source: &mut dyn PacketSource) -> bool {
        let counts = source.statistics();
        let lost = |counts: SourceStatistics| {
            counts.dropped_by_kernel.unwrap_or(0) + counts.dropped_by_interface.unwrap_or(0)
        };
        let more = lost(counts) > lost(self.kernel());
        *self.kernel.lock().unwrap_or_else(PoisonError::into_inner) = counts;
        more
    }
    /// Counts packets that came and that nobody reads.
    fn lose(&self, packets: u64, losses: &LossLog) {
        if packets > 0 {
            self.lost.fetch_add(packets, Ordering::Relaxed);
            let now_us = now_us();
            losses.note(now_us - DRAIN.as_micros() as i64, now_us);
        }
    }
    fn fail(&self, reason: String) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
    }
}

/// A running source thread.
pub struct Reader {
    /// Its account.
    pub account: Arc<SourceAccount>,
    thread: Option<JoinHandle<()>>,
}

impl Reader {
    /// Reads `source` until `stop` is set; batches go to `messages` under number `number`.
    ///
    /// # Errors
    /// When the system has no thread.
    pub fn start(
        mut source: Box<dyn PacketSource>,
        number: usize,
        messages: Sender<Message>,
        stop: Arc<AtomicBool>,
        losses: Arc<LossLog>,
    ) -> std::io::Result<Self> {
        let account =
            Arc::new(SourceAccount { interface: source.interface().to_owned(), ..SourceAccount::default() });
        let told = Arc::clone(&account);
        let thread = std::thread::Builder::new().name(format!("source-{number}")).spawn(move || {
            // An interface that nobody reads any more must be told of, whatever ended its reader.
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                let outcome = read(source.as_mut(), number, &messages, &stop, &told, &losses);
                if outcome.is_err() {
                    told.lose(source.arrived().map_or(0, Arrived::unread), &losses);
                }
                told.count(source.as_mut());
                outcome
            }));
            match outcome {
                Ok(Ok(())) => {}
                Ok(Err(SourceError::Ended { .. })) => told.ended.store(true, Ordering::Release),
                Ok(Err(error)) => told.fail(error.to_string()),
                Err(_) => told.fail("its reader panicked".to_owned()),
            }
        })?;
        Ok(Self { account, thread: Some(thread) })
    }

    /// Waits for the thread, which ends soon after `stop` is set.
    pub fn join(&mut self) {
        if let Some(thread) = self.thread.take() {
            // It cannot have panicked.
            let _ = thread.join();
        }
    }
}

fn read(
    source: &mut dyn PacketSource,
    number: usize,
    messages: &Sender<Message>,
    stop: &AtomicBool,
    account: &SourceAccount,
    losses: &LossLog,
) -> Result<(), SourceError> {
    let mut pool = BatchPool::new(BATCHES_IN_FLIGHT);
    let mut counted = Instant::now();
    let mut stop_at: Option<Instant> = None;
    // Packets that had come when all was to stop, where the source knows.
    let mut wanted: Option<u64> = None;
    let unread = |source: &mut dyn PacketSource, wanted: Option<u64>| {
        let read = source.arrived().map(|arrived| arrived.read);
        wanted.zip(read).map(|(wanted, read)| wanted.saturating_sub(read))
    };
    loop {
        if stop_at.is_none() && stop.load(Ordering::Relaxed) {
            stop_at = Some(Instant::now() + DRAIN);
            wanted = source.arrived().map(|arrived| arrived.came);
        }
        let Some(mut batch) = pool.take() else {
            // Where all hangs, a stop does not.
            if stop_at.is_some_and(|at| Instant::now() >= at + WAIT * MOST_WAITS_AT_STOP) {
                account.lose(unread(source, wanted).unwrap_or(0), losses);
                return Ok(());
            }
            account.waits.fetch_add(1, Ordering::Relaxed);
            std::thread::sleep(Duration::from_millis(1));
            continue;
        };
        let before = SystemTime::now();
        let outcome = source.read(&mut batch, if stop_at.is_some() { WAIT_AT_STOP } else { WAIT });
        let ended = stop_at.is_some_and(|at| {
            // What comes after the stop is for nobody.
            let has_all = unread(source, wanted).map_or(batch.is_empty(), |unread| unread == 0);
            has_all || Instant::now() >= at
        });
        let message = if batch.is_empty() && source.times_are_given() {
            source.given_until_ns().map(|until_ns| Message::Quiet { source: number, until_ns })
        } else if batch.is_empty() {
            let complete = before.checked_sub(DELIVERY).and_then(|time| time.duration_since(UNIX_EPOCH).ok());
            let until_ns = complete.map_or(0, |time| time.as_nanos() as i64);
            Some(Message::Quiet { source: number, until_ns })
        } else {
            account.packets.fetch_add(u64::from(batch.packets()), Ordering::Relaxed);
            account.bytes.fetch_add(captured(&batch), Ordering::Relaxed);
            account.cut.fetch_add(u64::from(batch.cut()), Ordering::Relaxed);
            Some(Message::Packets { source: number, batch: batch.clone() })
        };
        pool.lend(&batch);
        let packets = u64::from(batch.packets());
        drop(batch);
        let is_taken = message.is_none_or(|message| pass_on(messages, message, account, stop));
        if !is_taken {
            account.lost.fetch_add(packets, Ordering::Relaxed);
        }
        // A source that fails has given what it gave before.
        outcome?;
        if !is_taken {
            account.lose(source.arrived().map_or(0, Arrived::unread), losses);
            return Ok(());
        }
        if ended {
            account.lose(unread(source, wanted).unwrap_or(0), losses);
            return Ok(());
        }
        if counted.elapsed() >= COUNT_EVERY {
            if account.count(source) {
                // When exactly is not known: since the look before this one.
                let now_us = now_us();
                losses.note(now_us - counted.elapsed().as_micros() as i64, now_us);
            }
            counted = Instant::now();
        }
    }
}

fn now_us() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_micros() as i64)
}

fn captured(batch: &Batch) -> u64 {
    batch.records().len() as u64 - u64::from(batch.packets()) * lookback_pcapfile::RECORD_HEADER as u64
}

/// Whether the stream's thread took the message; when not, it is gone, or stuck and this reader is to stop.
fn pass_on(
    messages: &Sender<Message>,
    mut message: Message,
    account: &SourceAccount,
    stop: &AtomicBool,
) -> bool {
    let mut waits = 0;
    loop {
        match messages.send_timeout(message, WAIT) {
            Ok(()) => return true,
            Err(SendTimeoutError::Disconnected(_)) => return false,
            Err(SendTimeoutError::Timeout(returned)) => {
                account.waits.fetch_add(1, Ordering::Relaxed);
                message = returned;
                waits = if stop.load(Ordering::Relaxed) { waits + 1 } else { 0 };
                if waits > MOST_WAITS_AT_STOP {
                    return false;
                }
            }
        }
    }
}
