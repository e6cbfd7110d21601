//! Live packets into our own packet files and segments.
//!
//! One [`LiveEngine`] is one stream: all packet files of a node and link type, whatever their rotation. Source threads
//! copy packets once, into batches laid out as records of a packet file. The stream's thread appends each batch to the
//! file and only then gives it to the workers, so that what the index says can always be read, and everything since the
//! replay mark can be indexed again after a crash.
//!
//! * [`reader`]: source threads.
//! * [`mark`]: where a replay must start.
//! * [`packet_files`]: rotation, which directory is next, what happens when a disk is full or does not answer.
//! * [`packet_directory`], [`durable`], [`disk_thread`]: writing and syncing without waiting for a disk for ever.
//! * [`saving`]: which packets go into them.
//! * [`losses`]: when packets were lost.
//! * [`pipeline`]: the workers.
//! * [`flusher`]: making it durable.

mod clock_watch;
mod day_name;
pub mod disk_thread;
pub mod durable;
pub mod file_numbers;
pub mod flusher;
pub mod lateness;
pub mod losses;
pub mod mark;
pub mod packet_directory;
pub mod packet_files;
mod patience;
pub mod pipeline;
mod quiet;
pub mod reader;
pub mod saving;
mod stores;
mod stream_thread;

use crate::error::EngineError;
use crate::rules::PacketRules;
use crate::settings::EngineSettings;
use crate::worker::Counters;
use clock_watch::ClockWatch;
use crossbeam_channel::{Sender, TrySendError, bounded};
use durable::DurableDirectory;
use file_numbers::FileNumbers;
use flusher::Kept;
pub use flusher::{FlushRows, Flusher};
use lookback_capture::batch::records;
use lookback_capture::{Batch, BatchPool, PacketSource};
use lookback_flow::identity::StreamIdentity;
use lookback_segment::SegmentInfo;
use losses::LossLog;
use mark::Mark;
use packet_files::{DirectoryChoice, PacketFileOptions, PacketFiles};
use pipeline::Pipeline;
use reader::{Reader, SourceAccount};
use saving::Saving;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;
use stores::Stores;
use stream_thread::{StreamFlush, StreamThread};

/// Batches that may wait for the stream's thread, 1 MiB each at most.
const QUEUE_BATCHES: usize = 32;
/// A packet directory whose disk takes packets more slowly than this is passed over until it has answered.
const WRITTEN_WITHIN: Duration = Duration::from_secs(5);
/// The same where there is one directory, so that all that can be done is to wait; less than the time after which the stream's
/// thread counts as stuck.
const WRITTEN_WITHIN_ALONE: Duration = Duration::from_secs(30);
/// Batches of pushed packets that may be on their way at once.
const PUSHED_IN_FLIGHT: usize = 32;

/// What a live stream is.
#[derive(Clone, Debug)]
pub struct LiveOptions {
    /// Settings.
    pub settings: EngineSettings,
    /// Directory of the segments.
    pub segments: PathBuf,
    /// Directories of the packet files, at least one.
    pub packets: Vec<PathBuf>,
    /// Which of them gets the next file.
    pub directory_choice: DirectoryChoice,
    /// pcap LINKTYPE of every packet.
    pub link_type: u16,
    /// Longest captured packet in bytes.
    pub snaplen: u32,
    /// Identity of the stream.
    pub stream: StreamIdentity,
    /// Number of the next packet in the stream.
    pub first_ordinal: u64,
    /// Numbers that packet files get.
    pub file_numbers: Range<u32>,
    /// Size at which a packet file is closed, bytes.
    pub max_file_bytes: u64,
    /// Age at which it is closed, seconds of packet time; 0 for never.
    pub max_file_seconds: i64,
    /// Whether packets are kept at all (`pcapWriteMethod`).
    pub keep_packets: bool,
    /// By source, or of what is pushed: where its packets come from, see [`crate::origins`]; 0 for a source beyond the list.
    pub origins: Vec<u16>,
    /// Sessions of which only the first packets are kept (`dontSaveBPFs`).
    pub dont_save: Option<Arc<PacketRules>>,
}

/// A packet file of the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveFile {
    /// Its number.
    pub file: u32,
    /// Where it is.
    pub path: PathBuf,
    /// Packets in it.
    pub packets: u64,
    /// Its size.
    pub bytes: u64,
    /// Its first packet, nanoseconds since 1970.
    pub first_ns: i64,
    /// Its last packet.
    pub last_ns: i64,
    /// Number of its first packet in the stream.
    pub first_ordinal: u64,
    /// Whether it is still being written.
    pub open: bool,
    /// Whether its disk was given up while it wrote: until that has answered there may be more in the file, which is in another one.
    pub given_up: bool,
}

/// What became durable since the last flush.
#[derive(Clone, Debug, Default)]
pub struct LiveFlush {
    /// Packet files that changed.
    pub files: Vec<LiveFile>,
    /// Segments written.
    pub segments: Vec<SegmentInfo>,
    /// A new replay mark, when one was asked for.
    pub mark: Option<Mark>,
    /// Every packet before this time is in a row of these segments or earlier ones, nanoseconds since 1970; none before
    /// the first packet.
    pub complete_until_ns: Option<i64>,
    /// Next packet's number in the stream.
    pub next_ordinal: u64,
    /// Sessions open.
    pub open_sessions: u64,
    /// Why packets could not be written since the last flush, if so.
    pub write_failure: Option<String>,
    /// Why packet directories took nothing since the last flush, one reason each. Nothing is lost by that unless there is a
    /// `write_failure`: another one took the packets.
    pub refusals: Vec<String>,
    /// Why packets that were written since the last flush may not survive a crash of the system, a reason for each directory.
    pub not_durable: Vec<String>,
    /// Counts since the stream was opened.
    pub counters: Counters,
}

/// What one source did since the stream was opened. Packets that it gave are stored, or lost to the disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceLedger {
    /// Name of its interface.
    pub interface: String,
    /// Packets that the source gave.
    pub delivered: u64,
    /// Captured bytes of them.
    pub bytes: u64,
    /// Packets in a packet file.
    pub stored: u64,
    /// Packets that were indexed and not kept, because a rule said so.
    pub by_rule: u64,
    /// Packets that could not be written.
    pub lost_to_disk: u64,
    /// Of those stored or left out by a rule, packets with a damaged header.
    pub malformed: u64,
    /// Packets that came while our queue was full; only of pushed ones, other sources wait.
    pub lost_to_queue: u64,
    /// Packets cut at the snap length.
    pub cut: u64,
    /// Packets seen twice on the loopback interface, counted once.
    pub duplicate: u64,
    /// Packets the kernel had no room for; none when the source cannot know.
    pub dropped_by_kernel: Option<u64>,
    /// Packets the interface lost; none when it counts nothing.
    pub dropped_by_interface: Option<u64>,
    /// Times the source waited because every batch was in use.
    pub waits: u64,
    /// Times its interface went down.
    pub went_down: u64,
    /// Blocks of the kernel's ring that were not as promised: what they held behind that is in `dropped_by_kernel`, as far as they
    /// tell how much; of a stream, places that could not be read.
    pub damaged_blocks: u64,
    /// Whether it has given all there is, as a stream does that came to its end.
    pub ended: bool,
    /// Why it ended before that, if it did.
    pub failure: Option<String>,
}

/// What the stream's thread is told.
pub enum Message {
    /// Packets of a source.
    #[allow(missing_docs, reason = "the source's number and its packets")]
    Packets { source: usize, batch: Batch },
    /// A source has no packets older than this.
    #[allow(missing_docs, reason = "the source's number and the time, nanoseconds since 1970")]
    Quiet { source: usize, until_ns: i64 },
    /// Numbers for packet files when those there are have been used up.
    FileNumbers(Range<u32>),
    /// No more comes.
    End,
    /// Make what there is durable.
    #[allow(missing_docs, reason = "as in FlushOrder")]
    Flush { now_ns: i64, mark: bool, rows: FlushRows, reply: Sender<Result<StreamFlush, EngineError>> },
}

/// Captures one live stream.
pub struct LiveEngine {
    messages: Option<Sender<Message>>,
    thread: Option<JoinHandle<()>>,
    readers: Vec<Reader>,
    stop: Arc<AtomicBool>,
    stores: Arc<Vec<Stores>>,
    pushed: BatchPool,
    pushed_account: SourceAccount,
    pushed_lost: u64,
    snaplen: u32,
    kept: Arc<Mutex<Kept>>,
    losses: Arc<LossLog>,
}

impl LiveEngine {
    /// Opens a stream and reads `sources`; no file is made before the first packet. Without sources, packets are pushed.
    ///
    /// # Errors
    /// When the system has no threads.
    pub fn open(options: LiveOptions, sources: Vec<Box<dyn PacketSource>>) -> Result<Self, EngineError> {
        let failed = |error: std::io::Error| EngineError::Worker(format!("no thread for capturing: {error}"));
        let (messages, received) = bounded(QUEUE_BATCHES);
        let places = sources.len().max(1);
        let stores: Arc<Vec<Stores>> = Arc::new((0..places).map(|_| Stores::default()).collect());
        let losses: Arc<LossLog> = Arc::default();
        let times_are_given = sources.iter().any(|source| source.times_are_given());
        let shared =
            pipeline::Shared { losses: Arc::clone(&losses), stores: Arc::clone(&stores), times_are_given };
        let pipeline =
            Pipeline::start(&options.settings, &options.segments, options.stream, shared).map_err(failed)?;
        let snaplen = options.snaplen;
        let files = options.keep_packets.then(|| {
            PacketFiles::new(PacketFileOptions {
                directories: options.packets,
                choice: options.directory_choice,
                node: options.settings.node.clone(),
                link_type: options.link_type,
                snaplen,
                numbers: FileNumbers::new(options.file_numbers),
                max_bytes: options.max_file_bytes,
                max_seconds: options.max_file_seconds,
                interfaces: options.settings.interfaces.clone(),
                answer: WRITTEN_WITHIN,
                answer_alone: WRITTEN_WITHIN_ALONE,
            })
        });
        let durable = |(path, lateness)| DurableDirectory::new(path, lateness);
        let kept =
            Kept::of(files.as_ref().map(PacketFiles::lateness).into_iter().flatten().map(durable).collect());
        let stream = StreamThread {
            files,
            saving: options
                .dont_save
                .map(|rules| Saving::new(rules, options.settings.flow.clone(), options.link_type)),
            pipeline,
            link_type: options.link_type,
            origins: options.origins,
            ordinal: options.first_ordinal,
            stores: Arc::clone(&stores),
            losses: Arc::clone(&losses),
            times_are_given,
            clock: ClockWatch::default(),
            is_pushed: sources.is_empty(),
            delivered_until: vec![None; places],
            write_failure: None,
        };
        let thread = std::thread::Builder::new()
            .name("stream".to_owned())
            .spawn(move || stream.run(&received))
            .map_err(failed)?;
        let stop = Arc::new(AtomicBool::new(false));
        let mut engine = Self {
            messages: Some(messages),
            thread: Some(thread),
            readers: Vec::new(),
            stop,
            stores,
            pushed: BatchPool::new(PUSHED_IN_FLIGHT),
            pushed_account: SourceAccount::default(),
            pushed_lost: 0,
            snaplen,
            kept: Arc::new(Mutex::new(kept)),
            losses,
        };
        for (number, source) in sources.into_iter().enumerate() {
            let Some(messages) = engine.messages.clone() else { break };
            let reader =
                Reader::start(source, number, messages, Arc::clone(&engine.stop), Arc::clone(&engine.losses))
                    .map_err(failed)?;
            engine.readers.push(reader);
        }
        Ok(engine)
    }

    /// Takes packets laid out as records of a nanosecond pcap file. Returns how many were taken; the others came while
    /// the queue was full, and are counted as lost.
    pub fn push(&mut self, packets: &[u8]) -> u64 {
        let mut taken = 0;
        let mut waiting = self.pushed.take();
        let mut list = records(packets).peekable();
        while let Some(record) = list.peek().copied() {
            let Some(batch) = waiting.as_mut() else { break };
            let data = packets.get(record.start as usize..record.end as usize).unwrap_or_default();
            if batch.push(record.timestamp_ns, record.original_length, self.snaplen, &[data]) {
                list.next();
                continue;
            }
            match waiting.take() {
                Some(full) if !full.is_empty() => taken += self.send(full),
                // A packet that no batch can hold.
                _ => drop(list.next()),
            }
            waiting = self.pushed.take();
        }
        if let Some(batch) = waiting.filter(|batch| !batch.is_empty()) {
            taken += self.send(batch);
        }
        let given = records(packets).count() as u64;
        self.pushed_lost += given - taken;
        if taken < given {
            let mut times = records(packets).map(|record| record.timestamp_ns.div_euclid(1000));
            let first_us = times.next().unwrap_or(0);
            self.losses.note(first_us, times.last().unwrap_or(first_us));
        }
        taken
    }

    fn send(&mut self, batch: Batch) -> u64 {
        let packets = u64::from(batch.packets());
        let bytes = batch.records().len() as u64 - packets * lookback_pcapfile::RECORD_HEADER as u64;
        let cut = u64::from(batch.cut());
        self.pushed.lend(&batch);
        match self.messages.as_ref().map(|messages| messages.try_send(Message::Packets { source: 0, batch }))
        {
            Some(Ok(())) => {
                self.pushed_account.packets.fetch_add(packets, Ordering::Relaxed);
                self.pushed_account.bytes.fetch_add(bytes, Ordering::Relaxed);
                self.pushed_account.cut.fetch_add(cut, Ordering::Relaxed);
                packets
            }
            Some(Err(TrySendError::Full(_) | TrySendError::Disconnected(_))) | None => 0,
        }
    }

    /// Gives packet files more numbers, for when those there are have been used up. Whether the stream took them; when it is
    /// busy, it is asked again later.
    pub fn more_file_numbers(&self, numbers: Range<u32>) -> bool {
        let send = |messages: &Sender<Message>| messages.try_send(Message::FileNumbers(numbers));
        self.messages.as_ref().is_some_and(|messages| send(messages).is_ok())
    }

    /// A handle by which another thread flushes.
    pub fn flusher(&self) -> Flusher {
        Flusher { messages: self.messages.clone(), kept: Arc::clone(&self.kept), answer: flusher::ANSWER }
    }

    /// What each source did; with pushed packets one nameless entry.
    pub fn ledgers(&self) -> Vec<SourceLedger> {
        let count = |number: &AtomicU64| number.load(Ordering::Relaxed);
        let accounts: Vec<&SourceAccount> = if self.readers.is_empty() {
            vec![&self.pushed_account]
        } else {
            self.readers.iter().map(|reader| reader.account.as_ref()).collect()
        };
        accounts
            .into_iter()
            .zip(self.stores.iter())
            .map(|(account, stores)| {
                let kernel = account.kernel();
                SourceLedger {
                    interface: account.interface.clone(),
                    delivered: count(&account.packets) + self.pushed_lost,
                    bytes: count(&account.bytes),
                    stored: count(&stores.stored),
                    by_rule: count(&stores.by_rule),
                    lost_to_disk: count(&stores.lost_to_disk),
                    malformed: count(&stores.malformed),
                    lost_to_queue: self.pushed_lost + count(&account.lost) + count(&stores.lost),
                    cut: count(&account.cut),
                    duplicate: kernel.duplicate,
                    dropped_by_kernel: kernel.dropped_by_kernel,
                    dropped_by_interface: kernel.dropped_by_interface,
                    waits: count(&account.waits),
                    went_down: kernel.went_down,
                    damaged_blocks: kernel.damaged_blocks,
                    ended: account.ended.load(Ordering::Acquire),
                    failure: account.failure(),
                }
            })
            .collect()
    }

    /// Stops the sources and waits until what they had read is with the stream; a flush that finishes comes next.
    pub fn stop_sources(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for reader in &mut self.readers {
            reader.join();
        }
    }
}

impl Drop for LiveEngine {
    fn drop(&mut self) {
        self.stop_sources();
        if let Some(messages) = self.messages.take() {
            // Flushers may outlive the stream: it does not end by itself while one is kept.
            let _ = messages.send(Message::End);
        }
        if let Some(thread) = self.thread.take() {
            // What it did is on disk or is replayed.
            let _ = thread.join();
        }
    }
}
