//! A live stream: packets from native sources, or pushed in batches; flushed from a thread of Node's pool.

use crate::errors::{coded, contained, to_napi};
use crate::import::stream_identity;
use crate::segments::NativeSegment;
use crate::settings::{NativePacketRule, NativeSettings, packet_rules};
use lookback_capture::stream::StreamSource;
use lookback_capture::tpacket::{TpacketOptions, TpacketSource};
use lookback_capture::{PacketSource, SourceError, memory, privileges};
use lookback_engine::live::packet_directory;
use lookback_engine::live::packet_files::DirectoryChoice;
use lookback_engine::live::{FlushRows, Flusher, LiveEngine, LiveFlush, LiveOptions, SourceLedger};
use napi::Task;
use napi::bindgen_prelude::{AsyncTask, Buffer, Env};
use napi_derive::napi;
use std::collections::HashMap;
use std::fs::File;
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// An interface to read through TPACKET_V3.
#[napi(object, use_nullable = true)]
#[allow(missing_docs, reason = "described in src/native/types.ts")]
pub struct NativeRingSource {
    pub interface: String,
    pub filter: String,
    pub snaplen: u32,
    pub block_bytes: u32,
    pub ring_bytes: u32,
    /// Sockets that share the interface's flows, each with a thread and a ring.
    pub threads: u32,
    /// Number of the fanout group; sockets of one interface share it.
    pub fanout_group: u32,
    pub promiscuous: bool,
    /// Number in the settings' interfaces, from 1; 0 when it has no fields.
    pub origin: u32,
}

/// What a live stream is.
#[napi(object, use_nullable = true)]
#[allow(missing_docs, reason = "described in src/native/types.ts")]
pub struct NativeLiveOptions {
    pub settings: NativeSettings,
    pub segment_directory: String,
    pub packet_directories: Vec<String>,
    pub directory_choice: String,
    /// pcap LINKTYPE of pushed packets; native sources have their own.
    pub link_type: Option<u32>,
    pub snaplen: u32,
    /// 32 hex digits.
    pub stream: String,
    pub first_ordinal: f64,
    pub first_file_id: u32,
    /// How many numbers packet files may have, from the first on.
    pub file_ids: u32,
    pub max_file_bytes: f64,
    pub max_file_seconds: u32,
    pub open_rows_after_seconds: u32,
    pub sources: Vec<NativeRingSource>,
    pub keep_packets: bool,
    pub dont_save_bpfs: Vec<NativePacketRule>,
    /// Whether every capability is given up once the sources are open.
    pub give_up_rights: bool,
}

/// A packet file of the stream.
#[napi(object, use_nullable = true)]
#[allow(missing_docs, reason = "described in src/native/types.ts")]
pub struct NativeLiveFile {
    pub file_id: u32,
    pub path: String,
    pub packets: f64,
    pub bytes: f64,
    pub first_ms: f64,
    pub last_ms: f64,
    pub first_ordinal: f64,
    pub open: bool,
    pub given_up: bool,
}

/// Where a replay must start.
#[napi(object, use_nullable = true)]
#[allow(missing_docs, reason = "described in src/native/types.ts")]
pub struct NativeMark {
    pub replay_from_ordinal: f64,
    pub known_until_ordinal: f64,
    /// As `Mark::encode` writes them.
    pub open: Buffer,
}

/// What became durable.
#[napi(object, use_nullable = true)]
#[allow(missing_docs, reason = "described in src/native/types.ts")]
pub struct NativeLiveFlush {
    pub files: Vec<NativeLiveFile>,
    pub segments: Vec<NativeSegment>,
    pub mark: Option<NativeMark>,
    pub complete_until_ms: Option<f64>,
    pub next_ordinal: f64,
    pub open_sessions: f64,
    pub write_failure: Option<String>,
    pub refusals: Vec<String>,
    pub not_durable: Vec<String>,
    pub counters: HashMap<String, f64>,
}

/// What one source did since the stream was opened.
#[napi(object, use_nullable = true)]
#[allow(missing_docs, reason = "described in src/native/types.ts")]
pub struct NativeSourceLedger {
    pub interface: String,
    pub delivered: f64,
    pub bytes: f64,
    pub stored: f64,
    pub by_rule: f64,
    pub lost_to_disk: f64,
    pub malformed: f64,
    pub lost_to_queue: f64,
    pub cut: f64,
    pub duplicate: f64,
    pub dropped_by_kernel: Option<f64>,
    pub dropped_by_interface: Option<f64>,
    pub waits: f64,
    pub went_down: f64,
    pub damaged_blocks: f64,
    pub ended: bool,
    pub failure: Option<String>,
}

/// As messages and ledgers name it.
const STANDARD_INPUT: &str = "standard input";

/// What a panic costs.
const REPLAYED: &str = "packets on disk are replayed at the next start";

/// A flush on a thread of the pool.
pub struct FlushTask {
    flusher: Flusher,
    now_ns: i64,
    mark: bool,
    rows: FlushRows,
}

impl Task for FlushTask {
    type Output = LiveFlush;
    type JsValue = NativeLiveFlush;

    fn compute(&mut self) -> napi::Result<LiveFlush> {
        // What the commit of the flush before has freed.
        memory::give_back_freed();
        contained(REPLAYED, || {
            self.flusher.flush(self.now_ns, self.mark, self.rows).map_err(|error| to_napi(&error))
        })
    }

    fn resolve(&mut self, _env: Env, flush: LiveFlush) -> napi::Result<NativeLiveFlush> {
        Ok(native_flush(flush))
    }
}

/// Closing a stream on a thread of the pool.
pub struct CloseTask {
    engine: Option<LiveEngine>,
    now_ns: i64,
}

impl Task for CloseTask {
    type Output = LiveFlush;
    type JsValue = NativeLiveFlush;

    fn compute(&mut self) -> napi::Result<LiveFlush> {
        let Some(engine) = self.engine.take() else { return Err(closed()) };
        contained(REPLAYED, || {
            let flush = engine.flusher().flush(self.now_ns, true, FlushRows::Closing);
            match &flush {
                Ok(_) => drop(engine),
                // Its threads may be stuck, and would be waited for for ever. What they hold is replayed.
                Err(_) => std::mem::forget(engine),
            }
            flush.map_err(|error| to_napi(&error))
        })
    }

    fn resolve(&mut self, _env: Env, flush: LiveFlush) -> napi::Result<NativeLiveFlush> {
        Ok(native_flush(flush))
    }
}

/// Flushes one live stream; of no use once that is closed.
#[napi]
pub struct LiveFlusher {
    flusher: Flusher,
}

#[napi]
impl LiveFlusher {
    /// Makes packets durable and writes rows of sessions that closed or are open for long; with `open` also of those that
    /// are open and have packets in no row.
    #[napi(ts_return_type = "Promise<NativeLiveFlush>")]
    pub fn flush(&self, now_ms: f64, mark: bool, open: bool) -> AsyncTask<FlushTask> {
        let rows = if open { FlushRows::Open } else { FlushRows::Due };
        AsyncTask::new(FlushTask { flusher: self.flusher.clone(), now_ns: (now_ms * 1e6) as i64, mark, rows })
    }
}

/// One live stream; `close` ends it.
#[napi]
pub struct LiveCapture {
    engine: Option<LiveEngine>,
    link_type: u16,
}

#[napi]
impl LiveCapture {
    /// Opens the sources and the stream; `input` is one more source, and of no use afterwards.
    #[napi(constructor)]
    pub fn new(options: NativeLiveOptions, input: Option<&mut StandardInput>) -> napi::Result<Self> {
        contained(REPLAYED, || Self::open(options, input.and_then(|input| input.source.take())))
    }

    fn open(options: NativeLiveOptions, input: Option<StreamSource>) -> napi::Result<Self> {
        let mut settings = options.settings.engine()?;
        settings.flow.open_rows_after = Some(i64::from(options.open_rows_after_seconds));
        let dont_save = packet_rules(&options.dont_save_bpfs)?;
        let (mut sources, mut origins) = open_sources(&options)?;
        if sources.is_empty() {
            // What is pushed, and a stream, stand for the one interface that there is.
            origins.push(u16::from(!settings.interfaces.is_empty()));
        }
        if let Some(input) = input {
            sources.push(Box::new(input));
        }
        if options.give_up_rights {
            // Before any thread is started: each has the rights of the one that starts it.
            privileges::give_up_all().map_err(|error| rights_error(&error))?;
        }
        let link_type = match (sources.first(), options.link_type) {
            (Some(first), _) => first.link_type(),
            (None, Some(number)) => number as u16,
            (None, None) => {
                let message = "pushed packets need a link type";
                return Err(coded("BAD_INPUT", message, &serde_json::json!({})));
            }
        };
        if let Some(other) = sources.iter().find(|source| source.link_type() != link_type) {
            let message = format!(
                "{} gives packets of link type {} and another interface of {link_type}; give each kind a capture node of its own",
                other.interface(),
                other.link_type()
            );
            return Err(coded("CONFIG_INVALID", &message, &serde_json::json!({})));
        }
        let engine = LiveEngine::open(
            LiveOptions {
                settings,
                segments: PathBuf::from(options.segment_directory),
                packets: options.packet_directories.into_iter().map(PathBuf::from).collect(),
                directory_choice: match options.directory_choice.as_str() {
                    "max-free-bytes" => DirectoryChoice::MostBytesFree,
                    "max-free-percent" => DirectoryChoice::MostPercentFree,
                    _ => DirectoryChoice::RoundRobin,
                },
                link_type,
                snaplen: options.snaplen,
                stream: stream_identity(&options.stream)?,
                first_ordinal: options.first_ordinal as u64,
                file_numbers: options.first_file_id..options.first_file_id.saturating_add(options.file_ids),
                max_file_bytes: options.max_file_bytes as u64,
                max_file_seconds: i64::from(options.max_file_seconds),
                keep_packets: options.keep_packets,
                origins,
                dont_save,
            },
            sources,
        )
        .map_err(|error| to_napi(&error))?;
        Ok(Self { engine: Some(engine), link_type })
    }

    fn running<T>(&mut self, work: impl FnOnce(&mut LiveEngine) -> T) -> napi::Result<T> {
        let engine = self.engine.as_mut().ok_or_else(closed)?;
        contained(REPLAYED, || Ok(work(engine)))
    }

    /// pcap LINKTYPE of the packets.
    #[napi(getter)]
    pub fn link_type(&self) -> u32 {
        u32::from(self.link_type)
    }

    /// Takes a batch of packets laid out as records of a nanosecond pcap file. Returns how many were taken.
    #[napi]
    pub fn push(&mut self, batch: Buffer) -> napi::Result<f64> {
        self.running(|engine| engine.push(&batch) as f64)
    }

    /// What flushes this stream: an object of its own, for one that works is lent until it is done, and packets are pushed
    /// meanwhile.
    #[napi]
    pub fn flusher(&mut self) -> napi::Result<LiveFlusher> {
        Ok(LiveFlusher { flusher: self.running(|engine| engine.flusher())? })
    }

    /// What each source did since the stream was opened.
    #[napi]
    pub fn ledgers(&mut self) -> napi::Result<Vec<NativeSourceLedger>> {
        self.running(|engine| engine.ledgers().into_iter().map(native_ledger).collect())
    }

    /// Gives packet files more numbers, for when those there are have been used up; whether the stream took them.
    #[napi]
    pub fn more_file_ids(&mut self, first: u32, count: u32) -> napi::Result<bool> {
        self.running(|engine| engine.more_file_numbers(first..first.saturating_add(count)))
    }

    /// Ends the sources and returns their last ledgers; `close` comes next.
    #[napi]
    pub fn stop_sources(&mut self) -> napi::Result<Vec<NativeSourceLedger>> {
        self.running(LiveEngine::stop_sources)?;
        self.ledgers()
    }

    /// Closes every session and file; the object is of no use afterwards.
    #[napi(ts_return_type = "Promise<NativeLiveFlush>")]
    pub fn close(&mut self, now_ms: f64) -> AsyncTask<CloseTask> {
        AsyncTask::new(CloseTask { engine: self.engine.take(), now_ns: (now_ms * 1e6) as i64 })
    }
}

fn closed() -> napi::Error {
    coded("SHUTTING_DOWN", "this live capture is closed", &serde_json::json!({}))
}

type Sources = Vec<Box<dyn PacketSource>>;

/// The rings, and the origin of each.
fn open_sources(options: &NativeLiveOptions) -> napi::Result<(Sources, Vec<u16>)> {
    let mut sources = Sources::new();
    let mut origins = Vec::new();
    for ring in &options.sources {
        let threads = ring.threads.clamp(1, 24);
        for thread in 0..threads {
            let source = TpacketSource::open(TpacketOptions {
                interface: ring.interface.clone(),
                filter: ring.filter.clone(),
                snaplen: ring.snaplen,
                block_bytes: ring.block_bytes,
                ring_bytes: ring.ring_bytes,
                fanout: (threads > 1).then_some(ring.fanout_group as u16),
                promiscuous: ring.promiscuous,
                counts_losses: thread == 0,
                may_open_later: !options.give_up_rights,
            })
            .map_err(|error| source_error(&error))?;
            sources.push(Box::new(source));
            origins.push(ring.origin as u16);
        }
    }
    Ok((sources, origins))
}

/// Makes a directory for packet files, and looks into it; why it cannot be used, or null.
#[napi]
pub fn make_directory(path: String, within_ms: f64) -> Option<String> {
    let deadline = Instant::now() + Duration::from_millis(within_ms as u64);
    packet_directory::make_directory(path.as_ref(), deadline).err().map(|error| format!("{path}: {error}"))
}

/// A capture that comes through standard input.
#[napi]
pub struct StandardInput {
    source: Option<StreamSource>,
}

/// Waiting for standard input on a thread of the pool.
pub struct OpenInput {
    filter: String,
    snaplen: u32,
}

impl Task for OpenInput {
    type Output = StreamSource;
    type JsValue = StandardInput;

    fn compute(&mut self) -> napi::Result<StreamSource> {
        contained("nothing was captured", || {
            let unreadable = |source| {
                let interface = STANDARD_INPUT.to_owned();
                source_error(&SourceError::System { interface, action: "open", source })
            };
            // A descriptor of its own: Node may close the one that it has.
            let file = std::io::stdin().as_fd().try_clone_to_owned().map(File::from).map_err(unreadable)?;
            StreamSource::open(STANDARD_INPUT, file, self.snaplen)
                .and_then(|source| source.filtered(&self.filter))
                .map_err(|error| source_error(&error))
        })
    }

    fn resolve(&mut self, _env: Env, source: StreamSource) -> napi::Result<StandardInput> {
        Ok(StandardInput { source: Some(source) })
    }
}

/// Waits until the capture that comes through standard input tells what kind of packets it has.
#[napi(ts_return_type = "Promise<StandardInput>")]
pub fn open_standard_input(filter: String, snaplen: u32) -> AsyncTask<OpenInput> {
    AsyncTask::new(OpenInput { filter, snaplen })
}

/// Keeps the capabilities of this thread over its next change of user.
#[napi]
pub fn keep_rights_over_change_of_user() -> napi::Result<()> {
    privileges::keep_over_change_of_user().map_err(|error| rights_error(&error))
}

/// Leaves this thread the capabilities to open interfaces, and no other.
#[napi]
pub fn keep_rights_to_capture() -> napi::Result<()> {
    privileges::keep_those_to_capture().map_err(|error| rights_error(&error))
}

fn rights_error(error: &std::io::Error) -> napi::Error {
    coded(
        "UNAVAILABLE",
        &format!("cannot change the rights of this process: {error}"),
        &serde_json::json!({}),
    )
}

fn source_error(error: &SourceError) -> napi::Error {
    let code = match error {
        SourceError::BadFilter { .. } => "CONFIG_INVALID",
        SourceError::Stream { .. } => "CAPTURE_UNREADABLE",
        _ => "UNAVAILABLE",
    };
    coded(code, &error.to_string(), &serde_json::json!({}))
}

fn native_ledger(ledger: SourceLedger) -> NativeSourceLedger {
    NativeSourceLedger {
        interface: ledger.interface,
        delivered: ledger.delivered as f64,
        bytes: ledger.bytes as f64,
        stored: ledger.stored as f64,
        by_rule: ledger.by_rule as f64,
        lost_to_disk: ledger.lost_to_disk as f64,
        malformed: ledger.malformed as f64,
        lost_to_queue: ledger.lost_to_queue as f64,
        cut: ledger.cut as f64,
        duplicate: ledger.duplicate as f64,
        dropped_by_kernel: ledger.dropped_by_kernel.map(|count| count as f64),
        dropped_by_interface: ledger.dropped_by_interface.map(|count| count as f64),
        waits: ledger.waits as f64,
        went_down: ledger.went_down as f64,
        damaged_blocks: ledger.damaged_blocks as f64,
        ended: ledger.ended,
        failure: ledger.failure,
    }
}

fn native_flush(flush: LiveFlush) -> NativeLiveFlush {
    let milliseconds = |ns: i64| ns.div_euclid(1_000_000) as f64;
    NativeLiveFlush {
        files: flush
            .files
            .into_iter()
            .map(|file| NativeLiveFile {
                file_id: file.file,
                path: file.path.display().to_string(),
                packets: file.packets as f64,
                bytes: file.bytes as f64,
                first_ms: milliseconds(file.first_ns),
                last_ms: milliseconds(file.last_ns),
                first_ordinal: file.first_ordinal as f64,
                open: file.open,
                given_up: file.given_up,
            })
            .collect(),
        segments: flush.segments.iter().map(NativeSegment::from).collect(),
        mark: flush.mark.map(|mark| NativeMark {
            replay_from_ordinal: mark.replay_from as f64,
            known_until_ordinal: mark.known_until as f64,
            open: mark.encode_open().into(),
        }),
        complete_until_ms: flush.complete_until_ns.map(milliseconds),
        next_ordinal: flush.next_ordinal as f64,
        open_sessions: flush.open_sessions as f64,
        write_failure: flush.write_failure,
        refusals: flush.refusals,
        not_durable: flush.not_durable,
        counters: flush.counters.into_iter().map(|(name, count)| (name, count as f64)).collect(),
    }
}
